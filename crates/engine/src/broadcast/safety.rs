//! What the shop lets itself be asked before it sends to many (誤配信を防ぐ設定).

use serde::{Deserialize, Serialize};
use store::Tx;

use crate::ids::WorkspaceId;
use crate::workspace::kept;
use crate::{Error, Result};

/// The setting's key.
pub const KEY: &str = "broadcast_safety";

/// Rules of a workspace, stored as JSON. What is left out has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BroadcastSafety)]
pub struct Safety {
    /// From so many people on, or half of all friends, the account's name is typed before sending.
    pub typed_from: i64,
    /// When a second person must approve.
    pub approval: ApprovalRule,
    /// The shop's own domains: a link elsewhere is pointed out. `shop.example` stands for its subdomains too.
    pub own_domains: Vec<String>,
}

impl Default for Safety {
    fn default() -> Self {
        Self { typed_from: 1_000, approval: ApprovalRule::Off {}, own_domains: Vec::new() }
    }
}

/// When a second person must approve a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "when", rename_all = "snake_case", deny_unknown_fields)]
pub enum ApprovalRule {
    /// Never.
    Off {},
    /// For more people than this.
    Above {
        /// How many need none.
        people: i64,
    },
    /// Always.
    Always {},
}

impl ApprovalRule {
    /// Whether a broadcast to so many needs it.
    pub const fn asks(self, people: i64) -> bool {
        match self {
            Self::Off {} => false,
            Self::Above { people: free } => people > free,
            Self::Always {} => true,
        }
    }
}

impl Safety {
    /// The shop's rules.
    ///
    /// # Errors
    /// The database's; [`Error::Damaged`].
    pub fn load(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Self> {
        Ok(kept(tx, workspace, KEY)?.value)
    }

    /// The same with domains as they are compared.
    ///
    /// # Errors
    /// [`Error::Bad`] naming the field.
    pub fn checked(mut self) -> Result<Self> {
        let bad = |path: &str, message: &str| Err(Error::bad("bad_value", path, message));
        if !(1..=10_000_000).contains(&self.typed_from) {
            return bad("typed_from", "名前の入力を求める人数は1以上にしてください。");
        }
        if let ApprovalRule::Above { people } = self.approval
            && !(0..=10_000_000).contains(&people)
        {
            return bad("approval.people", "承認が要る人数は0以上にしてください。");
        }
        if self.own_domains.len() > 50 {
            return bad("own_domains", "お店のドメインは50個までです。");
        }
        let mut domains = Vec::new();
        for (n, typed) in self.own_domains.iter().enumerate() {
            let Some(domain) = domain_of(typed) else {
                return bad(&format!("own_domains[{n}]"), "shop.example.com のように、ドメインだけを入力してください。");
            };
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        self.own_domains = domains;
        Ok(self)
    }

    /// Whether a host is the shop's own or below it.
    pub fn owns(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.own_domains
            .iter()
            .any(|own| host.strip_suffix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
    }
}

/// A domain as staff type it: with or without `https://`, a path or `www.`; international names become ASCII.
fn domain_of(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let url = url::Url::parse(&whole).ok()?;
    let host = url.domain()?.trim_end_matches('.').to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    (host.contains('.') && host.len() <= 253).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_read_as_staff_type_them() {
        let typed = ["https://www.Shop.example.com/items", "shop.example.com", "お店.jp"].map(str::to_owned);
        let safety = Safety { own_domains: typed.into(), ..Safety::default() }.checked().unwrap();
        assert_eq!(safety.own_domains, ["shop.example.com", "xn--t8jz70l.jp"]);
        for (host, own) in
            [("shop.example.com", true), ("m.Shop.example.com", true), ("evilshop.example.com", false), ("example.com", false)]
        {
            assert_eq!(safety.owns(host), own, "{host}");
        }
        for wrong in ["", "localhost", "10.0.0.1", "a b.jp"] {
            assert!(Safety { own_domains: vec![wrong.to_owned()], ..Safety::default() }.checked().is_err(), "{wrong}");
        }
    }

    #[test]
    fn approval_is_asked_above_a_number() {
        for (rule, people, asked) in [
            (ApprovalRule::Off {}, 1_000_000, false),
            (ApprovalRule::Above { people: 500 }, 500, false),
            (ApprovalRule::Above { people: 500 }, 501, true),
            (ApprovalRule::Always {}, 1, true),
        ] {
            assert_eq!(rule.asks(people), asked, "{rule:?} {people}");
        }
    }
}
