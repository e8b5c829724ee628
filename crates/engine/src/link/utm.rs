//! utm: the marks by which the shop's own statistics tell where a visitor comes from.
//!
//! One rule for a workspace. An address that leads straight to the shop always carries them – nothing else tells where its
//! reader came from; a counted link gets them when it leads on, if the shop wants so. What has marks of its own keeps them.

use serde::{Deserialize, Serialize};
use store::{Tx, params};
use url::form_urlencoded::byte_serialize;
use uuid::Uuid;

use crate::access::db::Act;
use crate::ids::{JourneyId, WorkspaceId};
use crate::workspace::{Catalog, kept, set_setting};
use crate::{Error, Result};

/// Characters of a name in a campaign: addresses in messages have a limit (LINE: 1,000 characters).
const NAME_CHARS: usize = 40;

/// The rule, stored as JSON under the setting `utm`. What is left out has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UtmRule {
    /// Whether counted links get them too when they lead on.
    pub on: bool,
    /// utm_source.
    pub source: String,
    /// utm_medium.
    pub medium: String,
    /// utm_campaign; `{name}` stands for the name of the broadcast, scenario or rule, `{id}` for its id.
    pub campaign: String,
}

impl Default for UtmRule {
    fn default() -> Self {
        Self { on: false, source: "line".into(), medium: "message".into(), campaign: "{id}".into() }
    }
}

impl UtmRule {
    /// Whether the values can stand in an address.
    ///
    /// # Errors
    /// [`Error::Bad`] naming the field.
    pub fn check(&self) -> Result<()> {
        for (field, value) in [("source", &self.source), ("medium", &self.medium), ("campaign", &self.campaign)] {
            let count = value.trim().chars().count();
            if !(1..=100).contains(&count) || value.chars().any(char::is_control) {
                return Err(Error::bad("utm_invalid", format!("utm.{field}"), "1〜100文字で入力してください。"));
            }
        }
        Ok(())
    }

    /// The parameters for what was sent by `cause` of this name, '' where none is known.
    pub fn query(&self, cause: Uuid, name: &str) -> String {
        let short: String = name.chars().take(NAME_CHARS).collect();
        let id = if cause.is_nil() { String::new() } else { cause.to_string() };
        let named = self.campaign.replace("{name}", &short).replace("{id}", &id);
        let campaign = match (named.trim(), id.as_str()) {
            ("", "") => "link",
            ("", id) => id,
            (named, _) => named,
        };
        let of = |text: &str| byte_serialize(text.trim().as_bytes()).collect::<String>();
        format!("utm_source={}&utm_medium={}&utm_campaign={}", of(&self.source), of(&self.medium), of(campaign))
    }
}

const BROADCAST: &str = "SELECT name FROM broadcasts WHERE workspace_id = $1 AND id = $2";
const RULE: &str = "SELECT name FROM rules WHERE workspace_id = $1 AND id = $2";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[BROADCAST, RULE];

/// The name of what sent something: a broadcast, scenario or rule; '' for anything else.
///
/// # Errors
/// The database's.
pub fn name_of(tx: &mut Tx<'_>, catalog: &Catalog, cause: Uuid) -> Result<String> {
    if cause.is_nil() {
        return Ok(String::new());
    }
    if let Some(journey) = catalog.journeys.get(&JourneyId(cause)) {
        return Ok(journey.name.clone());
    }
    let key = params![catalog.workspace, cause];
    for sql in [BROADCAST, RULE] {
        if let Some(name) = tx.query_opt(sql, &key, |row| row.get::<String>(0))? {
            return Ok(name);
        }
    }
    Ok(String::new())
}

/// Sets the rule.
///
/// # Errors
/// `utm_invalid`.
pub fn set(tx: &mut Tx<'_>, act: &Act, rule: &UtmRule) -> Result<()> {
    rule.check()?;
    let json = serde_json::json!(rule);
    set_setting(tx, act.workspace, "utm", &json.to_string())?;
    act.note(tx, "workspace.utm", act.workspace.0, &json)
}

/// The rule of a workspace.
///
/// # Errors
/// The database's; [`Error::Damaged`].
pub fn rule(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<UtmRule> {
    Ok(kept(tx, workspace, "utm")?.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn campaigns_are_named_by_the_pattern() {
        let rule = |campaign: &str| UtmRule { campaign: campaign.into(), ..UtmRule::default() };
        let cause = Uuid::from_u128(7);
        let campaign = |rule: UtmRule, cause: Uuid, name: &str| {
            let query = rule.query(cause, name);
            url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "utm_campaign").unwrap().1.into_owned()
        };
        assert_eq!(campaign(rule("{name}"), cause, "春の & セール"), "春の & セール");
        assert_eq!(campaign(rule("line-{id}"), cause, "x"), format!("line-{cause}"));
        assert_eq!(campaign(rule("{name}"), cause, ""), cause.to_string());
        assert_eq!(campaign(rule("{name}"), Uuid::nil(), ""), "link");
        assert_eq!(campaign(rule("{name}"), cause, &"あ".repeat(60)).chars().count(), 40);
        assert!(rule(" ").check().is_err());
        assert!(UtmRule::default().check().is_ok());
    }
}
