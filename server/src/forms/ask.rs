//! Questionnaires: a form goes to chosen contacts with a last day, and they are reminded of it.

use portico_wire::{
    AssignmentId, Code, ContactId, Timestamp,
    forms::{AskState, is_date},
};
use serde_json::{Value, json};

use super::{
    ask_state,
    store::{self, AskedContact, Assignment, NewAssignment},
    texts,
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    clients,
    clock::{at_hour, today},
    db::StudioTx,
    error::Error,
    happenings::{self, Happened, Item, What},
    jobs::{self, Job, Outcome},
    mail::{self, Message},
    scope::StudioScope,
    studios::{self, Studio},
    web::admin,
};

/// The hour of the studio's morning when reminders go out.
const HOUR: i8 = 9;
const DAYS_BEFORE: i32 = 3;

/// Asks contacts of a client to fill in a form together. With `tell` they get a mail about it; who cannot come
/// in yet gets none.
pub async fn ask(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    new: &NewAssignment<'_>,
    tell: bool,
    actor: &Actor,
    reference: &str,
) -> Result<AssignmentId> {
    let form = store::get_form(tx, new.form).await?;
    if form.archived_at.is_some() {
        return Err(Error::refused(
            Code::Conflict,
            "This form is archived. Take it back into use first.",
        ));
    }
    if new.contacts.is_empty() {
        return Err(Error::invalid(
            "contacts",
            "Please choose at least one contact.",
        ));
    }
    if let Some(due) = new.due {
        check_due(due, tx.now(), studio)?;
    }
    let id = store::insert_assignment(tx, new).await?;
    schedule(tx, studio, id, new.due).await?;
    let after = json!({ "form": form.name, "due": new.due });
    audit::append(
        tx,
        actor,
        "questionnaire sent",
        Subject("client", Some(new.client.into_uuid())),
        Change::made(&after)?,
        reference,
    )
    .await?;
    if tell {
        for contact in store::asked_contacts(tx, id).await? {
            let params = params(&contact, &form.definition.title, new.due, new.note);
            send(app, tx, studio, &contact, "questionnaire", params).await?;
        }
    }
    let item = Item::Questionnaire(id);
    let title = form.definition.title;
    let happened = Happened::new(What::FormAssigned, new.client, actor, item, title)
        .to(new.contacts.to_vec())
        .day(new.due.map(ToOwned::to_owned));
    happenings::tell(tx, &happened).await?;
    Ok(id)
}

/// Another last day, or none.
pub async fn change_due(
    tx: &mut StudioTx,
    studio: &Studio,
    id: AssignmentId,
    due: Option<&str>,
) -> Result<()> {
    if let Some(due) = due {
        check_due(due, tx.now(), studio)?;
    }
    if !store::save_due(tx, id, due).await? {
        return Err(Error::refused(
            Code::Conflict,
            "This questionnaire is done or was withdrawn in the meantime.",
        ));
    }
    schedule(tx, studio, id, due).await
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

/// Reminders of this last day; those of an earlier one find that it is not theirs any more.
async fn schedule(
    tx: &mut StudioTx,
    studio: &Studio,
    assignment: AssignmentId,
    due: Option<&str>,
) -> Result<()> {
    let Some(due) = due else { return Ok(()) };
    for (days, after) in [(-DAYS_BEFORE, false), (1, true)] {
        let at = morning(due, days, &studio.time_zone)?;
        if at > tx.now() {
            let due = due.to_owned();
            let job = Job::Remind {
                assignment,
                due,
                after,
            };
            jobs::enqueue_at(tx, &job, at).await?;
        }
    }
    Ok(())
}

/// So many days from a day, in the studio's morning.
fn morning(day: &str, days: i32, time_zone: &str) -> Result<Timestamp> {
    at_hour(day, days, HOUR, time_zone)
}

/// Reminds whoever is asked, once: the work behind [`Job::Remind`].
pub async fn remind(
    app: &App,
    scope: StudioScope,
    assignment: AssignmentId,
    due: &str,
    after: bool,
) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    let open = studio.check_open().is_ok();
    if !open || !store::take_reminder(&mut tx, assignment, due, after).await? {
        return Ok(Outcome::Done);
    }
    let asked = store::get_assignment(&mut tx, assignment).await?;
    for contact in store::asked_contacts(&mut tx, assignment).await? {
        let mut params = params(&contact, &asked.title, Some(due), asked.note.as_deref());
        params["late"] = after.into();
        params["started"] = asked.started.into();
        send(
            app,
            &mut tx,
            &studio,
            &contact,
            "questionnaire_reminder",
            params,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Reminds whoever is asked, now: the reminders of the last day still come. How many mails went out.
pub async fn remind_now(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    assignment: AssignmentId,
) -> Result<usize> {
    let asked = store::get_assignment(tx, assignment).await?;
    if asked.done_at.is_some() || asked.withdrawn_at.is_some() {
        return Err(Error::refused(
            Code::Conflict,
            "This questionnaire is done or was withdrawn in the meantime.",
        ));
    }
    let late = asked
        .due
        .as_deref()
        .is_some_and(|due| *due < *today(tx.now(), &studio.time_zone));
    let mut sent = 0;
    for contact in store::asked_contacts(tx, assignment).await? {
        if contact.email.is_none() || store::was_just_reminded(tx, contact.id).await? {
            continue;
        }
        let mut params = params(
            &contact,
            &asked.title,
            asked.due.as_deref(),
            asked.note.as_deref(),
        );
        params["late"] = late.into();
        params["started"] = asked.started.into();
        send(app, tx, studio, &contact, "questionnaire_reminder", params).await?;
        sent += 1;
    }
    Ok(sent)
}

fn params(contact: &AskedContact, title: &str, due: Option<&str>, note: Option<&str>) -> Value {
    json!({ "first_name": contact.first_name, "title": title, "due": due.map(texts::date), "note": note })
}

async fn send(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    to: &AskedContact,
    template: &str,
    params: Value,
) -> Result<()> {
    let Some(email) = &to.email else {
        return Ok(());
    };
    let message = Message::mail((Some(to.id), email), template, params);
    mail::send(app, tx, studio, message).await
}

/// A questionnaire as a list shows it.
pub fn line(
    asked: &Assignment,
    people: &[(AssignmentId, ContactId, String, String)],
    today: &str,
    zone: &str,
) -> Value {
    let state = ask_state(
        asked.done_at.is_some(),
        asked.started,
        asked.due.as_deref(),
        today,
    );
    let (label, tone) = match state {
        _ if asked.withdrawn_at.is_some() => ("Withdrawn", ""),
        AskState::New => ("New", ""),
        AskState::Started => ("Started", ""),
        AskState::Late => ("Late", "bad"),
        AskState::Done => ("Done", "good"),
    };
    let names: Vec<String> = people
        .iter()
        .filter(|(id, _, _, _)| *id == asked.id)
        .map(|(_, _, first, last)| clients::full_name(first, last))
        .collect();
    json!({
        "id": asked.id,
        "form_id": asked.form_id,
        "form": asked.form_name,
        "client_id": asked.client_id,
        "client": asked.client_name,
        "people": names.join(", "),
        "due": asked.due.as_deref().map(texts::date),
        "due_day": asked.due,
        "note": asked.note,
        "state": label,
        "tone": tone,
        "open": asked.done_at.is_none() && asked.withdrawn_at.is_none(),
        "started": asked.started,
        "asked_on": admin::day(asked.created_at, zone),
        "done_on": asked.done_at.map(|at| admin::day(at, zone)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reminders_go_out_in_the_studios_morning_whatever_its_clocks_do() {
        let at = |day, days, zone| morning(day, days, zone).unwrap().to_string();
        assert_eq!(
            at("2026-11-25", -3, "Europe/London"),
            "2026-11-22T09:00:00.000000Z"
        );
        assert_eq!(
            at("2026-07-31", 1, "Europe/London"),
            "2026-08-01T08:00:00.000000Z"
        );
        assert_eq!(
            at("2026-11-25", 1, "America/New_York"),
            "2026-11-26T14:00:00.000000Z"
        );
    }
}
