//! What the machine itself can do: rows to read the others by.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use anyhow::Result;
use sha2::{Digest, Sha256};

use super::{Row, quantile};

/// fdatasync p50, loopback echo, SHA-256.
pub fn rows() -> Result<Vec<Row>> {
    Ok(vec![fdatasync()?, echo()?, sha256()])
}

fn fdatasync() -> Result<Row> {
    let path = std::env::temp_dir().join(format!("enishi-bench-{}", std::process::id()));
    let mut file = std::fs::File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..200 {
        file.write_all(&[0; 4096])?;
        let start = Instant::now();
        file.sync_data()?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    std::fs::remove_file(&path)?;
    Ok(Row::plain("machine_fdatasync_p50", "machine", quantile(&mut times, 0.5), "ms"))
}

fn echo() -> Result<Row> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || -> std::io::Result<()> {
        let (mut stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        let mut buffer = [0; 64];
        while stream.read_exact(&mut buffer).is_ok() {
            stream.write_all(&buffer)?;
        }
        Ok(())
    });
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let (mut buffer, start, mut rounds) = ([0; 64], Instant::now(), 0u32);
    while start.elapsed() < Duration::from_secs(1) {
        stream.write_all(&buffer)?;
        stream.read_exact(&mut buffer)?;
        rounds += 1;
    }
    Ok(Row::plain("machine_loopback_echo", "machine", f64::from(rounds) / start.elapsed().as_secs_f64(), "1/s"))
}

fn sha256() -> Row {
    let block = vec![7u8; 1 << 20];
    let (start, mut done) = (Instant::now(), 0u32);
    while start.elapsed() < Duration::from_millis(500) {
        std::hint::black_box(Sha256::digest(&block));
        done += 1;
    }
    Row::plain("machine_sha256", "machine", f64::from(done) / start.elapsed().as_secs_f64(), "MB/s")
}
