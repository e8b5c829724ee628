//! How a link is written into a message.

use std::sync::Arc;

use url::Url;
use uuid::Uuid;

use super::decide::{browser_choice, with_utm};
use super::{Link, PersonRef, Signer, UtmRule};
use crate::contact::{Contact, ContactKind};
use crate::ids::LinkId;
use crate::workspace::Vault;

/// An address in a compiled template.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// As the shop wrote it.
    url: Box<str>,
    /// Its link; without one it is said as it is written.
    link: Option<Known>,
}

#[derive(Clone, Debug, PartialEq)]
struct Known {
    id: LinkId,
    code: Box<str>,
    browser: &'static str,
}

impl Target {
    /// An address whose link is not known yet.
    pub fn new(url: &str) -> Self {
        Self { url: url.into(), link: None }
    }

    /// As the shop wrote it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether its link is known.
    pub fn is_tracked(&self) -> bool {
        self.link.is_some()
    }

    /// Makes the link known.
    pub fn attach(&mut self, link: &Link) {
        let browser = browser_choice(&self.url);
        self.link = Some(Known { id: link.id, code: link.code.as_str().into(), browser });
    }
}

/// Where our addresses begin, and who signs references in them.
#[derive(Clone)]
pub struct Tracker {
    /// `https://…/l/`; `None` while nobody has said where customers reach us.
    base: Option<Arc<str>>,
    signer: Signer,
    vault: Vault,
}

impl Tracker {
    /// `base`: where customers reach us from outside.
    pub fn new(vault: &Vault, base: Option<&Url>) -> Self {
        let base = base.map(|base| format!("{}/l/", base.as_str().trim_end_matches('/')).into());
        Self { base, signer: Signer::new(vault), vault: vault.clone() }
    }

    /// Whether an address is a short one of ours: it leads on already.
    pub fn is_ours(&self, url: &str) -> bool {
        self.base.as_deref().is_some_and(|base| url.starts_with(base))
    }

    /// Who signs.
    pub const fn signer(&self) -> &Signer {
        &self.signer
    }

    /// What codes are made with.
    pub(crate) const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Whether customers reach us, so that links can be ours.
    pub const fn is_reachable(&self) -> bool {
        self.base.is_some()
    }

    /// For one recipient. A group is nobody, and who does not want to be analysed is: their links tell only what sent them.
    pub fn person(&self, contact: &Contact, cause: Uuid) -> Track<'_> {
        match contact.kind {
            ContactKind::Person if !contact.is_analysed() => self.shared(cause),
            ContactKind::Person => self.ours(cause, Reference::Person(PersonRef { contact: contact.id, cause })),
            ContactKind::Group | ContactKind::Room => self.shared(cause),
        }
    }

    /// For everybody alike.
    pub fn shared(&self, cause: Uuid) -> Track<'_> {
        self.ours(cause, Reference::Cause(cause))
    }

    /// To look at: leads on and is counted nowhere.
    pub fn trial(&self) -> Track<'_> {
        match &self.base {
            Some(base) => Track(Way::Ours { base, signer: &self.signer, reference: Reference::Trial }),
            None => Track::PLAIN,
        }
    }

    fn ours(&self, cause: Uuid, reference: Reference) -> Track<'_> {
        match &self.base {
            Some(base) => Track(Way::Ours { base, signer: &self.signer, reference }),
            None => Track::direct(cause),
        }
    }
}

/// How the links of one message are written.
#[derive(Clone, Copy)]
pub struct Track<'a>(Way<'a>);

#[derive(Clone, Copy)]
enum Way<'a> {
    Plain,
    Ours {
        base: &'a str,
        signer: &'a Signer,
        reference: Reference,
    },
    /// By its cause, or with these parameters.
    Direct(Uuid, Option<&'a str>),
}

#[derive(Clone, Copy)]
enum Reference {
    Person(PersonRef),
    Cause(Uuid),
    Trial,
}

impl<'a> Track<'a> {
    /// As the shop wrote them.
    pub const PLAIN: Self = Self(Way::Plain);

    /// The shop's own addresses, with utm parameters.
    pub const fn direct(cause: Uuid) -> Self {
        Self(Way::Direct(cause, None))
    }

    /// What leads straight to the shop carries these parameters ([`UtmRule::query`]).
    #[must_use]
    pub const fn marked(self, query: &'a str) -> Self {
        match self.0 {
            Way::Direct(cause, _) => Self(Way::Direct(cause, Some(query))),
            _ => self,
        }
    }

    /// Whether addresses are written as they are.
    pub const fn is_plain(&self) -> bool {
        matches!(self.0, Way::Plain)
    }

    /// Appends the address that stands in the message.
    pub fn write(&self, target: &Target, out: &mut String) {
        match (&target.link, self.0) {
            (Some(link), Way::Ours { base, signer, reference }) => {
                out.push_str(base);
                out.push_str(&link.code);
                match reference {
                    Reference::Person(person) => {
                        out.push_str("?p=");
                        signer.sign(link.id, person, out);
                    }
                    Reference::Cause(cause) => {
                        out.push_str("?c=");
                        signer.sign_cause(link.id, cause, out);
                    }
                    Reference::Trial => out.push_str("?t=1"),
                }
                if !link.browser.is_empty() {
                    out.push('&');
                    out.push_str(link.browser);
                }
            }
            (Some(_), Way::Direct(_, Some(query))) => with_utm(&target.url, query, out),
            (Some(_), Way::Direct(cause, None)) => with_utm(&target.url, &UtmRule::default().query(cause, ""), out),
            (None, _) | (_, Way::Plain) => out.push_str(&target.url),
        }
    }
}
