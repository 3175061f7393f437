//! "Ask to fill in" for people ticked among the portal's users: each client gets a questionnaire of its own.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, ContactId, FormId};
use serde_json::{Value, json};

use super::{
    super::{
        ask as asking,
        store::{self, NewAssignment},
    },
    ask::{MOST_NOTE, is_asked},
    path,
};
use crate::{
    App, Result,
    access::store::{PortalUser, portal_user},
    clock::today,
    db::StudioTx,
    error::Error,
    scope::{Member, StaffSession},
    studios,
    web::{
        admin,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// People asked at once; a page of the list has fifty.
const MOST: usize = 200;
const USERS: &str = "/admin/portal-users";

/// The people of one client who were chosen and have an email address.
struct Group {
    client: ClientId,
    name: String,
    people: Vec<PortalUser>,
}

struct Chosen {
    groups: Vec<Group>,
    /// Who has no email address, by name.
    without: Vec<String>,
}

/// 404 where one of them is none of the studio's.
async fn chosen(tx: &mut StudioTx, ids: &[&str]) -> Result<Chosen> {
    let mut chosen = Chosen {
        groups: Vec::new(),
        without: Vec::new(),
    };
    for id in ids {
        let id: ContactId = id.parse().map_err(|_| Error::not_found())?;
        let user = portal_user(tx, id).await?.ok_or_else(Error::not_found)?;
        if user.email.is_none() {
            chosen.without.push(user.name());
            continue;
        }
        match chosen
            .groups
            .iter_mut()
            .find(|group| group.client == user.client_id)
        {
            Some(group) if group.people.iter().any(|one| one.id == id) => {}
            Some(group) => group.people.push(user),
            None => chosen.groups.push(Group {
                client: user.client_id,
                name: user.client_name.clone(),
                people: vec![user],
            }),
        }
    }
    chosen.groups.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(chosen)
}

async fn page(
    app: &App,
    session: &StaffSession,
    tx: &mut StudioTx,
    chosen: &Chosen,
    sent: &Sent,
    errors: &FieldErrors,
) -> Result<Response> {
    let forms = store::form_names(tx, false).await?;
    let studio = studios::store::get(tx).await?;
    let groups: Vec<Value> = chosen
        .groups
        .iter()
        .map(|group| {
            let people: Vec<Value> = group
                .people
                .iter()
                .map(|one| json!({ "id": one.id, "name": one.name() }))
                .collect();
            json!({ "name": group.name, "people": people })
        })
        .collect();
    let body = json!({
        "groups": groups,
        "without": chosen.without,
        "forms": forms,
        "form": sent.text("form"),
        "due": sent.text("due"),
        "note": sent.text("note"),
        "today": today(tx.now(), &studio.time_zone),
        "errors": errors,
    });
    admin::page(app, session, "forms/ask_many.html", body)
}

/// Puts it to each client; how many were asked, and who was already.
async fn ask_each(
    app: &App,
    tx: &mut StudioTx,
    session: &StaffSession,
    chosen: &Chosen,
    form: FormId,
    due: Option<&str>,
    note: Option<&str>,
) -> Result<(usize, Vec<String>)> {
    let studio = studios::store::get(tx).await?;
    let (actor, reference) = (session.actor(), &session.visitor.reference);
    let (mut count, mut already) = (0, Vec::new());
    for group in &chosen.groups {
        let contacts: Vec<ContactId> = group.people.iter().map(|one| one.id).collect();
        if is_asked(tx, group.client, form, &contacts).await? {
            already.push(group.name.clone());
            continue;
        }
        let new = NewAssignment {
            form,
            client: group.client,
            contacts: &contacts,
            due,
            note,
        };
        asking::ask(app, tx, &studio, &new, true, &actor, reference).await?;
        count += 1;
    }
    Ok((count, already))
}

fn said(count: usize, already: &[String]) -> String {
    let asked = match count {
        0 => "Nobody was asked.".to_owned(),
        1 => {
            "Asked one client. A mail is on its way to whoever can get into the portal.".to_owned()
        }
        many => {
            format!(
                "Asked {many} clients. Mails are on their way to whoever can get into the portal."
            )
        }
    };
    if already.is_empty() {
        return asked;
    }
    format!(
        "{asked} Asked already, and not answered yet: {}.",
        already.join(", ")
    )
}

/// `POST /admin/questionnaires`: from the list of users without a form, from its own page with one.
pub async fn ask(
    State(app): State<App>,
    Member(session): Member,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let ids = sent.all("contact");
    if ids.is_empty() {
        return Ok(redirect::see(
            USERS,
            "Nobody was selected. Tick whom to ask first.",
        ));
    }
    if ids.len() > MOST {
        return Ok(redirect::see(
            USERS,
            &format!("Please choose at most {MOST} people at once."),
        ));
    }
    let mut errors = FieldErrors::default();
    if sent.text("step").is_empty() {
        let mut tx = app.db.read(&session).await?;
        let chosen = chosen(&mut tx, &ids).await?;
        return page(&app, &session, &mut tx, &chosen, &sent, &errors).await;
    }
    let mut tx = app.db.write(&session).await?;
    let chosen = chosen(&mut tx, &ids).await?;
    let note_typed = sent.text("note");
    let note = errors.optional("note", &note_typed, MOST_NOTE);
    let form: Option<FormId> = sent.text("form").parse().ok();
    if form.is_none() {
        errors.add("form", "Please choose a form.");
    }
    if let (Some(form), true) = (form, errors.is_empty()) {
        let due = sent.text("due");
        let due = Some(due.trim()).filter(|due| !due.is_empty());
        match ask_each(&app, &mut tx, &session, &chosen, form, due, note.as_deref()).await {
            Ok((count, already)) => {
                tx.commit().await?;
                let to = format!("{}/asked", path(form));
                return Ok(redirect::see(&to, &said(count, &already)));
            }
            Err(Error::Refused(refusal)) if refusal.field.is_some() => {
                errors.add(refusal.field.unwrap_or_default(), refusal.detail);
            }
            Err(other) => return Err(other),
        }
    }
    drop(tx);
    let mut tx = app.db.read(&session).await?;
    let page = page(&app, &session, &mut tx, &chosen, &sent, &errors).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
