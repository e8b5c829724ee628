//! Calls to addresses a shop typed: no private networks, no redirects, a time-out.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::engine::Settings;

/// How far a call may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// https to public addresses.
    Public,
    /// Also to this very machine: a simulator's shop has all of its world here, and no certificates.
    Loopback,
}

impl Reach {
    /// Of an installation: where LINE's hosts are all here, no real customer can be reached.
    pub fn of(settings: &Settings) -> Self {
        if settings.hosts.all_loopback() { Self::Loopback } else { Self::Public }
    }
}

/// https to a name, or to a public address. Names are checked again when they are resolved.
pub(crate) fn is_allowed(url: &Url, reach: Reach) -> bool {
    let here = reach == Reach::Loopback && is_loopback(url) && is_bare(url);
    here || (url.scheme() == "https" && is_open_web(url))
}

/// A name, or a public address, without a password in it; also without TLS.
pub(crate) fn is_open_web(url: &Url) -> bool {
    let public = match url.host() {
        Some(Host::Domain(_)) => true,
        Some(Host::Ipv4(address)) => is_public(address.into()),
        Some(Host::Ipv6(address)) => is_public(address.into()),
        None => false,
    };
    matches!(url.scheme(), "http" | "https") && is_bare(url) && public
}

fn is_bare(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

/// This machine by its address: a name could come to mean something else.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    }
}

/// The client for such calls. Addresses written as numbers are never resolved, so [`is_allowed`] comes first.
pub(crate) fn client() -> Result<&'static reqwest::Client, String> {
    static CLIENT: LazyLock<Result<reqwest::Client, String>> = LazyLock::new(|| build(Duration::from_secs(5)));
    CLIENT.as_ref().map_err(Clone::clone)
}

/// The same for calls that wait a few seconds only: who cannot be connected to is known before they are over.
pub(crate) fn quick_client() -> Result<&'static reqwest::Client, String> {
    static CLIENT: LazyLock<Result<reqwest::Client, String>> = LazyLock::new(|| build(Duration::from_secs(2)));
    CLIENT.as_ref().map_err(Clone::clone)
}

fn build(connect: Duration) -> Result<reqwest::Client, String> {
    // The binary has done so at its start; whoever calls from elsewhere is not to fall over it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .connect_timeout(connect)
        .dns_resolver(Arc::new(PublicOnly))
        .no_proxy()
        .build()
        .map_err(|error| error.to_string())
}

/// Why there was no answer within `patience`, for staff to read; never the address itself, which may hold a secret.
pub(crate) fn in_words(error: &reqwest::Error, patience: Duration) -> String {
    if error.is_connect() {
        "つながりませんでした".to_owned()
    } else if error.is_timeout() {
        format!("{}秒以内に応答がありませんでした", patience.as_secs())
    } else {
        "通信が途中で切れました".to_owned()
    }
}

/// Resolves names, and drops every address inside a private network, so that a shop's URL cannot reach behind our wall.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.filter(|address| is_public(address.ip())).collect();
            if found.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Reachable from everywhere: not loopback, private, link-local, shared, multicast, documentation or unspecified
/// (IANA special-purpose registries, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            !(v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_unspecified()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 198 && (b == 18 || b == 19))
                || (a == 192 && b == 0))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(v4.into()),
            None => {
                let first = v6.segments()[0];
                // Only global unicast 2000::/3, without 6to4, Teredo and documentation, which can hide other addresses.
                (first & 0xe000) == 0x2000
                    && first != 0x2002
                    && !(first == 0x2001 && v6.segments()[1] < 0x0200)
                    && !(first == 0x2001 && v6.segments()[1] == 0x0db8)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_refused() {
        for url in [
            "https://127.0.0.1/",
            "https://10.0.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "http://example.com/",
            "https://user@example.com/",
            "https://0.0.0.0/",
            "ftp://example.com/",
        ] {
            assert!(!is_allowed(&Url::parse(url).unwrap(), Reach::Public), "{url}");
        }
        assert!(is_allowed(&Url::parse("https://example.com/hook").unwrap(), Reach::Public));
        assert!(is_allowed(&Url::parse("https://93.184.216.34/").unwrap(), Reach::Public));
    }

    #[test]
    fn a_simulators_shop_reaches_this_machine_and_no_other() {
        for url in ["http://127.0.0.1:8080/hook", "http://[::1]/"] {
            assert!(is_allowed(&Url::parse(url).unwrap(), Reach::Loopback), "{url}");
        }
        for url in ["http://10.0.0.1/", "http://localhost/", "http://me@127.0.0.1/", "https://192.168.1.1/"] {
            assert!(!is_allowed(&Url::parse(url).unwrap(), Reach::Loopback), "{url}");
        }
    }
}
