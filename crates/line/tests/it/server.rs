//! A server that answers as it is told, and remembers what it was asked.

use line::client::{AccessToken, BaseUrl, Client, Hosts, Http, HttpOptions};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a request it has read to its end.
#[derive(Clone)]
pub enum Act {
    /// Answers with status, headers and body.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Closes the connection without a word.
    Hangup,
    /// Never answers.
    Silence,
    /// Sends the head and a part of the promised body, then closes.
    HalfBody(u16),
}

impl Act {
    pub fn json(status: u16, body: &str) -> Self {
        let id = ("x-line-request-id", "req-1".to_owned());
        Self::Answer(status, vec![id], body.as_bytes().to_vec())
    }

    pub fn with(self, name: &'static str, value: &str) -> Self {
        match self {
            Self::Answer(status, mut headers, body) => {
                headers.push((name, value.to_owned()));
                Self::Answer(status, headers, body)
            }
            other => other,
        }
    }
}

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub target: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

pub struct Server {
    pub base: BaseUrl,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub async fn start(act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (act, kept) = (Arc::new(act), asked.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, act.clone(), kept.clone()));
            }
        });
        Self { base, asked }
    }

    pub async fn always(act: Act) -> Self {
        Self::start(move |_| act.clone()).await
    }

    pub fn client(&self) -> Client {
        self.client_with(HttpOptions::default())
    }

    pub fn client_with(&self, options: HttpOptions) -> Client {
        Client::new(Hosts::single(&self.base), Http::new(options).unwrap())
    }

    /// A client that soon loses patience.
    pub fn hasty_client(&self) -> Client {
        let soon = Duration::from_millis(200);
        self.client_with(HttpOptions { call_timeout: soon, chunk_timeout: soon, ..HttpOptions::default() })
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn last(&self) -> Asked {
        self.asked().pop().expect("a request")
    }
}

pub fn token() -> AccessToken {
    AccessToken::new("t0ken+/=").unwrap()
}

async fn serve(mut stream: TcpStream, act: Arc<impl Fn(&Asked) -> Act>, kept: Arc<Mutex<Vec<Asked>>>) {
    let mut buffer = Vec::new();
    while let Some(asked) = read(&mut stream, &mut buffer).await {
        kept.lock().unwrap().push(asked.clone());
        match act(&asked) {
            Act::Answer(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    head += &format!("{name}: {value}\r\n");
                }
                head += "\r\n";
                // One write: two would wait for each other (Nagle and delayed acknowledgement).
                if stream.write_all(&[head.as_bytes(), &body].concat()).await.is_err() {
                    return;
                }
            }
            Act::Hangup => return,
            Act::Silence => std::future::pending().await,
            Act::HalfBody(status) => {
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 100\r\nx-line-request-id: req-1\r\n\r\n{{");
                let _ = stream.write_all(head.as_bytes()).await;
                return;
            }
        }
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Asked> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers.get("content-length").map_or(0, |text| text.parse().unwrap());
    while buffer.len() < end + 4 + length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = buffer[end + 4..end + 4 + length].to_vec();
    buffer.drain(..end + 4 + length);
    Some(Asked { method, target, headers, body })
}
