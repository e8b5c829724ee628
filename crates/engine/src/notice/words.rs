//! What a notice says outside the admin: in Japanese, what happened and where to look.

use super::{Cause, Detail};

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
    }
}

/// What to do.
pub(super) fn advice(cause: Cause) -> &'static str {
    match cause {
        Cause::WebhookSilent => {
            "友だちからのメッセージを受け取れていないおそれがあります。LINEアカウントの画面で「設定を確かめる」を押してください。"
        }
        Cause::Failures => "配信の結果を開き、失敗した理由を確認してください。",
        Cause::Quota => "残りの通数と、これからの配信予定を確認してください。",
        Cause::Blocks => "今日送った配信の内容と回数を見直してください。",
        Cause::Stuck | Cause::Parked => "「設定」の「システムの状態」を確認してください。",
    }
}

/// The page of the admin that shows it.
pub(super) fn page(cause: Cause) -> &'static str {
    match cause {
        Cause::WebhookSilent => "/admin/channels",
        Cause::Failures => "/admin/broadcasts",
        Cause::Quota | Cause::Blocks => "/admin/",
        Cause::Stuck | Cause::Parked => "/admin/settings/status",
    }
}
