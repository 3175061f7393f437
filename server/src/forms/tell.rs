//! Who hears of what was sent: the log, the staff who look after the client, and the contact.

use portico_wire::{
    SubmissionId,
    forms::{Answers, Form},
};
use serde_json::{Value, json};

use super::{
    texts,
    ties::{Changes, Line, Person},
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    clients,
    db::StudioTx,
    happenings::{self, Happened, Item, What},
    mail::{self, Message},
    scope::PortalSession,
    studios::Studio,
};

/// Writes down what became of the client's fields.
pub async fn note_changes(
    tx: &mut StudioTx,
    session: &PortalSession,
    person: &Person,
    changes: &Changes,
) -> Result<()> {
    let client = Subject("client", Some(person.client.id.into_uuid()));
    let contact = Subject("contact", Some(person.contact.id.into_uuid()));
    let actor = Actor::of(session);
    for (subject, change, undo) in [
        (client, &changes.client, &changes.client_undo),
        (contact, &changes.contact, &changes.contact_undo),
    ] {
        if let Some(change) = change {
            audit::append_undoable(
                tx,
                &actor,
                "details updated",
                subject,
                change.clone(),
                undo.as_ref(),
                &session.caller.reference,
            )
            .await?;
        }
    }
    if changes.client.is_none() && changes.contact.is_none() {
        return Ok(());
    }
    let item = Item::Contact(person.contact.id);
    let name = person.contact.name();
    let happened = Happened::new(What::DetailsUpdated, person.client.id, &actor, item, name)
        .to(vec![person.contact.id])
        .again_at(tx.now());
    happenings::tell(tx, &happened).await
}

/// Writes down that a form was sent.
pub async fn note_submission(
    tx: &mut StudioTx,
    session: &PortalSession,
    form: &Form,
) -> Result<()> {
    audit::append(
        tx,
        &Actor::of(session),
        "form submitted",
        Subject("contact", Some(session.contact.into_uuid())),
        Change::made(&json!({ "form": form.title }))?,
        &session.caller.reference,
    )
    .await
}

/// What staff are told was sent.
pub struct Told<'a> {
    pub id: SubmissionId,
    pub form: &'a Form,
    pub answers: &'a Answers,
}

impl Told<'_> {
    /// Question and answer; a mail holds so many.
    fn rows(&self) -> Vec<Value> {
        let rows = self.form.fields.iter().filter_map(|field| {
            let answer = texts::answer(&field.kind, self.answers.get(&field.id)?);
            let mut short: String = answer.chars().take(500).collect();
            if short.len() < answer.len() {
                short.push('…');
            }
            Some(json!({ "label": field.label, "value": short }))
        });
        rows.take(60).collect()
    }
}

/// Mails the staff who look after the client.
pub async fn tell_staff(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    person: &Person,
    template: &str,
    lines: &[Line],
    told: Option<&Told<'_>>,
) -> Result<()> {
    let page = match told {
        Some(told) => format!("submissions/{}", told.id),
        None => format!("clients/{}", person.client.id),
    };
    let params = json!({
        "client": person.client.name,
        "contact": person.contact.name(),
        "form": told.map(|told| told.form.title.as_str()),
        "changes": lines,
        "answers": told.map(Told::rows).unwrap_or_default(),
        "page": format!("{}/admin/{page}", app.origin),
    });
    clients::tell::staff(app, tx, studio, person.client.group_id, template, params).await
}

/// Tells the contact that it arrived.
pub async fn confirm(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    person: &Person,
    form: &Form,
) -> Result<()> {
    let Some(email) = &person.contact.email else {
        return Ok(());
    };
    let params = json!({
        "first_name": person.contact.first_name,
        "title": form.title,
        "thanks": form.thanks,
    });
    let message = Message::mail(
        (Some(person.contact.id), email),
        "submission_received",
        params,
    );
    mail::send(app, tx, studio, message).await
}
