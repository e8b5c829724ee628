//! The doctor of one account: asks LINE and looks at what came in, and says what to do.

use axum::Json;
use axum::extract::State;
use engine::ids::ChannelId;
use engine::reception::db::{Figures, figures};
use engine::workspace::view::{self, ChannelNote};
use engine::workspace::{Channel, Mode};
use serde::Serialize;
use utoipa::ToSchema;

use super::probe::{self, Probe};
use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code};
use crate::http::Ids;

const DAY_MS: i64 = 86_400_000;

/// All that was looked at.
#[derive(Serialize, ToSchema)]
pub(super) struct Checks {
    checks: Vec<Check>,
    /// Null when LINE could not be asked.
    probe: Option<Probe>,
}

/// One thing that was looked at.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
struct Check {
    id: &'static str,
    level: Level,
    title: String,
    /// What to do, '' when nothing.
    advice: String,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Level {
    Ok,
    Warn,
    Error,
}

fn check(id: &'static str, level: Level, title: impl Into<String>, advice: impl Into<String>) -> Check {
    Check { id, level, title: title.into(), advice: advice.into() }
}

/// Looks an account over.
#[utoipa::path(get, path = "/channels/{id}/check", operation_id = "checkChannel", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = Checks, description = "What was found")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn check_channel(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<Checks>> {
    let channel = super::stored(&app, &caller, id).await?;
    let since = app.now_ms() - DAY_MS;
    let (notes, forwards) =
        app.read(move |tx| Ok((view::notes(tx, caller.workspace, id)?, figures(tx, caller.workspace, id, since)?))).await?;
    let answer = probe::ask(&app, &channel.line_channel_id, &channel.secrets[0], channel.token.as_ref()).await;
    let mut checks = of_channel(&channel);
    let probe = match answer {
        Ok(mut probe) => {
            probe.mark_ours(&app, id);
            checks.extend(of_probe(&channel, &probe));
            Some(probe)
        }
        Err(problem) if problem.code == Code::LineRefused => {
            checks.push(check(
                "credentials",
                Level::Error,
                "LINEがチャネルIDかシークレットを受け付けません",
                "LINE Developersの「チャネル基本設定」と見比べ、シークレットを入れ直してください。",
            ));
            None
        }
        Err(problem) if problem.code == Code::LineUnreachable => {
            checks.push(check(
                "reachable",
                Level::Error,
                "LINEにつながりません",
                "サーバーから api.line.me への通信が許されているか確認してください。",
            ));
            None
        }
        Err(problem) => return Err(problem),
    };
    checks.extend(of_forwards(&channel, forwards));
    checks.extend(notes.iter().map(of_note));
    Ok(Json(Checks { checks, probe }))
}

fn of_channel(channel: &Channel) -> Vec<Check> {
    let mut checks = Vec::new();
    if channel.stopped_at.is_some() {
        checks.push(check(
            "stopped",
            Level::Warn,
            "非常停止中です",
            "原因が片づいたら解除してください。解除するまで何も送られません。",
        ));
    }
    if channel.secrets.len() > 1 {
        checks.push(check(
            "secret_rotation",
            Level::Warn,
            "古いシークレットもまだ有効です",
            "LINE側の切り替えが済んだら、古いシークレットを無効にしてください。",
        ));
    }
    checks
}

fn of_probe(channel: &Channel, probe: &Probe) -> Vec<Check> {
    let mut checks = vec![check("credentials", Level::Ok, "チャネルIDとシークレットは正しく使えます", "")];
    if channel.mode.receives() {
        checks.push(match (probe.endpoint(), probe.is_ours()) {
            (None, _) => check(
                "webhook_set",
                Level::Error,
                "Webhook URLが設定されていません",
                "「WebhookをEnishiに向ける」を押してください。",
            ),
            (Some(_), true) => check("webhook_set", Level::Ok, "WebhookはEnishiに向いています", ""),
            (Some(other), false) => check(
                "webhook_set",
                Level::Error,
                format!("Webhookは別のアドレスに向いています: {other}"),
                "「受信のしかた」で、並走か切替を選び直すか、送信のみにしてください。",
            ),
        });
        checks.push(if probe.webhook_active() {
            check("webhook_active", Level::Ok, "Webhookの利用はオンです", "")
        } else {
            check(
                "webhook_active",
                Level::Error,
                "Webhookの利用がオフです",
                "LINE Official Account Managerの「応答設定」でWebhookをオンにしてください(APIからは変えられません)。",
            )
        });
    }
    if probe.chat_mode() == "chat" {
        checks.push(check(
            "chat_mode",
            Level::Warn,
            "LINEのチャットがオンです",
            "LINE側の応答と二重になることがあります。Enishiだけで答えるときは応答設定のチャットをオフにしてください。",
        ));
    }
    let (limit, used) = probe.quota();
    checks.push(match limit {
        Some(limit) if used >= limit => check(
            "quota",
            Level::Error,
            format!("今月の配信数({limit}通)を使い切りました"),
            "プランを変えるか、来月までお待ちください。",
        ),
        Some(limit) if used * 10 >= limit * 8 => {
            check("quota", Level::Warn, format!("今月の配信数は {used} / {limit} 通です"), "残りが少なくなっています。")
        }
        Some(limit) => check("quota", Level::Ok, format!("今月の配信数は {used} / {limit} 通です"), ""),
        None => check("quota", Level::Ok, format!("今月の配信数は {used} 通です(上限なし)"), ""),
    });
    checks
}

/// Whether the old tool gets what it should, in 並走.
fn of_forwards(channel: &Channel, figures: Figures) -> Option<Check> {
    let Figures { waiting, done, failed } = figures;
    (channel.mode == Mode::Parallel).then(|| match (waiting, failed) {
        (0, 0) => check("forwards", Level::Ok, format!("いまのツールへの転送は順調です(24時間で{done}件)"), ""),
        (waiting, 0) => check(
            "forwards",
            Level::Warn,
            format!("いまのツールへの転送が{waiting}件待っています"),
            "届かないときは間をおいて自動で送り直します。続くときは、転送先のアドレスを確認してください。",
        ),
        (_, failed) => check(
            "forwards",
            Level::Error,
            format!("いまのツールへの転送が24時間で{failed}件失敗しました"),
            "転送の記録を開いて理由を確認し、直ったら「失敗した分をもう一度送る」を押してください。",
        ),
    })
}

fn of_note(note: &ChannelNote) -> Check {
    let title = match note.kind.as_str() {
        "destination" => "別のアカウント宛てのWebhookが届きました",
        "event_id" => "形の違うイベントIDが届きました",
        _ => "いつもと違うWebhookが届きました",
    };
    let advice = match note.kind.as_str() {
        "destination" => "Webhook URLを別のLINEアカウントに設定していないか確認してください。",
        _ => "受け付けて記録しました。続くようなら、この内容を添えて開発元に知らせてください。",
    };
    check("notes", Level::Warn, format!("{title}({}回): {}", note.count, note.detail), advice)
}
