//! Where a command answers: results on one stream, everything said on the way on the other.

use std::io::Write;

use jiff::Zoned;
use jiff::civil::Date;
use serde::Serialize;

use crate::failure::Failure;
use crate::words;
use crate::words::{Language, Words};

/// The streams and the language of a command.
pub struct Console<'a> {
    out: Box<dyn Write + 'a>,
    err: Box<dyn Write + 'a>,
    language: Language,
    today: Date,
}

impl Console<'static> {
    /// This process's streams.
    #[allow(clippy::disallowed_methods, reason = "the command line is the edge: dates in files are compared with this machine's")]
    pub fn process(language: Language) -> Self {
        let out = std::io::BufWriter::new(std::io::stdout());
        Self::new(Box::new(out), Box::new(std::io::stderr()), language, Zoned::now().date())
    }
}

impl<'a> Console<'a> {
    /// A console over two streams, on a day.
    pub fn new(out: Box<dyn Write + 'a>, err: Box<dyn Write + 'a>, language: Language, today: Date) -> Self {
        Self { out, err, language, today }
    }

    /// The day on which the command runs.
    pub fn today(&self) -> Date {
        self.today
    }

    /// The language that is spoken.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A result as indented JSON.
    ///
    /// # Errors
    /// The stream is closed.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(|error| unwritten(&error))?;
        self.line(&text)
    }

    /// A result as one line of JSON, one of many.
    ///
    /// # Errors
    /// The stream is closed.
    pub fn json_line(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.out, value).map_err(|error| unwritten(&error))?;
        self.out.write_all(b"\n").map_err(|error| unwritten(&error))
    }

    /// A result as text.
    ///
    /// # Errors
    /// The stream is closed.
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.out, "{text}").and_then(|()| self.out.flush()).map_err(|error| unwritten(&error))
    }

    /// A result as one line of text, one of many.
    ///
    /// # Errors
    /// The stream is closed.
    pub fn raw_line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.out, "{text}").map_err(|error| unwritten(&error))
    }

    /// Writes out what is still held back.
    ///
    /// # Errors
    /// The stream is closed.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|error| unwritten(&error))
    }

    /// How far long work has come, or what the reader should know beside the result. Goes to standard error; that it may be
    /// closed matters to nobody.
    pub fn progress(&mut self, words: &Words) {
        let _ = writeln!(self.err, "{}", words.in_language(self.language));
    }

    /// Why there is no result.
    pub fn refuse(&mut self, failure: &Failure) {
        for line in failure.say(self.language) {
            let _ = writeln!(self.err, "enishi: {line}");
        }
    }
}

fn unwritten(error: &impl std::fmt::Display) -> Failure {
    Failure::Failed(words!("the result could not be written: {error}", "結果を書き出せませんでした: {error}"))
}
