//! Asking for a document: whom, until when, and reminders of that day.

use portico_wire::{
    Code, DocumentRequestId, Timestamp, documents::DocumentRequestState, forms::is_date,
};
use serde_json::{Value, json};

use super::{
    store::{self, NewRequest, Person, Request},
    tell,
};
use crate::{
    App, Result,
    audit::{Actor, Change},
    clock::{at_hour, today},
    db::StudioTx,
    error::Error,
    forms::texts,
    happenings::{self, Happened, Item, What},
    jobs::{self, Job, Outcome},
    mail::{self, Message},
    scope::StudioScope,
    studios::{self, Studio},
};

/// The hour of the studio's morning when reminders go out.
const HOUR: i8 = 9;
const DAYS_BEFORE: i32 = 3;

/// Asks contacts for a document; those who can come in get a mail.
pub async fn ask(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    new: &NewRequest<'_>,
    actor: &Actor,
    reference: &str,
) -> Result<DocumentRequestId> {
    if new.contacts.is_empty() {
        return Err(Error::invalid("to", "Please choose somebody to ask."));
    }
    if let Some(due) = new.due {
        check_due(due, tx.now(), studio)?;
    }
    let id = store::insert_request(tx, new).await?;
    if let Some(due) = new.due {
        schedule(tx, studio, id, due).await?;
    }
    let after = json!({ "document": new.title, "due": new.due });
    let change = Change::made(&after)?;
    tell::note(
        tx,
        actor,
        reference,
        new.client,
        "document asked for",
        change,
    )
    .await?;
    for person in store::asked_contacts(tx, id).await? {
        let params = params(&person, new.title, new.note, new.due);
        send(app, tx, studio, &person, "document_request", params).await?;
    }
    let (what, item) = (What::DocumentRequested, Item::DocumentRequest(id));
    let happened = Happened::new(what, new.client, actor, item, new.title)
        .to(new.contacts.to_vec())
        .day(new.due.map(ToOwned::to_owned));
    happenings::tell(tx, &happened).await?;
    Ok(id)
}

fn check_due(due: &str, now: Timestamp, studio: &Studio) -> Result<()> {
    if !is_date(due) {
        return Err(Error::invalid("due", "Choose a date."));
    }
    if *due < *today(now, &studio.time_zone) {
        return Err(Error::invalid(
            "due",
            "This day is over. Choose a later one.",
        ));
    }
    Ok(())
}

async fn schedule(
    tx: &mut StudioTx,
    studio: &Studio,
    request: DocumentRequestId,
    due: &str,
) -> Result<()> {
    for (days, after) in [(-DAYS_BEFORE, false), (1, true)] {
        let at = at_hour(due, days, HOUR, &studio.time_zone)?;
        if at > tx.now() {
            let due = due.to_owned();
            let job = Job::RemindDocument {
                request,
                due,
                after,
            };
            jobs::enqueue_at(tx, &job, at).await?;
        }
    }
    Ok(())
}

fn params(person: &Person, title: &str, note: Option<&str>, due: Option<&str>) -> Value {
    json!({ "first_name": person.first_name, "title": title, "note": note, "due": due.map(texts::date) })
}

async fn send(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    person: &Person,
    template: &str,
    params: Value,
) -> Result<bool> {
    let Some(email) = &person.email else {
        return Ok(false);
    };
    let message = Message::mail((Some(person.id), email), template, params);
    mail::send(app, tx, studio, message).await?;
    Ok(true)
}

/// Reminds whoever is asked, once: the work behind [`Job::RemindDocument`].
pub async fn remind(
    app: &App,
    scope: StudioScope,
    request: DocumentRequestId,
    due: &str,
    after: bool,
) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    let open = studio.check_open().is_ok();
    if !open || !store::take_reminder(&mut tx, request, due, after).await? {
        return Ok(Outcome::Done);
    }
    let asked = store::request(&mut tx, request).await?;
    let asked = asked.ok_or_else(Error::not_found)?;
    for person in store::asked_contacts(&mut tx, request).await? {
        reminder(app, &mut tx, &studio, &asked, &person, after).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}

async fn reminder(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    asked: &Request,
    person: &Person,
    late: bool,
) -> Result<bool> {
    let mut params = params(
        person,
        &asked.title,
        asked.note.as_deref(),
        asked.due.as_deref(),
    );
    params["late"] = late.into();
    send(app, tx, studio, person, "document_reminder", params).await
}

/// Reminds whoever is asked, now: the reminders of the last day still come. How many mails went out.
pub async fn remind_now(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    asked: &Request,
) -> Result<usize> {
    if asked.state != DocumentRequestState::Open {
        return Err(over());
    }
    let late = is_late(asked.due.as_deref(), &today(tx.now(), &studio.time_zone));
    let mut sent = 0;
    for person in store::asked_contacts(tx, asked.id).await? {
        if !store::was_just_reminded(tx, person.id).await?
            && reminder(app, tx, studio, asked, &person, late).await?
        {
            sent += 1;
        }
    }
    Ok(sent)
}

pub fn over() -> Error {
    Error::refused(
        Code::Conflict,
        "This was answered or taken back in the meantime.",
    )
}

pub fn is_late(due: Option<&str>, today: &str) -> bool {
    due.is_some_and(|due| due < today)
}
