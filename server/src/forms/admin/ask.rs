//! "Ask to fill in a form": whom, until when; and who was asked.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{AssignmentId, ClientId, ContactId, FormId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        ask as asking,
        store::{self, Assignment, NewAssignment},
        texts,
    },
    LIST, frame, note, path,
};
use crate::{
    App, Result,
    audit::{Change, Subject},
    clients::{
        self,
        choose::{self, Purpose, Search},
        client_path,
    },
    clock::today,
    db::StudioTx,
    error::Error,
    mail::letters::store::{Recipient, recipients},
    scope::{Member, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

const PAGE: usize = 50;
pub const MOST_NOTE: usize = 1_000;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Before {
    before: Option<AssignmentId>,
}

/// `GET /admin/forms/{id}/asked`
pub async fn show_asked(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<FormId>,
    Query(asked): Query<Before>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let form = store::get_form(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = store::assignments_of_form(&mut tx, id, asked.before, most).await?;
    let shown = &found[..found.len().min(PAGE)];
    let people = match (shown.last(), shown.first()) {
        (Some(first), Some(last)) => store::asked_of_form(&mut tx, id, first.id, last.id).await?,
        _ => Vec::new(),
    };
    let day = today(tx.now(), &studio.time_zone);
    drop(tx);
    let lines: Vec<Value> = shown
        .iter()
        .map(|one| asking::line(one, &people, &day, &studio.time_zone))
        .collect();
    let next = shown.last().filter(|_| found.len() > PAGE);
    let body = json!({
        "frame": frame(&form, &session),
        "lines": lines,
        "today": day,
        "next": next.map(|one| format!("{}/asked?before={}", path(id), one.id)),
        "first": asked.before.map(|_| format!("{}/asked", path(id))),
    });
    admin::page(&app, &session, "forms/asked.html", body)
}

/// `GET /admin/forms/{id}/ask`: of which client.
pub async fn choose_client(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<FormId>,
    Query(asked): Query<Search>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let form = store::get_form(&mut tx, id).await?;
    drop(tx);
    let (own, address) = (path(id), format!("{}/ask", path(id)));
    let purpose = Purpose {
        title: "Ask to fill in a form",
        question: "Of which client?",
        above: &[("Forms", "/admin/forms"), (&form.name, &own)],
        address: &address,
    };
    let next = |client| format!("{}/ask?form={id}", client_path(client));
    choose::page(&app, &session, &asked, &purpose, next).await
}

#[derive(Default)]
struct Typed {
    form: String,
    /// Ids as they were sent; absent: the only one there is, if there is one.
    to: Option<Vec<String>>,
    due: String,
    note: String,
    errors: FieldErrors,
}

async fn page(app: &App, session: &StaffSession, id: ClientId, typed: Typed) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let client = clients::store::get_client(&mut tx, id).await?;
    let people = recipients(&mut tx, id).await?;
    let forms = store::form_names(&mut tx, false).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let day = today(tx.now(), &zone);
    drop(tx);
    let reachable = Recipient::reachable(&people);
    let people = Recipient::offered(&people, typed.to.as_deref());
    let body = json!({
        "client": { "id": client.id, "name": client.name },
        "people": people,
        "reachable": reachable,
        "forms": forms,
        "form": typed.form,
        "due": typed.due,
        "note": typed.note,
        "today": day,
        "errors": typed.errors,
    });
    admin::page(app, session, "forms/ask.html", body)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    form: String,
}

/// `GET /admin/clients/{id}/ask`
pub async fn show_ask(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Query(begin): Query<Begin>,
) -> Result<Response> {
    let typed = Typed {
        form: begin.form,
        ..Typed::default()
    };
    page(&app, &session, id, typed).await
}

/// Those of the client's people who were chosen.
fn among(people: &[Recipient], chosen: &[String], errors: &mut FieldErrors) -> Vec<ContactId> {
    let mut asked: Vec<&String> = chosen.iter().collect();
    asked.sort();
    asked.dedup();
    let to: Vec<&Recipient> = people
        .iter()
        .filter(|one| chosen.contains(&one.id.to_string()))
        .collect();
    if to.is_empty() {
        errors.add("to", "Please choose somebody to ask.");
    } else if to.len() < asked.len() {
        errors.add(
            "to",
            "Somebody you chose is no longer a contact of this client. Please choose again.",
        );
    } else if to.iter().any(|one| one.email.is_none()) {
        errors.add(
            "to",
            "Without an email address nobody gets into the portal.",
        );
    }
    to.iter().map(|one| one.id).collect()
}

/// The same people are asked the same already, and did not answer yet.
pub async fn is_asked(
    tx: &mut StudioTx,
    client: ClientId,
    form: FormId,
    contacts: &[ContactId],
) -> Result<bool> {
    let asked = store::assignments_of(tx, client).await?;
    let people = store::asked_of_client(tx, client).await?;
    Ok(asked
        .iter()
        .filter(|one| one.form_id == form && one.done_at.is_none() && one.withdrawn_at.is_none())
        .any(|one| {
            let mut named = people.iter().filter(|(id, _, _, _)| *id == one.id);
            named.any(|(_, contact, _, _)| contacts.contains(contact))
        }))
}

/// `POST /admin/clients/{id}/ask`
pub async fn ask(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    clients::store::get_client(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let mut typed = Typed {
        form: sent.text("form"),
        to: Some(sent.all("to").into_iter().map(ToOwned::to_owned).collect()),
        due: sent.text("due").trim().to_owned(),
        note: sent.text("note"),
        errors: FieldErrors::default(),
    };
    let people = recipients(&mut tx, id).await?;
    let chosen = typed.to.clone().unwrap_or_default();
    let contacts = among(&people, &chosen, &mut typed.errors);
    let note_text = typed.errors.optional("note", &typed.note, MOST_NOTE);
    let form: Option<FormId> = typed.form.parse().ok();
    match form {
        None => typed.errors.add("form", "Please choose a form."),
        Some(form) if is_asked(&mut tx, id, form, &contacts).await? => typed.errors.add(
            "to",
            "Somebody you chose is asked to fill in this form already and has not sent it yet. Remind them, or withdraw it first.",
        ),
        Some(_) => {}
    }
    if let (Some(form), true) = (form, typed.errors.is_empty()) {
        let new = NewAssignment {
            form,
            client: id,
            contacts: &contacts,
            due: Some(typed.due.as_str()).filter(|due| !due.is_empty()),
            note: note_text.as_deref(),
        };
        let (actor, reference) = (session.actor(), &session.visitor.reference);
        let done = asking::ask(&app, &mut tx, &studio, &new, true, &actor, reference).await;
        match done {
            Ok(_) => {
                tx.commit().await?;
                let to = format!("{}#forms", client_path(id));
                return Ok(redirect::see(
                    &to,
                    "Asked. A mail is on its way to whoever can get into the portal.",
                ));
            }
            Err(Error::Refused(refusal)) if refusal.field.is_some() => {
                let field = refusal.field.unwrap_or_default();
                typed.errors.add(field, refusal.detail);
            }
            Err(other) => return Err(other),
        }
    }
    drop(tx);
    let page = page(&app, &session, id, typed).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The page the buttons of a questionnaire stood on.
fn back(sent: &Sent, asked: &Assignment) -> String {
    match sent.text("from").as_str() {
        "client" => format!("{}#forms", client_path(asked.client_id)),
        _ => format!("{LIST}/{}/asked", asked.form_id),
    }
}

async fn log(
    tx: &mut StudioTx,
    session: &StaffSession,
    action: &'static str,
    asked: &Assignment,
    due: Option<&str>,
) -> Result<()> {
    let about = Subject("client", Some(asked.client_id.into_uuid()));
    let mut said = json!({ "form": asked.form_name });
    if let Some(due) = due {
        said["due"] = due.into();
    }
    note(tx, session, action, about, Change::made(&said)?).await
}

/// `POST /admin/questionnaires/{id}/withdraw`
pub async fn withdraw(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<AssignmentId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let asked = store::get_assignment(&mut tx, id).await?;
    let back = back(&sent, &asked);
    if !store::withdraw(&mut tx, id).await? {
        let notice = "This questionnaire is done or was withdrawn in the meantime.";
        return Ok(redirect::see(&back, notice));
    }
    log(&mut tx, &session, "questionnaire withdrawn", &asked, None).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &back,
        "Withdrawn. It is gone from the portal.",
    ))
}

/// `POST /admin/questionnaires/{id}/remind`
pub async fn remind(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<AssignmentId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let asked = store::get_assignment(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let count = asking::remind_now(&app, &mut tx, &studio, id).await?;
    let notice = match count {
        0 => "Nobody was reminded: they cannot get into the portal, or were reminded a moment ago."
            .to_owned(),
        1 => "A reminder is on its way.".to_owned(),
        many => format!("{many} reminders are on their way."),
    };
    if count > 0 {
        log(&mut tx, &session, "questionnaire reminded", &asked, None).await?;
        tx.commit().await?;
    }
    Ok(redirect::see(&back(&sent, &asked), &notice))
}

/// `POST /admin/questionnaires/{id}/due`: another last day, or none.
pub async fn change_due(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<AssignmentId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let asked = store::get_assignment(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let typed = sent.text("due");
    let due = Some(typed.trim()).filter(|due| !due.is_empty());
    asking::change_due(&mut tx, &studio, id, due).await?;
    let said = due.map_or_else(|| "none".to_owned(), texts::date);
    log(
        &mut tx,
        &session,
        "questionnaire's last day changed",
        &asked,
        Some(&said),
    )
    .await?;
    tx.commit().await?;
    let notice = match due {
        Some(_) => format!("The last day is {said} now."),
        None => "There is no last day now.".to_owned(),
    };
    Ok(redirect::see(&back(&sent, &asked), &notice))
}
