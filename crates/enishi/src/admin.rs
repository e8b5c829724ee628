//! Commands for the one who runs it: workspaces, channels, staff, tokens, imports. Results on stdout.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use engine::Engine;
use engine::access::{self, Actor, Role, db::Act, secret::Secret, staff};
use engine::clock::machine_ms;
use engine::contact::file::{self, OnFault};
use engine::contact::import::{self, Start};
use engine::ids::{ChannelId, ProviderId, WorkspaceId};
use engine::workspace::{self, Mode, NewChannel};
use secrecy::SecretString;
use serde_json::{Value, json};

/// `workspace add`.
pub async fn add_workspace(engine: &Engine, name: String, zone: String) -> Result<Value> {
    let now = machine_ms();
    let id = engine.store.write(move |tx| workspace::add_workspace(tx, &name, &zone, now)).await?;
    Ok(json!({ "id": id }))
}

/// What `channel add` was given.
pub struct ChannelArgs {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Provider, or the only one.
    pub provider: Option<ProviderId>,
    /// Name.
    pub name: String,
    /// LINE's channel id.
    pub channel_id: String,
    /// Secret.
    pub channel_secret: SecretString,
    /// Long-lived token.
    pub access_token: Option<SecretString>,
    /// Where the webhook stays.
    pub mode: Mode,
}

/// `channel add`.
pub async fn add_channel(engine: &Engine, args: ChannelArgs) -> Result<Value> {
    let now = machine_ms();
    let vault = engine.vault.clone();
    let new = NewChannel {
        provider: args.provider,
        name: args.name,
        line_channel_id: args.channel_id,
        secret: args.channel_secret,
        token: args.access_token,
        mode: args.mode,
    };
    let id = engine.store.write(move |tx| workspace::add_channel(tx, &vault, args.workspace, &new, now)).await?;
    Ok(json!({ "id": id, "webhook_path": format!("/webhook/line/{id}") }))
}

/// `user add`: the password comes on standard input, so that it stands in no history and no process list.
pub async fn add_user(engine: &Engine, workspace: WorkspaceId, email: String, role: Role) -> Result<Value> {
    let mut password = String::new();
    std::io::stdin().read_line(&mut password).context("パスワードを標準入力から読めません")?;
    let password = password.trim_end_matches(['\r', '\n']).to_owned();
    if !access::decide::password_ok(&password, &email) {
        bail!(
            "パスワードは推測されにくい{}文字以上にしてください(メールアドレスを含むものは使えません)",
            access::decide::PASSWORD_MIN
        );
    }
    set_user(engine, workspace, email, role, password).await
}

/// Adds a person with a password, or gives a known one a new password and role.
pub async fn set_user(engine: &Engine, workspace: WorkspaceId, email: String, role: Role, password: String) -> Result<Value> {
    let hashed = tokio::task::spawn_blocking(move || server::auth::password::hash(&password)).await?;
    let phc = hashed.map_err(|error| anyhow::anyhow!("{error}"))?;
    let act = act(workspace);
    let id = engine.store.write(move |tx| staff::add_user(tx, &act, &email, role, &phc)).await?;
    Ok(json!({ "id": id }))
}

/// `user reset-second-step`: for the day the last owner's phone and recovery codes are gone.
pub async fn reset_second_step(engine: &Engine, workspace: WorkspaceId, email: String) -> Result<Value> {
    let act = act(workspace);
    let id = engine.store.write(move |tx| access::second::reset_by_hand(tx, &act, &email)).await?;
    Ok(json!({ "id": id }))
}

/// `token add`: only the token, so that a script can take it.
pub async fn add_token(engine: &Engine, workspace: WorkspaceId, name: String, role: Role) -> Result<String> {
    let secret = Secret::draw_token();
    let shown = secret.reveal().to_owned();
    let act = act(workspace);
    engine.store.write(move |tx| staff::issue_token(tx, &act, &name, role, &BTreeSet::new(), &secret)).await?;
    Ok(shown)
}

fn act(workspace: WorkspaceId) -> Act {
    Act { workspace, actor: Actor::Cli, at: machine_ms() }
}

/// `import contacts`: reads the whole file first; nothing is written when it has faults, unless good rows are asked for.
pub async fn import(
    engine: &Engine,
    channel: ChannelId,
    path: &Path,
    on_fault: OnFault,
    start: &BTreeSet<Start>,
) -> Result<Value> {
    let bytes = std::fs::read(path).with_context(|| format!("{} を読めません", path.display()))?;
    let channel = engine.catalogs.channel(channel).context("そのチャネルはありません")?;
    let catalog = engine.catalogs.cached(channel.workspace).context("ワークスペースがありません")?;
    let sheet = file::read(&bytes, file::guess(&bytes), None, &catalog);
    for fault in &sheet.faults {
        eprintln!(
            "{}:{}: {}{}",
            path.display(),
            fault.line,
            if fault.column.is_empty() { String::new() } else { format!("{}: ", fault.column) },
            fault.message
        );
    }
    if sheet.fault_count > 0 && on_fault == OnFault::Nothing {
        bail!("{}件の誤りがあるため、何も取り込みませんでした(--good-rows で正しい行だけ取り込めます)", sheet.fault_count);
    }
    let imported = import::write(engine, &channel, sheet.rows, start, engine.clock.now_ms()).await?;
    Ok(json!({
        "created": imported.created, "updated": imported.updated, "unchanged": imported.unchanged, "started": imported.started,
        "faults": sheet.fault_count,
    }))
}
