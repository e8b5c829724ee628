//! Faults over HTTP.

use crate::answer::Answer;
use crate::call::Call;
use crate::faults::Change;
use crate::route::Route;

pub const ROUTES: &[Route] = &[
    Route::get("/__sim/faults", "sim", view).own(),
    Route::post("/__sim/faults", "sim", change).own(),
    Route::delete("/__sim/faults", "sim", clear).own(),
];

fn view(call: &Call) -> Answer {
    Answer::ok(&call.world.faults.plan().view())
}

fn change(call: &Call) -> Answer {
    match call.read::<Change>() {
        Ok(change) => {
            call.world.faults.change(change);
            view(call)
        }
        Err(answer) => answer,
    }
}

fn clear(call: &Call) -> Answer {
    call.world.faults.clear();
    view(call)
}
