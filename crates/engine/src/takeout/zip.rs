//! A ZIP archive, written straight to a file (PKWARE APPNOTE 6.3.10, deflate, names in UTF-8). No ZIP64: entries and the
//! whole stay below 4 GiB, and writing fails rather than making a file that nobody can open.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Version 2.0 of the format, names in UTF-8, deflate; 1980-01-01, the format's first day.
const COMMON: [u16; 5] = [20, 1 << 11, 8, 0, 0x21];

/// What an entry turned out to be.
struct Entry {
    name: String,
    crc: u32,
    packed: u32,
    plain: u32,
    at: u32,
}

/// An archive under way.
pub(super) struct Archive {
    file: File,
    done: Vec<Entry>,
    open: Option<Open>,
}

struct Open {
    name: String,
    at: u64,
    crc: Crc,
    plain: u64,
    packer: DeflateEncoder<Vec<u8>>,
    packed: u64,
}

fn small(n: u64) -> io::Result<u32> {
    u32::try_from(n).map_err(|_| io::Error::other("the archive would be larger than 4 GiB"))
}

impl Archive {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::create(path)?, done: Vec::new(), open: None })
    }

    /// Begins the next entry.
    pub(super) fn begin(&mut self, name: &str) -> io::Result<()> {
        self.end()?;
        let at = self.file.stream_position()?;
        let packer = DeflateEncoder::new(Vec::new(), Compression::default());
        self.open = Some(Open { name: name.to_owned(), at, crc: Crc::new(), plain: 0, packer, packed: 0 });
        let blank = Entry { name: name.to_owned(), crc: 0, packed: 0, plain: 0, at: 0 };
        self.file.write_all(&local(&blank)?)
    }

    /// Adds to the entry that was begun.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(open) = &mut self.open else { return Err(io::Error::other("no entry was begun")) };
        open.crc.update(bytes);
        open.plain += u64::try_from(bytes.len()).unwrap_or(0);
        open.packer.write_all(bytes)?;
        let packed = std::mem::take(open.packer.get_mut());
        open.packed += u64::try_from(packed.len()).unwrap_or(0);
        self.file.write_all(&packed)
    }

    /// An entry at once.
    pub(super) fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.begin(name)?;
        self.write(bytes)
    }

    fn end(&mut self) -> io::Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let rest = open.packer.finish()?;
        self.file.write_all(&rest)?;
        let packed = open.packed + u64::try_from(rest.len()).unwrap_or(0);
        let entry = Entry {
            name: open.name,
            crc: open.crc.sum(),
            packed: small(packed)?,
            plain: small(open.plain)?,
            at: small(open.at)?,
        };
        let here = self.file.stream_position()?;
        self.file.seek(SeekFrom::Start(open.at))?;
        self.file.write_all(&local(&entry)?)?;
        self.file.seek(SeekFrom::Start(here))?;
        self.done.push(entry);
        Ok(())
    }

    /// Writes the list of entries and ends.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.end()?;
        let from = self.file.stream_position()?;
        for entry in &self.done {
            let mut head = CENTRAL.to_le_bytes().to_vec();
            head.extend(20_u16.to_le_bytes());
            head.extend(body(entry)?);
            // No comment, first disk, no attributes.
            head.extend([0; 10]);
            head.extend(entry.at.to_le_bytes());
            head.extend(entry.name.as_bytes());
            self.file.write_all(&head)?;
        }
        let to = self.file.stream_position()?;
        let count = u16::try_from(self.done.len()).map_err(|_| io::Error::other("too many entries"))?.to_le_bytes();
        let mut end = END.to_le_bytes().to_vec();
        end.extend([0; 4]);
        end.extend(count);
        end.extend(count);
        end.extend(small(to - from)?.to_le_bytes());
        end.extend(small(from)?.to_le_bytes());
        end.extend([0; 2]);
        self.file.write_all(&end)?;
        self.file.sync_all()?;
        self.file.stream_position()
    }
}

fn local(entry: &Entry) -> io::Result<Vec<u8>> {
    let mut head = LOCAL.to_le_bytes().to_vec();
    head.extend(body(entry)?);
    head.extend(entry.name.as_bytes());
    Ok(head)
}

/// What local and central heads share: versions, sizes, length of the name, no extra field.
fn body(entry: &Entry) -> io::Result<Vec<u8>> {
    let mut body: Vec<u8> = COMMON.into_iter().flat_map(u16::to_le_bytes).collect();
    for number in [entry.crc, entry.packed, entry.plain] {
        body.extend(number.to_le_bytes());
    }
    let length = u16::try_from(entry.name.len()).map_err(|_| io::Error::other("a name is too long"))?;
    body.extend(length.to_le_bytes());
    body.extend(0_u16.to_le_bytes());
    Ok(body)
}
