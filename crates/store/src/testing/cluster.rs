//! Clusters that are thrown away.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::binaries::Binaries;

/// Nothing here survives a power cut, and nothing needs to; `synchronous_commit` stays on, as the store asserts.
const SETTINGS: &str = "-c fsync=off -c full_page_writes=off -c listen_addresses=127.0.0.1 \
     -c unix_socket_directories='' -c max_connections=400 -c shared_buffers=64MB -c max_wal_size=512MB \
     -c wal_level=minimal -c max_wal_senders=0 -c log_min_messages=fatal";

/// Files of a cluster below its folder.
pub(super) fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// Makes a cluster below `folder`.
pub(super) fn create(binaries: &Binaries, folder: &Path) -> Result<(), String> {
    // The server's user must be able to walk through.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o711)).map_err(|error| error.to_string())?;
    let data = data(folder);
    binaries.make_folder(&data)?;
    binaries.run("initdb", &["-D", &text(&data), "-U", "enishi", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"])
}

/// Starts it on `port` and waits until it takes connections.
pub(super) fn start(binaries: &Binaries, folder: &Path, port: u16) -> Result<(), String> {
    let data = data(folder);
    let log = data.join("server.log");
    let options = format!("{SETTINGS} -c port={port}");
    binaries.run("pg_ctl", &["-D", &text(&data), "-s", "-w", "-t", "120", "-l", &text(&log), "-o", &options, "start"])
}

/// Stops it; `mode` is `pg_ctl`'s: fast or immediate.
pub(super) fn stop(binaries: &Binaries, folder: &Path, mode: &str) -> Result<(), String> {
    binaries.run("pg_ctl", &["-D", &text(&data(folder)), "-s", "-w", "-m", mode, "stop"])
}

/// A port nobody listens on now.
pub(super) fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}

/// Address of a database in a cluster on `port`.
pub(super) fn url(port: u16, database: &str) -> String {
    format!("postgres://enishi@127.0.0.1:{port}/{database}?sslmode=disable")
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A cluster for one test, to be stopped and started at will. It is removed with this value.
pub struct PrivateCluster {
    binaries: Binaries,
    folder: TempDir,
    port: u16,
}

impl PrivateCluster {
    /// Makes and starts one; `None` where no server is installed (and `ENISHI_REQUIRE_PG` is not set).
    ///
    /// # Panics
    /// When the server does not start.
    pub fn start() -> Option<Self> {
        let Some(binaries) = Binaries::find() else {
            super::shared::skip();
            return None;
        };
        let folder = tempfile::Builder::new().prefix("enishi-pg-").tempdir().expect("a temporary folder");
        let port = free_port().expect("a free port");
        create(&binaries, folder.path()).expect("initdb");
        start(&binaries, folder.path(), port).expect("the server starts");
        Some(Self { binaries, folder, port })
    }

    /// Address of its database `postgres`.
    pub fn url(&self) -> String {
        url(self.port, "postgres")
    }

    /// Ends all sessions and stops.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn stop(&self) {
        stop(&self.binaries, self.folder.path(), "fast").expect("the server stops");
    }

    /// Stops as if killed: no goodbye, recovery at the next start.
    ///
    /// # Panics
    /// When it does not stop.
    pub fn kill(&self) {
        stop(&self.binaries, self.folder.path(), "immediate").expect("the server stops");
    }

    /// Starts again on the same address.
    ///
    /// # Panics
    /// When the server does not start.
    pub fn start_again(&self) {
        start(&self.binaries, self.folder.path(), self.port).expect("the server starts");
    }
}

impl Drop for PrivateCluster {
    fn drop(&mut self) {
        // It may be stopped already.
        let _ = stop(&self.binaries, self.folder.path(), "immediate");
    }
}
