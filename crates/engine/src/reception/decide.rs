//! What must happen at LINE and with us when staff choose where webhooks go. Pure.

use super::Forward;
use crate::workspace::{Channel, Mode};
use crate::{Error, Result};

/// LINE takes a new address within about a minute; what still comes to us meanwhile is handed on.
const LATE_MS: i64 = 10 * 60_000;

/// What staff chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// 送信のみ.
    SendOnly,
    /// 並走: handed on to this address, or to the one that stands at LINE.
    Parallel(Option<String>),
    /// 切替.
    Full,
}

/// How it stands now.
#[derive(Clone, Copy, Debug)]
pub struct AtLine<'a> {
    /// Our address of this account.
    pub ours: &'a str,
    /// What LINE has.
    pub now: Option<&'a str>,
    /// What LINE had before ours.
    pub previous: Option<&'a str>,
}

/// What is to be written, here and at LINE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The mode from now on.
    pub mode: Mode,
    /// The address to go back to.
    pub previous: Option<String>,
    /// To whom bodies are handed on.
    pub forward: Option<Forward>,
    /// What to write at LINE; `None` leaves it alone.
    pub set: Option<String>,
}

/// From what staff chose to what must be done.
///
/// # Errors
/// `forward_unknown` when nobody knows the old tool's address, `forward_circle` when it is our own.
pub fn plan(at_line: AtLine<'_>, wish: Wish, now: i64) -> Result<Plan> {
    let is_ours = at_line.now == Some(at_line.ours);
    let previous = at_line.now.filter(|_| !is_ours).or(at_line.previous).map(str::to_owned);
    let to_us = (!is_ours).then(|| at_line.ours.to_owned());
    match wish {
        Wish::SendOnly if is_ours && previous.is_some() => restore(at_line, now),
        Wish::SendOnly => Ok(Plan { mode: Mode::SendOnly, previous, forward: None, set: None }),
        Wish::Full => Ok(Plan { mode: Mode::Full, previous, forward: None, set: to_us }),
        Wish::Parallel(typed) => {
            let typed = typed.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
            let url = typed
                .or_else(|| previous.clone())
                .ok_or_else(|| Error::bad("forward_unknown", "forward_url", "いまのツールのWebhook URLを入力してください。"))?;
            if url == at_line.ours {
                return Err(Error::bad(
                    "forward_circle",
                    "forward_url",
                    "これはEnishi自身のアドレスです。いまのツールのWebhook URLを入力してください。",
                ));
            }
            let previous = previous.or_else(|| Some(url.clone()));
            Ok(Plan { mode: Mode::Parallel, previous, forward: Some(Forward { url, until: None }), set: to_us })
        }
    }
}

/// 元に戻す: the old address at LINE again. What still comes to us for a while is handed on.
///
/// # Errors
/// `nothing_to_restore` when no other address was ever seen.
pub fn restore(at_line: AtLine<'_>, now: i64) -> Result<Plan> {
    let previous = at_line.previous.filter(|previous| *previous != at_line.ours).ok_or_else(|| {
        Error::conflict("nothing_to_restore", "戻す先がありません。接続する前に、別のWebhook URLは登録されていませんでした。")
    })?;
    Ok(Plan {
        mode: Mode::SendOnly,
        previous: Some(previous.to_owned()),
        forward: Some(Forward { url: previous.to_owned(), until: Some(now + LATE_MS) }),
        set: Some(previous.to_owned()),
    })
}

/// To whom a body that came in now is handed on.
pub fn forward_to(channel: &Channel, now: i64) -> Option<&str> {
    let forward = channel.forward.as_ref()?;
    forward.until.is_none_or(|until| now < until).then_some(forward.url.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://enishi.example/webhook/line/1";
    const OLD: &str = "https://old.example/hook";

    fn at_line<'a>(now: Option<&'a str>, previous: Option<&'a str>) -> AtLine<'a> {
        AtLine { ours: OURS, now, previous }
    }

    #[test]
    fn send_only_leaves_line_alone() {
        let plan = plan(at_line(Some(OLD), None), Wish::SendOnly, 5).unwrap();
        assert_eq!((plan.mode, plan.set, plan.forward), (Mode::SendOnly, None, None));
        assert_eq!(plan.previous.as_deref(), Some(OLD), "what was seen is kept");
    }

    #[test]
    fn parallel_hands_on_to_who_had_it() {
        let to_old = plan(at_line(Some(OLD), None), Wish::Parallel(None), 5).unwrap();
        assert_eq!(to_old.set.as_deref(), Some(OURS));
        assert_eq!(to_old.forward, Some(Forward { url: OLD.into(), until: None }));
        assert_eq!(to_old.previous.as_deref(), Some(OLD));
        // The address is ours already: the one from before counts.
        let again = plan(at_line(Some(OURS), Some(OLD)), Wish::Parallel(None), 5).unwrap();
        assert_eq!((again.set, again.forward.unwrap().url.as_str()), (None, OLD));
        let typed = plan(at_line(None, None), Wish::Parallel(Some(format!(" {OLD} "))), 5).unwrap();
        assert_eq!((typed.forward.unwrap().url.as_str(), typed.previous.as_deref()), (OLD, Some(OLD)));
    }

    #[test]
    fn parallel_needs_somebody_else() {
        for (now, typed) in [(None, None), (Some(OURS), None), (None, Some(String::new())), (None, Some(OURS.into()))] {
            assert!(plan(at_line(now, None), Wish::Parallel(typed.clone()), 5).is_err(), "{now:?} {typed:?}");
        }
    }

    #[test]
    fn switching_keeps_the_way_back() {
        let switched = plan(at_line(Some(OLD), None), Wish::Full, 5).unwrap();
        assert_eq!((switched.set.as_deref(), switched.previous.as_deref(), switched.forward), (Some(OURS), Some(OLD), None));
        let back = restore(at_line(Some(OURS), Some(OLD)), 5).unwrap();
        assert_eq!((back.mode, back.set.as_deref()), (Mode::SendOnly, Some(OLD)));
        assert_eq!(back.forward, Some(Forward { url: OLD.into(), until: Some(5 + LATE_MS) }));
        assert_eq!(plan(at_line(Some(OURS), Some(OLD)), Wish::SendOnly, 5).unwrap(), back, "送信のみ gives the address back");
        assert!(restore(at_line(Some(OURS), None), 5).is_err());
    }
}
