//! The validate endpoints: structure only, nothing is sent.

use crate::answer::Answer;
use crate::api::send::SendBody;
use crate::call::Call;
use crate::check::message::Target;
use crate::route::Route;

pub const ROUTES: &[Route] = &[
    Route::post("/v2/bot/message/validate/reply", "validate", validate),
    Route::post("/v2/bot/message/validate/push", "validate", validate),
    Route::post("/v2/bot/message/validate/multicast", "validate", validate),
    Route::post("/v2/bot/message/validate/narrowcast", "validate", validate),
    Route::post("/v2/bot/message/validate/broadcast", "validate", validate),
];

fn validate(call: &Call) -> Answer {
    let checked = SendBody::parse(call).and_then(|body| body.check(call, Target::Anyone).map(|_| ()));
    checked.map_or_else(|answer| answer, |()| Answer::empty())
}
