//! What follows from LINE's answer to one call. Pure; the one place where promise 2 is decided:
//! a keyed message is never sent twice and never silently dropped.
//!
//! *Doubt* means that some try of this request may have been taken without our knowing. As long as there is doubt, the
//! only thing that may be sent is the same request again. Where LINE's rules are meant: Messaging API reference,
//! "Retry failed requests", "Send reply message".

use line::client::{Doubt, NoAnswer, Outcome, Refusal};

use super::{Endpoint, Reason};

/// LINE remembers a key for 24 h from its first use; one hour before, the request counts as unknown.
pub const KEY_LIFE_MS: i64 = 23 * 60 * 60 * 1000;

/// A reply in doubt is repeated only for so long after its first try.
pub const REPLY_REPEAT_MS: i64 = 50_000;

/// What decides about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Try {
    /// Where it goes.
    pub endpoint: Endpoint,
    /// How many people it is for.
    pub recipients: i64,
    /// Whether its recipients stand in a broadcast's ledger (else in `deliveries`).
    pub ledger: bool,
    /// Whether an earlier try may have been taken.
    pub doubt: bool,
    /// Committed before the first try, Unix ms.
    pub first_attempt_at: i64,
    /// Good until, Unix ms.
    pub not_after: i64,
    /// Replies: the token's end, Unix ms.
    pub reply_until: Option<i64>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// LINE has it.
    Accepted {
        /// LINE's id of the accepted try.
        line_request_id: Option<String>,
        /// Not said by LINE but the only explanation (a used reply token after a try in doubt).
        inferred: bool,
    },
    /// The same request again, same key, same bytes.
    Again {
        /// Whether it is in doubt now.
        doubt: bool,
        /// Why it waits.
        wait: Wait,
    },
    /// The month's quota is used up: wait for the next month or a higher limit.
    Hold {
        /// Whether it is in doubt now.
        doubt: bool,
    },
    /// LINE will never take it.
    Failed(Reason),
    /// It was never taken and must not go any more.
    Refused(Reason),
    /// It was certainly not taken and cannot go as it is: what it carried is queued again for another request.
    Requeue,
    /// One recipient is refused, or nobody knows which: new requests with new keys for the others.
    Split(Cut),
    /// Nobody knows and LINE cannot be asked any more.
    Unknown,
}

/// Why the same request waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// LINE is slow, broken or not to be reached.
    Backoff,
    /// Too fast: this endpoint slows down.
    Rate,
    /// The channel token was refused; another one is fetched.
    Token,
}

/// How a refused multicast is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Recipient with this index in `to` is refused, the others go on.
    Without(usize),
    /// LINE does not name anybody: halves.
    Halves,
}

/// What LINE said to one try, for people to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// HTTP status, if there was one.
    pub status: Option<u16>,
    /// Words, '' for none.
    pub error: String,
    /// LINE's id of this try.
    pub line_request_id: Option<String>,
}

impl Said {
    /// Takes what is worth keeping.
    pub fn of(outcome: &Outcome) -> Self {
        let line_request_id = outcome.request_id().map(str::to_owned);
        let (status, error) = match outcome {
            Outcome::Accepted(_) => (Some(200), String::new()),
            Outcome::AcceptedAlready(_) => (Some(409), String::new()),
            Outcome::RepeatSameKey(Doubt::NoAnswer(none)) => (None, none.to_string()),
            Outcome::RepeatSameKey(Doubt::Failed(refusal))
            | Outcome::RefusedForGood(refusal)
            | Outcome::InvalidReplyToken(refusal)
            | Outcome::OverQuota(refusal)
            | Outcome::RateLimited(refusal)
            | Outcome::TokenInvalid(refusal) => (Some(refusal.status), words(refusal)),
        };
        Self { status, error, line_request_id }
    }
}

/// May the next try be made at `now`? `None`: yes.
pub fn before_try(request: &Try, now: i64) -> Option<Decision> {
    let given_up = match request.endpoint {
        Endpoint::Reply => {
            let first = request.first_attempt_at + REPLY_REPEAT_MS;
            now > request.reply_until.map_or(first, |until| until.min(first))
        }
        _ => now - request.first_attempt_at >= KEY_LIFE_MS,
    };
    if now > request.not_after {
        // Late is worse than never; what may have arrived is shown as unknown, not as refused.
        return Some(if request.doubt { Decision::Unknown } else { Decision::Refused(Reason::Expired) });
    }
    given_up.then_some(if request.doubt { Decision::Unknown } else { Decision::Requeue })
}

/// Decides about a request after a try.
pub fn decide(request: &Try, outcome: &Outcome) -> Decision {
    let again = |wait| Decision::Again { doubt: request.doubt, wait };
    match outcome {
        Outcome::Accepted(accepted) => {
            Decision::Accepted { line_request_id: accepted.request_id.as_deref().map(str::to_owned), inferred: false }
        }
        Outcome::AcceptedAlready(accepted) => {
            let id = accepted.accepted_request_id.as_ref().or(accepted.request_id.as_ref());
            Decision::Accepted { line_request_id: id.map(|id| id.to_string()), inferred: false }
        }
        Outcome::RepeatSameKey(Doubt::NoAnswer(NoAnswer::NotSent(_))) => again(Wait::Backoff),
        Outcome::RepeatSameKey(_) => Decision::Again { doubt: true, wait: Wait::Backoff },
        Outcome::RateLimited(_) => again(Wait::Rate),
        Outcome::TokenInvalid(_) => again(Wait::Token),
        Outcome::OverQuota(_) if request.endpoint == Endpoint::Reply => again(Wait::Backoff),
        Outcome::OverQuota(_) => Decision::Hold { doubt: request.doubt },
        Outcome::InvalidReplyToken(_) if request.doubt => Decision::Accepted { line_request_id: None, inferred: true },
        Outcome::InvalidReplyToken(_) => Decision::Requeue,
        Outcome::RefusedForGood(refusal) => refused(request, refusal),
    }
}

fn refused(request: &Try, refusal: &Refusal) -> Decision {
    if request.endpoint != Endpoint::Multicast || refusal.status != 400 || request.recipients <= 1 {
        return Decision::Failed(Reason::LineRefused);
    }
    match blamed(refusal) {
        Blame::Recipient(index) => Decision::Split(Cut::Without(index)),
        Blame::Nobody => Decision::Split(Cut::Halves),
        Blame::Message => Decision::Failed(Reason::LineRefused),
    }
}

/// LINE's sentence and details in one line, bounded.
fn words(refusal: &Refusal) -> String {
    let mut text = refusal.message.clone();
    for detail in &refusal.details {
        text.push_str(&format!("; {}: {}", detail.property, detail.message));
    }
    let cut = text.floor_char_boundary(500);
    text.truncate(cut);
    text
}

/// Whom LINE's 400 to a multicast names.
#[derive(Debug, PartialEq, Eq)]
enum Blame {
    Recipient(usize),
    Message,
    Nobody,
}

fn blamed(refusal: &Refusal) -> Blame {
    let texts = || refusal.details.iter().map(|detail| detail.property.as_str()).chain([refusal.message.as_str()]);
    if let Some(index) = texts().find_map(recipient_index) {
        return Blame::Recipient(index);
    }
    let about_form = |text: &str| text.contains("messages") && !text.starts_with("Failed to send messages");
    if texts().any(about_form) { Blame::Message } else { Blame::Nobody }
}

/// `to[7]`, as in "The property, to[7], in the request body is invalid".
fn recipient_index(text: &str) -> Option<usize> {
    let start = text.find("to[")?;
    let is_word = text[..start].chars().next_back().is_some_and(|before| before.is_alphanumeric() || before == '_');
    let (number, _) = text[start + 3..].split_once(']')?;
    if is_word { None } else { number.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use line::client::{Accepted, AcceptedAlready, ErrorDetail};

    fn request(endpoint: Endpoint) -> Try {
        Try {
            endpoint,
            recipients: if endpoint == Endpoint::Multicast { 500 } else { 1 },
            ledger: endpoint == Endpoint::Multicast,
            doubt: false,
            first_attempt_at: 0,
            not_after: 86_400_000,
            reply_until: (endpoint == Endpoint::Reply).then_some(50_000),
        }
    }

    fn refusal(status: u16, message: &str) -> Refusal {
        Refusal { status, request_id: None, message: message.into(), error: None, details: Vec::new(), body: bytes::Bytes::new() }
    }

    fn lost() -> Outcome {
        Outcome::RepeatSameKey(Doubt::NoAnswer(NoAnswer::Lost("reset".into())))
    }

    fn not_sent() -> Outcome {
        Outcome::RepeatSameKey(Doubt::NoAnswer(NoAnswer::NotSent("refused".into())))
    }

    fn again(doubt: bool, wait: Wait) -> Decision {
        Decision::Again { doubt, wait }
    }

    #[test]
    fn answers_to_a_push() {
        let table: [(Outcome, Decision, Decision); 8] = [
            (lost(), again(true, Wait::Backoff), again(true, Wait::Backoff)),
            (not_sent(), again(false, Wait::Backoff), again(true, Wait::Backoff)),
            (Outcome::RepeatSameKey(Doubt::Failed(refusal(500, ""))), again(true, Wait::Backoff), again(true, Wait::Backoff)),
            (Outcome::RateLimited(refusal(429, "rate")), again(false, Wait::Rate), again(true, Wait::Rate)),
            (Outcome::TokenInvalid(refusal(401, "")), again(false, Wait::Token), again(true, Wait::Token)),
            (Outcome::OverQuota(refusal(429, "monthly limit")), Decision::Hold { doubt: false }, Decision::Hold { doubt: true }),
            (
                Outcome::Accepted(Accepted { request_id: Some("a".into()), sent: Vec::new() }),
                Decision::Accepted { line_request_id: Some("a".into()), inferred: false },
                Decision::Accepted { line_request_id: Some("a".into()), inferred: false },
            ),
            (
                Outcome::AcceptedAlready(AcceptedAlready {
                    request_id: Some("b".into()),
                    accepted_request_id: Some("a".into()),
                    sent: Vec::new(),
                }),
                Decision::Accepted { line_request_id: Some("a".into()), inferred: false },
                Decision::Accepted { line_request_id: Some("a".into()), inferred: false },
            ),
        ];
        for (outcome, sure, doubtful) in table {
            let push = request(Endpoint::Push);
            assert_eq!(decide(&push, &outcome), sure, "{outcome:?}");
            assert_eq!(decide(&Try { doubt: true, ..push }, &outcome), doubtful, "in doubt: {outcome:?}");
        }
        let failed = decide(&request(Endpoint::Push), &Outcome::RefusedForGood(refusal(400, "Failed to send messages")));
        assert_eq!(failed, Decision::Failed(Reason::LineRefused));
    }

    #[test]
    fn a_used_reply_token_means_accepted_only_after_doubt() {
        let used = Outcome::InvalidReplyToken(refusal(400, "Invalid reply token"));
        let reply = request(Endpoint::Reply);
        assert_eq!(decide(&reply, &used), Decision::Requeue);
        let doubtful = Try { doubt: true, ..reply };
        assert_eq!(decide(&doubtful, &used), Decision::Accepted { line_request_id: None, inferred: true });
        // A refused connection is no doubt: LINE never saw the token.
        assert_eq!(decide(&reply, &not_sent()), again(false, Wait::Backoff));
    }

    #[test]
    fn a_reply_in_doubt_never_takes_another_road() {
        let reply = request(Endpoint::Reply);
        assert_eq!(before_try(&reply, 50_000), None);
        assert_eq!(before_try(&reply, 50_001), Some(Decision::Requeue));
        assert_eq!(before_try(&Try { doubt: true, ..reply }, 50_001), Some(Decision::Unknown));
    }

    #[test]
    fn a_key_is_not_used_after_23_hours() {
        let push = request(Endpoint::Push);
        assert_eq!(before_try(&push, KEY_LIFE_MS - 1), None);
        assert_eq!(before_try(&push, KEY_LIFE_MS), Some(Decision::Requeue));
        assert_eq!(before_try(&Try { doubt: true, ..push }, KEY_LIFE_MS), Some(Decision::Unknown));
    }

    #[test]
    fn nothing_goes_after_its_time() {
        let push = Try { not_after: 1_000, ..request(Endpoint::Push) };
        assert_eq!(before_try(&push, 1_000), None);
        assert_eq!(before_try(&push, 1_001), Some(Decision::Refused(Reason::Expired)));
        assert_eq!(before_try(&Try { doubt: true, ..push }, 1_001), Some(Decision::Unknown));
    }

    #[test]
    fn a_refused_recipient_never_stops_the_others() {
        let multicast = request(Endpoint::Multicast);
        let named = refusal(400, "The property, to[17], in the request body is invalid (line: -, column: -)");
        assert_eq!(decide(&multicast, &Outcome::RefusedForGood(named.clone())), Decision::Split(Cut::Without(17)));
        let detail = ErrorDetail { property: "to[3]".into(), message: "invalid".into() };
        let by_detail = Refusal { details: vec![detail], ..refusal(400, "The request body has 1 error(s)") };
        assert_eq!(decide(&multicast, &Outcome::RefusedForGood(by_detail)), Decision::Split(Cut::Without(3)));
        let nobody = Outcome::RefusedForGood(refusal(400, "Failed to send messages"));
        assert_eq!(decide(&multicast, &nobody), Decision::Split(Cut::Halves));
        let alone = Try { recipients: 1, ..multicast };
        assert!(matches!(decide(&alone, &nobody), Decision::Failed(_)));
        assert!(matches!(decide(&alone, &Outcome::RefusedForGood(named)), Decision::Failed(_)));
    }

    #[test]
    fn a_bad_message_is_not_cut_to_pieces() {
        let multicast = request(Endpoint::Multicast);
        let detail = ErrorDetail { property: "messages[0].text".into(), message: "Length must be between 0 and 5000".into() };
        let bad = Refusal { details: vec![detail], ..refusal(400, "The request body has 1 error(s)") };
        assert!(matches!(decide(&multicast, &Outcome::RefusedForGood(bad)), Decision::Failed(_)));
        assert!(matches!(decide(&multicast, &Outcome::RefusedForGood(refusal(403, ""))), Decision::Failed(_)));
    }
}
