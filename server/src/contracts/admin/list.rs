//! `/admin/contracts`: all of them, the newest first.

use axum::{
    extract::{Query, State},
    response::Response,
};
use portico_wire::ContractId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{Stage, store},
    LIST, is_manager, line,
};
use crate::{
    App, Result,
    clients::search,
    scope::Member,
    studios,
    web::{admin, redirect::escape},
};

const PAGE: usize = 50;

const TABS: &[(&str, &str)] = &[
    ("", "All"),
    ("draft", "Drafts"),
    ("waiting", "With clients"),
    ("countersign", "Yours to sign"),
    ("done", "Signed"),
    ("declined", "Declined"),
    ("expired", "Expired"),
    ("voided", "Withdrawn"),
];

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    show: String,
    before: Option<ContractId>,
}

impl Asked {
    fn address(&self, show: &str, before: Option<ContractId>) -> String {
        let mut said = Vec::new();
        if !self.q.trim().is_empty() {
            said.push(format!("q={}", escape(self.q.trim())));
        }
        if !show.is_empty() {
            said.push(format!("show={show}"));
        }
        if let Some(before) = before {
            said.push(format!("before={before}"));
        }
        let mark = if said.is_empty() { "" } else { "?" };
        format!("{LIST}{mark}{}", said.join("&"))
    }
}

/// `GET /admin/contracts`
pub async fn show_contracts(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let stage = Stage::ALL
        .iter()
        .copied()
        .find(|one| one.name() == asked.show);
    let last = ContractId::from_bytes([0xff; 16]);
    let (before, most) = (asked.before.unwrap_or(last), PAGE as i64 + 1);
    let mut tx = app.db.read(&session).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    let now = tx.now();
    let found = match search::ranges(&asked.q).first() {
        Some(word) => store::found(&mut tx, word, stage, before, most).await?,
        None => store::page(&mut tx, stage, before, most).await?,
    };
    let (waiting, own) = store::waiting(&mut tx).await?;
    drop(tx);
    let shown = &found[..found.len().min(PAGE)];
    let next = shown.last().filter(|_| found.len() > PAGE);
    let show = stage.map_or("", Stage::name);
    let tabs: Vec<Value> = TABS
        .iter()
        .map(|(name, label)| {
            let count = match *name {
                "waiting" => waiting,
                "countersign" => own,
                _ => 0,
            };
            json!({
                "label": label,
                "path": asked.address(name, None),
                "here": *name == show,
                "count": match count { 0 => None, 100.. => Some("99+".to_owned()), few => Some(few.to_string()) },
            })
        })
        .collect();
    let body = json!({
        "q": asked.q,
        "show": show,
        "tabs": tabs,
        "contracts": shown.iter().map(|one| line(one, &zone, now)).collect::<Vec<_>>(),
        "filtered": !asked.q.trim().is_empty() || stage.is_some(),
        "next": next.map(|one| asked.address(show, Some(one.id))),
        "first": asked.before.map(|_| asked.address(show, None)),
        "may_word": is_manager(&session),
    });
    admin::page(&app, &session, "contracts/list.html", body)
}
