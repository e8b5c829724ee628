//! The one throw-away cluster that all test processes of a user share.
//!
//! Every process holds a shared lock on `in-use` while it lives. A watchdog, a small shell loop, tries for the exclusive
//! lock; when it has got it three times in a row, 20 s apart, it stops the cluster and removes it, still under that
//! lock. A process that comes then waits for the lock and makes a new cluster.

use std::fs::{self, File, OpenOptions};
use std::net::TcpStream;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::binaries::{Binaries, own_uid};
use super::cluster;

/// A server for tests.
pub(super) struct Server {
    /// Address with `{}` in place of the database's name.
    pattern: String,
    folder: PathBuf,
    /// Held while the process lives.
    _in_use: Option<File>,
}

impl Server {
    /// Address of one of its databases.
    pub(super) fn url(&self, database: &str) -> String {
        self.pattern.replace("{}", database)
    }

    /// Lets one process at a time make something.
    pub(super) fn exclusively<T>(&self, work: impl FnOnce() -> T) -> T {
        let lock = open(&self.folder.join("making")).expect("a lock file");
        lock.lock().expect("the lock");
        work()
    }
}

/// The server of this process; `None` where there is none.
pub(super) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| match std::env::var("TEST_DATABASE_URL") {
            Ok(url) => Some(given(&url)),
            Err(_) => {
                let Some(binaries) = Binaries::find() else {
                    skip();
                    return None;
                };
                Some(shared(&binaries).unwrap_or_else(|reason| panic!("the throw-away PostgreSQL: {reason}")))
            }
        })
        .as_ref()
}

/// Says loudly that half of a test is not run, or fails where that is not allowed.
pub(super) fn skip() {
    let what = "PostgreSQL is not installed and TEST_DATABASE_URL is not set: its half of this test is SKIPPED";
    assert!(std::env::var("ENISHI_REQUIRE_PG").as_deref() != Ok("1"), "{what}, but ENISHI_REQUIRE_PG=1");
    eprintln!("\n*** {what} ***\n");
}

/// `postgres://user@host/name?query`: the name is replaced.
fn given(url: &str) -> Server {
    let (base, query) = url.split_once('?').map_or((url, String::new()), |(base, query)| (base, format!("?{query}")));
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    let pattern = format!("{}/{{}}{query}", &base[..end]);
    Server { pattern, folder: folder().expect("a folder for locks"), _in_use: None }
}

fn shared(binaries: &Binaries) -> Result<Server, String> {
    let folder = folder()?;
    let in_use = open(&folder.join("in-use"))?;
    in_use.lock_shared().map_err(|error| error.to_string())?;
    let making = open(&folder.join("making"))?;
    making.lock().map_err(|error| error.to_string())?;
    let port = match running(&folder) {
        Some(port) => port,
        None => begin(binaries, &folder)?,
    };
    let pattern = cluster::url(port, "{}");
    Ok(Server { pattern, folder, _in_use: Some(in_use) })
}

/// The port of the cluster, if it answers.
fn running(folder: &Path) -> Option<u16> {
    let port = fs::read_to_string(folder.join("port")).ok()?.trim().parse().ok()?;
    TcpStream::connect(("127.0.0.1", port)).ok()?;
    cluster::data(folder).join("postmaster.pid").exists().then_some(port)
}

fn begin(binaries: &Binaries, folder: &Path) -> Result<u16, String> {
    let data = cluster::data(folder);
    if data.exists() {
        // Left by a machine that went down; a stray server is stopped first.
        let _ = cluster::stop(binaries, folder, "immediate");
        fs::remove_dir_all(&data).map_err(|error| error.to_string())?;
    }
    cluster::create(binaries, folder)?;
    let port = cluster::free_port()?;
    cluster::start(binaries, folder, port)?;
    fs::write(folder.join("port"), port.to_string()).map_err(|error| error.to_string())?;
    watch(binaries, folder)?;
    Ok(port)
}

/// Starts the watchdog, which outlives this process.
fn watch(binaries: &Binaries, folder: &Path) -> Result<(), String> {
    let data = cluster::data(folder);
    let script = format!(
        "idle=0\n\
         while [ -e '{data}/postmaster.pid' ]; do\n\
           sleep 20\n\
           exec 9>'{folder}/in-use'\n\
           if flock -n -x 9; then idle=$((idle + 1)); else idle=0; fi\n\
           if [ $idle -ge 3 ]; then\n\
             {stop} -D '{data}' -s -w -m immediate stop\n\
             rm -rf '{data}' '{folder}/port'\n\
           fi\n\
           exec 9>&-\n\
         done\n",
        data = data.display(),
        folder = folder.display(),
        stop = binaries.shell("pg_ctl"),
    );
    Command::new("sh")
        .args(["-c", &script])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map(drop)
        .map_err(|error| format!("the watchdog: {error}"))
}

/// Per user, because a cluster belongs to one.
fn folder() -> Result<PathBuf, String> {
    let folder = std::env::temp_dir().join(format!("enishi-test-pg-{}", own_uid()));
    let made = fs::DirBuilder::new().mode(0o711).create(&folder);
    let owner = fs::metadata(&folder).map_err(|error| format!("{}: {error} ({made:?})", folder.display()))?.uid();
    if owner == own_uid() { Ok(folder) } else { Err(format!("{} belongs to somebody else", folder.display())) }
}

fn open(path: &Path) -> Result<File, String> {
    let file = OpenOptions::new().create(true).write(true).truncate(false).open(path);
    file.map_err(|error| format!("{}: {error}", path.display()))
}
