//! Looking at a world from outside: what LINE took, what stands in the database.

use std::collections::BTreeMap;
use std::time::Duration;

use engine::schema::MIGRATIONS;
use serde_json::{Value, json};
use store::{Store, Tx, params};

use crate::world::{World, file};

/// What the shop answers to whoever asks for its hours.
pub const ANSWER: &str = "営業時間は10時からです";

/// How often each person was told each text: (person, text) → times.
pub type Heard = BTreeMap<(i64, String), usize>;

impl World {
    /// Reads the database as a command beside the server would.
    pub async fn look<T: Send + 'static>(&self, f: impl FnMut(&mut Tx<'_>) -> store::Result<T> + Send + 'static) -> T {
        let store = self.beside();
        let seen = store.read(f).await.expect("the database is read");
        store.close().await;
        seen
    }

    fn beside(&self) -> Store {
        let mut config = self.ground.config().clone();
        (config.readers, config.writers) = (1, 1);
        Store::open_shared(&config, MIGRATIONS).expect("the database opens")
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        self.look(move |tx| tx.query_one(sql, &params![], |row| row.get(0))).await
    }

    /// Keys of the requests that stand open, as LINE sees them.
    pub async fn open_keys(&self) -> Vec<String> {
        let open = self.look(|tx| tx.query("SELECT id FROM requests WHERE state = 'open'", &params![], |row| row.get(0))).await;
        open.into_iter().map(|id: engine::ids::RequestId| id.to_string()).collect()
    }

    pub async fn contact_ids(&self) -> Vec<String> {
        let all = self.look(|tx| tx.query("SELECT id FROM contacts", &params![], |row| row.get(0))).await;
        all.into_iter().map(|id: engine::ids::ContactId| id.to_string()).collect()
    }

    /// Ends the leases of servers that this test has killed, so that the next one need not wait until they run out.
    pub async fn bury(&self) {
        let store = self.beside();
        store.write(|tx| tx.execute("UPDATE leases SET until_ms = 0", &params![]).map(drop)).await.expect("leases are ended");
        store.close().await;
    }

    /// Takes in everybody who is a friend in the simulator already, as a shop's own list would.
    pub async fn import_friends(&self) {
        let people = self.sim_get("users.ndjson?state=friend").await;
        let mut csv = String::from("line_user_id,display_name,friend_since\n");
        for person in people.lines() {
            let person: Value = serde_json::from_str(person).expect("a person");
            csv.push_str(&format!("{},{},2024-01-01\n", person["user_id"].as_str().unwrap(), person["name"].as_str().unwrap()));
        }
        let file = file(self.folder.path(), "friends.csv", &csv);
        self.run(&["import", "contacts", "--channel", &self.channel, file.to_str().unwrap()]);
    }

    /// What LINE took, one line per send, from a place on.
    pub async fn accepted_after(&self, seq: i64) -> Vec<Value> {
        let lines = self.sim_get(&format!("accepted.ndjson?messages=false&after={seq}")).await;
        lines.lines().map(|line| serde_json::from_str(line).expect("a line")).collect()
    }

    /// Everything that was told to anybody.
    pub async fn told(&self) -> Heard {
        let mut heard = Heard::new();
        for line in self.sim_get("accepted.ndjson?by=recipient").await.lines() {
            let line: Value = serde_json::from_str(line).expect("a line");
            assert_eq!(line["delivered"], json!(true), "{line}");
            for message in line["messages"].as_array().expect("messages") {
                let text = message["text"].as_str().unwrap_or_default().to_owned();
                *heard.entry((line["n"].as_i64().expect("a person"), text)).or_default() += 1;
            }
        }
        heard
    }

    pub async fn stats(&self) -> Value {
        serde_json::from_str(&self.sim_get("stats").await).expect("stats")
    }

    /// Waits until LINE has delivered or given up every webhook, redeliveries included.
    pub async fn webhooks_settled(&self) {
        self.until("webhooks are delivered again", async || {
            let webhooks = &self.stats().await["webhooks"];
            webhooks["failed"] == webhooks["redelivered"] && webhooks["queued"] == 0 && webhooks["in_flight"] == 0
        })
        .await;
    }

    /// Waits for a condition.
    pub async fn until(&self, what: &str, mut met: impl AsyncFnMut() -> bool) {
        for _ in 0..24_000 {
            if met().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("never: {what}");
    }

    /// Waits until LINE has taken at least so many sends in all.
    pub async fn until_accepted(&self, sends: i64) {
        self.until("LINE took enough", async || self.stats().await["accepted"].as_i64() >= Some(sends)).await;
    }

    /// Makes and confirms a broadcast that goes at once.
    pub async fn broadcast(&self, template: &str, audience: Value) -> String {
        let draft = json!({"channel_id": self.channel, "template_id": template, "audience": audience, "lane": "transactional"});
        let id = self.post("broadcasts", draft).await["id"].as_str().expect("an id").to_owned();
        self.post(&format!("broadcasts/{id}/confirm"), json!({})).await;
        id
    }

    /// From now on who asks for the hours is answered with [`ANSWER`].
    pub async fn answer_questions(&self) {
        let answer = self.template(ANSWER).await;
        let rule = json!({"name": "営業時間", "trigger": {"on": "keyword", "mode": "contains", "words": ["営業"]},
            "actions": [{"action": "message", "template": answer}], "enabled": true});
        self.post("rules", rule).await;
    }

    /// These people ask.
    pub async fn ask(&self, askers: &[u32]) {
        self.sim("say", json!({"users": askers, "text": "営業は何時から?"})).await;
    }

    /// Each of them heard the answer once – or not at all, and then that is shown.
    pub async fn assert_answered(&self, askers: &[u32]) {
        let told = self.told().await;
        for asker in askers {
            match told.get(&(i64::from(*asker), ANSWER.to_owned())).copied().unwrap_or(0) {
                1 => {}
                0 => {
                    let person: Value = serde_json::from_str(&self.sim_get(&format!("users/{asker}")).await).expect("a person");
                    let id = person["channels"][0]["user_id"].as_str().expect("an id");
                    let answers = self.get(&format!("deliveries?line_user_id={id}")).await;
                    let shown = answers["items"].as_array().expect("items").iter().any(|answer| {
                        answer["cause"] == "rule" && (answer["state"] == "unknown" || answer["state"] == "refused")
                    });
                    assert!(shown, "{asker} heard nothing, and nobody knows: {answers}");
                }
                times => panic!("{asker} was answered {times} times"),
            }
        }
    }

    /// LINE took nothing twice, and what our ledger says LINE took is what it took.
    pub async fn assert_books_agree(&self) {
        let stats = self.stats().await;
        assert_eq!(stats["duplicates"], json!(0), "{stats}");
        assert_eq!(stats["violations"], json!(0), "{}", self.sim_get("violations").await);
        assert_eq!(self.count("SELECT COUNT(*) FROM requests WHERE state = 'open'").await, 0);
        // A reply has no key: its answer may be lost for good, and then it is shown as unknown.
        let ours = self.count("SELECT COUNT(*) FROM requests WHERE state = 'accepted' AND endpoint <> 'reply'").await;
        let theirs = self.accepted_after(0).await.iter().filter(|send| send["endpoint"] != "reply").count();
        assert_eq!(i64::try_from(theirs).ok(), Some(ours), "sends LINE took, and sends we know it took");
    }
}
