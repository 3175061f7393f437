//! What was sent to a form as a table, made while it is sent.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::Response,
};
use bytes::Bytes;
use futures_util::stream;
use portico_wire::{
    ClientId, Code, FormId, SubmissionId, Timestamp,
    forms::{Answer, Kind},
};
use serde_json::json;

use super::{
    super::{store, texts},
    about, note,
    submissions::Asked,
};
use crate::{
    App, Result,
    audit::Change,
    clients::{
        self,
        export::{MARK, dialled, download, guard, line},
    },
    clock::today,
    error::Error,
    money::{self, typed},
    scope::{Manager, StudioScope},
    studios,
    web::admin,
};

const AT_ONCE: usize = 200;

/// A question of any version: its id, the words of the newest version that asks it, and its kind.
struct Column {
    id: String,
    label: String,
    kind: Kind,
}

/// What is still to be sent.
struct Rest {
    app: App,
    scope: StudioScope,
    form: FormId,
    client: Option<ClientId>,
    zone: String,
    columns: Arc<Vec<Column>>,
    before: Option<(Timestamp, SubmissionId)>,
    begun: bool,
    ended: bool,
}

/// `GET /admin/submissions/export.csv`: of one form, as the list shows it.
pub async fn export(
    State(app): State<App>,
    Manager(session): Manager,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let form = asked.form()?.ok_or_else(|| {
        Error::refused(
            Code::Malformed,
            "Choose a form first: each has columns of its own.",
        )
    })?;
    let client = asked.client()?;
    let mut tx = app.db.write(&session).await?;
    let stored = store::get_form(&mut tx, form).await?;
    let studio = studios::store::get(&mut tx).await?;
    let mut columns: Vec<Column> = Vec::new();
    for (_, definition) in store::definitions(&mut tx, form).await? {
        for field in definition.0.fields {
            let known = columns.iter().any(|column| column.id == field.id);
            if field.kind.asks() && !known {
                columns.push(Column {
                    id: field.id,
                    label: field.label,
                    kind: field.kind,
                });
            }
        }
    }
    let change = Change::made(&json!({ "form": stored.name }))?;
    note(
        &mut tx,
        &session,
        "submissions exported",
        about(form),
        change,
    )
    .await?;
    let day = today(tx.now(), &studio.time_zone);
    tx.commit().await?;
    let rest = Rest {
        scope: session.scope,
        form,
        client,
        zone: studio.time_zone,
        columns: Arc::new(columns),
        before: None,
        begun: false,
        ended: false,
        app,
    };
    let pieces = stream::try_unfold(rest, next);
    Ok(download(&format!("submissions-{day}"), pieces))
}

fn cell(kind: &Kind, answer: &Answer) -> String {
    match (kind, answer) {
        (Kind::Phone, Answer::Text(number)) => dialled(number),
        // As spreadsheets know days.
        (_, Answer::Date(day)) => guard(day),
        // A plain number, which can be added up.
        (Kind::Money(limits), Answer::Money(minor)) => {
            typed::write(*minor, money::exponent(&limits.currency))
        }
        _ => guard(&texts::answer(kind, answer)),
    }
}

async fn next(mut rest: Rest) -> Result<Option<(Bytes, Rest)>> {
    if rest.ended {
        return Ok(None);
    }
    let columns = Arc::clone(&rest.columns);
    let mut piece = Vec::new();
    if !rest.begun {
        rest.begun = true;
        piece.extend_from_slice(MARK.as_bytes());
        let mut headings: Vec<String> = ["Sent", "Client", "Contact", "Email"]
            .map(ToOwned::to_owned)
            .to_vec();
        headings.extend(columns.iter().map(|column| guard(&column.label)));
        piece.extend(line(&headings));
    }
    // A snapshot for each piece: a slow download holds no connection.
    let mut tx = rest.app.db.read(&rest.scope).await?;
    let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    let page =
        store::exported_submissions(&mut tx, rest.form, rest.client, rest.before, most).await?;
    drop(tx);
    for row in &page {
        let mut cells = vec![
            admin::moment(row.saved_at, &rest.zone),
            guard(&row.client_name),
            guard(&clients::full_name(&row.first_name, &row.last_name)),
            guard(row.email.as_deref().unwrap_or_default()),
        ];
        cells.extend(columns.iter().map(|column| {
            let answer = row.answers.get(&column.id);
            answer
                .map(|answer| cell(&column.kind, answer))
                .unwrap_or_default()
        }));
        piece.extend(line(&cells));
    }
    rest.before = page.last().map(|row| (row.saved_at, row.id));
    rest.ended = page.len() < AT_ONCE;
    Ok(Some((piece.into(), rest)))
}
