//! Pure rules of access.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::{Grant, Password, Permission, Role, Scope};

impl Permission {
    /// The least role that has it.
    pub const fn least_role(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Talk | Self::EditContacts | Self::SendEvents | Self::StopChannel => Role::Operator,
            Self::Import | Self::Export | Self::Define | Self::SendBroadcast => Role::Marketer,
            Self::Settings | Self::Staff => Role::Owner,
        }
    }

    /// The scope a limited token needs for it.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Read | Self::Export => Scope::Read,
            Self::Talk => Scope::MessagesSend,
            Self::EditContacts | Self::Import => Scope::ContactsWrite,
            Self::SendEvents => Scope::EventsWrite,
            Self::StopChannel => Scope::ChannelsStop,
            Self::Define => Scope::DefinitionsWrite,
            Self::SendBroadcast => Scope::BroadcastsSend,
            Self::Settings => Scope::SettingsWrite,
            Self::Staff => Scope::StaffWrite,
        }
    }
}

impl Grant {
    /// The whole of a role.
    pub const fn of(role: Role) -> Self {
        Self { role, scopes: None }
    }

    /// A token's grant: no scopes limit nothing.
    pub fn of_token(role: Role, scopes: BTreeSet<Scope>) -> Self {
        Self { role, scopes: (!scopes.is_empty()).then_some(scopes) }
    }

    /// Whether the caller may.
    pub fn permits(&self, permission: Permission) -> bool {
        self.role >= permission.least_role() && self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&permission.scope()))
    }

    /// All the caller may.
    pub fn permissions(&self) -> Vec<Permission> {
        Permission::ALL.iter().copied().filter(|permission| self.permits(*permission)).collect()
    }
}

impl Password {
    /// Reads the stored form.
    pub fn parse(stored: &str) -> Self {
        let invited = stored.strip_prefix("invited$").and_then(|rest| rest.split_once('$'));
        match invited.and_then(|(hash, until)| Some((hash.to_owned(), until.parse().ok()?))) {
            Some((secret_hash, until)) => Self::Invited { secret_hash, until },
            None => Self::Hash(stored.to_owned()),
        }
    }

    /// The stored form.
    pub fn stored(&self) -> String {
        match self {
            Self::Hash(phc) => phc.clone(),
            Self::Invited { secret_hash, until } => format!("invited${secret_hash}${until}"),
        }
    }
}

/// Login names compare without case and surrounding space.
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Whether it looks like an address at all; the invitation proves the rest.
pub fn plausible_email(folded: &str) -> bool {
    folded.len() <= 254
        && !folded.chars().any(|c| c.is_whitespace() || c.is_control())
        && folded.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}

/// Least length of a password in characters; length is the only rule (NIST SP 800-63B §5.1.1.2 advises against more).
pub const PASSWORD_MIN: usize = 10;
/// Longest password in characters, so that hashing cannot be made expensive.
pub const PASSWORD_MAX: usize = 256;

/// Whether a new password may be taken: long enough, not the login name, not one character repeated.
pub fn password_ok(password: &str, email: &str) -> bool {
    let length = password.chars().count();
    let first = password.chars().next();
    (PASSWORD_MIN..=PASSWORD_MAX).contains(&length)
        && !fold_email(password).contains(email)
        && password.chars().any(|c| Some(c) != first)
}

/// A limit of so many in so long, refilled evenly (GCRA).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many at once.
    pub burst: u32,
    /// One more every so many milliseconds.
    pub every_ms: i64,
}

/// Failed logins of one account from one address: a person who mistypes.
pub const LOGIN_PAIR: Limit = Limit { burst: 5, every_ms: 60_000 };
/// Failed logins from one address, whatever the account.
pub const LOGIN_ADDRESS: Limit = Limit { burst: 30, every_ms: 30_000 };
/// Failed logins of one account from anywhere: guessing from many addresses. Loose, so that an attacker does not
/// easily lock the owner out.
pub const LOGIN_ACCOUNT: Limit = Limit { burst: 60, every_ms: 60_000 };

/// Wrong codes beside a right password, from anywhere: of a million codes three are good, so a year of guessing finds one
/// with a chance of one in seven. Every wrong one stands in the audit log.
pub const SECOND_STEP: Limit = Limit { burst: 10, every_ms: 10 * 60_000 };

/// Questions for passkeys from one address: a shop's staff behind one router.
pub const CHALLENGE_ADDRESS: Limit = Limit { burst: 30, every_ms: 2_000 };
/// Questions for passkeys of one server. Each is kept for five minutes at most, so there are never more than 6,500.
pub const CHALLENGE: Limit = Limit { burst: 500, every_ms: 50 };

/// Counters of one [`Limit`] by key. Bounded: when full, keys that are idle again are dropped, and if none is,
/// new keys are refused.
pub struct Limiter<K> {
    limit: Limit,
    capacity: usize,
    /// When the key would be idle again (theoretical arrival time), ms.
    tat: HashMap<K, i64>,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// With room for `capacity` keys.
    pub fn new(limit: Limit, capacity: usize) -> Self {
        Self { limit, capacity, tat: HashMap::new() }
    }

    /// Takes one from the key's allowance, or says in how many milliseconds one is there.
    pub fn take(&mut self, key: &K, now_ms: i64) -> Result<(), i64> {
        let room = i64::from(self.limit.burst) * self.limit.every_ms;
        let tat = self.tat.get(key).copied().unwrap_or(now_ms).max(now_ms);
        let after = tat + self.limit.every_ms;
        if after - now_ms > room {
            return Err(after - now_ms - room);
        }
        if !self.tat.contains_key(key) && self.tat.len() >= self.capacity {
            self.tat.retain(|_, tat| *tat > now_ms);
            if self.tat.len() >= self.capacity {
                return Err(self.limit.every_ms);
            }
        }
        self.tat.insert(key.clone(), after);
        Ok(())
    }

    /// Gives one back: the attempt turned out to be good.
    pub fn give_back(&mut self, key: &K) {
        if let Some(tat) = self.tat.get_mut(key) {
            *tat -= self.limit.every_ms;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greater_roles_may_more() {
        for permission in Permission::ALL {
            for pair in Role::ALL.windows(2) {
                assert!(pair[0] < pair[1]);
                assert!(Grant::of(pair[1]).permits(*permission) || !Grant::of(pair[0]).permits(*permission));
            }
            assert!(Grant::of(Role::Owner).permits(*permission));
        }
        assert_eq!(Grant::of(Role::Viewer).permissions(), [Permission::Read]);
    }

    #[test]
    fn scopes_limit_below_the_role() {
        let grant = Grant::of_token(Role::Owner, BTreeSet::from([Scope::EventsWrite]));
        assert_eq!(grant.permissions(), [Permission::SendEvents]);
        let weak = Grant::of_token(Role::Viewer, BTreeSet::from([Scope::StaffWrite]));
        assert!(weak.permissions().is_empty(), "a scope never lifts above the role");
        assert_eq!(Grant::of_token(Role::Owner, BTreeSet::new()).permissions().len(), Permission::ALL.len());
    }

    #[test]
    fn passwords_round_trip() {
        for password in
            [Password::Hash("$argon2id$v=19$m=1,t=1,p=1$a$b".into()), Password::Invited { secret_hash: "ab".into(), until: 7 }]
        {
            assert_eq!(Password::parse(&password.stored()), password);
        }
        assert_eq!(Password::parse("invited$ab$x"), Password::Hash("invited$ab$x".into()));
    }

    #[test]
    fn weak_passwords() {
        assert!(password_ok("correct horse", "a@example.com"));
        assert!(password_ok("あいうえおかきくけこ", "a@example.com"));
        for weak in ["short", "aaaaaaaaaaaaaaa", "A@Example.com1", ""] {
            assert!(!password_ok(weak, "a@example.com"), "{weak}");
        }
        assert!(!password_ok(&"ab".repeat(200), "a@example.com"));
    }

    #[test]
    fn addresses() {
        assert_eq!(fold_email(" Hanako@Example.com "), "hanako@example.com");
        assert!(plausible_email("a@localhost"));
        for bad in ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n"] {
            assert!(!plausible_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn limiter_refuses_then_refills() {
        let mut limiter = Limiter::new(Limit { burst: 3, every_ms: 100 }, 2);
        for _ in 0..3 {
            assert_eq!(limiter.take(&"a", 0), Ok(()));
        }
        assert_eq!(limiter.take(&"a", 0), Err(100));
        assert_eq!(limiter.take(&"a", 60), Err(40));
        assert_eq!(limiter.take(&"b", 60), Ok(()), "keys are apart");
        assert_eq!(limiter.take(&"a", 100), Ok(()));
        limiter.give_back(&"a");
        assert_eq!(limiter.take(&"a", 100), Ok(()));
        assert_eq!(limiter.take(&"c", 100), Err(100), "full");
        assert_eq!(limiter.take(&"c", 1_000), Ok(()), "idle keys make room");
    }
}
