//! Texts that contracts are begun from.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{Code, ContractTemplateId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        MOST_TITLE, gallery,
        store::{self, Template, Words},
    },
    LIST,
    edit::check_source,
    offered,
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    error::Error,
    mail::letters::check::Problem,
    scope::{Manager, StaffSession},
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, LongForm, Sent},
        redirect,
    },
};

const MOST: i64 = 500;
const MOST_NAME: usize = 80;

fn list_path() -> String {
    format!("{LIST}/templates")
}

fn path(id: ContractTemplateId) -> String {
    format!("{LIST}/templates/{id}")
}

fn about(id: ContractTemplateId) -> Subject {
    Subject("contract template", Some(id.into_uuid()))
}

/// `GET /admin/contracts/templates`
pub async fn show_templates(State(app): State<App>, Manager(session): Manager) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let own = store::templates(&mut tx).await?;
    drop(tx);
    let own: Vec<Value> = own
        .into_iter()
        .map(|(id, name, title)| json!({ "path": path(id), "name": name, "title": title }))
        .collect();
    let body = json!({ "own": own, "ready": gallery::READY });
    admin::page(&app, &session, "contracts/templates.html", body)
}

fn page(
    app: &App,
    session: &StaffSession,
    stored: Option<&Template>,
    words: &Words,
    version: i64,
    (errors, problems): (FieldErrors, Vec<Problem>),
) -> Result<Response> {
    let unsaved = !errors.is_empty();
    let body = json!({
        "path": stored.map_or_else(|| format!("{LIST}/templates/new"), |one| path(one.id)),
        "stored_name": stored.map(|one| one.name.as_str()),
        "words": words,
        "version": version,
        "tokens": offered(),
        "errors": errors,
        "problems": problems,
        "unsaved": unsaved,
    });
    admin::page(app, session, "contracts/template.html", body)
}

fn nothing() -> (FieldErrors, Vec<Problem>) {
    (FieldErrors::default(), Vec::new())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct From {
    from: String,
}

/// `GET /admin/contracts/templates/new`
pub async fn show_new(
    State(app): State<App>,
    Manager(session): Manager,
    Query(asked): Query<From>,
) -> Result<Response> {
    let words = gallery::find(&asked.from).map_or_else(Words::default, |ready| Words {
        name: ready.label.into(),
        title: ready.title.into(),
        source: ready.source.into(),
    });
    page(&app, &session, None, &words, 1, nothing())
}

fn read(sent: &Sent) -> (Words, FieldErrors, Vec<Problem>) {
    let mut errors = FieldErrors::default();
    let words = Words {
        name: errors.required("name", &sent.text("name"), MOST_NAME),
        title: errors
            .optional("title", &sent.text("title"), MOST_TITLE)
            .unwrap_or_default()
            .replace('\n', " "),
        source: sent.text("body").replace("\r\n", "\n").trim().to_owned(),
    };
    if words.source.is_empty() {
        errors.add("body", "Please fill this in.");
    }
    let problems = check_source(&words.source, &mut errors);
    (words, errors, problems)
}

/// `POST /admin/contracts/templates/new`
pub async fn create(
    State(app): State<App>,
    Manager(session): Manager,
    LongForm(sent): LongForm<Sent>,
) -> Result<Response> {
    let (words, errors, problems) = read(&sent);
    if !errors.is_empty() {
        let page = page(&app, &session, None, &words, 1, (errors, problems))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let mut tx = app.db.write(&session).await?;
    if store::count_templates(&mut tx).await? >= MOST {
        return Err(Error::refused(
            Code::Conflict,
            "These are very many templates. Please delete one first.",
        ));
    }
    let id = store::insert_template(&mut tx, &words).await?;
    let change = Change::made(&json!({ "name": words.name }))?;
    audit::note(
        &mut tx,
        &session,
        "contract template added",
        about(id),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), "The template is saved."))
}

/// `GET /admin/contracts/templates/{id}`
pub async fn show(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<ContractTemplateId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let stored = store::template(&mut tx, id)
        .await?
        .ok_or_else(Error::not_found)?;
    drop(tx);
    let words = Words {
        name: stored.name.clone(),
        title: stored.title.clone(),
        source: stored.source.clone(),
    };
    page(
        &app,
        &session,
        Some(&stored),
        &words,
        stored.version,
        nothing(),
    )
}

/// `POST /admin/contracts/templates/{id}`
pub async fn save(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<ContractTemplateId>,
    LongForm(sent): LongForm<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let stored = store::template(&mut tx, id)
        .await?
        .ok_or_else(Error::not_found)?;
    let version = sent.text("version").parse().unwrap_or(0);
    let (words, mut errors, problems) = read(&sent);
    let free = errors.is_empty();
    if free && store::save_template(&mut tx, id, version, &words).await? {
        let change = Change::made(&json!({ "name": words.name }))?;
        audit::note(
            &mut tx,
            &session,
            "contract template changed",
            about(id),
            change,
        )
        .await?;
        tx.commit().await?;
        return Ok(redirect::see(&path(id), "The template is saved."));
    }
    drop(tx);
    let mut shown = version;
    if free {
        shown = stored.version;
        errors.add(
            "version",
            "Somebody else saved this template while you were at it. Save again to keep yours.",
        );
    }
    let page = page(
        &app,
        &session,
        Some(&stored),
        &words,
        shown,
        (errors, problems),
    )?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `POST /admin/contracts/templates/{id}/delete`
pub async fn delete(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<ContractTemplateId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let stored = store::template(&mut tx, id)
        .await?
        .ok_or_else(Error::not_found)?;
    store::delete_template(&mut tx, id).await?;
    let change = Change::removed(&json!({ "name": stored.name }))?;
    audit::note(
        &mut tx,
        &session,
        "contract template deleted",
        about(id),
        change,
    )
    .await?;
    tx.commit().await?;
    let notice = format!(
        "“{}” is deleted. Contracts that began with it stay.",
        stored.name
    );
    Ok(redirect::see(&list_path(), &notice))
}
