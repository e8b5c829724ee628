//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::app::App;
use crate::config::TrustedProxies;

/// The caller's address: the connection's, or when that is a trusted proxy, the last address in `X-Forwarded-For`
/// that is not one. Whoever is not trusted may write what they like there.
pub fn client_address(parts: &Parts, trusted: &TrustedProxies) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
    resolve(peer, &parts.headers, trusted)
}

/// [`client_address`] as an extractor.
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self(client_address(parts, &app.config.trusted_proxies)))
    }
}

fn resolve(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> IpAddr {
    if !trusted.contains(peer) {
        return peer.to_canonical();
    }
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        nearest = address;
        if !trusted.contains(address) {
            break;
        }
    }
    nearest.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn via(peer: &str, forwarded: &str, trusted: &str) -> String {
        let mut headers = HeaderMap::new();
        if !forwarded.is_empty() {
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        resolve(peer.parse().unwrap(), &headers, &trusted.parse().unwrap()).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(via("1.1.1.1", "9.9.9.9", ""), "1.1.1.1");
        assert_eq!(via("10.0.0.1", "9.9.9.9", "10.0.0.0/8"), "9.9.9.9");
        assert_eq!(via("10.0.0.1", "6.6.6.6, 9.9.9.9, 10.0.0.2", "10.0.0.0/8"), "9.9.9.9");
        assert_eq!(via("10.0.0.1", "9.9.9.9, nonsense", "10.0.0.0/8"), "10.0.0.1");
        assert_eq!(via("10.0.0.1", "", "10.0.0.0/8"), "10.0.0.1");
        assert_eq!(via("::ffff:1.1.1.1", "", ""), "1.1.1.1");
    }
}
