//! The table of endpoints: path, name, host, who may call, how often.

use crate::answer::Answer;
use crate::call::Call;
use futures::future::BoxFuture;

/// Which of LINE's hosts serves a path. All share our one port; a `Host` header that names one of
/// LINE's host kinds is held to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    Api,
    Data,
    Access,
    /// Not LINE's: the simulator's own paths.
    Sim,
}

/// Whose token opens an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// A channel access token of a Messaging API channel.
    Bot,
    /// A channel access token of a LINE Login or MINI App channel.
    Login,
    /// A user access token.
    User,
    Open,
}

/// Calls per window; the bucket holds one window's worth and refills continuously.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    pub calls: u32,
    pub window_s: u32,
}

/// What `X-Line-Retry-Key` means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryKey {
    Remembered,
    Refused,
}

/// How an endpoint is run.
#[derive(Clone, Copy)]
pub enum Run {
    Now(fn(&Call) -> Answer),
    /// Endpoints that wait: long polls, webhook tests, phones waiting for the shop.
    Later(for<'a> fn(&'a Call<'a>) -> BoxFuture<'a, Answer>),
}

/// One endpoint.
#[derive(Clone, Copy)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub name: &'static str,
    pub host: Host,
    pub auth: Auth,
    pub rate: Option<Rate>,
    pub retry_key: RetryKey,
    pub body_max: usize,
    pub run: Run,
}

const MB: usize = 1024 * 1024;
/// "Everything else": 2,000 calls per second (Messaging API reference, rate limits).
const COMMON_RATE: Rate = Rate { calls: 2000, window_s: 1 };

impl Route {
    const fn new(method: &'static str, path: &'static str, name: &'static str, run: Run) -> Route {
        Route {
            method,
            path,
            name,
            host: Host::Api,
            auth: Auth::Bot,
            rate: Some(COMMON_RATE),
            retry_key: RetryKey::Refused,
            body_max: 2 * MB,
            run,
        }
    }
    /// A GET on api.line.me with a channel token.
    pub const fn get(path: &'static str, name: &'static str, run: fn(&Call) -> Answer) -> Route {
        Route::new("GET", path, name, Run::Now(run))
    }
    pub const fn post(path: &'static str, name: &'static str, run: fn(&Call) -> Answer) -> Route {
        Route::new("POST", path, name, Run::Now(run))
    }
    pub const fn put(path: &'static str, name: &'static str, run: fn(&Call) -> Answer) -> Route {
        Route::new("PUT", path, name, Run::Now(run))
    }
    pub const fn delete(path: &'static str, name: &'static str, run: fn(&Call) -> Answer) -> Route {
        Route::new("DELETE", path, name, Run::Now(run))
    }
    /// An endpoint that waits.
    pub const fn later(
        method: &'static str,
        path: &'static str,
        name: &'static str,
        run: for<'a> fn(&'a Call<'a>) -> BoxFuture<'a, Answer>,
    ) -> Route {
        Route::new(method, path, name, Run::Later(run))
    }
    /// One of the simulator's own: no token, no limit, large uploads.
    pub const fn own(self) -> Route {
        Route { host: Host::Sim, auth: Auth::Open, rate: None, body_max: 64 * MB, ..self }
    }
    pub const fn host(self, host: Host) -> Route {
        Route { host, ..self }
    }
    pub const fn auth(self, auth: Auth) -> Route {
        Route { auth, ..self }
    }
    pub const fn rate(self, calls: u32, window_s: u32) -> Route {
        Route { rate: Some(Rate { calls, window_s }), ..self }
    }
    pub const fn unlimited(self) -> Route {
        Route { rate: None, ..self }
    }
    pub const fn keyed(self) -> Route {
        Route { retry_key: RetryKey::Remembered, ..self }
    }
    pub const fn body_max(self, body_max: usize) -> Route {
        Route { body_max, ..self }
    }
}

/// The captured `{}` parts of a path, in order.
pub type Args<'a> = [&'a str; 5];

/// All routes, grouped by their number of segments.
pub struct Routes {
    routes: Vec<Route>,
    by_len: Vec<Vec<(usize, Vec<&'static str>)>>,
}

/// What a path turned out to be.
pub enum Found<'a> {
    Route(usize, Args<'a>),
    /// The path exists under another method.
    OtherMethod,
    Nothing,
}

impl Routes {
    pub fn new(areas: &[&[Route]]) -> Routes {
        let routes: Vec<Route> = areas.iter().flat_map(|area| area.iter().copied()).collect();
        let mut by_len: Vec<Vec<(usize, Vec<&'static str>)>> = Vec::new();
        for (index, route) in routes.iter().enumerate() {
            let parts: Vec<&'static str> = route.path.split('/').skip(1).collect();
            if by_len.len() <= parts.len() {
                by_len.resize(parts.len() + 1, Vec::new());
            }
            by_len[parts.len()].push((index, parts));
        }
        Routes { routes, by_len }
    }

    pub fn len(&self) -> usize {
        self.routes.len()
    }

    pub fn at(&self, index: usize) -> &Route {
        &self.routes[index]
    }

    pub fn iter(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter()
    }

    /// Finds the endpoint. A literal part beats a `{}`: the tables list literal paths first.
    pub fn find<'a>(&self, method: &str, path: &'a str) -> Found<'a> {
        let mut parts = [""; 10];
        let mut count = 0;
        for part in path.split('/').skip(1) {
            if count == parts.len() {
                return Found::Nothing;
            }
            parts[count] = part;
            count += 1;
        }
        let Some(candidates) = self.by_len.get(count) else {
            return Found::Nothing;
        };
        let mut other_method = false;
        for (index, pattern) in candidates {
            let Some(args) = captures(pattern, &parts[..count]) else {
                continue;
            };
            if self.routes[*index].method == method {
                return Found::Route(*index, args);
            }
            other_method = true;
        }
        if other_method { Found::OtherMethod } else { Found::Nothing }
    }
}

fn captures<'a>(pattern: &[&'static str], parts: &[&'a str]) -> Option<Args<'a>> {
    let mut args = [""; 5];
    let mut next = 0;
    for (want, part) in pattern.iter().zip(parts) {
        if want.starts_with('{') {
            if part.is_empty() || next == args.len() {
                return None;
            }
            args[next] = part;
            next += 1;
        } else if want != part {
            return None;
        }
    }
    Some(args)
}
