//! later
use crate::route::Route;
pub const ROUTES: &[Route] = &[];
#[derive(Default)]
pub struct LiffApps {}
