//! Mails and SMS: rows written in the transaction of what they tell about, made and delivered by
//! the worker. Secrets in them are encrypted until they have left, and erased then.

mod compose;
pub mod letters;
pub mod sms;
pub mod smtp;
pub mod store;

use std::sync::Mutex;

use portico_wire::{ContactId, OutboxId, Timestamp, access::Channel};
use serde_json::Value;

pub use compose::{Composed, subject};
use compose::{context, html, one_line};

use crate::{
    App, Result, config,
    db::StudioTx,
    jobs::{self, Job, Outcome},
    notifications,
    scope::StudioScope,
    studios::{self, Studio},
};

const SECRETS: &str = "outbox";

/// Something to tell somebody.
pub struct Message<'a> {
    pub contact: Option<ContactId>,
    pub channel: Channel,
    /// A mail address, or a number in E.164.
    pub recipient: &'a str,
    /// `mail/<template>.…`
    pub template: &'a str,
    pub params: Value,
    /// Parameters nobody may read in the database: codes, links.
    pub secrets: Value,
    /// Not sent after this moment.
    pub expires_at: Option<Timestamp>,
}

impl<'a> Message<'a> {
    /// A mail with nothing secret in it, good at any time. `to`: a contact, or staff, and the address.
    pub const fn mail(to: (Option<ContactId>, &'a str), template: &'a str, params: Value) -> Self {
        Self {
            contact: to.0,
            channel: Channel::Email,
            recipient: to.1,
            template,
            params,
            secrets: Value::Null,
            expires_at: None,
        }
    }
}

/// Puts a message into the outbox; it leaves when the transaction is committed. Mails of a kind that somebody has switched
/// off are passed over.
pub async fn send(
    app: &App,
    tx: &mut StudioTx,
    _studio: &Studio,
    message: Message<'_>,
) -> Result<()> {
    if message.channel == Channel::Email && !notifications::wants(tx, &message).await? {
        return Ok(());
    }
    let sealed = match &message.secrets {
        Value::Null => None,
        secrets => Some(app.keys.encrypt(SECRETS, &serde_json::to_vec(secrets)?)),
    };
    let outbox = store::insert(tx, &message, sealed).await?;
    jobs::enqueue(tx, &Job::Deliver { outbox }).await?;
    Ok(())
}

/// How mails and SMS leave this server.
pub struct Transport {
    smtp: Option<smtp::Smtp>,
    sms: Option<sms::Twilio>,
    /// The demo's mailbox page keeps what would have left.
    mailbox: Option<Mailbox>,
}

impl Transport {
    pub fn new(
        config: &config::Config,
        http: reqwest::Client,
    ) -> Result<Self, config::ConfigError> {
        let mailbox = (config.smtp_url.as_deref() == Some("mailbox:")).then(Mailbox::default);
        let smtp = match config.smtp_url.as_deref() {
            None | Some("mailbox:") => None,
            Some(url) => Some(smtp::Smtp::new(url, &config.mail_from)?),
        };
        Ok(Self {
            smtp,
            sms: config
                .twilio
                .clone()
                .map(|twilio| sms::Twilio::new(twilio, http)),
            mailbox,
        })
    }

    pub const fn can_send_sms(&self) -> bool {
        self.sms.is_some() || self.mailbox.is_some()
    }

    pub const fn mailbox(&self) -> Option<&Mailbox> {
        self.mailbox.as_ref()
    }
}

/// What a transport says of a message.
pub enum Sent {
    Yes,
    /// Perhaps later; the reason for people.
    NotNow(String),
    /// Never to this recipient; the reason for people.
    Never(String),
}

/// Delivers a row of the outbox: the work behind [`Job::Deliver`].
pub async fn deliver(app: &App, scope: StudioScope, outbox: OutboxId) -> Result<Outcome> {
    let mut tx = app.db.read(&scope).await?;
    let Some(row) = store::find_queued(&mut tx, outbox).await? else {
        return Ok(Outcome::Done);
    };
    let studio = studios::store::get(&mut tx).await?;
    let now = tx.now();
    let secrets = match &row.secrets {
        Some(sealed) => serde_json::from_slice(&app.keys.decrypt(SECRETS, sealed)?)?,
        None => Value::Null,
    };
    let letter = letters::compose::find(app, &mut tx, &studio, &row, &secrets).await?;
    drop(tx);
    if row.expires_at.is_some_and(|end| end <= now) {
        let mut tx = app.db.write(&scope).await?;
        store::mark_expired(&mut tx, outbox).await?;
        tx.commit().await?;
        return Ok(Outcome::Done);
    }
    let composed = compose_row(app, &studio, &row, &secrets, letter.as_ref())?;
    let sent = match (&app.mail.mailbox, row.channel) {
        (Some(mailbox), _) => mailbox.keep(&row.recipient, row.channel, &composed, now),
        (None, Channel::Email) => match &app.mail.smtp {
            Some(smtp) => {
                smtp.send(&studio, &row.recipient, &message_id(app, outbox), &composed)
                    .await
            }
            None => Sent::NotNow("smtp_url is not configured".into()),
        },
        (None, Channel::Sms) => match &app.mail.sms {
            Some(twilio) => twilio.send(&row.recipient, &composed.text).await,
            None => Sent::Never("SMS is not configured".into()),
        },
    };
    match sent {
        Sent::Yes => {
            let mut tx = app.db.write(&scope).await?;
            store::mark_sent(&mut tx, outbox).await?;
            tx.commit().await?;
            metrics::counter!("portico_messages_sent", "channel" => row.channel.name())
                .increment(1);
            Ok(Outcome::Done)
        }
        Sent::NotNow(reason) => Ok(Outcome::Retry(reason)),
        Sent::Never(reason) => Ok(Outcome::Dead(reason)),
    }
}

/// In the studio's own words where there are any. The portal's own mails go out in its own words rather
/// than not at all.
fn compose_row(
    app: &App,
    studio: &Studio,
    row: &store::Row,
    secrets: &Value,
    letter: Option<&letters::compose::Letter>,
) -> Result<Composed> {
    let Some(letter) = letter else {
        return compose::compose(app, studio, row, secrets);
    };
    match letters::compose::compose(app, studio, letter) {
        Err(error) if letter.purpose != letters::Purpose::Letter => {
            tracing::warn!(template = row.template, %error, "a studio's own words cannot be used");
            compose::compose(app, studio, row, secrets)
        }
        composed => composed,
    }
}

/// The same for every try, so that a second copy is recognised as one.
fn message_id(app: &App, outbox: OutboxId) -> String {
    format!("<{outbox}@{}>", app.origin.host())
}

/// The demo's messages, newest first.
#[derive(Default)]
pub struct Mailbox(Mutex<Vec<Kept>>);

#[derive(Clone, serde::Serialize)]
pub struct Kept {
    pub to: String,
    pub channel: Channel,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The calendar file that went along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    pub at: Timestamp,
}

impl Mailbox {
    fn keep(&self, to: &str, channel: Channel, composed: &Composed, at: Timestamp) -> Sent {
        let kept = Kept {
            to: to.into(),
            channel,
            subject: composed.subject.clone(),
            text: composed.text.clone(),
            html: composed.html.clone(),
            calendar: composed.calendar.clone(),
            at,
        };
        let mut messages = self.0.lock().expect("no holder panics");
        messages.insert(0, kept);
        messages.truncate(1000);
        Sent::Yes
    }

    pub fn messages(&self, to: Option<&str>) -> Vec<Kept> {
        let messages = self.0.lock().expect("no holder panics");
        messages
            .iter()
            .filter(|kept| to.is_none_or(|to| kept.to == to))
            .cloned()
            .collect()
    }
}
