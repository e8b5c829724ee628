//! `enishi doctor`: looks at everything that can be wrong and says what to do. Exit 1 when something is.

use std::path::Path;

use anyhow::{Result, bail};
use engine::Engine;
use engine::workspace::{Channel, Mode};
use store::params;

use crate::config::Config;
use crate::{open, say};

/// Free space below which doctor warns.
const DISK_MIN: u64 = 1024 * 1024 * 1024;

/// What was found; `Bad` makes doctor fail.
enum Finding {
    Good(String),
    Note(String),
    Bad(String),
}
use Finding::{Bad, Good, Note};

/// Runs all checks.
pub async fn run(config: &Config) -> Result<()> {
    let mut findings = Vec::new();
    let engine = match open::beside(config).await {
        Ok(engine) => {
            findings.push(Good("データベースに接続でき、暗号鍵も合っています".into()));
            Some(engine)
        }
        Err(error) => {
            findings.push(Bad(format!("データベース: {error:#}")));
            None
        }
    };
    findings.push(disk(&config.data_dir));
    if !config.hosts.all_loopback() && config.public_url.scheme() != "https" {
        findings.push(Bad("ENISHI_PUBLIC_URL を https:// の公開アドレスにしてください(LINEのWebhookはhttpsだけです)".into()));
    }
    if let Some(engine) = &engine {
        for channel in engine.catalogs.all_channels() {
            check(engine, config, &channel, &mut findings).await;
        }
    }
    let mut bad = 0;
    for finding in &findings {
        match finding {
            Good(text) => say(format_args!("✓ {text}"))?,
            Note(text) => say(format_args!("・ {text}"))?,
            Bad(text) => {
                bad += 1;
                say(format_args!("✗ {text}"))?;
            }
        }
    }
    if bad > 0 {
        bail!("{bad}件の問題があります");
    }
    Ok(())
}

fn disk(folder: &Path) -> Finding {
    match engine::files::free_space(folder) {
        Ok(free) if free < DISK_MIN => {
            Bad(format!("ディスクの空きが {} MB しかありません。空きを増やしてください", free / 1_048_576))
        }
        Ok(free) => Good(format!("ディスクの空き {} GB", free / 1_073_741_824)),
        Err(error) => Bad(format!("{} を調べられません: {error}", folder.display())),
    }
}

async fn check(engine: &Engine, config: &Config, channel: &Channel, findings: &mut Vec<Finding>) {
    let name = &channel.name;
    let token = match engine.tokens.token(&engine.line, channel).await {
        Ok(token) => token,
        Err(error) => {
            findings
                .push(Bad(format!("{name}: チャネルIDとシークレットでLINEに接続できません({error})。設定を確認してください")));
            return;
        }
    };
    match engine.line.bot_info(&token).await {
        Ok(info) => {
            findings.push(Good(format!("{name}: LINEの「{}」({})に接続できます", info.value.display_name, info.value.basic_id)));
            if info.value.chat_mode == "chat" {
                findings.push(Note(format!(
                    "{name}: 応答モードが「チャット」です。自動応答を使うなら LINE Official Account Manager で確認してください"
                )));
            }
        }
        Err(error) => findings.push(Bad(format!("{name}: {error}"))),
    }
    if channel.mode == Mode::Full {
        webhook(engine, config, channel, &token, findings).await;
    }
    notes(engine, channel, findings).await;
}

async fn webhook(
    engine: &Engine,
    config: &Config,
    channel: &Channel,
    token: &line::client::AccessToken,
    findings: &mut Vec<Finding>,
) {
    let name = &channel.name;
    let ours = config.public_url.join(&format!("/webhook/line/{}", channel.id)).map(String::from).unwrap_or_default();
    match engine.line.webhook_endpoint(token).await {
        Ok(answer) if answer.value.endpoint == ours && answer.value.active => {
            findings.push(Good(format!("{name}: Webhookはここに届きます")))
        }
        Ok(answer) if answer.value.endpoint == ours => {
            findings.push(Bad(format!("{name}: LINE Developersで「Webhookの利用」をオンにしてください")));
        }
        Ok(answer) => {
            findings.push(Bad(format!("{name}: Webhookの宛先が {} です。{ours} に変えてください", answer.value.endpoint)))
        }
        Err(error) => findings.push(Bad(format!("{name}: Webhookの宛先がありません({error})。{ours} を設定してください"))),
    }
    findings.push(Note(format!(
        "{name}: 「Webhookの再送」はAPIで確認できません。LINE Developersでオンにしておくと、停止中の出来事もあとから届きます"
    )));
}

async fn notes(engine: &Engine, channel: &Channel, findings: &mut Vec<Finding>) {
    let (workspace, id) = (channel.workspace, channel.id);
    let rows = engine
        .store
        .read(move |tx| -> engine::Result<Vec<(String, i64, String)>> {
            Ok(tx.query(
                "SELECT kind, count, detail FROM channel_notes WHERE workspace_id = $1 AND channel_id = $2 ORDER BY kind",
                &params![workspace, id],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )?)
        })
        .await;
    for (kind, count, detail) in rows.unwrap_or_default() {
        let what = match kind.as_str() {
            "destination" => "ほかのアカウント宛てのWebhookが届きました",
            "event_id" => "イベントIDの形がふだんと違います",
            "unreadable" => "読めないイベントがありました",
            _ => "気になることがありました",
        };
        findings.push(Note(format!("{}: {what}({count}回、最後: {detail})", channel.name)));
    }
}
