//! Things done to many when not all goes well: taken back before they are applied, failed, and meant for a list that changes.

use engine::ids::TaskId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, Shop};

struct Scene {
    shop: Shop,
    tag: String,
    people: Vec<String>,
}

async fn scene(house: &House) -> Scene {
    let shop = house.shop("1000").await;
    let mut people = Vec::new();
    for n in 0..3 {
        people.push(house.friend(&shop, &format!("U{n:032x}")).await);
    }
    let tag = made(house, &shop, "/api/v1/tags", json!({"name": "常連"})).await;
    Scene { shop, tag, people }
}

async fn made(house: &House, shop: &Shop, path: &str, body: Value) -> String {
    house.post(&shop.owner, path, body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

impl Scene {
    async fn begin(&self, house: &House, whom: Value) -> String {
        let wish = json!({"deed": {"deed": "tag_add", "tag": self.tag}, "whom": whom});
        house.post(&self.shop.owner, "/api/v1/bulks", wish).await.expect(202)["id"].as_str().unwrap().to_owned()
    }

    async fn bulk(&self, house: &House, bulk: &str) -> Value {
        house.get(&self.shop.owner, &format!("/api/v1/bulks/{bulk}")).await.expect(200)
    }

    async fn order(&self, house: &House, bulk: &str, what: &str) -> u16 {
        house.post(&self.shop.owner, &format!("/api/v1/bulks/{bulk}/{what}"), Value::Null).await.status.as_u16()
    }

    async fn until(&self, house: &House, bulk: &str, good: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..1_200 {
            let now = self.bulk(house, bulk).await;
            if good(&now) {
                return now;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("never: {}", self.bulk(house, bulk).await);
    }

    async fn tagged(&self, house: &House) -> i64 {
        let found = house.get(&self.shop.owner, &format!("/api/v1/contacts?tag={}", self.tag)).await.expect(200);
        found["total"]["count"].as_i64().unwrap()
    }
}

fn everybody(people: &[String]) -> Value {
    json!({"whom": "contacts", "ids": people})
}

#[tokio::test]
async fn what_is_not_applied_yet_is_taken_back_too() {
    for mut house in House::still_on_both("http://127.0.0.1:1").await {
        let scene = scene(&house).await;
        let bulk = scene.begin(&house, everybody(&scene.people)).await;
        engine::task::turn(&house.engine).await.unwrap();
        scene.until(&house, &bulk, |now| now["seen"] == 3).await;
        assert_eq!(scene.order(&house, &bulk, "stop").await, 200);
        assert_eq!(scene.order(&house, &bulk, "undo").await, 202);
        // It takes nothing back before it knows what there is: it asks again and again, and wakes the loops each time.
        for _ in 0..5 {
            engine::task::turn(&house.engine).await.unwrap();
            if scene.bulk(&house, &bulk).await["state"] == "undone" {
                break;
            }
            tokio::select! {
                () = house.engine.hints.events.notified() => {}
                _ = scene.until(&house, &bulk, |now| now["state"] == "undone") => {}
            }
        }
        house.wake().await;
        let undone = scene.until(&house, &bulk, |now| now["state"] == "undone").await;
        house.settled().await;
        assert_eq!((undone["undone"].as_i64(), scene.tagged(&house).await), (Some(3), 0), "{undone}");
        house.close().await;
    }
}

#[tokio::test]
async fn done_is_said_when_all_is_applied() {
    for mut house in House::still_on_both("http://127.0.0.1:1").await {
        let scene = scene(&house).await;
        let bulk = scene.begin(&house, everybody(&scene.people)).await;
        engine::task::turn(&house.engine).await.unwrap();
        scene.until(&house, &bulk, |now| now["seen"] == 3).await;
        tokio::select! {
            () = async { for _ in 0..5 { house.engine.hints.events.notified().await } } => {}
            _ = scene.until(&house, &bulk, |now| now["state"] == "done") => {}
        }
        assert_eq!(scene.bulk(&house, &bulk).await["state"], "running", "nobody has the tag yet");
        house.wake().await;
        scene.until(&house, &bulk, |now| now["state"] == "done").await;
        assert_eq!(scene.tagged(&house).await, 3);
        house.close().await;
    }
}

#[tokio::test]
async fn a_deed_that_cannot_go_on_says_so_and_can_be_taken_back() {
    for house in House::on_both().await {
        let scene = scene(&house).await;
        house.settled().await;
        let bulk = scene.begin(&house, everybody(&scene.people[..2])).await;
        scene.until(&house, &bulk, |now| now["state"] == "done").await;
        // As it stood in the middle, with a list of people that nobody can read any more.
        let broken =
            "UPDATE bulks SET state = 'running', whom = '{\"whom\":\"contacts\",\"ids\":[]}' WHERE workspace_id = $1 AND id = $2";
        house.write(&scene.shop, broken, bulk.parse().unwrap()).await;
        let task = "UPDATE tasks SET state = 'queued', due_at = 0 WHERE workspace_id = $1 AND kind = 'bulk' AND id <> $2";
        assert_eq!(house.write(&scene.shop, task, TaskId::nil().0).await, 1);
        house.engine.hints.tasks.notify_one();
        scene.until(&house, &bulk, |now| now["state"] == "failed").await;
        assert_eq!(scene.order(&house, &bulk, "undo").await, 202);
        scene.until(&house, &bulk, |now| now["state"] == "undone").await;
        house.settled().await;
        assert_eq!(scene.tagged(&house).await, 0);
        house.close().await;
    }
}

#[tokio::test]
async fn a_deed_left_without_its_task_does_not_stand_in_the_way() {
    for house in House::on_both().await {
        let scene = scene(&house).await;
        house.settled().await;
        let bulk = scene.begin(&house, everybody(&scene.people)).await;
        scene.until(&house, &bulk, |now| now["state"] == "done").await;
        house
            .write(&scene.shop, "UPDATE bulks SET state = 'running' WHERE workspace_id = $1 AND id = $2", bulk.parse().unwrap())
            .await;
        for _ in 0..3 {
            engine::notice::watch::look(&house.engine, scene.shop.workspace).await.unwrap();
        }
        scene.until(&house, &bulk, |now| now["state"] == "failed").await;
        house.close().await;
    }
}

#[tokio::test]
async fn whom_it_is_for_was_decided_when_it_began() {
    for mut house in House::still_on_both("http://127.0.0.1:1").await {
        let scene = scene(&house).await;
        let wish = json!({"name": "みんな", "condition": {"is": "consent"}});
        let segment = made(&house, &scene.shop, "/api/v1/segments", wish).await;
        let bulk = scene.begin(&house, json!({"whom": "matching", "wanted": {"segment": segment}})).await;
        let path = format!("/api/v1/segments/{segment}");
        house.call(&scene.shop.owner, "DELETE", &path, Value::Null).await.expect(204);
        house.wake().await;
        let done = scene.until(&house, &bulk, |now| now["state"] == "done" || now["state"] == "failed").await;
        assert_eq!((done["state"].as_str(), done["changed"].as_i64()), (Some("done"), Some(3)), "{done}");
        house.close().await;
    }
}

#[tokio::test]
async fn a_stopped_deed_goes_no_further_and_its_way_back_has_a_task_of_its_own() {
    for mut house in House::still_on_both("http://127.0.0.1:1").await {
        let scene = scene(&house).await;
        let bulk = scene.begin(&house, everybody(&scene.people)).await;
        // The old task is claimed and its node says nothing more.
        let claimed =
            "UPDATE tasks SET state = 'running', lease_until = 0 WHERE workspace_id = $1 AND kind = 'bulk' AND id <> $2";
        house.write(&scene.shop, claimed, Uuid::nil()).await;
        assert_eq!(scene.order(&house, &bulk, "stop").await, 200);
        assert_eq!(scene.order(&house, &bulk, "undo").await, 202);
        let tasks = "SELECT COUNT(*) FROM tasks WHERE workspace_id = $1 AND kind = 'bulk' AND id <> $2";
        assert_eq!(house.number(&scene.shop, tasks, Uuid::nil()).await, 2);
        house.wake().await;
        let undone = scene.until(&house, &bulk, |now| now["state"] == "undone").await;
        assert_eq!((undone["changed"].as_i64(), scene.tagged(&house).await), (Some(0), 0));
        house.close().await;
    }
}
