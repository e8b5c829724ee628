//! What every test needs: a folder, a file in it, a command run on it.

use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;

use analyst::{Command, Console, Failure, Language};
use clap::Parser;
use jiff::civil::Date;
use tempfile::TempDir;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The day on which all tests run.
pub const TODAY: Date = Date::constant(2026, 11, 22);

/// A folder with files.
pub struct Files(TempDir);

impl Files {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).expect("written");
        path
    }
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub code: u8,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).expect("JSON")
    }
}

#[derive(Clone, Default)]
struct Stream(Rc<RefCell<Vec<u8>>>);

impl Stream {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).expect("UTF-8")
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs `enishi` with arguments, in English.
pub fn enishi(arguments: &[&str]) -> Ran {
    enishi_in(Language::English, arguments)
}

/// Runs `enishi` with arguments.
pub fn enishi_in(language: Language, arguments: &[&str]) -> Ran {
    let (out, err) = (Stream::default(), Stream::default());
    let parsed = Cli::try_parse_from(std::iter::once("enishi").chain(arguments.iter().copied()));
    let code = match parsed {
        Err(error) => {
            let _ = write!(err.clone(), "{error}");
            u8::try_from(error.exit_code()).unwrap_or(2)
        }
        Ok(cli) => {
            let mut console = Console::new(Box::new(out.clone()), Box::new(err.clone()), language, TODAY);
            match analyst::run(&cli.command, &mut console) {
                Ok(()) => 0,
                Err(failure) => refused(&mut console, &failure),
            }
        }
    };
    Ran { code, out: out.text(), err: err.text() }
}

fn refused(console: &mut Console<'_>, failure: &Failure) -> u8 {
    console.refuse(failure);
    failure.exit_code()
}
