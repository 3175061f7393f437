//! `GET /admin/messages`: the inbox.

use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{LIST, live};
use crate::{
    App, Result,
    clients::search,
    messages::{
        line,
        store::{self, Place, Show},
    },
    scope::Member,
    studios,
    web::{admin, redirect::escape},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    show: String,
    q: String,
    before: String,
}

const TABS: &[(Show, &str)] = &[
    (Show::Open, "Open"),
    (Show::Mine, "Mine"),
    (Show::Unassigned, "Unassigned"),
    (Show::Done, "Done"),
    (Show::All, "All"),
];

fn address(show: Show, search: &str) -> String {
    let mut address = format!("{LIST}?show={}", show.name());
    if !search.is_empty() {
        address = format!("{address}&q={}", escape(search));
    }
    address
}

pub async fn show_inbox(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let search = asked.q.trim();
    let words = search::ranges(search);
    // Who searches, searches everything unless a tab says otherwise.
    let begin = if search.is_empty() {
        Show::Open
    } else {
        Show::All
    };
    let show = Show::parse(&asked.show).unwrap_or(begin);
    let first = Place::read(&asked.before);
    let behind = first.unwrap_or(Place::first());
    let mut tx = app.db.read(&session).await?;
    let nothing_meant = !search.is_empty() && words.is_empty();
    let found = match (nothing_meant, words.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => store::inbox(&mut tx, show, session.staff, behind).await?,
        (false, false) => store::search(&mut tx, show, session.staff, &words, behind).await?,
    };
    let mark = live::mark(&mut tx, None).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    drop(tx);
    let shown = &found[..found.len().min(store::PAGE)];
    let here = address(show, search);
    let tab = |(it, label): &(Show, &str)| json!({ "path": address(*it, search), "label": label, "current": *it == show });
    let next = shown.last().filter(|_| found.len() > store::PAGE);
    let place = |one: &store::Line| {
        let (at, id) = (one.last_at, one.id);
        Place { at, id }.write()
    };
    let body = json!({
        "tabs": TABS.iter().map(tab).collect::<Vec<Value>>(),
        "show": show.name(),
        "search": search,
        "mark": mark,
        "lines": shown.iter().map(|one| line(one, &zone)).collect::<Vec<Value>>(),
        "first": first.map(|_| &here),
        "next": next.map(|one| format!("{here}&before={}", place(one))),
    });
    admin::page(&app, &session, "messages/inbox.html", body)
}
