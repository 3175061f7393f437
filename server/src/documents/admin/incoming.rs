//! `/admin/documents`: what contacts sent, and what of it nobody has looked at.

use axum::{
    extract::{Query, State},
    response::Response,
};
use portico_wire::{DocumentId, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::LIST;
use crate::{
    App, Result,
    documents::{
        kinds,
        store::{self, Incoming},
    },
    scope::Member,
    studios,
    web::admin,
};

const PAGE: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    show: String,
    before: String,
}

fn write_place(one: &Incoming) -> String {
    format!("{}.{}", one.changed_at.micros(), one.id)
}

fn read_place(text: &str) -> Option<(Timestamp, DocumentId)> {
    let (micros, id) = text.split_once('.')?;
    let micros: i64 = micros.parse().ok()?;
    let within = (0..=253_402_300_799_000_000).contains(&micros);
    Some((Timestamp::from_micros(micros), id.parse().ok()?)).filter(|_| within)
}

/// `GET /admin/documents`
pub async fn show_incoming(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let all = asked.show == "all";
    let first = read_place(&asked.before);
    let before = first.unwrap_or((
        Timestamp::from_micros(253_402_300_799_000_000),
        DocumentId::from_bytes([0xff; 16]),
    ));
    let mut tx = app.db.read(&session).await?;
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let found = match all {
        true => store::incoming(&mut tx, before, most).await?,
        false => store::unseen(&mut tx, before, most).await?,
    };
    let zone = studios::store::get(&mut tx).await?.time_zone;
    drop(tx);
    let shown = &found[..found.len().min(PAGE)];
    let row = |one: &Incoming| {
        json!({
            "id": one.id,
            "name": one.name,
            "kind": kinds::word(&one.kind),
            "size": kinds::size(one.bytes),
            "client": one.client_name,
            "client_id": one.client_id,
            "by": one.by_name,
            "seen": one.seen,
            "request": one.request,
            "when": admin::moment(one.changed_at, &zone),
        })
    };
    let here = if all {
        format!("{LIST}?show=all")
    } else {
        LIST.to_owned()
    };
    let join = if all { '&' } else { '?' };
    let next = shown.last().filter(|_| found.len() > PAGE);
    let body = json!({
        "all": all,
        "rows": shown.iter().map(row).collect::<Vec<Value>>(),
        "first": first.map(|_| &here),
        "next": next.map(|one| format!("{here}{join}before={}", write_place(one))),
    });
    admin::page(&app, &session, "documents/incoming.html", body)
}
