//! The server's programs, and the user they run as.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with `initdb` and `pg_ctl`, and whom to run them as.
pub(super) struct Binaries {
    folder: PathBuf,
    user: Option<User>,
}

/// Who runs the server when we are root, which `initdb` refuses.
struct User {
    name: &'static str,
    uid: u32,
    gid: u32,
}

impl Binaries {
    /// From PATH, or the newest of Debian's folders.
    pub(super) fn find() -> Option<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let in_path = std::env::split_paths(&path)
            .filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok())
            .filter_map(|program| program.parent().map(Path::to_owned));
        let folder = in_path.chain(debian_folders()).find(|folder| folder.join("pg_ctl").exists())?;
        let user = if own_uid() == 0 { Some(user()?) } else { None };
        Some(Self { folder, user })
    }

    /// Runs a program of the server to its end.
    pub(super) fn run(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        let output = self
            .command(program)
            .args(arguments)
            .current_dir("/")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("{program}: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        Err(format!("{program} {}: {}", output.status, String::from_utf8_lossy(&said)))
    }

    fn command(&self, program: &str) -> Command {
        let program = self.folder.join(program);
        match &self.user {
            None => Command::new(program),
            Some(user) => {
                let mut command = Command::new("setpriv");
                command
                    .args([&format!("--reuid={}", user.uid), &format!("--regid={}", user.gid)])
                    .args(["--clear-groups", "--"])
                    .arg(program)
                    .env("HOME", "/")
                    .env("USER", user.name);
                command
            }
        }
    }

    /// The same as a line for a shell script.
    pub(super) fn shell(&self, program: &str) -> String {
        let command = self.command(program);
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        words.map(|word| format!("'{}'", word.to_string_lossy())).collect::<Vec<_>>().join(" ")
    }

    /// Makes a folder that the server's user owns.
    pub(super) fn make_folder(&self, path: &Path) -> Result<(), String> {
        let trouble = |error: std::io::Error| format!("{}: {error}", path.display());
        fs::create_dir_all(path).map_err(trouble)?;
        match &self.user {
            None => Ok(()),
            Some(user) => chown(path, Some(user.uid), Some(user.gid)).map_err(trouble),
        }
    }
}

fn debian_folders() -> Vec<PathBuf> {
    let mut folders: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    folders.sort();
    folders.into_iter().rev().map(|(_, folder)| folder).collect()
}

/// The user id of this process.
pub(super) fn own_uid() -> u32 {
    fs::metadata("/proc/self").map_or(u32::MAX, |process| process.uid())
}

fn user() -> Option<User> {
    let table = fs::read_to_string("/etc/passwd").ok()?;
    ["postgres", "nobody"].into_iter().find_map(|name| {
        let mut fields = table.lines().find(|line| line.split(':').next() == Some(name))?.split(':').skip(2);
        Some(User { name, uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
    })
}
