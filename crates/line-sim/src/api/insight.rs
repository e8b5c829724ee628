//! later
use crate::route::Route;
pub const ROUTES: &[Route] = &[];
