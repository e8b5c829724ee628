//! Where LINE is: its own hosts, or a simulator on this machine.

use crate::endpoint::Host;
use hyper::http::uri::{Authority, PathAndQuery, Scheme, Uri};
use std::net::IpAddr;
use std::str::FromStr;

/// The three addresses everything else is below. All can be set, so that a simulator can stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    /// `https://api.line.me`.
    pub api: BaseUrl,
    /// `https://api-data.line.me`.
    pub api_data: BaseUrl,
    /// `https://access.line.me`: login pages, account link dialog, issuer of ID tokens.
    pub access: BaseUrl,
}

impl Hosts {
    /// LINE itself.
    pub fn line() -> Self {
        let https = |host| BaseUrl { scheme: Scheme::HTTPS, authority: Authority::from_static(host), prefix: String::new() };
        Self { api: https("api.line.me"), api_data: https("api-data.line.me"), access: https("access.line.me") }
    }

    /// One address for all three, as a simulator has.
    pub fn single(base: &BaseUrl) -> Self {
        Self { api: base.clone(), api_data: base.clone(), access: base.clone() }
    }

    /// Whether all of them are on this machine: only then may time be moved or limits lifted.
    pub fn all_loopback(&self) -> bool {
        [&self.api, &self.api_data, &self.access].into_iter().all(BaseUrl::is_loopback)
    }

    pub(crate) fn base(&self, host: Host) -> &BaseUrl {
        match host {
            Host::Api => &self.api,
            Host::ApiData => &self.api_data,
        }
    }
}

/// Scheme, host and port, and a path all calls are below (usually none).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    prefix: String,
}

/// Why an address cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBaseUrl {
    /// Not an absolute http(s) address without query.
    #[error("{0:?} is not an address of the form https://host[:port]")]
    Form(String),
    /// Plain http would show tokens to the network.
    #[error("{0:?} must begin with https:// (http:// is only for this machine)")]
    Insecure(String),
}

impl FromStr for BaseUrl {
    type Err = BadBaseUrl;

    fn from_str(text: &str) -> Result<Self, BadBaseUrl> {
        let form = || BadBaseUrl::Form(text.to_owned());
        let parts = Uri::from_str(text.trim()).map_err(|_| form())?.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(form());
        };
        let path = parts.path_and_query.unwrap_or_else(|| PathAndQuery::from_static("/"));
        if path.query().is_some() || authority.as_str().contains('@') || authority.host().is_empty() {
            return Err(form());
        }
        let base = Self { scheme, authority, prefix: path.path().trim_end_matches('/').to_owned() };
        match base.scheme.as_str() {
            "https" => Ok(base),
            "http" if base.is_loopback() => Ok(base),
            "http" => Err(BadBaseUrl::Insecure(text.to_owned())),
            _ => Err(form()),
        }
    }
}

impl BaseUrl {
    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.authority.host().trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// The address of a path (with its query) below this one.
    pub(crate) fn uri(&self, path: PathOf) -> Result<Uri, hyper::http::Error> {
        let path_and_query = match path {
            PathOf::Fixed(path) if self.prefix.is_empty() => PathAndQuery::from_static(path),
            PathOf::Fixed(path) => PathAndQuery::try_from(format!("{}{path}", self.prefix))?,
            PathOf::Made(path) => PathAndQuery::try_from(format!("{}{path}", self.prefix))?,
        };
        Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone()).path_and_query(path_and_query).build()
    }
}

/// A path: most calls need no text of their own for it.
pub(crate) enum PathOf {
    Fixed(&'static str),
    Made(String),
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in [
            "https://api.line.me",
            "https://api.line.me/",
            "http://127.0.0.1:8090",
            "http://localhost:8090/line",
            "http://[::1]:1",
        ] {
            assert!(good.parse::<BaseUrl>().is_ok(), "{good}");
        }
        assert_eq!("http://api.line.me".parse::<BaseUrl>(), Err(BadBaseUrl::Insecure("http://api.line.me".into())));
        for bad in ["", "api.line.me", "ftp://127.0.0.1", "https://a@b", "https://a/?q=1", "/x"] {
            assert!(matches!(bad.parse::<BaseUrl>(), Err(BadBaseUrl::Form(_))), "{bad}");
        }
    }

    #[test]
    fn paths_are_below_the_prefix() {
        let base: BaseUrl = "http://127.0.0.1:1/line/".parse().unwrap();
        assert_eq!(base.uri(PathOf::Fixed("/v2/x")).unwrap(), "http://127.0.0.1:1/line/v2/x");
        assert!(Hosts::single(&base).all_loopback());
        assert!(!Hosts::line().all_loopback());
    }
}
