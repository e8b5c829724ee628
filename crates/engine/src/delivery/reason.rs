//! What a refusal is called where staff read it.

use super::Reason;

impl Reason {
    /// One plain sentence for staff.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NotFriend => "友だちではなく、7日以内にメッセージも届いていません。",
            Self::Blocked => "お客様がこのLINEアカウントをブロックしています。",
            Self::Deleted => "お客様のLINEアカウントが削除されています。",
            Self::NoConsent => "販促の配信を希望されていません。",
            Self::Expired => "配信の期限を過ぎました。",
            Self::Cap => "配信頻度の上限に達しています。",
            Self::ExcludedStaff => "スタッフのため販促の対象外です。",
            Self::ExcludedComplaint => "対応中の対応マークがあるため、販促を控えています。",
            Self::ExcludedWaiting => "個別トークで返信をお待ちのため、販促を控えています。",
            Self::ExcludedBought => "最近購入されたため、販促を控えています。",
            Self::ExcludedGroup => "除外の条件に当てはまるため、販促を控えています。",
            Self::Holdout => "効果測定の未配信グループに入っています。",
            Self::Quota => "今月のメッセージ通数が残っていません。",
            Self::MissingVariable => "差し込む値がないため、送りませんでした。",
            Self::Invalid => "メッセージがLINEの制限に合いません。",
            Self::Cancelled => "配信が中止されました。",
            Self::Standby => "このトークは別のツールが対応中のため、送信できません。",
            Self::Erased => "お客様の情報が削除されています。",
            Self::LineRefused => "LINEが送信を受け付けませんでした。",
            Self::ReplyToken => "返信できる時間を過ぎました。",
        }
    }
}
