//! Migrations under an advisory lock, so that of several nodes starting together one migrates.

use tokio_postgres::Client;

use super::error::{failure, text};
use super::link::Link;
use crate::config::Dialect;
use crate::migrate::{self, Applied, Migration};
use crate::{Error, Result};

/// Any number, the same in every version: "enishi" in ASCII.
const LOCK: i64 = 0x656e_6973_6869;

/// Applies what is pending. A migration may take longer than an ordinary statement and wait for one longer.
pub(super) fn migrate(link: &mut Link, migrations: &[Migration]) -> Result<()> {
    let (runtime, live) = link.live(|| true)?;
    let client = &live.client;
    runtime.block_on(async {
        let limits = "SET statement_timeout = 0; SET lock_timeout = 0";
        client.batch_execute(limits).await.map_err(trouble)?;
        client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.map_err(trouble)?;
        // The lock goes with the session in any case; the session is not used again.
        apply_pending(client, migrations).await?;
        client.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await.map(drop).map_err(trouble)
    })
}

async fn apply_pending(client: &Client, migrations: &[Migration]) -> Result<()> {
    client.batch_execute(&migrate::own_tables(Dialect::Postgres)?).await.map_err(trouble)?;
    for migration in migrate::pending(&applied(client).await?, migrations)? {
        apply(client, migration).await?;
        tracing::info!(version = migration.version, name = migration.name, "schema migrated");
    }
    Ok(())
}

async fn apply(client: &Client, migration: &Migration) -> Result<()> {
    let text_of = migration.expand(Dialect::Postgres)?;
    let steps = async {
        client.batch_execute("BEGIN").await?;
        client.batch_execute(&text_of).await?;
        let now: i64 = client.query_one(super::tx::NOW, &[]).await?.get(0);
        let (version, checksum) = (i64::from(migration.version), migration.checksum());
        client.execute(migrate::NOTE, &[&version, &migration.name, &checksum, &now]).await?;
        client.batch_execute("COMMIT").await
    };
    let refused =
        steps.await.map_err(|error: tokio_postgres::Error| Error::Migration { version: migration.version, reason: text(&error) });
    if refused.is_err()
        && let Err(error) = client.batch_execute("ROLLBACK").await
    {
        tracing::warn!(error = text(&error), "ROLLBACK of a migration failed");
    }
    refused
}

async fn applied(client: &Client) -> Result<Vec<Applied>> {
    let rows = client.query(migrate::NOTED, &[]).await.map_err(trouble)?;
    rows.iter()
        .map(|row| {
            let version: i64 = row.get(0);
            let version = u32::try_from(version)
                .map_err(|_| Error::Migration { version: 0, reason: format!("schema_migrations holds the version {version}") })?;
            Ok(Applied { version, checksum: row.get(1) })
        })
        .collect()
}

fn trouble(error: tokio_postgres::Error) -> Error {
    failure(error, "(migrating)").error
}
