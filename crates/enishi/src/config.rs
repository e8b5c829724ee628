//! Settings: the documented `enishi.toml` built in, a file beside it, and the environment over both.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use engine::engine::{RateScale, Settings};
use engine::notice::Mail;
use line::client::{BaseUrl, Hosts};
use serde::Deserialize;
use url::Url;

/// The defaults and their documentation.
pub const DEFAULT: &str = include_str!("../enishi.toml");

/// Every key with its environment variable.
const KEYS: &[(&str, &str)] = &[
    ("listen", "ENISHI_LISTEN"),
    ("data_dir", "ENISHI_DATA_DIR"),
    ("public_url", "ENISHI_PUBLIC_URL"),
    ("database_url", "DATABASE_URL"),
    ("key", "ENISHI_KEY"),
    ("key_file", "ENISHI_KEY_FILE"),
    ("line_api_base", "ENISHI_LINE_API_BASE"),
    ("line_data_base", "ENISHI_LINE_DATA_BASE"),
    ("line_access_base", "ENISHI_LINE_ACCESS_BASE"),
    ("line_rate_scale", "ENISHI_LINE_RATE_SCALE"),
    ("clock", "ENISHI_CLOCK"),
    ("trusted_proxies", "ENISHI_TRUSTED_PROXIES"),
    ("smtp_url", "ENISHI_SMTP_URL"),
    ("mail_from", "ENISHI_MAIL_FROM"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: String,
    data_dir: PathBuf,
    public_url: String,
    database_url: String,
    key: String,
    key_file: String,
    line_api_base: String,
    line_data_base: String,
    line_access_base: String,
    line_rate_scale: String,
    clock: String,
    trusted_proxies: String,
    smtp_url: String,
    mail_from: String,
}

/// Where domain time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSource {
    /// The machine.
    System,
    /// The simulator at the API host.
    Sim,
}

/// Checked settings.
#[derive(Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Files.
    pub data_dir: PathBuf,
    /// Customers' and LINE's address.
    pub public_url: Url,
    /// Where tracked links begin, if customers reach us.
    pub link_base: Option<Url>,
    /// The database.
    pub store: store::Config,
    /// LINE.
    pub hosts: Hosts,
    /// The API host as text, for the simulator's clock.
    pub api_base: Url,
    /// Pacing.
    pub rate_scale: RateScale,
    /// Time.
    pub clock: ClockSource,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: server::TrustedProxies,
    /// How mail leaves.
    pub mail: Option<Mail>,
    key: String,
    key_file: PathBuf,
}

impl Config {
    /// Reads `enishi.toml` (or `ENISHI_CONFIG`) and the environment.
    pub fn load() -> Result<Self> {
        let env = |name: &str| std::env::var(name).ok();
        Self::assemble(own_file(env("ENISHI_CONFIG"))?, env)
    }

    /// Settings of values given by the program alone, whatever the environment says.
    pub fn with(values: &[(&str, &str)]) -> Result<Self> {
        Self::assemble(None, |name| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    fn assemble(own: Option<(PathBuf, String)>, env: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut table: toml::Table = DEFAULT.parse().context("built-in enishi.toml")?;
        if let Some((path, text)) = own {
            let own: toml::Table = text.parse().with_context(|| format!("設定ファイル {} を読めません", path.display()))?;
            for (key, value) in own {
                if !table.contains_key(&key) {
                    bail!("設定ファイル {} の「{key}」という項目はありません", path.display());
                }
                table.insert(key, value);
            }
        }
        for (key, name) in KEYS {
            if let Some(value) = env(name).filter(|value| !value.is_empty()) {
                table.insert((*key).to_owned(), toml::Value::String(value));
            }
        }
        table.try_into::<File>().context("設定の形が正しくありません")?.check()
    }

    /// The engine's part.
    pub fn settings(&self) -> Settings {
        Settings {
            public_url: self.public_url.clone(),
            link_base: self.link_base.clone(),
            data_dir: self.data_dir.clone(),
            key_place: self.key_place(),
            hosts: self.hosts.clone(),
            rate_scale: self.rate_scale,
            mail: self.mail.clone(),
        }
    }

    /// The master key; made and kept in the key file when there is none yet.
    pub fn key(&self) -> Result<[u8; 32]> {
        if !self.key.is_empty() {
            return parse_key(&self.key).context("ENISHI_KEY");
        }
        match std::fs::read_to_string(&self.key_file) {
            Ok(text) => {
                refuse_open_file(&self.key_file)?;
                parse_key(text.trim()).with_context(|| format!("鍵ファイル {}", self.key_file.display()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_key(&self.key_file),
            Err(error) => Err(error).with_context(|| format!("鍵ファイル {} を読めません", self.key_file.display())),
        }
    }

    /// Where the key stands: the variable's name or the file's.
    pub fn key_place(&self) -> String {
        if self.key.is_empty() { self.key_file.display().to_string() } else { "ENISHI_KEY".to_owned() }
    }
}

fn own_file(named: Option<String>) -> Result<Option<(PathBuf, String)>> {
    let named = named.map(PathBuf::from);
    let path = named.clone().unwrap_or_else(|| PathBuf::from("enishi.toml"));
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => Ok(None),
        Err(error) => Err(error).with_context(|| format!("設定ファイル {} を読めません", path.display())),
    }
}

impl File {
    fn check(self) -> Result<Config> {
        let listen: SocketAddr = self
            .listen
            .parse()
            .with_context(|| format!("ENISHI_LISTEN「{}」は 127.0.0.1:8080 の形で指定してください", self.listen))?;
        let is_public = !self.public_url.is_empty();
        let public_url = if self.public_url.is_empty() { format!("http://{listen}") } else { self.public_url };
        let public_url =
            Url::parse(&public_url).with_context(|| format!("ENISHI_PUBLIC_URL「{public_url}」はURLではありません"))?;
        let store = if self.database_url.is_empty() {
            store::Config::sqlite(self.data_dir.join("enishi.db"))
        } else {
            store::Config::postgres(&self.database_url).context("DATABASE_URL")?
        };
        let base = |name: &str, text: &str| text.parse::<BaseUrl>().with_context(|| name.to_owned());
        let hosts = Hosts {
            api: base("ENISHI_LINE_API_BASE", &self.line_api_base)?,
            api_data: base("ENISHI_LINE_DATA_BASE", &self.line_data_base)?,
            access: base("ENISHI_LINE_ACCESS_BASE", &self.line_access_base)?,
        };
        let rate_scale = rate_scale(&self.line_rate_scale)?;
        let mail = mail(self.smtp_url, &self.mail_from)?;
        let clock = match self.clock.as_str() {
            "system" => ClockSource::System,
            "sim" => ClockSource::Sim,
            other => bail!("ENISHI_CLOCK「{other}」は system か sim です"),
        };
        // Time and limits may be bent only where no real customer can be reached.
        if !hosts.all_loopback() && (rate_scale != RateScale::Factor(1.0) || clock == ClockSource::Sim) {
            bail!("ENISHI_LINE_RATE_SCALE と ENISHI_CLOCK=sim は、LINEの宛先3つがすべてこのマシン(127.0.0.1)のときだけ使えます");
        }
        // Without a public address links of ours would lead customers nowhere; with a simulator all of them are here.
        let link_base = (is_public || hosts.all_loopback()).then(|| public_url.clone());
        let key_file = if self.key_file.is_empty() { self.data_dir.join("key") } else { PathBuf::from(self.key_file) };
        Ok(Config {
            listen,
            public_url,
            link_base,
            store,
            hosts,
            api_base: Url::parse(&self.line_api_base).context("ENISHI_LINE_API_BASE")?,
            rate_scale,
            clock,
            trusted_proxies: self.trusted_proxies.parse().map_err(|error: String| anyhow::anyhow!(error))?,
            mail,
            key: self.key,
            key_file,
            data_dir: self.data_dir,
        })
    }
}

/// Never repeats the address in an error: it holds a password.
fn mail(url: String, from: &str) -> Result<Option<Mail>> {
    match (url.is_empty(), from.is_empty()) {
        (true, true) => Ok(None),
        (false, false) => Mail::new(&url.into(), from).map(Some).map_err(|why| anyhow::anyhow!("ENISHI_SMTP_URL: {why}")),
        _ => bail!("メールを送るには ENISHI_SMTP_URL と ENISHI_MAIL_FROM の両方を指定してください"),
    }
}

fn rate_scale(text: &str) -> Result<RateScale> {
    if text == "off" {
        return Ok(RateScale::Off);
    }
    match text.parse::<f64>() {
        Ok(factor) if factor.is_finite() && factor > 0.0 => Ok(RateScale::Factor(factor)),
        _ => bail!("ENISHI_LINE_RATE_SCALE「{text}」は正の数か off です"),
    }
}

fn parse_key(text: &str) -> Result<[u8; 32]> {
    let bytes = hex::decode(text).ok().or_else(|| base64::engine::general_purpose::STANDARD.decode(text).ok());
    bytes.and_then(|bytes| bytes.try_into().ok()).context("鍵は32バイト(16進64桁かbase64)です。例: openssl rand -hex 32")
}

fn make_key(path: &Path) -> Result<[u8; 32]> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    #[expect(clippy::disallowed_methods, reason = "the master key is drawn here, once")]
    let key: [u8; 32] = rand::random();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} を作れません", folder.display()))?;
    }
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(mut file) => {
            file.write_all(hex::encode(key).as_bytes()).and_then(|()| file.sync_all())?;
            Ok(key)
        }
        // Another process of this machine made it at the same moment: that one counts.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => parse_key(std::fs::read_to_string(path)?.trim()),
        Err(error) => Err(error).with_context(|| format!("鍵ファイル {} を作れません", path.display())),
    }
}

fn refuse_open_file(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)?.permissions().mode() & 0o077;
    if mode != 0 {
        bail!("鍵ファイル {} を他の人が読めます。chmod 600 で直してください", path.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(values: &[(&str, &str)]) -> Result<Config> {
        Config::with(values)
    }

    #[test]
    fn defaults_stand() {
        let config = with(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:8080/");
    }

    #[test]
    fn links_are_ours_only_where_customers_reach_us() {
        assert_eq!(with(&[]).unwrap().link_base, None);
        let public = with(&[("ENISHI_PUBLIC_URL", "https://crm.example")]).unwrap();
        assert_eq!(public.link_base.unwrap().as_str(), "https://crm.example/");
        let sim = "http://127.0.0.1:9000";
        let hosts = ["ENISHI_LINE_API_BASE", "ENISHI_LINE_DATA_BASE", "ENISHI_LINE_ACCESS_BASE"].map(|name| (name, sim));
        assert_eq!(with(&hosts).unwrap().link_base.unwrap().as_str(), "http://127.0.0.1:8080/");
    }

    #[test]
    fn time_is_not_bent_against_line() {
        assert!(with(&[("ENISHI_CLOCK", "sim")]).is_err());
        assert!(with(&[("ENISHI_LINE_RATE_SCALE", "off")]).is_err());
        const LOCAL: &str = "http://127.0.0.1:8090";
        assert!(
            with(&[
                ("ENISHI_LINE_API_BASE", LOCAL),
                ("ENISHI_LINE_DATA_BASE", LOCAL),
                ("ENISHI_LINE_ACCESS_BASE", LOCAL),
                ("ENISHI_CLOCK", "sim")
            ])
            .is_ok()
        );
    }

    #[test]
    fn every_key_has_its_variable() {
        let table: toml::Table = DEFAULT.parse().unwrap();
        let mut keys: Vec<&str> = table.keys().map(String::as_str).collect();
        let mut known: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        known.sort_unstable();
        assert_eq!(keys, known);
    }

    #[test]
    fn bad_settings_say_so() {
        assert!(with(&[("ENISHI_LISTEN", "8080")]).is_err());
        assert!(with(&[("ENISHI_LINE_API_BASE", "http://api.example")]).is_err());
        assert!(with(&[("ENISHI_LINE_RATE_SCALE", "-1")]).is_err());
        assert!(with(&[("ENISHI_SMTP_URL", "smtps://mail.example")]).is_err(), "nobody to send from");
        let secret = with(&[("ENISHI_SMTP_URL", "ftp://user:himitsu@mail.example"), ("ENISHI_MAIL_FROM", "shop@example.com")]);
        assert!(!format!("{:#}", secret.err().unwrap()).contains("himitsu"));
    }

    #[test]
    fn mail_needs_a_server_and_a_sender() {
        let mail = [("ENISHI_SMTP_URL", "smtps://user:himitsu@mail.example"), ("ENISHI_MAIL_FROM", "店 <shop@example.com>")];
        let config = with(&mail).unwrap();
        assert!(!format!("{:?}", config.settings()).contains("himitsu"));
        assert!(with(&[]).unwrap().mail.is_none());
    }
}
