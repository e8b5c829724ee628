//! Connections, transactions, migrations, batches and leases, for SQLite and PostgreSQL; the only crate that names a database driver.
