//! The folder of files: media that customers sent, backups.

use std::io;
use std::path::Path;

/// Free bytes on the disk that holds a folder, by `df` (POSIX), since the standard library cannot tell.
///
/// # Errors
/// When `df` is missing or does not know the folder.
pub fn free_space(folder: &Path) -> io::Result<u64> {
    let output = std::process::Command::new("df").arg("-Pk").arg(folder).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let kilobytes =
        text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)).and_then(|field| field.parse::<u64>().ok());
    kilobytes.map(|kb| kb * 1024).ok_or_else(|| io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
