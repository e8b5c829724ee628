//! A folder as one stream, in the format every system unpacks (POSIX.1-1988 ustar; sizes beyond 8 GiB in base 256, as GNU
//! tar writes them). Written piece by piece: nothing of it is kept in memory or on the disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Everything is padded to blocks of so many bytes.
pub const BLOCK: u64 = 512;

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub path: PathBuf,
    /// Its name in the archive.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// The files below `folder`, under the folder's own name.
///
/// # Errors
/// The disk's.
pub fn entries(folder: &Path) -> io::Result<Vec<Entry>> {
    let root = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), root)];
    while let Some((folder, name)) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{name}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                open.push((entry.path(), name));
            } else {
                found.push(Entry { path: entry.path(), name, size: entry.metadata()?.len() });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Bytes the archive has.
pub fn length(entries: &[Entry]) -> u64 {
    entries.iter().map(|entry| BLOCK + entry.size.div_ceil(BLOCK) * BLOCK).sum::<u64>() + 2 * BLOCK
}

/// The block before a file's bytes.
///
/// # Errors
/// A name that is too long for the format.
pub fn header(entry: &Entry) -> io::Result<[u8; 512]> {
    let (prefix, name) = split(&entry.name).ok_or_else(|| io::Error::other(format!("{} is too long a name", entry.name)))?;
    let mut block = [0_u8; 512];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    if entry.size < 1 << 33 {
        put(124, format!("{:011o}\0", entry.size).as_bytes());
    } else {
        put(124, &[0x80, 0, 0, 0]);
        put(128, &entry.size.to_be_bytes());
    }
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(345, prefix.as_bytes());
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(block)
}

/// At a slash: 155 bytes of folders, 100 of name.
fn split(name: &str) -> Option<(&str, &str)> {
    if name.len() <= 100 {
        return Some(("", name));
    }
    name.match_indices('/')
        .map(|(at, _)| (&name[..at], &name[at + 1..]))
        .find(|(folders, rest)| folders.len() <= 155 && rest.len() <= 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_unpacks_it() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("20261122-030000");
        let long = "a".repeat(90);
        fs::create_dir_all(folder.join("media").join(&long)).unwrap();
        fs::write(folder.join("enishi.db"), vec![7_u8; 1_000]).unwrap();
        fs::write(folder.join("media").join(&long).join("空.png"), b"").unwrap();
        let all = entries(&folder).unwrap();
        let mut archive = Vec::new();
        for entry in &all {
            archive.extend(header(entry).unwrap());
            archive.extend(fs::read(&entry.path).unwrap());
            archive.resize(archive.len().next_multiple_of(512), 0);
        }
        archive.extend([0; 1024]);
        assert_eq!(archive.len() as u64, length(&all));
        let file = home.path().join("a.tar");
        fs::write(&file, archive).unwrap();
        let out = home.path().join("out");
        fs::create_dir_all(&out).unwrap();
        let done = std::process::Command::new("tar").arg("xf").arg(&file).arg("-C").arg(&out).status().unwrap();
        assert!(done.success());
        assert_eq!(fs::read(out.join("20261122-030000/enishi.db")).unwrap(), vec![7_u8; 1_000]);
        assert!(out.join("20261122-030000/media").join(&long).join("空.png").is_file());
        let large = Entry { path: PathBuf::new(), name: "x".into(), size: 9 << 30 };
        assert_eq!(header(&large).unwrap()[124], 0x80);
    }
}
