//! What the server must know beyond the engine.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use metrics_exporter_prometheus::PrometheusHandle;

/// Settings of the HTTP side.
#[derive(Clone, Default)]
pub struct Config {
    /// `ENISHI_TRUSTED_PROXIES`: whose forwarded headers are believed.
    pub trusted_proxies: TrustedProxies,
    /// What `/metrics` prints; without it the route answers 404.
    pub metrics: Option<PrometheusHandle>,
}

/// A list of networks (CIDR). Empty: forwarded headers are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<(u128, u32)>);

impl TrustedProxies {
    /// Whether the address belongs to one of the networks.
    pub fn contains(&self, address: IpAddr) -> bool {
        let bits = to_bits(address);
        self.0.iter().any(|(network, prefix)| mask(bits, *prefix) == *network)
    }
}

impl FromStr for TrustedProxies {
    type Err = String;

    /// Reads `10.0.0.0/8, ::1`, a comma-separated list of networks or single addresses.
    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<(u128, u32), String> {
    let wrong = || format!("ENISHI_TRUSTED_PROXIES: 「{text}」は 10.0.0.0/8 のような形ではありません / not a network");
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    // IPv4 lives in ::ffff:0:0/96, so its prefixes are 96 longer.
    let (shift, longest) = if address.is_ipv4() { (96, 32) } else { (0, 128) };
    let prefix: u32 = prefix.map_or(Ok(longest), str::parse).map_err(|_| wrong())?;
    if prefix > longest {
        return Err(wrong());
    }
    Ok((mask(to_bits(address), prefix + shift), prefix + shift))
}

fn to_bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => Ipv6Addr::to_bits(v6),
    }
}

fn mask(bits: u128, prefix: u32) -> u128 {
    if prefix == 0 { 0 } else { bits & (u128::MAX << (128 - prefix)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        let list: TrustedProxies = "10.0.0.0/8, 192.168.1.7,fd00::/8".parse().unwrap();
        for inside in ["10.1.2.3", "192.168.1.7", "fd12::1", "::ffff:10.0.0.1"] {
            assert!(list.contains(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["11.0.0.1", "192.168.1.8", "fe80::1", "::1"] {
            assert!(!list.contains(outside.parse().unwrap()), "{outside}");
        }
        assert!(!TrustedProxies::default().contains("127.0.0.1".parse().unwrap()));
        for bad in ["10.0.0.0/33", "::/129", "proxy.example", "10.0.0.0/x"] {
            assert!(bad.parse::<TrustedProxies>().is_err(), "{bad}");
        }
        assert!("0.0.0.0/0".parse::<TrustedProxies>().unwrap().contains("8.8.8.8".parse().unwrap()));
    }
}
