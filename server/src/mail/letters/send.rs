//! A mail staff write to people of one client, from the form to the outbox, and what became of it.

use portico_wire::{ClientId, MailId, StaffId, access::Channel};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Purpose, check, compose,
    forms::Words,
    store::{self, NewMail, Person, Recipient, Sent},
    tokens::{PORTAL_LINK, PORTAL_LINKED},
};
use crate::{
    App, Result,
    access::{self, LINK_SECONDS, links, reach::State},
    audit::{self, Actor, Change, Subject},
    db::StudioTx,
    error::Error,
    happenings::What,
    mail::{self, Message},
    studios::Studio,
    web::admin,
};

/// A mail that was checked and can go out.
pub struct Outgoing<'a> {
    pub id: MailId,
    pub client: ClientId,
    pub words: &'a Words,
    pub to: &'a [Recipient],
    pub staff: StaffId,
    pub staff_name: &'a str,
    pub reference: &'a str,
}

/// Whether each recipient gets a personal link.
pub fn carries_link(words: &Words) -> bool {
    check::tokens_in(&words.body, Purpose::Letter)
        .iter()
        .any(|name| [PORTAL_LINKED, PORTAL_LINK].contains(name))
}

/// Why this mail cannot go to these people, for people; the field it concerns first.
pub fn obstacle(
    studio: &Studio,
    words: &Words,
    to: &[Recipient],
) -> Option<(&'static str, String)> {
    if let Some(one) = to.iter().find(|one| one.email.is_none()) {
        let name = name(one);
        return Some(("to", format!("{name} has no email address.")));
    }
    if !carries_link(words) {
        return None;
    }
    if studio.check_open().is_err() {
        let text = "The client portal is closed at the moment, so a link to it would lead nowhere. Open it in the settings, or take the link out of the text.";
        return Some(("body", text.into()));
    }
    let shut = to.iter().find(|one| one.state.obstacle().is_some())?;
    let name = name(shut);
    let why = match shut.state {
        State::Duplicate => "the same email stands on another contact",
        _ => "the access is switched off",
    };
    Some((
        "body",
        format!(
            "{name} cannot get into the portal: {why}. Mend that first, leave {name} out, or take the portal link out of the text."
        ),
    ))
}

fn name(one: &Recipient) -> String {
    crate::clients::full_name(&one.first_name, &one.last_name)
}

/// Puts one mail for each recipient into the outbox. False where this mail went out before: the same form
/// was sent twice.
pub async fn send(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    mail: &Outgoing<'_>,
) -> Result<bool> {
    let new = NewMail {
        id: mail.id,
        client: mail.client,
        staff: mail.staff,
        staff_name: mail.staff_name,
        words: mail.words,
    };
    if !store::insert_mail(tx, &new).await? {
        return Ok(false);
    }
    let link = carries_link(mail.words);
    // The log names the subject as the first of them reads it.
    let mut first = None;
    for one in mail.to {
        let subject = send_one(app, tx, studio, mail, one, link).await?;
        first.get_or_insert(subject);
    }
    let to: Vec<String> = mail.to.iter().map(name).collect();
    let actor = Actor::Staff {
        id: mail.staff,
        name: mail.staff_name.to_owned(),
    };
    let change = Change::made(&json!({ "subject": first, "to": to.join(", ") }))?;
    let about = Subject("client", Some(mail.client.into_uuid()));
    audit::append(tx, &actor, "mail sent", about, change, mail.reference).await?;
    Ok(true)
}

/// The mail to one of them; its subject.
async fn send_one(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    mail: &Outgoing<'_>,
    one: &Recipient,
    link: bool,
) -> Result<String> {
    let email = one.email.as_deref().ok_or_else(Error::not_found)?;
    let person = Person {
        first_name: one.first_name.clone(),
        last_name: one.last_name.clone(),
        email: one.email.clone(),
        client_name: one.client_name.clone(),
    };
    let mut values = compose::values(app, studio, Some(&person), tx.now());
    compose::add_event(tx, &mut values, one.id).await?;
    let subject = compose::subject(&mail.words.subject, Purpose::Letter, &values)
        .map_err(|stopped| Error::invalid("subject", stopped.for_people()))?;
    let (mut secrets, mut expires_at) = (Value::Null, None);
    if link {
        let secret = links::create(tx, one.id).await?;
        secrets = json!({ "link": links::address(app, studio, &secret) });
        expires_at = Some(tx.now().plus_seconds(LINK_SECONDS));
        // Whoever holds a link was let in.
        if one.state == State::NotInvited {
            access::store::note_invitation(tx, one.id).await?;
            let by = Actor::Staff {
                id: mail.staff,
                name: mail.staff_name.to_owned(),
            };
            let what = What::PortalInvited;
            access::tell::happened(tx, one.id, what, Some(&by)).await?;
        }
    }
    let message = Message {
        contact: Some(one.id),
        channel: Channel::Email,
        recipient: email,
        template: Purpose::Letter.name(),
        params: json!({ "mail": mail.id, "subject": subject, "by": mail.staff_name }),
        secrets,
        expires_at,
    };
    mail::send(app, tx, studio, message).await?;
    Ok(subject)
}

/// A line of the mails on a client's page.
#[derive(Debug, Serialize)]
pub struct SentLine {
    subject: String,
    to: String,
    by: String,
    when: String,
    state: &'static str,
    tone: &'static str,
    why: String,
}

impl SentLine {
    pub fn of(app: &App, studio: &Studio, sent: &Sent) -> Self {
        let zone = &studio.time_zone;
        let own = sent.template == Purpose::Letter.name();
        let subject = match (sent.params["subject"].as_str(), portal_mail(&sent.template)) {
            (Some(subject), _) if own => subject.to_owned(),
            (_, Some(known)) => known.to_owned(),
            (_, None) => mail::subject(app, studio, &sent.template, &sent.params)
                .unwrap_or_else(|| "Mail of the portal".to_owned()),
        };
        let (state, tone, why) = match sent.state.as_str() {
            "sent" => ("Sent", "good", String::new()),
            "queued" => ("Queued", "", String::new()),
            "expired" => (
                "Not sent",
                "bad",
                "It waited until its link or password had run out.".into(),
            ),
            _ => ("Failed", "bad", sent.last_error.clone().unwrap_or_default()),
        };
        Self {
            subject,
            to: format!(
                "{} <{}>",
                crate::clients::full_name(&sent.first_name, &sent.last_name),
                sent.recipient
            ),
            by: sent.params["by"].as_str().unwrap_or("").to_owned(),
            when: admin::moment(sent.sent_at.unwrap_or(sent.created_at), zone),
            state,
            tone,
            why,
        }
    }
}

/// What staff call mails whose subject says little by itself.
fn portal_mail(template: &str) -> Option<&'static str> {
    Some(match template {
        "invitation" => "Invitation to the portal",
        "generated_password" => "Generated password",
        "reset" => "Link to choose a new password",
        "password_set" => "Notice: a password was set",
        "password_changed" => "Notice: the password was changed",
        _ => return None,
    })
}
