//! What staff defined, in memory: loaded per workspace, exact inside a transaction by its revision.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::tz::TimeZone;
use store::{Store, Tx, params};
use uuid::Uuid;

use super::{Attribute, Channel, Tag, Vault, db, fields, kept};
use crate::delivery::Policy;
use crate::ids::{
    AttributeId, ChannelId, JourneyId, JourneyVersionId, RuleId, TagId, TemplateId, TemplateVersionId, WorkspaceId,
};
use crate::journey::{Graph, Journey};
use crate::link::{self, Tracker, UtmRule};
use crate::rule::{Rule, Rules};
use crate::template::Compiled;
use crate::vocabulary::Vocabulary;
use crate::{Error, Result};

/// The definitions of one workspace at one revision. Immutable.
#[derive(Debug)]
pub struct Catalog {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// The shop's name.
    pub name: String,
    /// The workspace's zone.
    pub zone: TimeZone,
    /// Revision these definitions stand at.
    pub revision: i64,
    /// LINE accounts.
    pub channels: BTreeMap<ChannelId, Arc<Channel>>,
    /// Tags.
    pub tags: BTreeMap<TagId, Tag>,
    /// Fields.
    pub attributes: BTreeMap<AttributeId, Attribute>,
    /// Field by key.
    pub attribute_keys: HashMap<String, AttributeId>,
    /// Automatic answers, compiled.
    pub rules: Rules,
    /// シナリオ.
    pub journeys: BTreeMap<JourneyId, Journey>,
    /// Published graphs, all versions somebody may still walk on.
    pub graphs: BTreeMap<JourneyVersionId, Arc<Graph>>,
    /// Whether a condition on a walk asks for opened links, so that they are loaded with contacts.
    pub asks_clicks: bool,
    /// The newest version of each template.
    pub templates: BTreeMap<TemplateId, TemplateVersionId>,
    /// Quiet hours, caps, exclusions.
    pub policy: Policy,
    /// utm parameters of links.
    pub utm: UtmRule,
}

/// All catalogs of this process.
#[derive(Clone)]
pub struct Catalogs {
    inner: Arc<Inner>,
}

struct Inner {
    vault: Vault,
    tracker: Tracker,
    catalogs: RwLock<HashMap<WorkspaceId, Arc<Catalog>>>,
    channels: RwLock<HashMap<ChannelId, Arc<Channel>>>,
    compiled: RwLock<HashMap<TemplateVersionId, Arc<Compiled>>>,
}

impl Catalogs {
    /// An empty cache. `link_base`: where tracked links begin, if anywhere.
    pub fn new(vault: Vault, link_base: Option<&url::Url>) -> Self {
        Self {
            inner: Arc::new(Inner {
                tracker: Tracker::new(&vault, link_base),
                vault,
                catalogs: RwLock::default(),
                channels: RwLock::default(),
                compiled: RwLock::default(),
            }),
        }
    }

    /// Who writes links into messages.
    pub fn tracker(&self) -> &Tracker {
        &self.inner.tracker
    }

    /// A channel by its id, from memory (at most one refresh old).
    pub fn channel(&self, id: ChannelId) -> Option<Arc<Channel>> {
        self.inner.channels.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// A workspace's catalog from memory (at most one refresh old).
    pub fn cached(&self, workspace: WorkspaceId) -> Option<Arc<Catalog>> {
        self.inner.catalogs.read().unwrap_or_else(PoisonError::into_inner).get(&workspace).cloned()
    }

    /// Every channel in memory.
    pub fn all_channels(&self) -> Vec<Arc<Channel>> {
        self.inner.channels.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The catalog exactly as this transaction sees it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown workspace.
    pub fn get(&self, tx: &mut Tx, workspace: WorkspaceId) -> Result<Arc<Catalog>> {
        self.get_many(tx, &[workspace])?.remove(&workspace).ok_or(Error::NotFound)
    }

    /// Catalogs of several workspaces exactly as this transaction sees them.
    ///
    /// # Errors
    /// The database's; [`Error::Damaged`].
    pub fn get_many(&self, tx: &mut Tx, workspaces: &[WorkspaceId]) -> Result<HashMap<WorkspaceId, Arc<Catalog>>> {
        let revisions = db::revisions_of(tx, workspaces)?;
        revisions.into_iter().map(|(id, revision)| Ok((id, self.at(tx, id, revision)?))).collect()
    }

    /// Reloads what has changed. Called twice a second, so that a running server honours the command line within 1 s.
    ///
    /// # Errors
    /// The database's.
    pub async fn refresh(&self, store: &Store) -> Result<()> {
        let this = self.clone();
        store
            .read(move |tx| {
                for (id, revision) in db::revisions(tx)? {
                    this.at(tx, id, revision)?;
                }
                Ok(())
            })
            .await
    }

    /// Compiled templates by version; versions never change, so the cache needs no invalidation.
    ///
    /// # Errors
    /// [`Error::Damaged`] when a stored version does not compile.
    pub fn compiled(
        &self,
        tx: &mut Tx,
        catalog: &Catalog,
        versions: &[TemplateVersionId],
    ) -> Result<HashMap<TemplateVersionId, Arc<Compiled>>> {
        let mut found = HashMap::new();
        let mut missing: Vec<Uuid> = Vec::new();
        {
            let cache = self.inner.compiled.read().unwrap_or_else(PoisonError::into_inner);
            for version in versions {
                match cache.get(version) {
                    Some(compiled) => drop(found.insert(*version, compiled.clone())),
                    None => missing.push(version.0),
                }
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let rows: Vec<(TemplateVersionId, String)> = tx.query(
            "SELECT id, messages FROM template_versions WHERE workspace_id = $1 AND id = ANY($2)",
            &params![catalog.workspace, missing],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut fresh: Vec<(TemplateVersionId, Compiled)> = rows
            .into_iter()
            .map(|(id, messages)| {
                let compiled = Compiled::load(&messages, catalog)
                    .map_err(|problems| Error::damaged("template_versions.messages", format!("{problems:?}")))?;
                Ok((id, compiled))
            })
            .collect::<Result<_>>()?;
        self.attach_links(tx, catalog.workspace, fresh.iter_mut().map(|(_, compiled)| compiled))?;
        let mut cache = self.inner.compiled.write().unwrap_or_else(PoisonError::into_inner);
        if cache.len() > 10_000 {
            cache.clear();
        }
        for (id, compiled) in fresh {
            let compiled = Arc::new(compiled);
            cache.insert(id, compiled.clone());
            found.insert(id, compiled);
        }
        Ok(found)
    }

    /// Makes known to templates which links their addresses have.
    ///
    /// # Errors
    /// The database's.
    pub fn attach_links<'c>(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        compiled: impl IntoIterator<Item = &'c mut Compiled>,
    ) -> Result<()> {
        let mut compiled: Vec<&mut Compiled> = compiled.into_iter().collect();
        let theirs = compiled.iter().flat_map(|compiled| compiled.addresses()).filter(|url| !self.tracker().is_ours(url));
        let links = link::db::by_urls(tx, workspace, theirs)?;
        for compiled in compiled.iter_mut().filter(|_| !links.is_empty()) {
            compiled.attach(|url| links.get(url));
        }
        Ok(())
    }

    fn at(&self, tx: &mut Tx, workspace: WorkspaceId, revision: i64) -> Result<Arc<Catalog>> {
        if let Some(known) = self.cached(workspace)
            && known.revision == revision
        {
            return Ok(known);
        }
        let fresh = Arc::new(load(tx, &self.inner.vault, workspace)?);
        {
            let mut channels = self.inner.channels.write().unwrap_or_else(PoisonError::into_inner);
            channels.retain(|_, channel| channel.workspace != workspace);
            channels.extend(fresh.channels.iter().map(|(id, channel)| (*id, channel.clone())));
        }
        self.inner.catalogs.write().unwrap_or_else(PoisonError::into_inner).insert(workspace, fresh.clone());
        Ok(fresh)
    }
}

impl Vocabulary for Catalog {
    fn attribute(&self, key: &str) -> Option<&Attribute> {
        self.attribute_keys.get(key).and_then(|id| self.attributes.get(id))
    }

    fn tag(&self, id: TagId) -> Option<&str> {
        self.tags.get(&id).map(|tag| tag.name.as_str())
    }

    fn channel(&self, id: ChannelId) -> Option<&str> {
        self.channels.get(&id).map(|channel| channel.name.as_str())
    }

    fn journey(&self, id: JourneyId) -> Option<&str> {
        self.journeys.get(&id).map(|journey| journey.name.as_str())
    }

    fn has_template(&self, id: TemplateId) -> bool {
        self.templates.contains_key(&id)
    }
}

fn load(tx: &mut Tx, vault: &Vault, workspace: WorkspaceId) -> Result<Catalog> {
    let (name, zone, revision): (String, String, i64) =
        tx.query_one("SELECT name, zone, revision FROM workspaces WHERE workspace_id = $1", &params![workspace], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let zone = TimeZone::get(&zone).map_err(|error| Error::damaged("workspaces.zone", error))?;
    let channels = db::load_channels(tx, vault, workspace)?;
    let attributes = fields::list_attributes(tx, workspace)?;
    let (graphs, asks_clicks) = load_graphs(tx, workspace)?;
    Ok(Catalog {
        workspace,
        name,
        zone,
        revision,
        channels: channels.into_iter().map(|channel| (channel.id, Arc::new(channel))).collect(),
        tags: fields::list_tags(tx, workspace)?.into_iter().map(|tag| (tag.id, tag)).collect(),
        attribute_keys: attributes.iter().map(|attribute| (attribute.key.clone(), attribute.id)).collect(),
        attributes: attributes.into_iter().map(|attribute| (attribute.id, attribute)).collect(),
        rules: Rules::new(load_rules(tx, workspace)?),
        journeys: load_journeys(tx, workspace)?,
        graphs,
        asks_clicks,
        templates: load_templates(tx, workspace)?,
        policy: kept(tx, workspace, "policy")?.value,
        utm: link::utm::rule(tx, workspace)?,
    })
}

fn load_rules(tx: &mut Tx, workspace: WorkspaceId) -> Result<Vec<Rule>> {
    let rows = tx.query(
        "SELECT id, channel_id, name, trigger, hours, actions, priority FROM rules
         WHERE workspace_id = $1 AND enabled = 1 ORDER BY priority DESC, id",
        &params![workspace],
        |row| {
            let texts: (String, Option<String>, String) = (row.get(3)?, row.get(4)?, row.get(5)?);
            Ok((row.get::<RuleId>(0)?, row.get::<Option<ChannelId>>(1)?, row.get::<String>(2)?, texts, row.get::<i64>(6)?))
        },
    )?;
    rows.into_iter()
        .map(|(id, channel, name, (trigger, hours, actions), priority)| {
            Ok(Rule {
                id,
                channel,
                name,
                trigger: parse("rules.trigger", &trigger)?,
                hours: hours.map(|hours| parse("rules.hours", &hours)).transpose()?,
                actions: parse("rules.actions", &actions)?,
                priority,
                enabled: true,
            })
        })
        .collect()
}

fn load_journeys(tx: &mut Tx, workspace: WorkspaceId) -> Result<BTreeMap<JourneyId, Journey>> {
    let rows = tx.query(
        "SELECT id, channel_id, name, state, version_id FROM journeys WHERE workspace_id = $1",
        &params![workspace],
        |row| Ok(Journey { id: row.get(0)?, channel: row.get(1)?, name: row.get(2)?, state: row.get(3)?, version: row.get(4)? }),
    )?;
    Ok(rows.into_iter().map(|journey| (journey.id, journey)).collect())
}

/// Graphs, and whether a condition in them asks for opened links. A text that only says so costs a query too much.
fn load_graphs(tx: &mut Tx, workspace: WorkspaceId) -> Result<(BTreeMap<JourneyVersionId, Arc<Graph>>, bool)> {
    let rows: Vec<(JourneyVersionId, String)> =
        tx.query("SELECT id, graph FROM journey_versions WHERE workspace_id = $1", &params![workspace], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let asks = rows.iter().any(|(_, graph)| graph.contains("\"clicked\""));
    let read = |(id, graph): (JourneyVersionId, String)| Ok((id, Arc::new(parse("journey_versions.graph", &graph)?)));
    Ok((rows.into_iter().map(read).collect::<Result<_>>()?, asks))
}

fn load_templates(tx: &mut Tx, workspace: WorkspaceId) -> Result<BTreeMap<TemplateId, TemplateVersionId>> {
    let rows = tx.query(
        "SELECT id, version_id FROM templates WHERE workspace_id = $1 AND archived_at IS NULL",
        &params![workspace],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(rows.into_iter().collect())
}

fn parse<T: serde::de::DeserializeOwned>(what: &'static str, json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| Error::damaged(what, error))
}
