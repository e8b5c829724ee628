//! LINE's endpoints, one file per area.

pub mod account_link;
pub mod audience;
pub mod chat;
pub mod content;
pub mod coupon;
pub mod group;
pub mod insight;
pub mod liff;
pub mod login;
pub mod membership;
pub mod narrowcast;
pub mod oauth;
pub mod pnp;
pub mod quota;
pub mod richmenu;
pub mod richmenu_user;
pub mod send;
pub mod settings;
pub mod user;
pub mod validate;

use crate::route::Route;

/// All of LINE's endpoints. The hottest stand first.
pub const ROUTES: &[&[Route]] = &[
    send::ROUTES,
    user::ROUTES,
    validate::ROUTES,
    narrowcast::ROUTES,
    quota::ROUTES,
    chat::ROUTES,
    content::ROUTES,
    richmenu::ROUTES,
    richmenu_user::ROUTES,
    settings::ROUTES,
    group::ROUTES,
    audience::ROUTES,
    insight::ROUTES,
    coupon::ROUTES,
    membership::ROUTES,
    pnp::ROUTES,
    account_link::ROUTES,
    oauth::ROUTES,
    login::ROUTES,
    liff::ROUTES,
];
