//! `/admin/messages/replies`: answers that staff have ready.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{Code, SavedReplyId, messages::TEXT};
use serde_json::{Value, json};

use crate::{
    App, Result,
    audit::{self, Change, Subject},
    error::Error,
    messages::store::{self, SavedReply},
    scope::{Member, StaffSession},
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

const PAGE: &str = "/admin/messages/replies";
const TITLE: usize = 80;
/// More would be no help in choosing.
const MOST: usize = 100;

/// What was typed and could not be saved: of which one, and what is wrong.
struct Typed {
    id: Option<SavedReplyId>,
    title: String,
    body: String,
    errors: FieldErrors,
}

async fn page(app: &App, session: &StaffSession, typed: Option<Typed>) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let replies = store::saved_replies(&mut tx).await?;
    drop(tx);
    let row = |one: &SavedReply| {
        let own = typed.as_ref().filter(|typed| typed.id == Some(one.id));
        json!({
            "id": one.id, "version": one.version,
            "title": own.map_or(&one.title, |typed| &typed.title),
            "body": own.map_or(&one.body, |typed| &typed.body),
            "errors": own.map(|typed| &typed.errors),
            "open": own.is_some(),
        })
    };
    let new = typed.as_ref().filter(|typed| typed.id.is_none());
    let body = json!({
        "replies": replies.iter().map(row).collect::<Vec<Value>>(),
        "full": replies.len() >= MOST,
        "new": new.map(|typed| json!({ "title": typed.title, "body": typed.body, "errors": typed.errors })),
        "most": TEXT,
    });
    let page = admin::page(app, session, "messages/replies.html", body)?;
    Ok(match typed {
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        None => page,
    })
}

/// `GET /admin/messages/replies`
pub async fn show(State(app): State<App>, Member(session): Member) -> Result<Response> {
    page(&app, &session, None).await
}

async fn save(
    app: &App,
    session: &StaffSession,
    id: Option<SavedReplyId>,
    sent: &Sent,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let title = errors.required("title", &sent.text("title"), TITLE);
    let body = errors.required("body", &sent.text("body"), TEXT);
    let mut tx = app.db.write(session).await?;
    let all = store::saved_replies(&mut tx).await?;
    if all
        .iter()
        .any(|one| one.title == title && Some(one.id) != id)
    {
        errors.add("title", "Another saved reply has this name already.");
    }
    if id.is_none() && all.len() >= MOST {
        errors.add(
            "title",
            "These are as many as can be kept. Please remove one first.",
        );
    }
    if !errors.is_empty() {
        drop(tx);
        let typed = Typed {
            id,
            title: sent.text("title"),
            body: sent.text("body"),
            errors,
        };
        return page(app, session, Some(typed)).await;
    }
    let said = json!({ "title": title, "body": body });
    let (id, change) = match id {
        None => {
            let id = tx.id();
            store::insert_reply(&mut tx, id, &title, &body).await?;
            (id, Change::made(&said)?)
        }
        Some(id) => {
            let before = all
                .iter()
                .find(|one| one.id == id)
                .ok_or_else(Error::not_found)?;
            let version = sent.text("version").parse().unwrap_or_default();
            if !store::save_reply(&mut tx, id, version, &title, &body).await? {
                return Err(Error::refused(
                    Code::Conflict,
                    "Somebody else changed this reply in the meantime. Please look at it again.",
                ));
            }
            let before = json!({ "title": before.title, "body": before.body });
            (id, Change::between(&before, &said)?.unwrap_or_default())
        }
    };
    let subject = Subject("saved_reply", Some(id.into_uuid()));
    audit::note(&mut tx, session, "reply saved", subject, change).await?;
    tx.commit().await?;
    Ok(redirect::see(PAGE, "Saved."))
}

/// `POST /admin/messages/replies`
pub async fn add(
    State(app): State<App>,
    Member(session): Member,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    save(&app, &session, None, &sent).await
}

/// `POST /admin/messages/replies/{id}`
pub async fn change(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<SavedReplyId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    if sent.text("do") != "remove" {
        return save(&app, &session, Some(id), &sent).await;
    }
    let mut tx = app.db.write(&session).await?;
    let found = store::saved_reply(&mut tx, id).await?;
    let found = found.ok_or_else(Error::not_found)?;
    store::delete_reply(&mut tx, id).await?;
    let change = Change::removed(&json!({ "title": found.title, "body": found.body }))?;
    let subject = Subject("saved_reply", Some(id.into_uuid()));
    audit::note(&mut tx, &session, "reply removed", subject, change).await?;
    tx.commit().await?;
    Ok(redirect::see(PAGE, "Removed."))
}
