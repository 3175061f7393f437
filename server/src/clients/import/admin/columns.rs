//! The page that says what the columns are, and begins to check.

use axum::{
    extract::State as FromApp,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ImportId, clients::ClientKind};
use serde_json::{Value, json};

use super::{
    super::{
        super::{forms::Choices, kind_label},
        columns::{self, Mapping},
        store::{Import, State},
        work,
    },
    find, grouped, path,
};
use crate::{
    App, Result,
    scope::{Manager, StaffSession},
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// What the page of the columns begins with.
fn guessed(import: &Import, choices: &Choices) -> Mapping {
    if let Some(mapping) = &import.mapping {
        return mapping.clone();
    }
    let columns = columns::guess(&import.header, choices);
    Mapping {
        kind: columns::guess_kind(&import.header, &columns).name().into(),
        columns,
        group: match choices.groups.as_slice() {
            [only] => only.id.to_string(),
            _ => String::new(),
        },
        clear: false,
    }
}

fn separator(delimiter: &str) -> &'static str {
    match delimiter {
        ";" => "semicolons",
        "\t" => "tabs",
        "|" => "bars",
        _ => "commas",
    }
}

fn columns_page(
    app: &App,
    session: &StaffSession,
    import: &Import,
    mapping: &Mapping,
    choices: &Choices,
    errors: &FieldErrors,
) -> Result<Response> {
    let columns: Vec<Value> = import
        .header
        .iter()
        .zip(&import.examples)
        .enumerate()
        .map(|(at, (name, examples))| {
            json!({
                "key": format!("column_{at}"),
                "name": name,
                "examples": examples,
                "value": mapping.columns.get(at).map_or("", String::as_str),
            })
        })
        .collect();
    let mut groups: Vec<(String, String)> = choices
        .groups
        .iter()
        .map(|group| (group.id.to_string(), group.name.clone()))
        .collect();
    if !groups.iter().any(|(id, _)| *id == mapping.group) {
        groups.insert(0, (String::new(), "Please choose".into()));
    }
    let body = json!({
        "import": {
            "path": path(import.id), "file": import.file_name, "rows": grouped(import.total),
            "encoding": import.encoding, "separator": separator(&import.delimiter),
        },
        "columns": columns,
        "offered": columns::offered(choices),
        "kinds": ClientKind::ALL.iter().map(|&kind| (kind.name(), kind_label(kind))).collect::<Vec<_>>(),
        "groups": groups,
        "choose_group": choices.groups.len() > 1,
        "mapping": mapping,
        "errors": errors,
    });
    admin::page(app, session, "clients/import_columns.html", body)
}

/// `GET /admin/clients/import/{id}/columns`
pub async fn show_columns(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(id): Id<ImportId>,
) -> Result<Response> {
    let (import, choices) = find(&app, &session, id).await?;
    if matches!(
        import.state,
        State::Importing | State::Finishing | State::Imported
    ) {
        return Ok(redirect::go(&path(id)));
    }
    let mapping = guessed(&import, &choices);
    let none = FieldErrors::default();
    columns_page(&app, &session, &import, &mapping, &choices, &none)
}

/// `POST /admin/clients/import/{id}/columns`: begins to check.
pub async fn save_columns(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(id): Id<ImportId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let (import, choices) = find(&app, &session, id).await?;
    let mapping = Mapping {
        columns: (0..import.header.len())
            .map(|at| sent.text(&format!("column_{at}")))
            .collect(),
        kind: sent.text("kind"),
        group: match choices.groups.as_slice() {
            [only] => only.id.to_string(),
            _ => sent.text("group"),
        },
        clear: sent.is_ticked("clear"),
    };
    check(&app, &session, &import, &mapping, &choices).await
}

/// `POST /admin/clients/import/{id}/check`: once more, with the columns as they were said.
pub async fn check_again(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(id): Id<ImportId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let (import, choices) = find(&app, &session, id).await?;
    let mapping = guessed(&import, &choices);
    check(&app, &session, &import, &mapping, &choices).await
}

async fn check(
    app: &App,
    session: &StaffSession,
    import: &Import,
    mapping: &Mapping,
    choices: &Choices,
) -> Result<Response> {
    let errors = columns::check(mapping, choices);
    if !errors.is_empty() {
        let page = columns_page(app, session, import, mapping, choices, &errors)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let mut tx = app.db.write(session).await?;
    let begun = work::begin_check(&mut tx, import.id, mapping).await?;
    tx.commit().await?;
    if begun {
        Ok(redirect::go(&path(import.id)))
    } else {
        Ok(redirect::see(
            &path(import.id),
            "This file is imported already, or just now.",
        ))
    }
}
