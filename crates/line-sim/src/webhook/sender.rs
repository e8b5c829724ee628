//! Delivery: lanes in order, several events per request, two seconds, another try if switched on.

use super::event::{Event, Outcome};
use crate::channel::Channel;
use crate::faults::WebhookFaults;
use crate::sync::Lock;
use crate::world::World;
use base64::Engine;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// LINE waits this long for the server's answer, by the machine's clock.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Redelivery starts after this and doubles. LINE publishes neither number nor interval.
const REDELIVERY_FIRST_MS: i64 = 10_000;
const REDELIVERY_MAX: u32 = 6;

struct Lane {
    queue: Lock<VecDeque<Event>>,
    wake: Notify,
}

/// A channel's events that wait for delivery.
pub struct Outbox {
    lanes: Vec<Arc<Lane>>,
    in_flight: AtomicUsize,
}

impl Outbox {
    pub fn new(lanes: usize) -> Outbox {
        let lane = |_| Arc::new(Lane { queue: Lock::default(), wake: Notify::new() });
        Outbox { lanes: (0..lanes.max(1)).map(lane).collect(), in_flight: AtomicUsize::new(0) }
    }

    /// Starts one courier per lane.
    pub fn start(world: &Arc<World>, channel: &Arc<Channel>) {
        for lane in &channel.outbox.lanes {
            tokio::spawn(run(world.clone(), channel.clone(), lane.clone()));
        }
    }

    pub fn queued(&self) -> usize {
        self.lanes.iter().map(|lane| lane.queue.lock().len()).sum()
    }

    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Forgets what waits; answers how many events that were.
    pub fn clear(&self) -> usize {
        let empty = |lane: &Arc<Lane>| {
            let mut queue = lane.queue.lock();
            let count = queue.len();
            queue.clear();
            count
        };
        self.lanes.iter().map(empty).sum()
    }

    /// Queues an event, unless the channel has no active webhook.
    pub fn send(&self, world: &World, channel: &Channel, event: Event) {
        let active = {
            let settings = channel.settings.read();
            settings.webhook_active && settings.webhook.is_some()
        };
        if !active {
            settle(event, Outcome::without_answer("inactive"));
            return;
        }
        let faults = &world.faults.plan().webhook;
        if world.faults.dice.chance(faults.drop) {
            world.stats.webhooks_dropped.fetch_add(1, Ordering::Relaxed);
            settle(event, Outcome::without_answer("dropped"));
            return;
        }
        let twin = world.faults.dice.chance(faults.duplicate).then(|| event.copy());
        self.queue(world, event, faults);
        if let Some(twin) = twin {
            self.queue(world, twin, faults);
        }
    }

    fn queue(&self, world: &World, event: Event, faults: &WebhookFaults) {
        world.barrier.webhooks_queued(1);
        let lane = &self.lanes[(event.lane % self.lanes.len() as u64) as usize];
        let mut queue = lane.queue.lock();
        if world.faults.dice.chance(faults.reorder) {
            queue.push_front(event);
        } else {
            queue.push_back(event);
        }
        drop(queue);
        lane.wake.notify_one();
    }
}

fn settle(mut event: Event, outcome: Outcome) {
    if let Some(waiter) = event.waiter.take() {
        // Nobody may be waiting any more.
        let _ = waiter.send(outcome);
    }
}

async fn run(world: Arc<World>, channel: Arc<Channel>, lane: Arc<Lane>) {
    let mut shutdown = world.shutdown.subscribe();
    loop {
        let batch = take(&world, &channel, &lane);
        if batch.is_empty() {
            tokio::select! {
                () = lane.wake.notified() => continue,
                _ = shutdown.changed() => return,
            }
        }
        channel.outbox.in_flight.fetch_add(batch.len(), Ordering::Relaxed);
        let count = batch.len();
        deliver(&world, &channel, batch).await;
        channel.outbox.in_flight.fetch_sub(count, Ordering::Relaxed);
        world.barrier.webhooks_settled(count);
    }
}

fn take(world: &World, channel: &Channel, lane: &Lane) -> Vec<Event> {
    let max = world.faults.plan().webhook.batch_max.unwrap_or(channel.settings.read().batch_max).max(1);
    let mut queue = lane.queue.lock();
    let count = queue.len().min(max);
    let mut batch: Vec<Event> = queue.drain(..count).collect();
    let reorder = world.faults.plan().webhook.reorder;
    if batch.len() > 1 && world.faults.dice.chance(reorder) {
        batch.reverse();
    }
    batch
}

async fn deliver(world: &Arc<World>, channel: &Arc<Channel>, batch: Vec<Event>) {
    let [least, most] = world.faults.plan().webhook.delay_ms;
    if most > 0 {
        let ms = least as f64 + most.saturating_sub(least) as f64 * world.faults.dice.fraction();
        tokio::time::sleep(Duration::from_micros((ms * 1000.0) as u64)).await;
    }
    let Some(url) = channel.settings.read().webhook.clone() else {
        batch.into_iter().for_each(|event| settle(event, Outcome::without_answer("inactive")));
        return;
    };
    let now = world.clock.now_ms();
    let mut body = format!("{{\"destination\":\"{}\",\"events\":[", channel.bot_user_id);
    for (at, event) in batch.iter().enumerate() {
        if at > 0 {
            body.push(',');
        }
        event.write(&mut body);
        if let Some(token) = &event.reply_token {
            channel.reply_tokens.delivered(token, now);
        }
    }
    body.push_str("]}");
    world.conformance.check_webhook(&body);
    let started = Instant::now();
    let answer = post(world, &channel.secret(), &url, body).await;
    let ms = started.elapsed().as_millis() as u64;
    for event in batch {
        finish(world, channel, event, answer, ms);
    }
}

fn finish(world: &Arc<World>, channel: &Arc<Channel>, mut event: Event, answer: Result<u16, &'static str>, ms: u64) {
    event.attempts += 1;
    let attempts = event.attempts;
    let (status, result) = match answer {
        Ok(status) if (200..300).contains(&status) => (Some(status), "ok"),
        Ok(status) => (Some(status), "error"),
        Err(reason) => (None, reason),
    };
    let again = (result != "ok" && channel.settings.read().redelivery && attempts < REDELIVERY_MAX).then(|| event.copy());
    let counter = if result == "ok" { &world.stats.webhooks_delivered } else { &world.stats.webhooks_failed };
    counter.fetch_add(1, Ordering::Relaxed);
    settle(event, Outcome { status, result, attempts, ms });
    if let Some(event) = again {
        let due = world.clock.now_ms() + (REDELIVERY_FIRST_MS << (attempts - 1));
        let (world_then, channel) = (world.clone(), channel.clone());
        world.plan(
            due,
            Box::new(move || {
                world_then.stats.webhooks_redelivered.fetch_add(1, Ordering::Relaxed);
                channel.outbox.queue(&world_then, event, &WebhookFaults::default());
            }),
        );
    }
}

async fn post(world: &World, secret: &str, url: &str, body: String) -> Result<u16, &'static str> {
    let request = world
        .http
        .post(url)
        .timeout(TIMEOUT)
        .header("content-type", "application/json; charset=utf-8")
        .header("user-agent", "LineBotWebhook/2.0")
        .header("x-line-signature", sign(secret, body.as_bytes()))
        .body(body);
    match request.send().await {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) if error.is_timeout() => Err("timeout"),
        Err(_) => Err("unreachable"),
    }
}

/// The verification request: no events, but signed.
pub async fn empty_call(world: &World, channel: &Channel, url: &str) -> Result<u16, &'static str> {
    let body = format!("{{\"destination\":\"{}\",\"events\":[]}}", channel.bot_user_id);
    post(world, &channel.secret(), url, body).await
}

/// base64(HMAC-SHA256(channel secret, body)) (Messaging API, "Verify webhook signature").
pub fn sign(secret: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { unreachable!("HMAC takes keys of any length") };
    mac.update(body);
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_line_computes() {
        let body = br#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#;
        assert_eq!(sign("8c570fa6dd201bb328f1c1eac23a96d8", body), "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=");
    }
}
