//! Rich menus (リッチメニュー) of an account: LINE keeps them, and is asked each time.

use axum::Json;
use axum::extract::State;
use engine::ids::ChannelId;
use line::client::{Answer as LineAnswer, CallError, RichMenu};
use serde::Serialize;
use utoipa::ToSchema;

use super::probe;
use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Problem};
use crate::http::Ids;

/// A rich menu as LINE tells of it.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RichMenu)]
pub(super) struct RichMenuView {
    /// LINE's id, which an action carries.
    rich_menu_id: String,
    /// What staff call it.
    name: String,
    /// The words on the bar below the talk.
    chat_bar_text: String,
    /// Pixels.
    width: u32,
    /// Pixels.
    height: u32,
    /// Places to tap.
    areas: usize,
    /// Whether it is shown to all who have none of their own.
    is_default: bool,
}

/// What is shown to all who have no menu of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DefaultMenu {
    /// One of the list.
    Listed,
    /// One made in LINE Official Account Manager, which LINE does not list.
    Elsewhere,
    /// None.
    Unset,
}

/// An account's rich menus at this moment.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RichMenus)]
pub(super) struct RichMenuList {
    /// By name. LINE lists only those made by its API, at most 1,000.
    items: Vec<RichMenuView>,
    default_menu: DefaultMenu,
    /// When LINE was asked, Unix ms.
    asked_at: i64,
}

/// Rich menus of an account, asked of LINE now.
#[utoipa::path(get, path = "/channels/{id}/rich-menus", operation_id = "listRichMenus", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = RichMenuList, description = "The rich menus")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn list_rich_menus(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<RichMenuList>> {
    let token = probe::token_of(&app, &caller, id).await?;
    let line = &app.engine.line;
    let (menus, shown) = tokio::join!(line.rich_menus(&token), line.default_rich_menu(&token));
    let menus = menus.map_err(probe::refusal)?.value;
    Ok(Json(listed(menus, default_of(shown)?, app.now_ms())))
}

/// What LINE says is shown to all: an id, or why there is none.
fn default_of(told: Result<LineAnswer<String>, CallError>) -> Answer<Result<String, DefaultMenu>> {
    match told {
        Ok(answer) => Ok(Ok(answer.value)),
        Err(CallError::Refused(refusal)) if refusal.status == 403 => Ok(Err(DefaultMenu::Elsewhere)),
        Err(CallError::Refused(refusal)) if refusal.status == 404 => Ok(Err(DefaultMenu::Unset)),
        Err(error) => Err::<_, Problem>(probe::refusal(error)),
    }
}

fn listed(menus: Vec<RichMenu>, shown: Result<String, DefaultMenu>, asked_at: i64) -> RichMenuList {
    let view = |menu: RichMenu| {
        let rich_menu_id = menu.rich_menu_id?;
        let is_default = shown.as_ref().is_ok_and(|id| *id == rich_menu_id);
        let (width, height) = (menu.size.width, menu.size.height);
        let RichMenu { name, chat_bar_text, areas, .. } = menu;
        Some(RichMenuView { rich_menu_id, name, chat_bar_text, width, height, areas: areas.len(), is_default })
    };
    let mut items: Vec<RichMenuView> = menus.into_iter().filter_map(view).collect();
    items.sort_by(|a, b| (&a.name, &a.rich_menu_id).cmp(&(&b.name, &b.rich_menu_id)));
    // A default that is not among those listed was made by another tool's channel or has just been made.
    let default_menu = match &shown {
        Ok(_) if items.iter().any(|menu| menu.is_default) => DefaultMenu::Listed,
        Ok(_) => DefaultMenu::Elsewhere,
        Err(other) => *other,
    };
    RichMenuList { items, default_menu, asked_at }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn menu(id: &str, name: &str) -> RichMenu {
        serde_json::from_value(json!({"richMenuId": id, "size": {"width": 2500, "height": 843}, "selected": true, "name": name,
            "chatBarText": "メニュー", "areas": [{"bounds": {"x": 0, "y": 0, "width": 1250, "height": 843},
                "action": {"type": "message", "text": "予約"}}]}))
        .unwrap()
    }

    #[test]
    fn they_stand_by_name_and_the_default_is_marked() {
        let menus = || vec![menu("richmenu-2", "夏"), menu("richmenu-1", "冬")];
        let list = listed(menus(), Ok("richmenu-1".to_owned()), 7);
        let told: Vec<_> = list.items.iter().map(|menu| (menu.name.as_str(), menu.areas, menu.is_default)).collect();
        assert_eq!(told, [("冬", 1, true), ("夏", 1, false)]);
        assert_eq!((list.default_menu, list.asked_at), (DefaultMenu::Listed, 7));
        assert_eq!(listed(menus(), Ok("richmenu-9".to_owned()), 7).default_menu, DefaultMenu::Elsewhere);
        assert_eq!(listed(menus(), Err(DefaultMenu::Unset), 7).default_menu, DefaultMenu::Unset);
    }
}
