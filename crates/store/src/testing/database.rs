//! One database for one test.

use std::path::Path;
use std::thread;

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

use super::shared::{self, Server};
use crate::{Config, Dialect, Migration, Store, postgres};

/// A database that is removed with this value.
pub struct Database {
    config: Config,
    keep: Keep,
}

enum Keep {
    Folder(TempDir),
    Server { server: &'static Server, name: String },
}

impl Database {
    /// A new file in a new folder, not yet migrated.
    ///
    /// # Panics
    /// When there is no temporary folder.
    pub fn sqlite() -> Self {
        let folder = tempfile::Builder::new().prefix("enishi-").tempdir().expect("a temporary folder");
        Self { config: Config::sqlite(folder.path().join("enishi.db")), keep: Keep::Folder(folder) }
    }

    /// A copy of a template that has these migrations, on the server for tests; `None` where there is no server.
    ///
    /// # Panics
    /// When the server refuses.
    #[expect(clippy::disallowed_methods, reason = "names of databases must not meet those of other processes")]
    pub fn postgres(migrations: &[Migration]) -> Option<Self> {
        let server = shared::server()?;
        let template = server.exclusively(|| template(server, migrations));
        let name = format!("t_{}", Uuid::new_v4().simple());
        admin(server, &[format!("CREATE DATABASE {name} TEMPLATE {template}")]).expect("a database for the test");
        let mut config = Config::postgres(&server.url(&name)).expect("an address");
        config.writers = 4;
        config.readers = 2;
        Some(Self { config, keep: Keep::Server { server, name } })
    }

    /// How to open it.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// For a test that wants other numbers of threads.
    pub fn config_mut(&mut self) -> &mut Config {
        &mut self.config
    }

    /// Which engine it is on.
    pub fn dialect(&self) -> Dialect {
        match self.keep {
            Keep::Folder(_) => Dialect::Sqlite,
            Keep::Server { .. } => Dialect::Postgres,
        }
    }

    /// The folder of a SQLite database.
    pub fn folder(&self) -> Option<&Path> {
        match &self.keep {
            Keep::Folder(folder) => Some(folder.path()),
            Keep::Server { .. } => None,
        }
    }

    /// Opens it.
    ///
    /// # Panics
    /// When it does not open.
    pub fn open(&self, migrations: &[Migration]) -> Store {
        Store::open(&self.config, migrations).unwrap_or_else(|error| panic!("opening {:?}: {error}", self.config.url))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Keep::Server { server, name } = &self.keep {
            // What is left goes with the cluster.
            let _ = admin(server, &[format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")]);
        }
    }
}

/// The name of the template that has these migrations; made when it is not there.
fn template(server: &Server, migrations: &[Migration]) -> String {
    let mut hash = Sha256::new();
    for migration in migrations {
        hash.update(migration.version.to_le_bytes());
        hash.update(migration.checksum());
    }
    hash.update(crate::migrate::OWN_TABLES);
    let name = format!("template_{}", &hex::encode(hash.finalize())[..24]);
    if admin(server, &[format!("ALTER DATABASE {name} IS_TEMPLATE true")]).is_ok() {
        return name;
    }
    let making = format!("{name}_making");
    let fresh = [format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)"), format!("CREATE DATABASE {making}")];
    admin(server, &fresh).expect("a template database");
    let config = Config::postgres(&server.url(&making)).expect("an address");
    Store::open(&config, migrations).unwrap_or_else(|error| panic!("migrating the template: {error}"));
    // A template must have no session; ours are ended.
    let rename = [
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{making}'"),
        format!("ALTER DATABASE {making} RENAME TO {name}"),
    ];
    admin(server, &rename).expect("a template database");
    name
}

/// Runs statements as the user for tests, on a thread of its own, because the caller may be inside a runtime.
fn admin(server: &Server, statements: &[String]) -> Result<(), String> {
    let address = postgres::address(&server.url("postgres")).map_err(|error| error.to_string())?;
    let run = async {
        let (client, connection) = address.config.connect(address.tls.clone()).await?;
        let driver = tokio::spawn(connection);
        for statement in statements {
            client.batch_execute(statement).await?;
        }
        drop(client);
        driver.abort();
        Ok::<_, tokio_postgres::Error>(())
    };
    let body = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        runtime.block_on(run).map_err(|error| format!("{error:?}"))
    };
    thread::scope(|scope| scope.spawn(body).join()).unwrap_or_else(|_| Err("the thread panicked".into()))
}
