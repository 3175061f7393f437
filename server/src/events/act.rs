//! What is done with events: asked by clients, decided by staff. Each change is written once, told once, and noted.

use portico_wire::{
    Code, ContactId, CrewRoleId, EventId, EventRequestId, ResourceId,
    events::{AskChange, EventState, RequestKind, RequestState},
};
use serde_json::{Value, json};

use super::{
    Act, Event, check,
    store::{self, Details, NewRequest, Origin, Party, Request},
    tell, text,
    times::{self, Typed, When},
    work,
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    db::StudioTx,
    error::{Error, ResultExt as _},
    scope::PortalSession,
    studios::{self, Studio},
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
    if told && by.tell && after.state == EventState::Confirmed && after.ends_at > tx.now() {
        tell::news(app, tx, studio, &after, tell::News::Changed(&before)).await?;
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
    if by.tell && after.state == EventState::Confirmed {
        tell::news(app, tx, studio, &after, tell::News::Changed(&before)).await?;
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
        }
        Act::Complete | Act::Edit | Act::Reopen => {}
    }
    Ok(state)
}

/// Whether clients may ask to change an event now.
pub fn may_ask(event: &Event, now: portico_wire::Timestamp) -> bool {
    event.state.is_open() && event.starts_at > now
}

/// A client asks to move or cancel; staff hear of it.
pub async fn ask(
    app: &App,
    tx: &mut StudioTx,
    session: &PortalSession,
    event: &Event,
    sent: &AskChange,
    key: &str,
) -> Result<()> {
    if let Some(before) = store::asked_by_key(tx, session.contact, key).await? {
        if before == event.id {
            return Ok(());
        }
        return Err(Error::refused(
            Code::Conflict,
            "This was asked of another event. Please try again.",
        ));
    }
    if !may_ask(event, tx.now()) {
        return Err(Error::refused(
            Code::Conflict,
            "This event has begun, is over or was cancelled. Please call the studio.",
        ));
    }
    let when = wanted(event, sent, tx.now())?;
    let reason = text("reason", &sent.reason, 2000)?;
    let new = NewRequest {
        event: event.id,
        client: session.client,
        contact: session.contact,
        kind: sent.kind,
        when,
        reason: &reason,
        key,
    };
    let id = store::insert_request(tx, &new).await.on_unique(|| {
        Error::refused(
            Code::Conflict,
            "You asked the studio already. Please wait for its answer.",
        )
    })?;
    let actor = Actor::of(session);
    let by = By {
        actor: &actor,
        reference: &session.caller.reference,
        tell: true,
    };
    let wish = when.map(|when| times::said(when, &event.zone()));
    let change = Change::made(&json!({ "wanted": wish, "reason": reason }))?;
    let action = match sent.kind {
        RequestKind::Move => "move asked for",
        RequestKind::Cancel => "cancellation asked for",
    };
    note(tx, &by, action, event.id, change).await?;
    let studio = studios::store::get(tx).await?;
    let request = store::find_request(tx, id).await?;
    let request = request.ok_or_else(Error::not_found)?;
    tell::asked(app, tx, &studio, event, &request).await
}

/// When it is wanted instead, of a move.
fn wanted(event: &Event, sent: &AskChange, now: portico_wire::Timestamp) -> Result<Option<When>> {
    if sent.kind == RequestKind::Cancel {
        return Ok(None);
    }
    let long = event.ends_at.seconds_since(event.starts_at) / 60;
    let typed = Typed {
        starts: &sent.starts,
        ends: &sent.ends,
        all_day: event.all_day,
        minutes: long,
    };
    let zone = event.zone();
    let when = if event.all_day && sent.ends.trim().is_empty() {
        let first = times::read(typed, &zone)?;
        times::on_day(
            event.when(),
            times::local(first.starts_at, &zone).date(),
            &zone,
        )?
    } else {
        times::read(typed, &zone)?
    };
    if when.starts_at <= now {
        return Err(Error::invalid(
            "starts",
            "This time is over. Please choose a later one.",
        ));
    }
    if when == event.when() {
        return Err(Error::invalid(
            "starts",
            "It is at this time already. Please choose another one.",
        ));
    }
    Ok(Some(when))
}

/// Staff answer a wish. Accepted, the event is moved or cancelled in the same transaction.
pub async fn answer(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    (id, accept, answer): (EventRequestId, bool, &str),
    by: &By<'_>,
) -> Result<EventId> {
    let request = store::find_request(tx, id).await?;
    let request = request.ok_or_else(Error::not_found)?;
    let event = store::get(tx, request.event_id).await?;
    let state = if accept {
        RequestState::Accepted
    } else {
        RequestState::Declined
    };
    if !store::answer_request(tx, id, state, answer).await? {
        return Err(Error::refused(
            Code::Conflict,
            "This was answered already. Please look at the event again.",
        ));
    }
    let action = match (request.kind, accept) {
        (RequestKind::Move, true) => "move accepted",
        (RequestKind::Move, false) => "move declined",
        (RequestKind::Cancel, true) => "cancellation accepted",
        (RequestKind::Cancel, false) => "cancellation declined",
    };
    let change = Change::made(&json!({ "answer": answer }))?;
    note(tx, by, action, event.id, change).await?;
    if accept {
        carry_out(app, tx, studio, &event, &request, by).await?;
    }
    let event = store::get(tx, event.id).await?;
    let request = store::find_request(tx, id).await?;
    let request = request.ok_or_else(Error::not_found)?;
    tell::answered(app, tx, studio, &event, &request).await?;
    Ok(event.id)
}

/// What was asked for happens. All it names hear of it, but whoever asked, who gets the answer.
async fn carry_out(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    event: &Event,
    request: &Request,
    by: &By<'_>,
) -> Result<()> {
    let (before, by) = (event.clone(), By { tell: false, ..*by });
    let this = (event.id, event.version);
    match (request.kind, request.starts_at, request.ends_at) {
        (RequestKind::Move, Some(starts_at), Some(ends_at)) => {
            let when = When {
                starts_at,
                ends_at,
                all_day: event.all_day,
            };
            let after = move_to(app, tx, studio, this, when, &by).await?;
            tell::others(
                app,
                tx,
                studio,
                &after,
                tell::News::Changed(&before),
                request,
            )
            .await
        }
        (RequestKind::Move, _, _) => Err(Error::internal("a move without a time")),
        (RequestKind::Cancel, _, _) => {
            let reason = Some(request.reason.as_str()).filter(|reason| !reason.is_empty());
            mark(app, tx, studio, this, Act::Cancel, reason, &by).await?;
            let after = store::get(tx, event.id).await?;
            tell::others(app, tx, studio, &after, tell::News::Cancelled, request).await
        }
    }
}
