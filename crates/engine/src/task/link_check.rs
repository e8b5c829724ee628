//! Looks whether an address in a message answers: public addresses only, no cookies, a time-out, three redirects at most,
//! each of them checked like the first.

use std::sync::Arc;

use reqwest::{Client, Method, Response};
use serde::Deserialize;
use url::Url;

use super::db::Task;
use super::kinds::{Done, payload};
use super::outbound::{self, is_open_web};
use super::run::Trouble;
use crate::broadcast::check::{LinkAnswer, note_answer};
use crate::engine::Engine;

/// Redirects followed.
const HOPS: usize = 3;

#[derive(Deserialize)]
struct Address {
    url: String,
}

/// Tries the address and keeps what it answered. An address that does not answer is an answer too.
pub(super) async fn look(engine: &Arc<Engine>, task: &Task) -> Done {
    let Address { url } = payload(task)?;
    let client = outbound::client().map_err(Trouble::Never)?;
    let answer = ask(client, &url, is_open_web).await;
    let (workspace, now) = (task.workspace, engine.clock.now_ms());
    engine
        .store
        .write(move |tx| note_answer(tx, workspace, &url, answer, now))
        .await
        .map_err(|error| Trouble::from((task, error)))?;
    Ok(None)
}

async fn ask(client: &Client, url: &str, allowed: fn(&Url) -> bool) -> (LinkAnswer, Option<u16>) {
    let Ok(mut url) = Url::parse(url) else { return (LinkAnswer::Private, None) };
    for _ in 0..=HOPS {
        if !allowed(&url) {
            return (LinkAnswer::Private, None);
        }
        let Some(response) = head_or_get(client, &url).await else { return (LinkAnswer::Unreachable, None) };
        let status = response.status().as_u16();
        match next_hop(&url, &response) {
            Some(next) => url = next,
            None => return (LinkAnswer::of_status(status), Some(status)),
        }
    }
    (LinkAnswer::Refused, None)
}

/// Some shops know no HEAD: what it refuses is asked for again by GET, whose body is not read.
async fn head_or_get(client: &Client, url: &Url) -> Option<Response> {
    let head = client.request(Method::HEAD, url.clone()).send().await;
    match head {
        Ok(response) if response.status().as_u16() < 400 => Some(response),
        _ => client.get(url.clone()).send().await.ok(),
    }
}

fn next_hop(from: &Url, response: &Response) -> Option<Url> {
    if !response.status().is_redirection() {
        return None;
    }
    let to = response.headers().get(reqwest::header::LOCATION)?.to_str().ok()?;
    from.join(to).ok()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// A shop whose pages answer by their path.
    async fn shop() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = [0; 2_048];
                let read = stream.read(&mut bytes).await.unwrap_or(0);
                let asked = String::from_utf8_lossy(&bytes[..read]).into_owned();
                let status = match asked.split(' ').take(2).collect::<Vec<_>>()[..] {
                    ["HEAD", "/no-head"] => "405 Method Not Allowed",
                    [_, "/sale" | "/no-head"] => "200 OK",
                    [_, "/moved"] => "301 Moved\r\nlocation: /sale",
                    [_, "/round"] => "302 Found\r\nlocation: /round",
                    [_, "/behind"] => "302 Found\r\nlocation: http://169.254.169.254/latest",
                    [_, "/broken"] => "503 Unavailable",
                    _ => "404 Not Found",
                };
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        address
    }

    #[tokio::test]
    async fn addresses_answer() {
        let shop = shop().await;
        // The binary does this once at its start.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        for (path, answer) in [
            ("/sale", (LinkAnswer::Ok, Some(200))),
            ("/no-head", (LinkAnswer::Ok, Some(200))),
            ("/moved", (LinkAnswer::Ok, Some(200))),
            ("/gone", (LinkAnswer::Missing, Some(404))),
            ("/broken", (LinkAnswer::Refused, Some(503))),
            ("/round", (LinkAnswer::Refused, None)),
            ("/behind", (LinkAnswer::Private, None)),
        ] {
            let allowed = |url: &Url| url.host_str() == Some("127.0.0.1");
            assert_eq!(ask(&client, &format!("{shop}{path}"), allowed).await, answer, "{path}");
        }
        assert_eq!(ask(&client, &format!("{shop}/sale"), is_open_web).await.0, LinkAnswer::Private);
        assert_eq!(ask(&client, "http://127.0.0.1:1/", |_| true).await.0, LinkAnswer::Unreachable);
    }
}
