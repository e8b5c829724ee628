//! What a notice says outside the admin: in Japanese, what happened and where to look.

use super::{Cause, Detail};
use crate::broadcast::Hold;

fn who(detail: &Detail) -> String {
    let person = detail.approval.as_ref().and_then(|approval| approval.person.as_deref());
    person.map_or_else(|| "スタッフ".to_owned(), |name| format!("{name}さん"))
}

fn broadcast(detail: &Detail) -> &str {
    detail.approval.as_ref().map_or("一斉配信", |approval| &approval.broadcast)
}

/// First line: what happened.
pub(super) fn title(cause: Cause, detail: &Detail) -> String {
    let account = detail.account.as_deref().map(|name| format!("「{name}」")).unwrap_or_default();
    match cause {
        Cause::WebhookSilent => format!("{account}にLINEからの通知が{}時間届いていません", detail.n),
        Cause::Failures => format!("{account}で今日の送信が{}通失敗しています", detail.n),
        Cause::Quota => format!("{account}の今月の通数を{}%使いました", detail.n * 100 / detail.of.max(1)),
        Cause::Blocks => format!("{account}で今日のブロックが{}人と、ふだん(1日{}人)より多くなっています", detail.n, detail.of),
        Cause::Stuck => format!("裏側の作業が{}件止まっています", detail.n),
        Cause::Parked => format!("うまく処理できなかったできごとが{}件あります", detail.n),
        Cause::BroadcastHeld => format!("一斉配信「{}」は{}止まっています", held_name(detail), why_held(detail)),
        Cause::BackupFailed => "毎日のバックアップに失敗しました".to_owned(),
        Cause::BackupLate => format!("バックアップが{}日間取れていません", detail.n),
        Cause::ApprovalAsked => format!("{}が「{}」の承認をお願いしています", who(detail), broadcast(detail)),
        Cause::ApprovalGiven => format!("「{}」が承認されました({})", broadcast(detail), who(detail)),
        Cause::ApprovalReturned => format!("「{}」が差し戻されました({})", broadcast(detail), who(detail)),
    }
}

fn held_name(detail: &Detail) -> &str {
    detail.held.as_ref().map_or("", |held| &held.broadcast)
}

fn why_held(detail: &Detail) -> &'static str {
    match detail.held.as_ref().map(|held| held.hold) {
        Some(Hold::Budget) => "販促の予算を超えるため",
        Some(Hold::Quota) => "今月の通数が足りず",
        Some(Hold::Template) => "メッセージを読み取れず",
        _ => "",
    }
}

/// What to do.
pub(super) fn advice(cause: Cause, detail: &Detail) -> &'static str {
    match cause {
        Cause::WebhookSilent => {
            "友だちからのメッセージを受け取れていないおそれがあります。LINEアカウントの画面で「設定を確かめる」を押してください。"
        }
        Cause::Failures => "配信の結果を開き、失敗した理由を確認してください。",
        Cause::Quota => "残りの通数と、これからの配信予定を確認してください。",
        Cause::Blocks => "今日送った配信の内容と回数を見直してください。",
        Cause::Stuck | Cause::Parked => "「設定」の「システムの状態」を確認してください。",
        Cause::BroadcastHeld => match detail.held.as_ref().map(|held| held.hold) {
            Some(Hold::Budget) => {
                "まだ1通も送られていません。「設定」の「配信ルール」で予算を見直してから、配信の画面で「再開する」を押してください。"
            }
            Some(Hold::Quota) => "残りの通数を確かめてから、配信の画面で「再開する」か「中止する」を選んでください。",
            _ => "テンプレートを確かめてから、配信の画面で「再開する」か「中止する」を選んでください。",
        },
        Cause::BackupFailed | Cause::BackupLate => {
            "「設定」の「バックアップ」で理由を確かめ、「いまバックアップを取る」を押してください。"
        }
        Cause::ApprovalAsked => "内容を確かめて、承認か差し戻しを選んでください。承認しただけでは、まだ送られません。",
        Cause::ApprovalGiven => "まだ送られていません。配信を確定してください。",
        Cause::ApprovalReturned => "コメントを読んで直し、もう一度承認を依頼してください。",
    }
}

/// The page of the admin that shows it.
pub(super) fn page(cause: Cause, detail: &Detail) -> String {
    if let Some(approval) = &detail.approval {
        return format!("/admin/broadcasts/{}/approval", approval.broadcast_id);
    }
    if let Some(held) = &detail.held {
        return format!("/admin/broadcasts/{}", held.broadcast_id);
    }
    match cause {
        Cause::BackupFailed | Cause::BackupLate => "/admin/settings/backups",
        Cause::WebhookSilent => "/admin/channels",
        Cause::Failures | Cause::BroadcastHeld | Cause::ApprovalAsked | Cause::ApprovalGiven | Cause::ApprovalReturned => {
            "/admin/broadcasts"
        }
        Cause::Quota | Cause::Blocks => "/admin/",
        Cause::Stuck | Cause::Parked => "/admin/settings/status",
    }
    .to_owned()
}
