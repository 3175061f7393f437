//! A run, done by a worker: conditions and state are looked at again, then all its actions happen in one transaction with
//! its line of the log, or none does.

use portico_wire::AutomationRunId;

use super::{
    Automation, Run, State, Trigger,
    act::{self, Doing},
    check::{self, Facts, Names},
    state, store,
};
use crate::{
    App, Result,
    db::StudioTx,
    error::Error,
    happenings::Item,
    jobs::{self, Job, Outcome},
    scope::StudioScope,
    studios::{self, Studio},
};

/// What came of a run.
pub enum Ending {
    Done(Vec<String>),
    Skipped(String),
    /// Nothing of it was done; staff are to look at the automation.
    Failed(String),
}

/// The work behind [`Job::Automation`].
pub async fn run(app: &App, scope: StudioScope, id: AutomationRunId) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let Some(run) = store::take_run(&mut tx, id).await? else {
        return Ok(Outcome::Done);
    };
    if run.run_at > tx.now() {
        // The automation was given another time meanwhile.
        jobs::enqueue_at(&mut tx, &Job::Automation { run: id }, run.run_at).await?;
        tx.commit().await?;
        return Ok(Outcome::Done);
    }
    let automation = store::get(&mut tx, run.automation_id).await?;
    match carry_out(app, &mut tx, &automation, &run).await {
        Ok(ending @ (Ending::Done(_) | Ending::Skipped(_))) => {
            store::end_run(&mut tx, &run, &ending).await?;
            if matches!(ending, Ending::Done(_)) {
                store::note_run(&mut tx, &automation).await?;
            }
            tx.commit().await?;
            count(&ending);
        }
        Ok(ending) => fail(app, scope, &run, tx, ending).await?,
        Err(Error::Refused(refusal)) => {
            let ending = Ending::Failed(refusal.detail.into_owned());
            fail(app, scope, &run, tx, ending).await?;
        }
        Err(other) => return Err(other),
    }
    Ok(Outcome::Done)
}

fn count(ending: &Ending) {
    let state = match ending {
        Ending::Done(_) => State::Done,
        Ending::Skipped(_) => State::Skipped,
        Ending::Failed(_) => State::Failed,
    };
    metrics::counter!("portico_automation_runs", "state" => state.name()).increment(1);
}

/// What was done so far is taken back; why stands in the log and on the automation.
async fn fail(
    app: &App,
    scope: StudioScope,
    run: &Run,
    undone: StudioTx,
    ending: Ending,
) -> Result<()> {
    drop(undone);
    let mut tx = app.db.write(&scope).await?;
    if let Some(run) = store::take_run(&mut tx, run.id).await? {
        store::end_run(&mut tx, &run, &ending).await?;
        if let Ending::Failed(reason) = &ending {
            store::save_trouble(&mut tx, run.automation_id, Some(reason)).await?;
        }
        tx.commit().await?;
        count(&ending);
    }
    Ok(())
}

async fn carry_out(
    app: &App,
    tx: &mut StudioTx,
    automation: &Automation,
    run: &Run,
) -> Result<Ending> {
    let studio = studios::store::get(tx).await?;
    let facts = match look_again(tx, &studio, automation, run).await? {
        Ok(facts) => facts,
        Err(reason) => return Ok(Ending::Skipped(reason)),
    };
    let mut led_by = run.led_by.clone();
    led_by.push(automation.id);
    tx.set_led_by(led_by);
    let doing = Doing {
        app,
        studio: &studio,
        automation,
        run,
        facts: &facts,
    };
    let (mut did, mut passed) = (Vec::new(), Vec::new());
    for action in &automation.rule.actions {
        match act::act(tx, &doing, action).await? {
            act::Done::Did(line) => did.push(line),
            act::Done::Passed(line) => passed.push(line),
            act::Done::Cannot(reason) => return Ok(Ending::Failed(reason)),
        }
    }
    Ok(if did.is_empty() {
        Ending::Skipped(passed.join(" "))
    } else {
        did.extend(passed);
        Ending::Done(did)
    })
}

/// Whether the run is still to be done, and what there is to know then.
async fn look_again(
    tx: &mut StudioTx,
    studio: &Studio,
    automation: &Automation,
    run: &Run,
) -> Result<std::result::Result<Facts, String>> {
    let Some(trigger) = Trigger::parse(&run.starts_with) else {
        return Ok(Err("Nothing of this kind happens any more.".into()));
    };
    if automation.removed_at.is_some() {
        return Ok(Err("The automation was removed.".into()));
    }
    if !automation.active {
        return Ok(Err("The automation is switched off.".into()));
    }
    if store::settings(tx).await?.paused_at.is_some() {
        return Ok(Err("All automations were paused.".into()));
    }
    if automation.starts_with != run.starts_with {
        return Ok(Err(
            "The automation was changed and waits for something else now.".into(),
        ));
    }
    if studio.check_open().is_err() {
        return Ok(Err("The client portal is closed.".into()));
    }
    let amount = match state::still(tx, studio, trigger, run).await? {
        Ok(amount) => amount,
        Err(reason) => return Ok(Err(reason)),
    };
    let item = Item::of(&run.item_kind, run.item_id).ok_or_else(Error::not_found)?;
    let about = (run.client_id, run.contacts.as_deref());
    let facts = Facts::load(tx, about, item, amount).await?;
    if !automation.rule.conditions.is_empty() {
        let names = Names::load(tx).await?;
        if let Some(reason) = check::first_failed(&automation.rule, &facts, &names) {
            return Ok(Err(reason));
        }
    }
    Ok(Ok(facts))
}
