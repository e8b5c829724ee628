//! Pages: the phone (built elsewhere, embedded), and what LINE shows in a browser.

pub mod html;
pub mod liff;
pub mod login;
pub mod phone;

use crate::route::Route;

pub const ROUTES: &[&[Route]] = &[login::ROUTES, liff::ROUTES];
