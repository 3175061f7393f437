//! `/admin/payments`: what came in.

use axum::{
    extract::{Query, State},
    response::Response,
};
use portico_wire::{ClientId, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        api::newest,
        ledger::money,
        paper, state_of,
        store::{
            self,
            desk::{self, Filter, ListedPayment},
            portal::{KindRow, Place},
        },
    },
    LIST, path, state_label,
};
use crate::{App, Result, clients, error::Error, scope::Member, studios, web::admin};

const PAGE: usize = 50;

/// What stands in the list's address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    client: String,
    show: String,
    before: String,
}

fn place(text: &str) -> Option<Place> {
    let (micros, id) = text.split_once('.')?;
    Some(Place {
        at: Timestamp::from_micros(micros.parse().ok()?),
        id: id.parse().ok()?,
    })
}

fn line(one: &ListedPayment, kinds: &[KindRow], zone: &str) -> Value {
    let happened: Vec<_> = kinds
        .iter()
        .filter(|kind| kind.payment_id == one.id)
        .map(|kind| kind.kind)
        .collect();
    let (state, tone) = state_label(state_of(one.amount, &happened, one.held));
    let came = happened.contains(&super::EntryKind::Succeeded);
    let detail = one.detail.as_deref().or(one.reference.as_deref());
    json!({
        "path": path(one.id),
        "client": one.client_name,
        "client_id": one.client_id,
        "method": paper::method_name(one.method),
        "detail": detail,
        "amount": money(one.amount, &one.currency),
        "back": (came && one.held < one.amount).then(|| money(one.amount - one.held, &one.currency)),
        "state": state,
        "tone": tone,
        "problem": one.problem.filter(|_| one.settled_at.is_none()).map(super::super::Trouble::text),
        "day": admin::day(one.at, zone),
    })
}

/// `GET /admin/payments`
pub async fn show_payments(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let client: Option<ClientId> = match asked.client.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| Error::not_found())?),
    };
    let before = match asked.before.as_str() {
        "" => newest(),
        text => place(text).ok_or_else(Error::not_found)?,
    };
    let filter = Filter {
        client,
        troubled: asked.show == "trouble",
        before,
    };
    let mut tx = app.db.read(&session).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut found = desk::list(&mut tx, filter, most).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let ids: Vec<_> = found.iter().map(|one| one.id).collect();
    let kinds = store::portal::kinds(&mut tx, &ids).await?;
    let troubled = store::troubled(&mut tx).await?;
    let name = match client {
        Some(id) => Some(clients::store::get_client(&mut tx, id).await?.name),
        None => None,
    };
    let credit = match client {
        Some(id) => store::credit(&mut tx, id).await?,
        None => Vec::new(),
    };
    drop(tx);
    let mut said = String::new();
    if filter.troubled {
        said.push_str("show=trouble&");
    }
    if let Some(id) = client {
        said.push_str(&format!("client={id}&"));
    }
    let next = found.last().filter(|_| more);
    let credit: Vec<String> = credit
        .iter()
        .map(|(currency, minor)| money(*minor, currency))
        .collect();
    let body = json!({
        "rows": found.iter().map(|one| line(one, &kinds, &zone)).collect::<Vec<_>>(),
        "client": name,
        "client_id": asked.client,
        "credit": credit.join(", "),
        "trouble": filter.troubled,
        "troubled": troubled,
        "next": next.map(|last| format!("{LIST}?{said}before={}.{}", last.at.micros(), last.id)),
        "first": (!asked.before.is_empty()).then(|| format!("{LIST}?{}", said.trim_end_matches('&'))),
    });
    admin::page(&app, &session, "payments/list.html", body)
}
