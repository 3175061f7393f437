//! Runs: planned once for each thing and time, ended once, and kept as the log.

use portico_wire::{AutomationId, AutomationRunId, ClientId, StudioId, Timestamp};
use sqlx::types::Json;

use super::super::{Automation, Run, State, work::Ending};
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_optional, scalar},
    happenings::Happened,
};

pub struct NewRun<'a> {
    pub automation: &'a Automation,
    pub happened: &'a Happened<'a>,
    pub state: State,
    pub reason: Option<String>,
    pub run_at: Timestamp,
}

/// None where there is a run for the same thing and time already.
pub async fn insert_run(tx: &mut StudioTx, new: &NewRun<'_>) -> Result<Option<AutomationRunId>> {
    let (id, now): (AutomationRunId, _) = (tx.id(), tx.now());
    let (happened, led_by) = (new.happened, tx.led_by().to_vec());
    let ended_at = (new.state != State::Planned).then_some(now);
    let title: String = happened.title.chars().take(200).collect();
    let rows = execute!(
        tx,
        "insert into automation_runs (studio_id, id, automation_id, client_id, item_kind, item_id, title, occurrence,
                starts_with, contacts, led_by, state, reason, did, happened_at, run_at, ended_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         on conflict do nothing",
        id,
        new.automation.id,
        happened.client,
        happened.item.kind(),
        happened.item.id(),
        title,
        &happened.occurrence,
        &new.automation.starts_with,
        happened.contacts.as_ref().map(Json),
        Json(led_by),
        new.state,
        &new.reason,
        Json(Vec::<String>::new()),
        now,
        new.run_at,
        ended_at,
    )?;
    Ok((rows == 1).then_some(id))
}

/// How many started for a client since a moment, as far as that matters.
pub async fn count_recent(
    tx: &mut StudioTx,
    client: ClientId,
    since: Timestamp,
    most: i64,
) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from (select 1 as one from automation_runs
            where studio_id = $1 and client_id = $2 and happened_at > $3 and state <> 'skipped' limit $4) recent",
        client,
        since,
        most,
    )
}

/// The run, if it is still to be done; nobody else does it until this transaction ends.
pub async fn take_run(tx: &mut StudioTx, id: AutomationRunId) -> Result<Option<Run>> {
    fetch_optional!(
        tx,
        Run,
        "update automation_runs set reason = null where studio_id = $1 and id = $2 and state = 'planned'
         returning id, automation_id, client_id, item_kind, item_id, title, occurrence, starts_with, contacts, led_by,
                state, happened_at, run_at",
        id,
    )
}

pub async fn end_run(tx: &mut StudioTx, run: &Run, ending: &Ending) -> Result<()> {
    let now = tx.now();
    let (state, reason, did): (_, Option<&str>, &[String]) = match ending {
        Ending::Done(did) => (State::Done, None, did),
        Ending::Skipped(reason) => (State::Skipped, Some(reason), &[]),
        Ending::Failed(reason) => (State::Failed, Some(reason), &[]),
    };
    execute!(
        tx,
        "update automation_runs set state = $3, reason = $4, did = $5, ended_at = $6
         where studio_id = $1 and id = $2 and state = 'planned'",
        run.id,
        state,
        reason,
        Json(did),
        now,
    )?;
    Ok(())
}

/// System transaction: written together with the job's own end.
pub async fn give_up(
    tx: &mut Tx,
    studio: StudioId,
    run: AutomationRunId,
    reason: &str,
) -> Result<()> {
    tracing::error!(%run, reason, "an automation could not be run");
    let now = tx.now();
    execute!(
        tx,
        "update automation_runs set state = 'failed', ended_at = $3,
                reason = 'It could not be done, although it was tried many times.'
         where studio_id = $1 and id = $2 and state = 'planned'",
        studio,
        run,
        now,
    )?;
    Ok(())
}

/// The runs of an automation that are still to come.
pub async fn planned(tx: &mut StudioTx, automation: AutomationId) -> Result<Vec<Run>> {
    fetch_all!(
        tx,
        Run,
        "select id, automation_id, client_id, item_kind, item_id, title, occurrence, starts_with, contacts, led_by,
                state, happened_at, run_at
         from automation_runs where studio_id = $1 and automation_id = $2 and state = 'planned' order by id limit 5000",
        automation,
    )
}

pub async fn save_run_at(tx: &mut StudioTx, id: AutomationRunId, at: Timestamp) -> Result<()> {
    execute!(
        tx,
        "update automation_runs set run_at = $3 where studio_id = $1 and id = $2 and state = 'planned'",
        id,
        at,
    )?;
    Ok(())
}

/// A line of the log.
#[derive(Debug, sqlx::FromRow)]
pub struct Line {
    pub id: AutomationRunId,
    pub automation_id: AutomationId,
    pub automation: String,
    pub client_id: ClientId,
    pub client: String,
    pub title: String,
    pub state: State,
    pub reason: Option<String>,
    #[sqlx(json)]
    pub did: Vec<String>,
    pub happened_at: Timestamp,
    pub run_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// The newest first, those before `before`: of all, of an automation, in a state, or both.
pub async fn lines(
    tx: &mut StudioTx,
    (automation, state): (Option<AutomationId>, Option<State>),
    before: AutomationRunId,
    most: i64,
) -> Result<Vec<Line>> {
    match (automation, state) {
        (None, None) => fetch_all!(
            tx,
            Line,
            "select r.id, r.automation_id, a.name as automation, r.client_id, c.name as client, r.title, r.state,
                    r.reason, r.did, r.happened_at, r.run_at, r.ended_at
             from automation_runs r
             join automations a on a.studio_id = r.studio_id and a.id = r.automation_id
             join clients c on c.studio_id = r.studio_id and c.id = r.client_id
             where r.studio_id = $1 and r.id < $2 order by r.id desc limit $3",
            before,
            most,
        ),
        (Some(automation), None) => fetch_all!(
            tx,
            Line,
            "select r.id, r.automation_id, a.name as automation, r.client_id, c.name as client, r.title, r.state,
                    r.reason, r.did, r.happened_at, r.run_at, r.ended_at
             from automation_runs r
             join automations a on a.studio_id = r.studio_id and a.id = r.automation_id
             join clients c on c.studio_id = r.studio_id and c.id = r.client_id
             where r.studio_id = $1 and r.automation_id = $4 and r.id < $2 order by r.id desc limit $3",
            before,
            most,
            automation,
        ),
        (None, Some(state)) => fetch_all!(
            tx,
            Line,
            "select r.id, r.automation_id, a.name as automation, r.client_id, c.name as client, r.title, r.state,
                    r.reason, r.did, r.happened_at, r.run_at, r.ended_at
             from automation_runs r
             join automations a on a.studio_id = r.studio_id and a.id = r.automation_id
             join clients c on c.studio_id = r.studio_id and c.id = r.client_id
             where r.studio_id = $1 and r.state = $4 and r.id < $2 order by r.id desc limit $3",
            before,
            most,
            state,
        ),
        (Some(automation), Some(state)) => fetch_all!(
            tx,
            Line,
            "select r.id, r.automation_id, a.name as automation, r.client_id, c.name as client, r.title, r.state,
                    r.reason, r.did, r.happened_at, r.run_at, r.ended_at
             from automation_runs r
             join automations a on a.studio_id = r.studio_id and a.id = r.automation_id
             join clients c on c.studio_id = r.studio_id and c.id = r.client_id
             where r.studio_id = $1 and r.automation_id = $4 and r.state = $5 and r.id < $2
             order by r.id desc limit $3",
            before,
            most,
            automation,
            state,
        ),
    }
}
