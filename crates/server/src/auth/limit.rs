//! Login limit: failed attempts by account and address. In memory of each server.

use std::net::IpAddr;
use std::sync::PoisonError;

use engine::access::decide::{CHALLENGE, CHALLENGE_ADDRESS, LOGIN_ACCOUNT, LOGIN_ADDRESS, LOGIN_PAIR, Limiter, SECOND_STEP};
use engine::access::secret;
use engine::clock::machine_ms;
use engine::ids::UserId;

use super::seconds;
use crate::app::App;
use crate::error::{Answer, Code, Problem};

/// Accounts and addresses counted at once.
const KEYS: usize = 50_000;

/// The counters. Accounts are kept as hashes: mistyped names may be passwords.
pub struct LoginLimits {
    pair: Limiter<([u8; 32], IpAddr)>,
    address: Limiter<IpAddr>,
    account: Limiter<[u8; 32]>,
    second: Limiter<UserId>,
    challenge: Limiter<()>,
    challenge_address: Limiter<IpAddr>,
}

impl Default for LoginLimits {
    fn default() -> Self {
        Self {
            pair: Limiter::new(LOGIN_PAIR, KEYS),
            address: Limiter::new(LOGIN_ADDRESS, KEYS),
            account: Limiter::new(LOGIN_ACCOUNT, KEYS),
            second: Limiter::new(SECOND_STEP, KEYS),
            challenge: Limiter::new(CHALLENGE, 1),
            challenge_address: Limiter::new(CHALLENGE_ADDRESS, KEYS),
        }
    }
}

/// One attempt, counted as failed until [`Attempt::succeeded`]. Counting first keeps parallel guesses within the limit.
pub struct Attempt<'a> {
    app: &'a App,
    account: [u8; 32],
    address: IpAddr,
}

/// IPv6 callers own a whole /64; they are counted as one.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & (u128::MAX << 64)).into()),
        v4 => v4,
    }
}

impl<'a> Attempt<'a> {
    /// Counts an attempt on `account` (folded).
    ///
    /// # Errors
    /// `login_limited` with the time to wait.
    pub fn begin(app: &'a App, account: &str, address: IpAddr) -> Answer<Self> {
        let attempt = Self { app, account: secret::hash(account), address: household(address) };
        let now = machine_ms();
        let mut limits = app.logins.lock().unwrap_or_else(PoisonError::into_inner);
        limits
            .address
            .take(&attempt.address, now)
            .and_then(|()| limits.pair.take(&(attempt.account, attempt.address), now))
            .and_then(|()| limits.account.take(&attempt.account, now))
            .map_err(|wait_ms| Problem::new(Code::LoginLimited).after(seconds(wait_ms)))?;
        drop(limits);
        Ok(attempt)
    }

    /// Not a failure after all.
    pub fn succeeded(self) {
        let mut limits = self.app.logins.lock().unwrap_or_else(PoisonError::into_inner);
        limits.address.give_back(&self.address);
        limits.pair.give_back(&(self.account, self.address));
        limits.account.give_back(&self.account);
    }
}

/// One code typed beside a right password, counted as failed until [`SecondAttempt::succeeded`].
pub struct SecondAttempt<'a> {
    app: &'a App,
    user: UserId,
}

impl<'a> SecondAttempt<'a> {
    /// Counts a code of this person.
    ///
    /// # Errors
    /// `login_limited` with the time to wait.
    pub fn begin(app: &'a App, user: UserId) -> Answer<Self> {
        let taken = app.logins.lock().unwrap_or_else(PoisonError::into_inner).second.take(&user, machine_ms());
        taken.map_err(|wait_ms| Problem::new(Code::LoginLimited).after(seconds(wait_ms)))?;
        Ok(Self { app, user })
    }

    /// Not a failure after all.
    pub fn succeeded(self) {
        self.app.logins.lock().unwrap_or_else(PoisonError::into_inner).second.give_back(&self.user);
    }
}

/// Questions for passkeys, which anybody at the door may have and which are kept until they are answered or too old.
pub struct ChallengeLimit;

impl ChallengeLimit {
    /// Counts one.
    ///
    /// # Errors
    /// `login_limited` with the time to wait.
    pub fn take(app: &App, address: IpAddr) -> Answer<()> {
        let now = machine_ms();
        let mut limits = app.logins.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = limits.challenge_address.take(&household(address), now).and_then(|()| limits.challenge.take(&(), now));
        taken.map_err(|wait_ms| Problem::new(Code::LoginLimited).after(seconds(wait_ms)))
    }
}
