//! What clients ask to change.

use portico_wire::{
    ClientId, ContactId, EventId, EventRequestId, Timestamp,
    events::{RequestKind, RequestState},
};

use super::super::times::When;
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Request {
    pub id: EventRequestId,
    pub event_id: EventId,
    pub client_id: ClientId,
    pub contact_id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub kind: RequestKind,
    pub state: RequestState,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
    pub reason: String,
    pub answer: String,
    pub made_at: Timestamp,
    pub answered_at: Option<Timestamp>,
}

/// Of one client, or of all; the latest first.
pub async fn requests(
    tx: &mut StudioTx,
    event: EventId,
    client: Option<ClientId>,
) -> Result<Vec<Request>> {
    fetch_all!(
        tx,
        Request,
        "select r.id, r.event_id, r.client_id, r.contact_id, k.first_name, k.last_name, r.kind, r.state, r.starts_at,
                r.ends_at, r.reason, r.answer, r.made_at, r.answered_at
         from event_requests r join contacts k on k.studio_id = r.studio_id and k.id = r.contact_id
         where r.studio_id = $1 and r.event_id = $2 and (r.client_id = $3 or $3 is null)
         order by r.id desc limit 50",
        event,
        client,
    )
}

pub async fn find_request(tx: &mut StudioTx, id: EventRequestId) -> Result<Option<Request>> {
    fetch_optional!(
        tx,
        Request,
        "select r.id, r.event_id, r.client_id, r.contact_id, k.first_name, k.last_name, r.kind, r.state, r.starts_at,
                r.ends_at, r.reason, r.answer, r.made_at, r.answered_at
         from event_requests r join contacts k on k.studio_id = r.studio_id and k.id = r.contact_id
         where r.studio_id = $1 and r.id = $2",
        id,
    )
}

pub struct NewRequest<'a> {
    pub event: EventId,
    pub client: ClientId,
    pub contact: ContactId,
    pub kind: RequestKind,
    pub when: Option<When>,
    pub reason: &'a str,
    pub key: &'a str,
}

/// Refused as not unique where the same was asked before, or one of this client is open.
pub async fn insert_request(tx: &mut StudioTx, new: &NewRequest<'_>) -> Result<EventRequestId> {
    let (id, now): (EventRequestId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into event_requests (studio_id, id, event_id, client_id, contact_id, kind, state, starts_at, ends_at,
                reason, answer, act_key, made_at)
         values ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, '', $10, $11)",
        id,
        new.event,
        new.client,
        new.contact,
        new.kind,
        new.when.map(|when| when.starts_at),
        new.when.map(|when| when.ends_at),
        new.reason,
        new.key,
        now,
    )?;
    Ok(id)
}

/// Whether this contact asked with this key before, and of which event.
pub async fn asked_by_key(
    tx: &mut StudioTx,
    contact: ContactId,
    key: &str,
) -> Result<Option<EventId>> {
    let row = fetch_optional!(
        tx,
        (EventId,),
        "select event_id from event_requests where studio_id = $1 and contact_id = $2 and act_key = $3",
        contact,
        key,
    )?;
    Ok(row.map(|(id,)| id))
}

/// False where it was answered before.
pub async fn answer_request(
    tx: &mut StudioTx,
    id: EventRequestId,
    state: RequestState,
    answer: &str,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update event_requests set state = $3, answer = $4, answered_at = $5
         where studio_id = $1 and id = $2 and state = 'open'",
        id,
        state,
        answer,
        now,
    )?;
    Ok(rows == 1)
}

/// What is still open of an event that is over with.
pub async fn open_requests(tx: &mut StudioTx, event: EventId) -> Result<Vec<EventRequestId>> {
    let rows = fetch_all!(
        tx,
        (EventRequestId,),
        "select id from event_requests where studio_id = $1 and event_id = $2 and state = 'open'",
        event,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
