//! From something that happened to runs: in the transaction of the act, so that what is rolled back starts nothing.

use jiff::tz::TimeZone;
use portico_wire::Timestamp;

use super::{
    Automation, MOST_LED, MOST_PER_HOUR, State,
    check::{self, Facts, Names},
    store::{self, NewRun},
};
use crate::{
    Result,
    db::StudioTx,
    happenings::{Happened, What},
    jobs::{self, Job},
    studios,
};

/// Something happened: the automations that wait for it start. One look-up where none does.
pub async fn start(tx: &mut StudioTx, happened: &Happened<'_>) -> Result<()> {
    let mut waiting = store::waiting_for(tx, happened.what.name()).await?;
    if happened.what == What::MessageReceived {
        // It is told by its automation's own wait; whether somebody answered is asked when that is over.
        waiting.extend(store::waiting_for(tx, What::MessageUnanswered.name()).await?);
    }
    if !waiting.is_empty() && store::settings(tx).await?.paused_at.is_none() {
        begin(tx, &waiting, happened).await?;
    }
    Ok(())
}

/// Begins a run of each, unless there is one for the same thing and time.
pub async fn begin(
    tx: &mut StudioTx,
    waiting: &[Automation],
    happened: &Happened<'_>,
) -> Result<()> {
    let zone = TimeZone::get(&studios::store::get(tx).await?.time_zone).unwrap_or(TimeZone::UTC);
    let quiet = store::settings(tx).await?.quiet();
    let facts = Facts::of(tx, happened).await?;
    let names = if waiting.iter().all(|one| one.rule.conditions.is_empty()) {
        Names::default()
    } else {
        Names::load(tx).await?
    };
    for automation in waiting {
        let now = tx.now();
        let due = automation.rule.timing.after(now, &zone)?;
        let run_at = match quiet {
            Some(quiet) => quiet.after(due, &zone)?,
            None => due,
        };
        let failed = check::first_failed(&automation.rule, &facts, &names);
        let against = match failed {
            Some(reason) => Some(reason),
            None => forbidden(tx, automation, happened).await?,
        };
        write(tx, automation, happened, run_at, against).await?;
    }
    Ok(())
}

/// What keeps automations from starting each other, or too often.
async fn forbidden(
    tx: &mut StudioTx,
    automation: &Automation,
    happened: &Happened<'_>,
) -> Result<Option<String>> {
    if tx.led_by().contains(&automation.id) {
        return Ok(Some("It would have started itself again.".into()));
    }
    if tx.led_by().len() >= MOST_LED {
        return Ok(Some(format!(
            "{MOST_LED} automations had started each other already; the chain ends here."
        )));
    }
    let hour_ago = tx.now().plus_seconds(-3600);
    if store::count_recent(tx, happened.client, hour_ago, MOST_PER_HOUR).await? >= MOST_PER_HOUR {
        return Ok(Some(format!(
            "{MOST_PER_HOUR} automations had started for this client within an hour; that is the most."
        )));
    }
    Ok(None)
}

async fn write(
    tx: &mut StudioTx,
    automation: &Automation,
    happened: &Happened<'_>,
    run_at: Timestamp,
    against: Option<String>,
) -> Result<()> {
    let new = NewRun {
        automation,
        happened,
        state: match against {
            Some(_) => State::Skipped,
            None => State::Planned,
        },
        reason: against,
        run_at,
    };
    if let Some(run) = store::insert_run(tx, &new).await? {
        if new.state == State::Planned {
            jobs::enqueue_at(tx, &Job::Automation { run }, run_at).await?;
        } else {
            metrics::counter!("portico_automation_runs", "state" => new.state.name()).increment(1);
        }
    }
    Ok(())
}
