//! What the demo's shop defined, and how a day goes: customers act on the simulator, staff answer through the API.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::model::{Act, DAY, Deed, Model};

/// The shop.
pub const NAME: &str = "縁珈琲(デモ)";

/// Talking to the server as staff and to the simulator as phones.
pub struct Shop {
    http: reqwest::Client,
    api: String,
    sim: String,
    token: String,
    channel: String,
    columns: Vec<String>,
}

impl Shop {
    /// Opens the shop: account, webhook, templates, answers, scenarios.
    pub async fn open(address: &str, sim: &str, token: &str) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let mut shop = Self {
            http,
            api: format!("{address}/api/v1"),
            sim: format!("{sim}/__sim"),
            token: token.to_owned(),
            channel: String::new(),
            columns: Vec::new(),
        };
        shop.channel = shop.connect().await?;
        let webhook = format!("{address}/webhook/line/{}", shop.channel);
        shop.sim("channels", &json!({"channel_id": super::CHANNEL_ID, "webhook": webhook, "webhook_active": true})).await?;
        shop.define().await?;
        Ok(shop)
    }

    /// Connects the account as the admin does, so that LINE is asked for its name and basic id.
    async fn connect(&self) -> Result<String> {
        let account = json!({"line_channel_id": super::CHANNEL_ID, "secret": super::CHANNEL_SECRET, "access_token": super::TOKEN, "name": NAME});
        let made = self.api("channels", account).await?;
        made["channel"]["id"].as_str().map(str::to_owned).context("the account's id")
    }

    async fn define(&mut self) -> Result<()> {
        let regular = self.made("tags", json!({"name": "常連", "folder": "購入"})).await?;
        self.made("tags", json!({"name": "ギフト", "folder": "興味"})).await?;
        self.made("attributes", json!({"key": "birthday", "label": "誕生日", "type": "date", "options": [], "folder": ""}))
            .await?;
        let greeting = self
            .template(
                "あいさつ",
                json!([{"type": "text", "text": "{{name|お客様}}さん、友だち追加ありがとうございます☕\n縁珈琲です。豆のこと、お店のこと、なんでもお気軽にどうぞ。"},
                    {"type": "template", "altText": "縁珈琲のご案内", "template": {"type": "buttons", "title": "縁珈琲", "text": "まずはこちらからどうぞ",
                        "actions": [{"type": "message", "label": "営業時間", "text": "営業時間を教えてください"}, {"type": "message", "label": "おすすめの豆", "text": "おすすめはどれですか?"}]}}]),
            )
            .await?;
        self.rule("あいさつ", json!({"on": "follow"}), &greeting).await?;
        let back = self
            .template(
                "おかえりなさい",
                json!([{"type": "text", "text": "おかえりなさい、{{name|お客様}}さん。またよろしくお願いいたします。"}]),
            )
            .await?;
        self.rule("おかえりなさい", json!({"on": "unblock"}), &back).await?;
        let hours = self.template("営業時間", json!([{"type": "text", "text": "営業時間は10時〜19時、水曜定休です。"}])).await?;
        self.rule("営業時間", json!({"on": "keyword", "mode": "contains", "words": ["営業時間", "定休日"]}), &hours).await?;
        let pick = self
            .template(
                "おすすめ",
                json!([{"type": "text", "text": "すっきりなら浅煎りエチオピア、ミルクに合わせるなら深煎りブレンドがおすすめです。",
                    "quickReply": {"items": [{"type": "action", "action": {"type": "message", "label": "挽き方は?", "text": "豆の挽き方を選べますか?"}}, {"type": "action", "action": {"type": "message", "label": "ギフト", "text": "ギフト包装はできますか?"}}]}}]),
            )
            .await?;
        self.rule("おすすめ", json!({"on": "keyword", "mode": "contains", "words": ["おすすめ"]}), &pick).await?;
        self.journeys(&regular).await?;
        for text in [
            "今月の豆は「グアテマラ」。はちみつのような甘さです。",
            "雨の日は、いつもより少し低い温度で淹れてみてください。",
            "母の日・父の日のギフトセットを用意しました。",
            "新しい焼き菓子が入りました🍪",
        ] {
            let template = self
                .template(text.chars().take(12).collect::<String>().as_str(), json!([{"type": "text", "text": text}]))
                .await?;
            self.columns.push(template);
        }
        Ok(())
    }

    async fn journeys(&self, regular: &str) -> Result<()> {
        let story = self
            .template(
                "1日目 お店のはなし",
                json!([{"type": "text", "text": "縁珈琲は、小さな焙煎所から始まりました。今日はそのおはなしを少しだけ。"}]),
            )
            .await?;
        let brew = self
            .template(
                "3日目 淹れ方",
                json!([{"type": "text", "text": "おいしく淹れるコツは3つ。①豆は10gに ②お湯は90度 ③30秒蒸らす。"}]),
            )
            .await?;
        let gift = self
            .template(
                "30日目 ごあいさつ",
                json!([{"type": "text", "text": "{{name|お客様}}さん、友だちになって1か月。いつもありがとうございます。"}]),
            )
            .await?;
        self.journey(
            "はじめての30日",
            json!({"on": "follow"}),
            json!([
                {"do": "wait", "until": {"after": {"days": 1, "at": "10:00"}}}, {"do": "message", "template": story, "lane": "promised"},
                {"do": "wait", "until": {"after": {"days": 2, "at": "10:00"}}}, {"do": "message", "template": brew},
                {"do": "wait", "until": {"after": {"days": 27, "at": "10:00"}}}, {"do": "message", "template": gift},
            ]),
        )
        .await?;
        let thanks = self
            .template(
                "ご購入のお礼",
                json!([{"type": "text", "text": "ご注文ありがとうございます。「{{event.item|お品物}}」をご用意しております。"}]),
            )
            .await?;
        let enjoy = self
            .template(
                "ご購入後7日",
                json!([{"type": "text", "text": "その後、コーヒーはいかがでしたか? ご感想をお聞かせください。"}]),
            )
            .await?;
        self.journey(
            "ご購入後",
            json!({"on": "event", "name": "order_placed"}),
            json!([
                {"do": "message", "template": thanks, "lane": "transactional"},
                {"do": "actions", "actions": [{"action": "tag_add", "tag": regular}]},
                {"do": "wait", "until": {"after": {"days": 7, "at": "11:00"}}}, {"do": "message", "template": enjoy},
            ]),
        )
        .await
    }

    /// One day: what customers do is put on the simulator's clock, then the clock goes on a day; staff answer at its end.
    pub async fn day(&self, model: &mut Model, day: u32) -> Result<()> {
        for deed in model.day(day) {
            self.plan(&deed).await?;
        }
        if day % 7 == 3 && day > 10 {
            self.broadcast(day).await?;
        }
        self.sim("clock", &json!({"advance_ms": DAY})).await?;
        self.answer(model).await
    }

    async fn plan(&self, deed: &Deed) -> Result<()> {
        let mut act = json!({"user": deed.person, "at_ms": deed.at});
        let path = match &deed.act {
            Act::Follow => "follow",
            Act::Block => "block",
            Act::Unblock => "unblock",
            Act::Say(text) => {
                act["text"] = json!(text);
                "say"
            }
            Act::Sticker => {
                act["sticker"] = json!({"packageId": "446", "stickerId": "1988"});
                "say"
            }
            Act::Order { amount, item } => return self.order(deed, *amount, item).await,
        };
        self.sim(path, &act).await.map(drop)
    }

    /// The shop's own system reports an order, as a shop's system does: by the API, with its own number.
    async fn order(&self, deed: &Deed, amount: i64, item: &str) -> Result<()> {
        let user: Value = self.get_sim(&format!("users/{}", deed.person)).await?;
        let line_user_id = user["channels"][0]["user_id"].as_str().unwrap_or_default();
        let order = format!("{}-{}", deed.person, deed.at);
        self.api(
            "events",
            json!({"line_user_id": line_user_id, "channel_id": self.channel, "name": "order_placed", "key": order,
                   "data": {"order_id": order, "amount": amount, "item": item}}),
        )
        .await
        .map(drop)
    }

    async fn broadcast(&self, day: u32) -> Result<()> {
        let template = &self.columns[(day / 7) as usize % self.columns.len()];
        let made = self
            .api("broadcasts", json!({"name": format!("週のおたより {}", day / 7), "channel_id": self.channel, "template_id": template, "audience": {"to": "all"}, "lane": "marketing", "link_mode": "direct"}))
            .await?;
        let id = made["id"].as_str().context("a broadcast's id")?;
        self.api(&format!("broadcasts/{id}/confirm"), json!({})).await.map(drop)
    }

    async fn answer(&self, model: &mut Model) -> Result<()> {
        let talks = self.get("conversations?unread=true&limit=50").await?;
        for talk in talks["items"].as_array().into_iter().flatten() {
            let Some(text) = model.answer() else { continue };
            let contact = talk["contact"]["id"].as_str().context("a contact's id")?;
            self.api(&format!("conversations/{}/{contact}/messages", self.channel), json!({"text": text})).await?;
        }
        Ok(())
    }

    async fn template(&self, name: &str, messages: Value) -> Result<String> {
        self.made("templates", json!({"name": name, "messages": messages})).await
    }

    async fn rule(&self, name: &str, trigger: Value, template: &str) -> Result<()> {
        let rule =
            json!({"name": name, "trigger": trigger, "actions": [{"action": "message", "template": template}], "enabled": true});
        self.made("rules", rule).await.map(drop)
    }

    async fn journey(&self, name: &str, trigger: Value, nodes: Value) -> Result<()> {
        let id = self
            .made(
                "journeys",
                json!({"name": name, "channel_id": self.channel, "trigger": trigger, "nodes": nodes, "reentry": "after_end"}),
            )
            .await?;
        self.api(&format!("journeys/{id}/publish"), json!({})).await.map(drop)
    }

    async fn made(&self, path: &str, body: Value) -> Result<String> {
        let made = self.api(path, body).await?;
        made["id"].as_str().map(str::to_owned).with_context(|| format!("{path} gave no id"))
    }

    async fn api(&self, path: &str, body: Value) -> Result<Value> {
        answer(path, self.http.post(format!("{}/{path}", self.api)).bearer_auth(&self.token).json(&body)).await
    }

    async fn get(&self, path: &str) -> Result<Value> {
        answer(path, self.http.get(format!("{}/{path}", self.api)).bearer_auth(&self.token)).await
    }

    async fn get_sim(&self, path: &str) -> Result<Value> {
        answer(path, self.http.get(format!("{}/{path}", self.sim))).await
    }

    /// A call of the simulator.
    pub async fn sim(&self, path: &str, body: &Value) -> Result<Value> {
        answer(path, self.http.post(format!("{}/{path}", self.sim)).json(body)).await
    }
}

async fn answer(path: &str, request: reqwest::RequestBuilder) -> Result<Value> {
    let answer = request.send().await.with_context(|| path.to_owned())?;
    let status = answer.status();
    let text = answer.text().await?;
    if !status.is_success() {
        bail!("{path}: {status} {text}");
    }
    Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
}
