//! The address of a server, and how much its certificate is trusted.

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::config::SslMode;

use super::tls::{self, Tls};
use crate::{Error, Result};

/// A server and how to reach it.
pub(crate) struct Address {
    pub(crate) config: tokio_postgres::Config,
    pub(crate) tls: Tls,
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const KEEPALIVE_AFTER: Duration = Duration::from_secs(15);
/// A peer that acknowledges nothing for this long is gone.
const TCP_TIMEOUT: Duration = Duration::from_secs(30);

/// Reads `postgres://…`. `sslmode` may be disable, prefer, require (encrypted, not verified), verify-ca or verify-full
/// (both verify chain and name); `sslrootcert` names a PEM file of roots, else the platform's are used.
///
/// # Errors
/// [`Error::Config`]; its text never contains the address.
pub(crate) fn address(url: &str) -> Result<Address> {
    let (url, verify, roots) = take_tls_parameters(url);
    let mut config: tokio_postgres::Config =
        url.parse().map_err(|error| Error::Config { reason: format!("DATABASE_URL: {error}") })?;
    if verify {
        config.ssl_mode(SslMode::Require);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("enishi");
    }
    config.keepalives_idle(KEEPALIVE_AFTER).tcp_user_timeout(TCP_TIMEOUT);
    let tls = if verify { tls::verifying(roots.as_deref())? } else { tls::trusting()? };
    Ok(Address { config, tls })
}

/// Takes out what the driver's parser does not know: whether to verify, and against which roots.
fn take_tls_parameters(url: &str) -> (String, bool, Option<PathBuf>) {
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), false, None);
    };
    let (mut verify, mut roots, mut kept) = (false, None, Vec::new());
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", "verify-full" | "verify-ca")) => verify = true,
            Some(("sslrootcert", path)) => roots = Some(PathBuf::from(path)),
            _ => kept.push(pair),
        }
    }
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    (format!("{base}{query}"), verify, roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verification_is_taken_from_the_address() {
        let (url, verify, roots) =
            take_tls_parameters("postgres://h/d?sslmode=verify-full&application_name=x&sslrootcert=/a.pem");
        assert_eq!(url, "postgres://h/d?application_name=x");
        assert!(verify);
        assert_eq!(roots, Some(PathBuf::from("/a.pem")));
        assert!(!take_tls_parameters("postgres://h/d?sslmode=require").1);
    }

    #[test]
    fn an_address_that_is_none_does_not_print_its_password() {
        let Err(error) = address("postgres://user:geheim@host:notaport/db") else {
            panic!("a port must be a number");
        };
        assert!(!error.to_string().contains("geheim"), "{error}");
    }
}
