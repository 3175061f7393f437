//! Configuration: `portico.toml`, then environment variables `PORTICO_…`; a table's key is
//! reached with two underscores (`PORTICO_LIMITS__CODE_SECONDS`), and every value can come from
//! a file instead (`PORTICO_SECRET_KEY_FILE`). Unknown keys are an error.

use std::{net::SocketAddr, path::Path};

use figment::{
    Figment,
    providers::{Format as _, Serialized, Toml},
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// The doc comments of these fields are the reference; `portico config check` prints the effective
/// values with secrets masked.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the backend listens.
    pub listen: SocketAddr,
    /// `sqlite:path/to/file.db` or `postgres://user:password@host/database`.
    pub database_url: String,
    /// Connections for reading (SQLite) or in all (PostgreSQL).
    pub database_connections: u32,
    /// The address people reach the backend at, where it listens unless told otherwise; links are built from it, never from a
    /// request.
    pub public_url: String,
    /// Whether `https://STUDIO.HOST` leads here too: a record and a certificate for `*.HOST` are there.
    pub subdomains: bool,
    /// The server that is asked about studios' own names, `ADDRESS:PORT`; absent: as this machine is set up.
    pub dns_server: Option<SocketAddr>,
    /// Where files are kept: `file:FOLDER`, or `s3://KEY:SECRET@HOST/BUCKET?region=REGION`.
    pub storage_url: String,
    /// At least 32 random characters; every other key is derived from it.
    pub secret_key: String,
    /// `smtp://user:password@host:587` (STARTTLS), `smtps://…` (TLS), either with `?ca=FILE` for a certificate
    /// authority of one's own; `smtp://127.0.0.1:25?tls=none`,
    /// or `mailbox:` for the demo's mailbox page.
    pub smtp_url: Option<String>,
    /// The sender of every mail; the studio's address goes into Reply-To.
    pub mail_from: String,
    /// Where Stripe's API is; another address only for a sandbox.
    pub stripe_url: String,
    /// The operator's own account there, which studios pay their subscription to: its secret key. Without it and a price
    /// subscriptions are settled by hand (`portico studio subscription`).
    pub billing_stripe_key: Option<String>,
    /// The price of a subscription (`price_…`).
    pub billing_stripe_price: Option<String>,
    /// The signing secret of the endpoint `/webhooks/stripe`; without it that is closed.
    pub billing_stripe_webhook_secret: Option<String>,
    /// The one before, as long as both are in use.
    pub billing_stripe_webhook_secret_before: Option<String>,
    /// SMS by Twilio; absent: codes go by email only.
    pub twilio: Option<Twilio>,
    /// Networks of the proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// With it `/metrics` asks for `Authorization: Bearer …`; without it only loopback may read.
    pub metrics_token: Option<String>,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// What is logged, in tracing's filter language.
    pub log_filter: String,
    pub limits: Limits,
    pub argon2: Argon2,
    /// The demo studio's own website (`portico demo` alone).
    pub demo_site_listen: SocketAddr,
    /// The payment sandbox (`portico demo` alone).
    pub demo_sandbox_listen: SocketAddr,
    /// The folder with the studios' example websites (`portico demo` alone).
    pub demo_examples: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Twilio {
    pub account_sid: String,
    pub auth_token: String,
    /// The sending number in E.164, or a messaging service's id.
    pub from: String,
    #[serde(default = "twilio_base")]
    pub base_url: String,
}

fn twilio_base() -> String {
    "https://api.twilio.com".into()
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

/// Limits on signing in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Seconds between two codes (or two reset mails) to one contact.
    pub code_seconds: i64,
    /// Codes to one contact in an hour.
    pub codes_per_hour: i64,
    /// Sign-in requests from one network address in a minute.
    pub per_address: u32,
    /// Failed sign-ins at one studio in a minute; beyond it failures are answered slowly and an alarm is raised.
    pub studio_failures: u32,
}

/// OWASP's figures for argon2id; cheaper ones are for tests alone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argon2 {
    pub memory_kib: u32,
    pub iterations: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 8080).into(),
            database_url: "sqlite:portico.db".into(),
            database_connections: 8,
            public_url: "http://127.0.0.1:8080".into(),
            subdomains: false,
            dns_server: None,
            storage_url: "file:portico-files".into(),
            secret_key: String::new(),
            smtp_url: None,
            mail_from: "Portico <portal@localhost>".into(),
            stripe_url: "https://api.stripe.com".into(),
            billing_stripe_key: None,
            billing_stripe_price: None,
            billing_stripe_webhook_secret: None,
            billing_stripe_webhook_secret_before: None,
            twilio: None,
            trusted_proxies: Vec::new(),
            metrics_token: None,
            log_format: LogFormat::Text,
            log_filter: "info".into(),
            limits: Limits {
                code_seconds: 60,
                codes_per_hour: 10,
                per_address: 60,
                studio_failures: 120,
            },
            argon2: Argon2 {
                memory_kib: 19_456,
                iterations: 2,
            },
            demo_site_listen: ([127, 0, 0, 1], 8090).into(),
            demo_sandbox_listen: ([127, 0, 0, 1], 8091).into(),
            demo_examples: "examples".into(),
        }
    }
}

/// Why the configuration cannot be used; says which key and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("configuration: {0}")]
    Figment(#[from] Box<figment::Error>),
    #[error("configuration: {0}")]
    Value(String),
}

impl Config {
    /// Reads `file` where it exists, then the environment, and checks the values.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let config = Self::read(file, std::env::vars())?;
        config.check()?;
        Ok(config)
    }

    /// Like [`Config::load`] without the check, for commands that fill in what is missing.
    pub fn read(
        file: &Path,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        if file.exists() {
            figment = figment.merge(Toml::file(file));
        }
        for (key, value) in env {
            let Some(key) = key.strip_prefix("PORTICO_") else {
                continue;
            };
            let (key, value) = match key.strip_suffix("_FILE") {
                Some(key) => (key, read_secret(&value)?),
                None => (key, value),
            };
            let key = key.to_lowercase().replace("__", ".");
            figment = figment.merge((key.as_str(), env_value(&value)));
        }
        let mut defaults = Self::default();
        if let Ok(listen) = figment.extract_inner::<SocketAddr>("listen") {
            // Nobody is reached at "every address of this machine".
            let host = match listen.ip().is_unspecified() {
                true => SocketAddr::from(([127, 0, 0, 1], listen.port())),
                false => listen,
            };
            defaults.public_url = format!("http://{host}");
        }
        figment
            .join(Serialized::defaults(defaults))
            .extract()
            .map_err(|e| ConfigError::Figment(Box::new(e)))
    }

    pub fn check(&self) -> Result<(), ConfigError> {
        let wrong = |text: &str| Err(ConfigError::Value(text.into()));
        if self.secret_key.len() < 32 {
            return wrong(
                "secret_key needs at least 32 random characters, for example from `openssl rand -hex 32`",
            );
        }
        if !self.database_url.starts_with("sqlite:") && !self.database_url.starts_with("postgres") {
            return wrong("database_url begins with sqlite: or postgres:");
        }
        if crate::web::origin::Origin::parse(&self.public_url).is_none() {
            return wrong(
                "public_url is an origin without a path, such as https://portal.example.com",
            );
        }
        if self.mail_from.parse::<lettre::message::Mailbox>().is_err() {
            return wrong("mail_from is a mail address such as Portico <portal@example.com>");
        }
        Ok(())
    }

    /// The effective configuration as TOML-like lines, secrets masked.
    pub fn masked(&self) -> String {
        let mut shown = self.clone();
        let mask = |secret: &mut String| {
            if !secret.is_empty() {
                *secret = "********".into();
            }
        };
        mask(&mut shown.secret_key);
        shown.database_url = mask_url(&shown.database_url);
        shown.storage_url = mask_url(&shown.storage_url);
        shown.smtp_url = shown.smtp_url.as_deref().map(mask_url);
        let secrets = [
            &mut shown.metrics_token,
            &mut shown.billing_stripe_key,
            &mut shown.billing_stripe_webhook_secret,
            &mut shown.billing_stripe_webhook_secret_before,
        ];
        secrets.into_iter().flatten().for_each(mask);
        if let Some(twilio) = &mut shown.twilio {
            mask(&mut twilio.auth_token);
        }
        serde_json::to_string_pretty(&shown).unwrap_or_default()
    }
}

/// Hides the password of `scheme://user:password@host`.
fn mask_url(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, rest)), Some((_, host))) => match rest.split_once(':') {
            Some((user, _)) if rest.contains('@') => format!("{scheme}://{user}:********@{host}"),
            _ => url.into(),
        },
        _ => url.into(),
    }
}

fn read_secret(path: &str) -> Result<String, ConfigError> {
    std::fs::read_to_string(path)
        .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
        .map_err(|e| ConfigError::Value(format!("{path}: {e}")))
}

/// Numbers, booleans and lists as such, everything else as text.
fn env_value(text: &str) -> figment::value::Value {
    let plain = || figment::value::Value::from(text);
    if text.starts_with('[') || text == "true" || text == "false" {
        return text.parse().unwrap_or_else(|_| plain());
    }
    text.parse::<i64>()
        .map_or_else(|_| plain(), figment::value::Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(env: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let env = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        Config::read(Path::new("/nonexistent/portico.toml"), env)
    }

    #[test]
    fn the_environment_wins_over_the_defaults_and_reaches_into_tables() {
        let config = read(&[
            ("PORTICO_LISTEN", "127.0.0.1:9999"),
            ("PORTICO_LIMITS__CODE_SECONDS", "1"),
        ])
        .unwrap();
        assert_eq!(config.listen.port(), 9999);
        assert_eq!(config.limits.code_seconds, 1);
        assert_eq!(config.limits.codes_per_hour, 10);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_it() {
        let error = read(&[("PORTICO_LISSEN", "127.0.0.1:1")])
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("lissen"), "{error}");
    }

    #[test]
    fn a_secret_can_come_from_a_file() {
        let path = std::env::temp_dir().join(format!("portico-secret-{}", std::process::id()));
        std::fs::write(&path, "0123456789abcdef0123456789abcdef\n").unwrap();
        let config = read(&[("PORTICO_SECRET_KEY_FILE", path.to_str().unwrap())]).unwrap();
        assert_eq!(config.secret_key, "0123456789abcdef0123456789abcdef");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn people_reach_it_where_it_listens_unless_told_otherwise() {
        let listen = ("PORTICO_LISTEN", "127.0.0.1:9090");
        assert_eq!(read(&[]).unwrap().public_url, "http://127.0.0.1:8080");
        assert_eq!(read(&[listen]).unwrap().public_url, "http://127.0.0.1:9090");
        for all in ["0.0.0.0:9090", "[::]:9090"] {
            let config = read(&[("PORTICO_LISTEN", all)]).unwrap();
            assert_eq!(config.public_url, "http://127.0.0.1:9090");
        }
        let told = ("PORTICO_PUBLIC_URL", "https://portal.example.com");
        let config = read(&[listen, told]).unwrap();
        assert_eq!(config.public_url, "https://portal.example.com");
    }

    #[test]
    fn passwords_are_masked_when_the_configuration_is_printed() {
        let mut config = read(&[]).unwrap();
        config.secret_key = "s3cret-s3cret-s3cret-s3cret-s3cret".into();
        config.database_url = "postgres://portico:hunter2@db/portico".into();
        config.smtp_url = Some("smtps://me:hunter2@mail.example.com".into());
        let shown = config.masked();
        assert!(
            !shown.contains("s3cret") && !shown.contains("hunter2"),
            "{shown}"
        );
        assert!(
            shown.contains("postgres://portico:********@db/portico"),
            "{shown}"
        );
    }

    #[test]
    fn the_example_is_a_configuration() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/portico.toml");
        let mut config = Config::read(&file, std::iter::empty()).unwrap();
        assert_eq!(config.public_url, "https://portal.example.com");
        config.secret_key = "x".repeat(32);
        config.check().unwrap();
    }

    #[test]
    fn an_all_digit_secret_stays_text() {
        let digits = "12345678901234567890123456789012";
        assert_eq!(
            read(&[("PORTICO_SECRET_KEY", digits)]).unwrap().secret_key,
            digits
        );
    }
}
