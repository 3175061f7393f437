//! The log: each time an automation started, and what came of it.

use axum::{
    extract::{Query, State as FromApp},
    response::Response,
};
use portico_wire::{AutomationId, AutomationRunId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{State, store},
    PAGE,
};
use crate::{App, Result, scope::Member, studios, web::admin};

const ROWS: i64 = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    automation: String,
    state: String,
    before: String,
}

fn line(one: &store::Line, zone: &str) -> Value {
    let (tone, when) = match one.state {
        State::Planned => ("", format!("for {}", admin::moment(one.run_at, zone))),
        State::Done => ("good", String::new()),
        State::Skipped => ("", String::new()),
        State::Failed => ("bad", String::new()),
    };
    json!({
        "id": one.id,
        "automation_id": one.automation_id,
        "automation": one.automation,
        "client_id": one.client_id,
        "client": one.client,
        "title": one.title,
        "state": one.state.label(),
        "tone": tone,
        "when": when,
        "reason": one.reason,
        "did": one.did,
        "happened": admin::moment(one.happened_at, zone),
        "ended": one.ended_at.map(|at| admin::moment(at, zone)),
    })
}

/// `GET /admin/automations/runs`
pub async fn show_runs(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let before = asked.before.parse();
    let before = before.unwrap_or_else(|_| AutomationRunId::from_bytes([0xff; 16]));
    let automation: Option<AutomationId> = asked.automation.parse().ok();
    let state = State::parse(&asked.state);
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let all = store::list(&mut tx).await?;
    let mut rows = store::lines(&mut tx, (automation, state), before, ROWS + 1).await?;
    drop(tx);
    let more = rows.len() > usize::try_from(ROWS).unwrap_or_default();
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|last| {
        let (automation, state) = (&asked.automation, &asked.state);
        format!(
            "{PAGE}/runs?automation={automation}&state={state}&before={}",
            last.id
        )
    });
    let body = json!({
        "lines": rows.iter().map(|one| line(one, &studio.time_zone)).collect::<Vec<_>>(),
        "automations": all.iter().map(|one| (one.id.to_string(), &one.name)).collect::<Vec<_>>(),
        "states": State::ALL.iter().map(|one| (one.name(), one.label())).collect::<Vec<_>>(),
        "automation": automation.map(|id| id.to_string()).unwrap_or_default(),
        "state": state.map(State::name).unwrap_or_default(),
        "next": next.filter(|path| path.is_ascii()),
        "filtered": automation.is_some() || state.is_some(),
    });
    admin::page(&app, &session, "automations/runs.html", body)
}
