//! Rich menus: the picture with areas below the talk, and its tabs.

use super::{AccessToken, Answer, Call, CallError, CallResult, Client, Content, at_most};
use crate::endpoint;
use crate::json::{object, tagged};
use crate::limits::{RECIPIENTS_PER_CALL, RICH_MENU_IMAGE_BYTES};
use crate::message::{Action, Area};
use bytes::Bytes;
use hyper::header::HeaderValue;
use serde::Deserialize;
use serde_json::json;

object! {
    /// A rich menu; check it with [`validate_rich_menu`](crate::validate::rich_menu).
    RichMenu {
        /// Size of the picture in pixels.
        size: RichMenuSize,
        /// Whether it stands open at first.
        selected: bool,
        /// For the staff; at most 300 characters.
        name: String,
        /// The words on the bar; at most 14 characters.
        chat_bar_text: String,
        /// At most 20.
        areas: Vec<RichMenuArea>,
    } ? {
        /// LINE's id, when LINE tells of it.
        rich_menu_id: String,
    }

    /// Size in pixels: 800–2500 wide, at least 250 high, at least 1.45 times as wide as high.
    RichMenuSize {
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    }

    /// An area to tap.
    RichMenuArea {
        /// Where.
        bounds: Area,
        /// What a tap does.
        action: Action,
    }

    /// Moves everybody who has one menu to another.
    BatchLink {
        /// The menu they have.
        from: String,
        /// The menu they get.
        to: String,
    }

    /// Takes a menu from everybody who has it.
    BatchUnlink {
        /// The menu they have.
        from: String,
    }

    /// Takes every menu from everybody; stands alone.
    BatchUnlinkAll {}
}

tagged! {
    /// One step of a batch. The steps run side by side and do not chain.
    BatchOperation {
        /// From one menu to another.
        "link" => Link(BatchLink),
        /// Away with one menu.
        "unlink" => Unlink(BatchUnlink),
        /// Away with all menus.
        "unlinkAll" => UnlinkAll(BatchUnlinkAll),
    }
}

/// How a batch goes; kept by LINE for 14 days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchProgress {
    /// `ongoing`, `succeeded` or `failed`.
    pub phase: String,
    /// When LINE took it, ISO 8601.
    pub accepted_time: String,
    /// When it ended, ISO 8601.
    pub completed_time: Option<String>,
}

/// A name for a menu, so that tabs can change without changing the menus that point at them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RichMenuAlias {
    /// `[a-z0-9_-]{1,32}`.
    pub rich_menu_alias_id: String,
    /// The menu.
    pub rich_menu_id: String,
}

/// Kind of a rich menu's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuImage {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MenuId {
    rich_menu_id: String,
}

impl MenuId {
    fn plain(answer: Answer<Self>) -> Answer<String> {
        Answer { value: answer.value.rich_menu_id, request_id: answer.request_id }
    }
}

impl Client {
    /// Makes a rich menu and gives its id; LINE keeps at most 1,000.
    pub async fn create_rich_menu(&self, token: &AccessToken, menu: &RichMenu) -> CallResult<String> {
        let call = Call::new(endpoint::MENU_CREATE).token(token).json(menu)?;
        Ok(MenuId::plain(self.get(call).await?))
    }

    /// Lets LINE check a rich menu without making it.
    pub async fn check_rich_menu(&self, token: &AccessToken, menu: &RichMenu) -> CallResult<()> {
        self.done(Call::new(endpoint::MENU_VALIDATE).token(token).json(menu)?).await
    }

    /// Gives a rich menu its picture: at most 1 MB, once and for all.
    pub async fn set_rich_menu_image(
        &self,
        token: &AccessToken,
        menu_id: &str,
        kind: MenuImage,
        picture: Bytes,
    ) -> CallResult<()> {
        at_most("bytes of a picture", picture.len(), RICH_MENU_IMAGE_BYTES)?;
        let content_type = HeaderValue::from_static(match kind {
            MenuImage::Jpeg => "image/jpeg",
            MenuImage::Png => "image/png",
        });
        let call = Call::at(endpoint::MENU_SET_IMAGE, &[menu_id])?.token(token);
        let timeout = Some(self.http.options.upload_timeout);
        self.done(Call { timeout, ..call.raw(content_type, picture) }).await
    }

    /// A rich menu's picture.
    pub async fn rich_menu_image(&self, token: &AccessToken, menu_id: &str) -> CallResult<Content> {
        self.download(endpoint::MENU_IMAGE, token, menu_id).await
    }

    /// All rich menus made by API.
    pub async fn rich_menus(&self, token: &AccessToken) -> CallResult<Vec<RichMenu>> {
        #[derive(Deserialize)]
        struct Wire {
            richmenus: Vec<RichMenu>,
        }
        let answer: Answer<Wire> = self.get(Call::new(endpoint::MENU_LIST).token(token)).await?;
        Ok(Answer { value: answer.value.richmenus, request_id: answer.request_id })
    }

    /// One of them.
    pub async fn rich_menu(&self, token: &AccessToken, menu_id: &str) -> CallResult<RichMenu> {
        self.get(Call::at(endpoint::MENU_GET, &[menu_id])?.token(token)).await
    }

    /// Removes one.
    pub async fn delete_rich_menu(&self, token: &AccessToken, menu_id: &str) -> CallResult<()> {
        self.done(Call::at(endpoint::MENU_DELETE, &[menu_id])?.token(token)).await
    }

    /// Shows a menu to all who have none of their own.
    pub async fn set_default_rich_menu(&self, token: &AccessToken, menu_id: &str) -> CallResult<()> {
        self.done(Call::at(endpoint::MENU_SET_DEFAULT, &[menu_id])?.token(token)).await
    }

    /// The menu shown to all. Refused with 404 if there is none, 403 if LINE's manager set it.
    pub async fn default_rich_menu(&self, token: &AccessToken) -> CallResult<String> {
        Ok(MenuId::plain(self.get(Call::new(endpoint::MENU_DEFAULT).token(token)).await?))
    }

    /// Shows no menu to all.
    pub async fn cancel_default_rich_menu(&self, token: &AccessToken) -> CallResult<()> {
        self.done(Call::new(endpoint::MENU_CANCEL_DEFAULT).token(token)).await
    }

    /// Shows a menu to one user in place of any other.
    pub async fn link_rich_menu(&self, token: &AccessToken, user_id: &str, menu_id: &str) -> CallResult<()> {
        self.done(Call::at(endpoint::MENU_LINK, &[user_id, menu_id])?.token(token)).await
    }

    /// The menu a user has of their own; refused with 404 if none.
    pub async fn rich_menu_of(&self, token: &AccessToken, user_id: &str) -> CallResult<String> {
        let call = Call::at(endpoint::MENU_OF_USER, &[user_id])?.token(token);
        Ok(MenuId::plain(self.get(call).await?))
    }

    /// Takes a user's own menu away.
    pub async fn unlink_rich_menu(&self, token: &AccessToken, user_id: &str) -> CallResult<()> {
        self.done(Call::at(endpoint::MENU_UNLINK, &[user_id])?.token(token)).await
    }

    /// Shows a menu to up to 500 users, within seconds.
    pub async fn link_rich_menu_bulk(&self, token: &AccessToken, menu_id: &str, user_ids: &[&str]) -> CallResult<()> {
        at_most("user ids", user_ids.len(), RECIPIENTS_PER_CALL)?;
        let body = json!({"richMenuId": menu_id, "userIds": user_ids});
        self.done(Call::new(endpoint::MENU_BULK_LINK).token(token).json(&body)?).await
    }

    /// Takes their own menus from up to 500 users, within seconds.
    pub async fn unlink_rich_menu_bulk(&self, token: &AccessToken, user_ids: &[&str]) -> CallResult<()> {
        at_most("user ids", user_ids.len(), RECIPIENTS_PER_CALL)?;
        let body = json!({"userIds": user_ids});
        self.done(Call::new(endpoint::MENU_BULK_UNLINK).token(token).json(&body)?).await
    }

    /// Moves everybody from menus to menus. `resume_key` (`[A-Za-z0-9_-]{1,100}`, 14 days) lets a
    /// failed batch go on where it stood. The answer's request id asks for its progress.
    pub async fn batch_rich_menus(
        &self,
        token: &AccessToken,
        operations: &[BatchOperation],
        resume_key: Option<&str>,
    ) -> CallResult<()> {
        let body = batch(operations, resume_key);
        self.done(Call::new(endpoint::MENU_BATCH).token(token).json(&body)?).await
    }

    /// Lets LINE check a batch without doing it.
    pub async fn check_rich_menu_batch(&self, token: &AccessToken, operations: &[BatchOperation]) -> CallResult<()> {
        let body = batch(operations, None);
        self.done(Call::new(endpoint::MENU_VALIDATE_BATCH).token(token).json(&body)?).await
    }

    /// How a batch goes, by the request id of its acceptance.
    pub async fn rich_menu_batch_progress(&self, token: &AccessToken, request_id: &str) -> CallResult<BatchProgress> {
        let call = Call::new(endpoint::MENU_BATCH_PROGRESS).token(token);
        self.get(call.query(&[("requestId", Some(request_id))])).await
    }

    /// Names a menu that has its picture; LINE keeps at most 1,000 names.
    pub async fn create_rich_menu_alias(&self, token: &AccessToken, alias_id: &str, menu_id: &str) -> CallResult<()> {
        let body = json!({"richMenuAliasId": alias_id, "richMenuId": menu_id});
        self.done(Call::new(endpoint::ALIAS_CREATE).token(token).json(&body)?).await
    }

    /// Points a name at another menu.
    pub async fn update_rich_menu_alias(&self, token: &AccessToken, alias_id: &str, menu_id: &str) -> CallResult<()> {
        let call = Call::at(endpoint::ALIAS_UPDATE, &[alias_id])?.token(token);
        self.done(call.json(&json!({"richMenuId": menu_id}))?).await
    }

    /// What a name points at.
    pub async fn rich_menu_alias(&self, token: &AccessToken, alias_id: &str) -> CallResult<RichMenuAlias> {
        self.get(Call::at(endpoint::ALIAS_GET, &[alias_id])?.token(token)).await
    }

    /// Removes a name.
    pub async fn delete_rich_menu_alias(&self, token: &AccessToken, alias_id: &str) -> CallResult<()> {
        self.done(Call::at(endpoint::ALIAS_DELETE, &[alias_id])?.token(token)).await
    }

    /// All names.
    pub async fn rich_menu_aliases(&self, token: &AccessToken) -> Result<Answer<Vec<RichMenuAlias>>, CallError> {
        #[derive(Deserialize)]
        struct Wire {
            aliases: Vec<RichMenuAlias>,
        }
        let answer: Answer<Wire> = self.get(Call::new(endpoint::ALIAS_LIST).token(token)).await?;
        Ok(Answer { value: answer.value.aliases, request_id: answer.request_id })
    }
}

fn batch(operations: &[BatchOperation], resume_key: Option<&str>) -> serde_json::Value {
    let mut body = json!({"operations": operations});
    if let Some(key) = resume_key {
        body["resumeRequestKey"] = key.into();
    }
    body
}
