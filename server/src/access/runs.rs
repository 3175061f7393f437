//! Inviting many at once: a worker writes the list down and sends it, a few contacts in each transaction,
//! so that nobody waits for it. What became of a contact is settled in the transaction that puts its mail into
//! the outbox: whenever a worker dies, each contact gets its mail once.

use portico_wire::RunId;

use super::{
    reach::{self, By, State},
    store::{self, Place, Run},
};
use crate::{
    App, Result,
    audit::Actor,
    db::StudioTx,
    jobs::{self, Job, Outcome},
    scope::StudioScope,
    studios,
};

/// Contacts written down, and invited, in one transaction.
const LISTED_AT_ONCE: i64 = 500;
const SENT_AT_ONCE: i64 = 50;
/// A pause between two handfuls: the mails of one are on their way before the next come, and somebody's code
/// does not wait behind five thousand invitations.
const PAUSE_SECONDS: i64 = 1;

/// The next step of a run: the work behind [`Job::Invite`].
pub async fn go_on(app: &App, scope: StudioScope, id: RunId) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let Some(run) = store::run(&mut tx, id)
        .await?
        .filter(|run| run.finished_at.is_none())
    else {
        return Ok(Outcome::Done);
    };
    let next = Job::Invite { run: id };
    if run.listed_at.is_none() {
        write_down(&mut tx, &run).await?;
        jobs::enqueue(&mut tx, &next).await?;
    } else if send_some(app, &mut tx, &run).await? {
        let later = tx.now().plus_seconds(PAUSE_SECONDS);
        jobs::enqueue_at(&mut tx, &next, later).await?;
    } else {
        store::finish_run(&mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}

async fn write_down(tx: &mut StudioTx, run: &Run) -> Result<()> {
    let after = match run.after_id {
        Some(contact) => store::place(tx, contact).await?,
        None => None,
    };
    let after = after.unwrap_or_else(Place::start);
    let users = store::portal_users(tx, &run.filter(), &after, LISTED_AT_ONCE).await?;
    for user in &users {
        store::list_contact(tx, run.id, user.id).await?;
    }
    let whole = i64::try_from(users.len()).unwrap_or(0) < LISTED_AT_ONCE;
    store::save_listed(tx, run.id, users.last().map(|user| user.id), whole).await
}

/// Invites a few; whether there may be more.
async fn send_some(app: &App, tx: &mut StudioTx, run: &Run) -> Result<bool> {
    let studio = studios::store::get(tx).await?;
    let actor = Actor::Staff {
        id: run.staff_id,
        name: run.staff_name.clone(),
    };
    let by = By {
        actor: &actor,
        reference: &run.reference,
    };
    let queued = store::queued(tx, run.id, SENT_AT_ONCE).await?;
    for (contact, state) in &queued {
        let outcome = outcome(*state, run.again);
        if !store::settle(tx, run.id, *contact, outcome).await? || outcome != "sent" {
            continue;
        }
        if let Some(user) = store::portal_user(tx, *contact).await? {
            reach::invite(app, tx, &studio, &user, &by).await?;
        }
    }
    Ok(i64::try_from(queued.len()).unwrap_or(0) == SENT_AT_ONCE)
}

fn outcome(state: Option<State>, again: bool) -> &'static str {
    match state {
        None => "gone",
        Some(State::Accepted) if !again => "in_already",
        Some(State::NotInvited | State::Invited | State::Accepted) => "sent",
        Some(state @ (State::Disabled | State::Duplicate | State::NoEmail)) => state.name(),
    }
}

/// An outcome in the report.
pub fn label(outcome: &str) -> &'static str {
    match outcome {
        "sent" => "Invitation sent",
        "no_email" => "No mail address",
        "duplicate" => "Duplicate email",
        "disabled" => "Disabled",
        "in_already" => "In already",
        "gone" => "No longer there",
        _ => "Waiting",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l7_who_cannot_be_invited_is_reported_with_the_reason() {
        assert_eq!(outcome(Some(State::NotInvited), false), "sent");
        assert_eq!(outcome(Some(State::Accepted), false), "in_already");
        assert_eq!(outcome(Some(State::Accepted), true), "sent");
        assert_eq!(outcome(Some(State::NoEmail), true), "no_email");
        assert_eq!(outcome(None, true), "gone");
    }
}
