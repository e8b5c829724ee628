//! Telling one target of one notice.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::mail::MailError;
use super::{Cause, Detail, Notice, Road, Target, db, words};
use crate::delivery::Lane;
use crate::engine::Engine;
use crate::event::ingest::{Incoming, Who};
use crate::event::{EventKind, Payload, SayBy, Source};
use crate::ids::{EventId, NoticeId, TargetId, instant_of};
use crate::task::{Reach, Task, Trouble, post};

/// A notice that comes later than this is no news any more.
const LIFE_MS: i64 = 60 * 60 * 1000;

#[derive(Deserialize)]
struct Order {
    notice: NoticeId,
    target: TargetId,
}

/// What is said.
struct Letter {
    title: String,
    advice: &'static str,
    link: String,
    notice: Option<Notice>,
}

/// The task: looks both up, tells, writes down how it went.
pub(crate) async fn run(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>, Trouble> {
    let order: Order = serde_json::from_value(task.payload.clone()).map_err(|error| Trouble::Never(error.to_string()))?;
    let told = tell(engine, task, &order).await;
    let outcome = match &told {
        Ok(()) => Ok(()),
        Err(Trouble::Later(_, why) | Trouble::Never(why)) => Err(why.clone()),
        Err(Trouble::Goes) => Err(String::new()),
    };
    let (workspace, now) = (task.workspace, engine.clock.now_ms());
    let recorded = engine.store.write(move |tx| {
        let outcome = outcome.as_ref().copied().map_err(String::as_str);
        db::record(tx, workspace, (order.notice, order.target), outcome, now)
    });
    recorded.await.map_err(|error| Trouble::from((task, error)))?;
    told.map(|()| None)
}

async fn tell(engine: &Arc<Engine>, task: &Task, order: &Order) -> Result<(), Trouble> {
    let (workspace, notice, target) = (task.workspace, order.notice, order.target);
    let read = engine.store.read(move |tx| {
        let target = db::target(tx, workspace, target)?;
        let notice = if notice == NoticeId::nil() { None } else { Some(db::find(tx, workspace, notice)?) };
        if let Err(why) = db::still_hears(tx, workspace, &target, notice.as_ref())? {
            return Ok(Err(why));
        }
        let address = if target.road == Road::Line { None } else { Some(db::address(tx, workspace, target.id)?) };
        Ok::<_, crate::Error>(Ok((target, notice, address)))
    });
    let read = read.await.map_err(|error| Trouble::from((task, error)))?;
    let (target, notice, sealed) = read.map_err(|why| Trouble::Never(why.to_owned()))?;
    let letter = letter(engine, notice);
    let Some(sealed) = sealed else { return by_line(engine, task, &target, &letter).await };
    let opened = engine.vault.open("notice_targets", target.id.0, &sealed).map_err(|error| Trouble::from((task, error)))?;
    let address = String::from_utf8_lossy(&opened).into_owned();
    let reach = Reach::of(&engine.settings);
    match target.road {
        Road::Mail => by_mail(engine, task, &address, &letter).await,
        Road::Slack => post((engine, task), (&address, reach), json!({ "text": letter.text() }).to_string()).await,
        Road::Webhook | Road::Line => post((engine, task), (&address, reach), letter.json().to_string()).await,
    }
}

fn letter(engine: &Engine, notice: Option<Notice>) -> Letter {
    let base = engine.settings.public_url.as_str().trim_end_matches('/');
    match notice {
        Some(notice) => Letter {
            title: words::title(notice.cause, &notice.detail),
            advice: words::advice(notice.cause, &notice.detail),
            link: format!("{base}{}", words::page(notice.cause, &notice.detail)),
            notice: Some(notice),
        },
        None => Letter {
            title: "お知らせのテストです".to_owned(),
            advice: "このメッセージが見えていれば、お知らせは正しく届きます。",
            link: format!("{base}/admin/settings/notices"),
            notice: None,
        },
    }
}

impl Letter {
    fn text(&self) -> String {
        format!("【Enishi】{}\n{}\n{}", self.title, self.advice, self.link)
    }

    /// LINE's own browser knows nobody's session: the phone's opens instead.
    /// <https://developers.line.biz/en/docs/line-login/using-line-url-scheme/#opening-url-in-external-browser>
    fn text_in_line(&self) -> String {
        format!("{}?openExternalBrowser=1", self.text())
    }

    /// What a program reads: `cause` is stable, the rest is for people.
    fn json(&self) -> serde_json::Value {
        let of = |notice: &Notice| -> (Cause, Detail) { (notice.cause, notice.detail.clone()) };
        let known = self.notice.as_ref().map(of);
        json!({
            "kind": if known.is_some() { "notice" } else { "notice_test" },
            "id": self.notice.as_ref().map(|notice| notice.id),
            "cause": known.as_ref().map(|(cause, _)| cause),
            "detail": known.as_ref().map(|(_, detail)| detail),
            "began_at": self.notice.as_ref().map(|notice| notice.began_at),
            "title": self.title, "advice": self.advice, "link": self.link,
        })
    }
}

/// When the task was made, Unix ms.
fn made_at(task: &Task) -> i64 {
    i64::try_from(instant_of(task.id.0)).unwrap_or(0)
}

/// By the one way: an event that says it, in the transactional lane. The outbox sends it, the talk shows it.
async fn by_line(engine: &Arc<Engine>, task: &Task, target: &Target, letter: &Letter) -> Result<(), Trouble> {
    let Some((channel, contact)) = target.channel_id.zip(target.contact_id) else {
        return Err(Trouble::Never("送り先が選ばれていません".to_owned()));
    };
    let now = engine.clock.now_ms();
    let messages = json!([{ "type": "text", "text": letter.text_in_line() }]);
    let kind = EventKind::Say {
        by: SayBy::Api,
        template: None,
        messages: Some(messages),
        lane: Lane::Transactional,
        not_after: now + LIFE_MS,
    };
    let incoming = Incoming {
        workspace: task.workspace,
        // The same task tried again is the same event.
        id: EventId::keyed(task.id.0, b"notice", made_at(task)),
        channel: Some(channel),
        who: Who::Contact(contact),
        source: Source::Task,
        occurred_at: now,
        payload: Payload { kind, reply: None, standby: false, actor: None },
    };
    engine.ingest.take(vec![incoming]).await.map(drop).map_err(|error| Trouble::again(task, error))
}

async fn by_mail(engine: &Engine, task: &Task, to: &str, letter: &Letter) -> Result<(), Trouble> {
    let Some(mail) = &engine.settings.mail else {
        return Err(Trouble::Never("メールの送り方(ENISHI_SMTP_URL と ENISHI_MAIL_FROM)が設定されていません".to_owned()));
    };
    let body = format!("{}\n\n{}\n{}\n", letter.title, letter.advice, letter.link);
    match mail.send(to, &format!("【Enishi】{}", letter.title), body).await {
        Ok(()) => Ok(()),
        Err(MailError::Later(why)) => Err(Trouble::again(task, why)),
        Err(MailError::Never(why)) => Err(Trouble::Never(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_line_the_phones_own_browser_opens() {
        let link = "https://enishi.example.com/admin/broadcasts/1/approval".to_owned();
        let letter = Letter { title: "「春」が承認されました".to_owned(), advice: "", link, notice: None };
        assert!(letter.text().ends_with("/approval"));
        assert!(letter.text_in_line().ends_with("/approval?openExternalBrowser=1"));
    }
}
