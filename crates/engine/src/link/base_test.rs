//! Whether the address that links begin with leads here: the server calls it as a customer's browser would.

use url::Url;

use crate::task::Reach;
use crate::task::outbound;

/// No link has this code: every code of ours has twelve letters.
const NO_CODE: &str = "l/enishi-test";
/// The header [`NO_CODE`] is answered with, by this program alone.
pub const MARK: &str = "x-enishi-link";

/// The status, and whether it was this program that answered; `None` when nobody did.
pub async fn call(base: &Url, reach: Reach) -> Option<(u16, bool)> {
    let url = base.join(NO_CODE).ok()?;
    if !outbound::is_allowed(&url, reach) {
        return None;
    }
    let answer = outbound::client().ok()?.get(url).send().await.ok()?;
    Some((answer.status().as_u16(), answer.headers().contains_key(MARK)))
}
