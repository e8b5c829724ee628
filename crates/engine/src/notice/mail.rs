//! Mail over the shop's SMTP server.

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

/// How mail leaves, from `enishi.toml` or the environment.
#[derive(Clone)]
pub struct Mail {
    from: Mailbox,
    server: AsyncSmtpTransport<Tokio1Executor>,
    patience: Duration,
}

impl std::fmt::Debug for Mail {
    // The server's address holds a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mail(from {})", self.from)
    }
}

impl Mail {
    /// `smtps://user:password@host` or `smtp://…?tls=required`, and the sender's address.
    ///
    /// # Errors
    /// What is wrong, without the address itself.
    pub fn new(url: &SecretString, from: &str) -> Result<Self, String> {
        Self::with_patience(url, from, Duration::from_secs(15))
    }

    /// As [`Mail::new`], for a server that may take this long for a mail.
    ///
    /// # Errors
    /// As [`Mail::new`].
    pub fn with_patience(url: &SecretString, from: &str, patience: Duration) -> Result<Self, String> {
        let from = from.parse().map_err(|_| "送信元のメールアドレスが正しくありません".to_owned())?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|_| "smtps://ユーザー名:パスワード@ホスト名 の形で指定してください".to_owned())?;
        Ok(Self { from, server: server.timeout(Some(patience)).build(), patience })
    }

    /// Sends one mail. The error tells whether another try may help.
    pub(super) async fn send(&self, to: &str, subject: &str, body: String) -> Result<(), MailError> {
        let to: Mailbox = to.parse().map_err(|_| MailError::Never("メールアドレスが正しくありません".to_owned()))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(body)
            .map_err(|error| MailError::Never(error.to_string()))?;
        // The library's own time-out ends with the connection's beginning; a server may fall silent later.
        match tokio::time::timeout(self.patience, self.server.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() => Err(MailError::Never(error.to_string())),
            Ok(Err(error)) => Err(MailError::Later(error.to_string())),
            Err(_) => Err(MailError::Later("メールサーバーから応答がありませんでした".to_owned())),
        }
    }
}

/// Why a mail did not go.
pub(super) enum MailError {
    /// Worth another try.
    Later(String),
    /// Will never work.
    Never(String),
}
