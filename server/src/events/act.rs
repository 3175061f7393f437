//! What staff do with events. Each change is written once, told once, and noted.

use portico_wire::{
    Code, ContactId, CrewRoleId, EventId, ResourceId,
    events::{EventState, RequestState},
};
use serde_json::{Value, json};

use super::{
    Act, Event, check,
    store::{self, Details, Origin, Party},
    tell,
    times::When,
    work,
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    db::StudioTx,
    error::Error,
    happenings::What,
    studios::Studio,
};

/// Who acts, for the log, and whether contacts hear of it.
#[derive(Clone, Copy)]
pub struct By<'a> {
    pub actor: &'a Actor,
    pub reference: &'a str,
    pub tell: bool,
}

pub(super) async fn note(
    tx: &mut StudioTx,
    by: &By<'_>,
    action: &'static str,
    id: EventId,
    change: Change,
) -> Result<()> {
    let about = Subject("event", Some(id.into_uuid()));
    audit::append(tx, by.actor, action, about, change, by.reference).await
}

fn changed() -> Error {
    Error::refused(
        Code::Conflict,
        "Somebody else changed this event in the meantime. Please look at it again.",
    )
}

/// An event as staff write it down.
#[derive(Debug, Clone)]
pub struct Draft {
    pub details: Details,
    pub parties: Vec<Party>,
    pub people: Vec<(ContactId, bool)>,
    pub needs: Vec<(CrewRoleId, i64)>,
    pub resources: Vec<(ResourceId, i64)>,
}

async fn write_parts(tx: &mut StudioTx, id: EventId, draft: &Draft) -> Result<()> {
    let when = draft.details.when;
    store::replace_clients(tx, id, when, &draft.parties).await?;
    store::replace_contacts(tx, id, when, &draft.people).await?;
    store::replace_needs(tx, id, &draft.needs).await?;
    store::replace_uses(tx, id, &draft.resources).await
}

/// What the log keeps of an event.
fn facts(event: &Event) -> Value {
    json!({
        "title": event.title, "type": event.kind, "when": event.said(), "place": event.place_line(),
        "leader": event.leader_name,
    })
}

/// A new event of staff's; whom it names hears of it where it is confirmed.
pub async fn create(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    draft: &Draft,
    state: EventState,
    by: &By<'_>,
) -> Result<EventId> {
    let id = store::insert(tx, &draft.details, state, Origin::default()).await?;
    write_parts(tx, id, draft).await?;
    let event = store::get(tx, id).await?;
    note(tx, by, "event made", id, Change::made(&facts(&event))?).await?;
    if state == EventState::Confirmed {
        work::schedule(tx, &event).await?;
        if by.tell {
            tell::news(app, tx, studio, &event, tell::News::Confirmed).await?;
        }
        tell::happened(tx, &event, (What::EventConfirmed, ""), by.actor).await?;
    }
    Ok(id)
}

/// Saves what staff changed in this version of it.
pub async fn save(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    (id, version): (EventId, i64),
    draft: &Draft,
    by: &By<'_>,
) -> Result<()> {
    let before = store::get(tx, id).await?;
    check(before.state, Act::Edit)?;
    let next = &draft.details;
    let moved = before.when() != next.when || before.time_zone != next.time_zone;
    let told = moved
        || before.title != next.title
        || before.venue != next.venue
        || before.address != next.address;
    if !store::save(tx, id, version, next, told).await? {
        return Err(changed());
    }
    write_parts(tx, id, draft).await?;
    let after = store::get(tx, id).await?;
    let change = Change::between(&facts(&before), &facts(&after))?;
    note(tx, by, "event changed", id, change.unwrap_or_default()).await?;
    if moved {
        work::schedule(tx, &after).await?;
    }
    // What a client reads of an event that is over is history, not news.
    if told && after.state == EventState::Confirmed && after.ends_at > tx.now() {
        if by.tell {
            tell::news(app, tx, studio, &after, tell::News::Changed(&before)).await?;
        }
        let which = after.version.to_string();
        tell::happened(tx, &after, (What::EventChanged, &which), by.actor).await?;
    }
    Ok(())
}

/// Another time for the same event; all else stays.
pub async fn move_to(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    (id, version): (EventId, i64),
    when: When,
    by: &By<'_>,
) -> Result<Event> {
    let before = store::get(tx, id).await?;
    if !before.state.is_open() {
        return Err(changed());
    }
    let details = Details {
        when,
        ..details_of(&before)
    };
    if !store::save(tx, id, version, &details, true).await? {
        return Err(changed());
    }
    let after = store::get(tx, id).await?;
    let change = Change {
        before: Some(json!({ "when": before.said() })),
        after: Some(json!({ "when": after.said() })),
    };
    note(tx, by, "event moved", id, change).await?;
    work::schedule(tx, &after).await?;
    if after.state == EventState::Confirmed {
        if by.tell {
            tell::news(app, tx, studio, &after, tell::News::Changed(&before)).await?;
        }
        let which = after.version.to_string();
        tell::happened(tx, &after, (What::EventChanged, &which), by.actor).await?;
    }
    Ok(after)
}

fn details_of(event: &Event) -> Details {
    Details {
        kind: event.type_id,
        title: event.title.clone(),
        when: event.when(),
        time_zone: event.time_zone.clone(),
        venue: event.venue.clone(),
        address: event.address.clone(),
        leader_name: event.leader_name.clone(),
        leader_phone: event.leader_phone.clone(),
        staff_notes: event.staff_notes.clone(),
        group: event.group_id,
    }
}

/// Confirms, completes, cancels or reopens; the contacts hear of a confirmation and of a cancellation.
pub async fn mark(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    (id, version): (EventId, i64),
    act: Act,
    reason: Option<&str>,
    by: &By<'_>,
) -> Result<EventState> {
    let before = store::get(tx, id).await?;
    let state = check(before.state, act)?;
    if !store::mark(tx, id, version, state, reason).await? {
        return Err(changed());
    }
    let action = match act {
        Act::Confirm => "event confirmed",
        Act::Complete => "event completed",
        Act::Cancel => "event cancelled",
        Act::Edit | Act::Reopen => "event reopened",
    };
    let change = match reason {
        Some(reason) => Change::made(&json!({ "reason": reason }))?,
        None => Change::none(),
    };
    note(tx, by, action, id, change).await?;
    let event = store::get(tx, id).await?;
    match act {
        Act::Confirm => {
            work::schedule(tx, &event).await?;
            if by.tell {
                tell::news(app, tx, studio, &event, tell::News::Confirmed).await?;
            }
            tell::happened(tx, &event, (What::EventConfirmed, ""), by.actor).await?;
        }
        Act::Cancel => {
            // Whoever asked for a change is answered by this.
            for open in store::open_requests(tx, id).await? {
                let answer = reason.unwrap_or_default();
                store::answer_request(tx, open, RequestState::Declined, answer).await?;
            }
            if by.tell {
                tell::news(app, tx, studio, &event, tell::News::Cancelled).await?;
            }
            tell::happened(tx, &event, (What::EventCancelled, ""), by.actor).await?;
        }
        Act::Complete | Act::Edit | Act::Reopen => {}
    }
    Ok(state)
}
