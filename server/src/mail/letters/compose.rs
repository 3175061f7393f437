//! From words and values to a mail: the one way for letters, for the portal's own mails in a studio's
//! words, and for previews.

use portico_wire::{ContactId, Timestamp};
use serde_json::{Value, json};

use super::{
    Purpose,
    markdown::{self, Block},
    sandbox::{self, Stopped},
    store::{self, Person},
    tokens::{Kind, PORTAL_LINK, PORTAL_LINKED, TOKENS, Values},
};
use crate::{
    App, Result,
    db::StudioTx,
    error::Error,
    events,
    mail::{self, Composed, store::Row},
    studios::Studio,
    web::admin,
};

/// Subject and body as staff wrote them, and what their tokens stand for.
pub struct Letter {
    pub purpose: Purpose,
    /// Rendered already where it was fixed when the mail was sent.
    subject: Result<String, String>,
    body: String,
    values: Values,
}

impl Letter {
    /// Subject and body both as written, with tokens.
    pub const fn written(purpose: Purpose, subject: String, body: String, values: Values) -> Self {
        Self {
            purpose,
            subject: Err(subject),
            body,
            values,
        }
    }
}

/// What tokens stand for when this studio writes to this person; links and secrets are still to come.
pub fn values(app: &App, studio: &Studio, person: Option<&Person>, now: Timestamp) -> Values {
    let mut values = Values::examples();
    let portal = studio.portal_address(&app.origin);
    for token in TOKENS {
        if matches!(token.kind, Kind::Address | Kind::Button) {
            values.set(token.name, portal.clone());
        }
    }
    values.set("studio.name", &studio.name);
    values.set(
        "studio.email",
        studio.support_email.as_deref().unwrap_or(""),
    );
    values.set(
        "studio.phone",
        studio.support_phone.as_deref().unwrap_or(""),
    );
    values.set("date.today", admin::day(now, &studio.time_zone));
    if let Some(person) = person {
        let name = crate::clients::full_name(&person.first_name, &person.last_name);
        values.set("recipient.first_name", &person.first_name);
        values.set("recipient.last_name", &person.last_name);
        values.set("recipient.name", name);
        values.set("recipient.email", person.email.as_deref().unwrap_or(""));
        values.set("client.name", &person.client_name);
    }
    values
}

pub fn set_event(values: &mut Values, event: &events::Event) {
    values.set("event.title", &event.title);
    values.set("event.date", event.day_said());
    values.set("event.place", event.place_line());
}

/// The next event of whom it is about; nothing where there is none.
pub async fn add_event(tx: &mut StudioTx, values: &mut Values, contact: ContactId) -> Result<()> {
    let next = events::store::next_of_contact(tx, contact).await?;
    let (title, date, place) = next
        .map(|event| (event.title.clone(), event.day_said(), event.place_line()))
        .unwrap_or_default();
    values.set("event.title", title);
    values.set("event.date", date);
    values.set("event.place", place);
    Ok(())
}

/// The secrets of an outbox row become values.
fn reveal(values: &mut Values, purpose: Purpose, secrets: &Value) {
    let link: &[&str] = match purpose {
        Purpose::Letter | Purpose::Invitation => &[PORTAL_LINKED, PORTAL_LINK],
        Purpose::Reset => &["access.reset_linked", "access.reset_link"],
        Purpose::GeneratedPassword | Purpose::Code | Purpose::Contract => &[],
    };
    if let Some(address) = secrets["link"].as_str() {
        for name in link {
            values.set(name, address);
        }
    }
    for (name, key) in [("access.password", "password"), ("access.code", "code")] {
        values.set(name, secrets[key].as_str().unwrap_or(""));
    }
}

/// The letter behind a row of the outbox, if it is one: a mail of staff, or one of the portal's own for which
/// the studio has its own words.
pub async fn find(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    row: &Row,
    secrets: &Value,
) -> Result<Option<Letter>> {
    let Some(purpose) = Purpose::parse(&row.template) else {
        return Ok(None);
    };
    if row.channel != portico_wire::access::Channel::Email {
        return Ok(None);
    }
    let (subject, body) = if purpose == Purpose::Letter {
        let subject = row.params["subject"].as_str().unwrap_or("").to_owned();
        (Ok(subject), letter_body(tx, &row.params).await?)
    } else {
        match store::wording(tx, purpose).await? {
            Some(own) => (Err(own.subject), own.body),
            None => return Ok(None),
        }
    };
    // A test goes to staff and shows somebody else's values.
    let about: Option<ContactId> = match row.params["about"].as_str() {
        Some(about) => about.parse().ok(),
        None => row.contact_id,
    };
    let person = match about {
        Some(contact) => store::person(tx, contact).await?,
        None => None,
    };
    let mut values = values(app, studio, person.as_ref(), tx.now());
    // The address it goes to, also where somebody changed it since.
    if person.is_some() && row.params["about"].is_null() {
        values.set("recipient.email", &row.recipient);
    }
    if let Some(contact) = about {
        add_event(tx, &mut values, contact).await?;
    }
    // What an automation says of an event is of the one that started it.
    if let Some(event) = row.params["event"].as_str().and_then(|id| id.parse().ok())
        && let Some(event) = events::store::find(tx, event).await?
    {
        set_event(&mut values, &event);
    }
    if !secrets.is_null() {
        reveal(&mut values, purpose, secrets);
    }
    // A test of one of the portal's own mails is a letter with that mail's tokens.
    let purpose = row.params["purpose"]
        .as_str()
        .and_then(Purpose::parse)
        .unwrap_or(purpose);
    Ok(Some(Letter {
        purpose,
        subject,
        body,
        values,
    }))
}

async fn letter_body(tx: &mut StudioTx, params: &Value) -> Result<String> {
    if let Some(body) = params["body"].as_str() {
        return Ok(body.to_owned());
    }
    let mail = params["mail"].as_str().and_then(|id| id.parse().ok());
    let body = match mail {
        Some(mail) => store::mail_body(tx, mail).await?,
        None => None,
    };
    body.ok_or_else(|| Error::internal("a letter without a body"))
}

/// The subject with its values, as one line.
pub fn subject(source: &str, purpose: Purpose, values: &Values) -> Result<String, Stopped> {
    let filled = sandbox::render(source, purpose, values)?;
    let subject = mail::one_line(&filled.plain(&filled.text));
    Ok(subject.chars().take(400).collect())
}

/// Both parts of the mail, in the studio's colours.
pub fn compose(app: &App, studio: &Studio, letter: &Letter) -> Result<Composed> {
    let stopped = |stopped: Stopped| Error::internal(stopped.for_people());
    let Letter {
        purpose, values, ..
    } = letter;
    let subject = match &letter.subject {
        Ok(subject) => mail::one_line(subject),
        Err(source) => subject(source, *purpose, values).map_err(stopped)?,
    };
    let filled = sandbox::render(&letter.body, *purpose, values).map_err(stopped)?;
    let written = markdown::write(&filled);
    // A condition may have hidden what the mail is for.
    let needs = purpose.needs();
    let has = |name: &&str| {
        written.text.contains(values.get(name)) || shows(&written.blocks, values.get(name))
    };
    if !needs.is_empty() && !needs.iter().any(has) {
        return Err(Error::internal("a mail in own words lacks what it is for"));
    }
    let preview = beginning(&written.text);
    let mut context = mail::context(app, studio, &json!({}))?;
    context["subject"] = subject.clone().into();
    context["text"] = written.text.into();
    context["blocks"] = serde_json::to_value(&written.blocks)?;
    context["preview"] = preview.into();
    context["foot"] = purpose.foot().into();
    let text = app.pages.render("mail/letters/letter.text.txt", &context)?;
    let mjml = app.pages.render("mail/letters/letter.mjml", &context)?;
    Ok(Composed {
        subject,
        text,
        html: mail::html(&mjml)?,
        calendar: None,
    })
}

/// What mail programs show beside the subject: the first words, up to the first link.
fn beginning(text: &str) -> String {
    let label = |line: &&str| {
        TOKENS.iter().any(|token| {
            token.kind == Kind::Button && line.strip_suffix(':') == Some(token.example)
        })
    };
    let words: Vec<&str> = text
        .lines()
        .take_while(|line| !line.contains("://") && !label(line))
        .collect();
    mail::one_line(&words.join(" ")).chars().take(120).collect()
}

fn shows(blocks: &[Block], value: &str) -> bool {
    blocks
        .iter()
        .any(|block| matches!(block, Block::Button { to: text, .. } | Block::Code(text) if text == value))
}
