//! later
use crate::answer::Answer;
use crate::call::Call;
use crate::route::Route;
pub const ROUTES: &[Route] = &[];
pub struct Logins {}
impl Logins {
    pub fn new(_seed: u64) -> Logins {
        Logins {}
    }
    pub fn clear(&self) {}
}
pub fn verify_access(_call: &Call) -> Answer {
    Answer::not_found()
}
pub fn exchange(_call: &Call) -> Answer {
    Answer::not_found()
}
pub fn refresh(_call: &Call) -> Answer {
    Answer::not_found()
}
