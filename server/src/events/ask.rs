//! What clients ask to change, and what staff answer.

use portico_wire::{
    Code, EventId, EventRequestId, Timestamp,
    events::{AskChange, RequestKind, RequestState},
};
use serde_json::json;

use super::{
    Act, Event,
    act::{By, mark, move_to, note},
    store::{self, NewRequest, Request},
    tell, text,
    times::{self, Typed, When},
};
use crate::{
    App, Result,
    audit::{Actor, Change},
    db::StudioTx,
    error::{Error, ResultExt as _},
    happenings::What,
    scope::PortalSession,
    studios::{self, Studio},
};

/// Whether clients may ask to change an event now.
pub fn may_ask(event: &Event, now: Timestamp) -> bool {
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
    tell::asked(app, tx, &studio, event, &request).await?;
    let what = (What::EventChangeRequested, &*id.to_string());
    tell::happened(tx, event, what, &actor).await
}

/// When it is wanted instead, of a move.
fn wanted(event: &Event, sent: &AskChange, now: Timestamp) -> Result<Option<When>> {
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
