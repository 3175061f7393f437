//! "Send Email": a single mail to people of one client.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, MailId, MailTemplateId};
use serde::Deserialize;
use serde_json::json;

use super::{
    super::{
        Purpose, Words,
        forms::Faults,
        send::{self, Outgoing},
        store::{self, Recipient},
    },
    main_token, offered, words,
};
use crate::{
    App, Result,
    clients::{self, client_path},
    error::Error,
    scope::{Member, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{Form, Sent},
        redirect,
    },
};

/// Mails of one form.
const MOST_RECIPIENTS: usize = 50;

#[derive(Default)]
struct Typed {
    key: Option<MailId>,
    words: Words,
    /// Ids as they were sent; absent: the only one there is, if there is one.
    to: Option<Vec<String>>,
    template: Option<MailTemplateId>,
    faults: Faults,
    unsaved: bool,
}

async fn page(app: &App, session: &StaffSession, id: ClientId, typed: Typed) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let client = clients::store::get_client(&mut tx, id).await?;
    let people = store::recipients(&mut tx, id).await?;
    let templates = store::templates(&mut tx).await?;
    let key: MailId = typed.key.unwrap_or_else(|| tx.id());
    drop(tx);
    let reachable = Recipient::reachable(&people);
    let recipients = Recipient::offered(&people, typed.to.as_deref());
    let templates: Vec<_> = templates
        .iter()
        .filter(|template| template.purpose == Purpose::Letter)
        .map(|template| (template.id.to_string(), template.name.as_str()))
        .collect();
    let body = json!({
        "client": { "id": client.id, "name": client.name },
        "key": key,
        "recipients": recipients,
        "reachable": reachable,
        "templates": templates,
        "template": typed.template.map(|id| id.to_string()),
        "words": typed.words,
        "errors": typed.faults.errors,
        "subject_problems": typed.faults.subject,
        "body_problems": typed.faults.body,
        "unsaved": typed.unsaved,
        "tokens": offered(Purpose::Letter),
        "main_token": main_token(Purpose::Letter),
    });
    admin::page(app, session, "mail/letters/write.html", body)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    template: String,
    /// A contact whose page led here.
    to: String,
}

/// `GET /admin/clients/{id}/mail`
pub async fn show_write(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Query(begin): Query<Begin>,
) -> Result<Response> {
    let mut typed = Typed::default();
    if !begin.to.is_empty() {
        typed.to = Some(vec![begin.to]);
    }
    if let Ok(template) = begin.template.parse() {
        let mut tx = app.db.read(&session).await?;
        let found = store::template(&mut tx, template).await?;
        let found = found
            .filter(|found| found.purpose == Purpose::Letter)
            .ok_or_else(Error::not_found)?;
        typed.words = Words::of(&found);
        typed.template = Some(found.id);
    }
    page(&app, &session, id, typed).await
}

/// `POST /admin/clients/{id}/mail`: sends it, once however often the form comes.
pub async fn send_mail(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let key: MailId = sent.text("key").parse().map_err(|_| {
        Error::refused(
            portico_wire::Code::Malformed,
            "The form is not whole. Please open it again.",
        )
    })?;
    let words = Words {
        name: String::new(),
        ..words(&sent).tidy()
    };
    let mut faults = words.check_text(Purpose::Letter);
    let mut tx = app.db.write(&session).await?;
    clients::store::get_client(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let chosen: Vec<String> = sent.all("to").into_iter().map(ToOwned::to_owned).collect();
    let people = store::recipients(&mut tx, id).await?;
    let to = among(people, &chosen, &mut faults);
    if faults.is_empty()
        && let Some((field, text)) = send::obstacle(&studio, &words, &to)
    {
        faults.errors.add(field, text);
    }
    if !faults.is_empty() {
        drop(tx);
        let typed = Typed {
            key: Some(key),
            words,
            to: Some(chosen),
            template: None,
            faults,
            unsaved: true,
        };
        let page = page(&app, &session, id, typed).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let outgoing = Outgoing {
        id: key,
        client: id,
        words: &words,
        to: &to,
        staff: session.staff,
        staff_name: &session.name,
        reference: &session.visitor.reference,
    };
    if !send::send(&app, &mut tx, &studio, &outgoing).await? {
        let notice = "This mail was sent already, and was not sent again.";
        return Ok(redirect::see(&client_path(id), notice));
    }
    tx.commit().await?;
    let notice = match to.as_slice() {
        [one] => format!(
            "The mail to {} is on its way.",
            clients::full_name(&one.first_name, &one.last_name)
        ),
        many => format!("{} mails are on their way.", many.len()),
    };
    Ok(redirect::see(
        &format!("{}#mails", client_path(id)),
        &notice,
    ))
}

/// Those of the client's people who were chosen.
fn among(people: Vec<Recipient>, chosen: &[String], faults: &mut Faults) -> Vec<Recipient> {
    let to: Vec<Recipient> = people
        .into_iter()
        .filter(|one| chosen.contains(&one.id.to_string()))
        .collect();
    let mut asked: Vec<&String> = chosen.iter().collect();
    asked.sort();
    asked.dedup();
    if to.is_empty() {
        faults
            .errors
            .add("to", "Please choose somebody to write to.");
    } else if to.len() < asked.len() {
        faults.errors.add(
            "to",
            "Somebody you chose is no longer a contact of this client. Please choose again.",
        );
    } else if to.len() > MOST_RECIPIENTS {
        faults
            .errors
            .add("to", "Please write to at most 50 people at once.");
    }
    to
}
