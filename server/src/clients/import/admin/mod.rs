//! Pages of an import: the file, its columns, what would happen, what happened.

pub mod columns;

use axum::{
    extract::{Query as InAddress, State as FromApp},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse as _, Response},
};
use portico_wire::ImportId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::forms::Choices,
    file,
    rows::Outcome,
    store::{self, By, Import, State},
    work,
};
use crate::{
    App, Result, clients,
    error::Error,
    scope::{Manager, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
        upload::{FILE_LIMIT, Upload},
    },
};

const START: &str = "/admin/clients/import";
/// Rows of the report on one page.
const A_PAGE: usize = 100;
/// Earlier imports that are listed.
const LISTED: i64 = 10;
/// Seconds until the page of an import under way looks again.
const LOOK_AGAIN: &str = "2";

fn path(id: ImportId) -> String {
    format!("{START}/{id}")
}

fn word(state: State) -> &'static str {
    match state {
        State::Uploaded => "Columns to be chosen",
        State::Checking => "Being checked",
        State::Checked => "Checked, not imported",
        State::Importing => "Being imported",
        State::Finishing | State::Imported => "Imported",
        State::Stopped => "Stopped",
    }
}

async fn start_page(app: &App, session: &StaffSession, errors: &FieldErrors) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let imports = store::imports(&mut tx, LISTED).await?;
    drop(tx);
    let earlier: Vec<Value> = imports
        .iter()
        .map(|import| {
            json!({
                "path": path(import.id),
                "file": import.file_name,
                "rows": grouped(import.total),
                "who": import.staff_name,
                "when": admin::moment(import.imported_at.unwrap_or(import.created_at), &zone),
                "state": word(import.state),
                "good": matches!(import.state, State::Finishing | State::Imported),
                "bad": import.state == State::Stopped,
            })
        })
        .collect();
    let body = json!({
        "errors": errors,
        "most_rows": file::thousands(file::MOST_ROWS),
        "most_bytes": FILE_LIMIT,
        "most_megabytes": FILE_LIMIT / 1024 / 1024,
        "earlier": earlier,
    });
    admin::page(app, session, "clients/import_start.html", body)
}

fn grouped(count: i64) -> String {
    file::thousands(usize::try_from(count).unwrap_or(0))
}

/// `GET /admin/clients/import`
pub async fn show_start(FromApp(app): FromApp<App>, Manager(session): Manager) -> Result<Response> {
    start_page(&app, &session, &FieldErrors::default()).await
}

/// `POST /admin/clients/import`: takes a file.
pub async fn upload(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    upload: Upload,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let read = match upload.bytes {
        None => Err(Error::invalid(
            "file",
            format!(
                "This file is larger than {} MB. Please split it into several files.",
                FILE_LIMIT / 1024 / 1024
            ),
        )),
        Some(_) if upload.name.is_empty() => {
            Err(Error::invalid("file", "Please choose a file first."))
        }
        // Twenty megabytes take a moment: other requests go on meanwhile.
        Some(bytes) => tokio::task::spawn_blocking(move || file::read(&bytes)).await?,
    };
    let Some(file) = errors.note("file", read)? else {
        let page = start_page(&app, &session, &errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let mut tx = app.db.write(&session).await?;
    let by = By {
        staff: session.staff,
        name: &session.name,
        reference: &session.visitor.reference,
    };
    let id = store::insert(&mut tx, &file, &upload.name, by).await?;
    tx.commit().await?;
    Ok(redirect::go(&format!("{}/columns", path(id))))
}

async fn find(app: &App, session: &StaffSession, id: ImportId) -> Result<(Import, Choices)> {
    let mut tx = app.db.read(session).await?;
    let import = store::import(&mut tx, id)
        .await?
        .ok_or_else(Error::not_found)?;
    let choices = Choices::load(&mut tx).await?;
    Ok((import, choices))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    outcome: String,
    after: i64,
}

#[derive(Serialize)]
struct Tab {
    outcome: &'static str,
    label: &'static str,
    count: String,
    current: bool,
}

async fn import_page(
    app: &App,
    session: &StaffSession,
    id: ImportId,
    asked: &Asked,
    unticked: bool,
) -> Result<Response> {
    let outcome = Outcome::ALL
        .iter()
        .copied()
        .find(|outcome| outcome.name() == asked.outcome);
    let limit = i64::try_from(A_PAGE + 1).unwrap_or(i64::MAX);
    let mut tx = app.db.read(session).await?;
    let import = store::import(&mut tx, id)
        .await?
        .ok_or_else(Error::not_found)?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let counts = store::outcomes(&mut tx, id).await?;
    let mut rows = store::report(&mut tx, id, outcome, asked.after, limit).await?;
    let contacts = store::new_contacts(&mut tx, id).await?;
    drop(tx);
    let more = rows.len() > A_PAGE;
    rows.truncate(A_PAGE);
    let count = |outcome: Outcome| counts.get(outcome.name()).copied().unwrap_or(0);
    let imported = matches!(import.state, State::Finishing | State::Imported);
    let lines: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({
                "no": row.row_no, "outcome": row.outcome.name(), "label": row.outcome.label(), "reason": row.reason,
                "name": row.name, "email": row.email, "client": row.client_name,
                "link": row.client_id.filter(|_| imported || row.outcome == Outcome::Same)
                    .map(clients::client_path),
            })
        })
        .collect();
    let next = rows.last().filter(|_| more).map(|row| {
        format!(
            "{}?outcome={}&after={}",
            path(id),
            outcome.map_or("", Outcome::name),
            row.row_no
        )
    });
    let tabs: Vec<Tab> = Outcome::ALL
        .iter()
        .map(|&one| Tab {
            outcome: one.name(),
            label: one.label(),
            count: grouped(count(one)),
            current: Some(one) == outcome,
        })
        .filter(|tab| tab.count != "0")
        .collect();
    let to_write = count(Outcome::New) + count(Outcome::Update);
    let body = json!({
        "import": {
            "path": path(id), "file": import.file_name, "rows": grouped(import.total), "who": import.staff_name,
            "begun": admin::moment(import.created_at, &zone),
            "imported": import.imported_at.map(|at| admin::moment(at, &zone)),
            "state": import.state.name(), "stopped": import.stopped, "round": import.round, "id": id,
            "done": import.done, "done_said": grouped(import.done), "total": import.total,
        },
        "tabs": tabs,
        "lines": lines,
        "outcome": outcome.map_or("", Outcome::name),
        "next": next,
        "new": grouped(count(Outcome::New)),
        "update": grouped(count(Outcome::Update)),
        "same": grouped(count(Outcome::Same)),
        "duplicates": grouped(count(Outcome::Duplicate)),
        "errors": count(Outcome::Error),
        "errors_said": grouped(count(Outcome::Error)),
        "to_write": to_write,
        "to_write_said": grouped(to_write),
        "contacts": contacts,
        "contacts_said": grouped(contacts),
        "unticked": unticked,
    });
    let working = matches!(
        import.state,
        State::Checking | State::Importing | State::Finishing
    );
    let mut response = admin::page(app, session, "clients/import.html", body)?;
    if working {
        // The browser looks again by itself, without a script.
        response.headers_mut().insert(
            HeaderName::from_static("refresh"),
            HeaderValue::from_static(LOOK_AGAIN),
        );
    }
    Ok(response)
}

/// `GET /admin/clients/import/{id}`: how far it is, and what happens to each row. Looks again by itself while
/// something is done.
pub async fn show_import(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(id): Id<ImportId>,
    InAddress(asked): InAddress<Asked>,
) -> Result<Response> {
    let (import, _) = find(&app, &session, id).await?;
    if import.state == State::Uploaded {
        return Ok(redirect::go(&format!("{}/columns", path(id))));
    }
    import_page(&app, &session, id, &asked, false).await
}

/// `POST /admin/clients/import/{id}/begin`: all of what was told, or nothing.
pub async fn begin(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(id): Id<ImportId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let import = store::import(&mut tx, id)
        .await?
        .ok_or_else(Error::not_found)?;
    let counts = store::outcomes(&mut tx, id).await?;
    let count = |outcome: Outcome| counts.get(outcome.name()).copied().unwrap_or(0);
    let seen = sent.text("round") == import.round.to_string();
    if seen && import.state == State::Checked {
        if count(Outcome::Error) > 0 && !sent.is_ticked("without_errors") {
            drop(tx);
            let page = import_page(&app, &session, id, &Asked::default(), true).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        if count(Outcome::New) + count(Outcome::Update) == 0 {
            return Ok(redirect::see(&path(id), "There is nothing to import."));
        }
    }
    let begun = seen && work::begin(&mut tx, id, import.round).await?;
    if begun {
        store::save_importer(&mut tx, id, session.staff, &session.name).await?;
        tx.commit().await?;
        return Ok(redirect::go(&path(id)));
    }
    drop(tx);
    let notice = match import.state {
        State::Checked | State::Checking => {
            "This was checked anew since you looked. Please look again before you import."
        }
        State::Stopped | State::Uploaded => "This is not checked yet.",
        _ => "Somebody began this import already.",
    };
    Ok(redirect::see(&path(id), notice))
}

/// `POST /admin/clients/import/{id}/discard`: forgets the file.
pub async fn discard(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(id): Id<ImportId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let (import, _) = find(&app, &session, id).await?;
    let mut tx = app.db.write(&session).await?;
    if !store::discard(&mut tx, id).await? {
        drop(tx);
        return Ok(redirect::see(
            &path(id),
            "This file is imported already, or just now.",
        ));
    }
    tx.commit().await?;
    let notice = format!("{} is forgotten. Nothing was imported.", import.file_name);
    Ok(redirect::see(START, &notice))
}
