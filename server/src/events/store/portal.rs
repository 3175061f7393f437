//! Events as a contact sees them: those that name it, and with the right to everything all of its client's.

use portico_wire::{
    ClientId, ContactId, EventId, EventRequestId, Timestamp,
    events::{EventColour, EventState, RequestKind, RequestState},
};

use super::{super::Event, find};
use crate::{
    Result,
    db::{StudioTx, fetch_all, fetch_optional},
    forms::store::Viewer,
};

/// An event in a contact's list, with the latest wish of its client.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PortalEvent {
    pub id: EventId,
    pub title: String,
    pub kind: String,
    pub colour: EventColour,
    pub state: EventState,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub time_zone: String,
    pub all_day: bool,
    pub venue: String,
    pub request_id: Option<EventRequestId>,
    pub request_kind: Option<RequestKind>,
    pub request_state: Option<RequestState>,
    pub wanted_from: Option<Timestamp>,
    pub wanted_to: Option<Timestamp>,
    pub request_reason: Option<String>,
    pub request_answer: Option<String>,
    pub made_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
}

/// Not over yet, the next first; of very many those that end next.
pub async fn coming(tx: &mut StudioTx, who: Viewer, most: i64) -> Result<Vec<PortalEvent>> {
    let now = tx.now();
    fetch_all!(
        tx,
        PortalEvent,
        "select e.id, e.title, t.name as kind, t.colour, e.state, e.starts_at, e.ends_at, e.time_zone, e.all_day, e.venue,
                r.id as request_id, r.kind as request_kind, r.state as request_state, r.starts_at as wanted_from,
                r.ends_at as wanted_to, r.reason as request_reason, r.answer as request_answer, r.made_at, r.answered_at,
                k.first_name, k.last_name
         from (select id from (select c.event_id as id from event_contacts c
                   where c.studio_id = $1 and c.contact_id = $2 and c.ends_at > $5 order by c.ends_at limit $6) own
               union
               select id from (select o.event_id as id from event_clients o
                   where o.studio_id = $1 and o.client_id = $3 and $4 and o.ends_at > $5
                   order by o.ends_at limit $6) of_client) mine
         join events e on e.studio_id = $1 and e.id = mine.id
         join event_types t on t.studio_id = e.studio_id and t.id = e.type_id
         left join event_requests r on r.studio_id = e.studio_id and r.id = (select x.id from event_requests x
              where x.studio_id = e.studio_id and x.event_id = e.id and x.client_id = $3 order by x.id desc limit 1)
         left join contacts k on k.studio_id = r.studio_id and k.id = r.contact_id
         order by e.starts_at, e.id limit $6",
        who.contact,
        who.client,
        who.everything,
        now,
        most,
    )
}

/// For home: the next one that is still on, and those that wait for the studio; the sooner the earlier, of the hundred that
/// end next.
pub async fn on_home(tx: &mut StudioTx, who: Viewer, most: i64) -> Result<Vec<PortalEvent>> {
    let now = tx.now();
    fetch_all!(
        tx,
        PortalEvent,
        "with mine as (
           select e.id, e.state, e.starts_at,
                  (select x.id from event_requests x where x.studio_id = e.studio_id and x.event_id = e.id
                   and x.client_id = $3 order by x.id desc limit 1) as request_id
           from (select id from (select c.event_id as id from event_contacts c
                    where c.studio_id = $1 and c.contact_id = $2 and c.ends_at > $5 order by c.ends_at limit 100) own
                 union
                 select id from (select o.event_id as id from event_clients o
                    where o.studio_id = $1 and o.client_id = $3 and $4 and o.ends_at > $5
                    order by o.ends_at limit 100) of_client) seen
           join events e on e.studio_id = $1 and e.id = seen.id)
         select e.id, e.title, t.name as kind, t.colour, e.state, e.starts_at, e.ends_at, e.time_zone, e.all_day, e.venue,
                r.id as request_id, r.kind as request_kind, r.state as request_state, r.starts_at as wanted_from,
                r.ends_at as wanted_to, r.reason as request_reason, r.answer as request_answer, r.made_at, r.answered_at,
                k.first_name, k.last_name
         from mine
         join events e on e.studio_id = $1 and e.id = mine.id
         join event_types t on t.studio_id = e.studio_id and t.id = e.type_id
         left join event_requests r on r.studio_id = e.studio_id and r.id = mine.request_id
         left join contacts k on k.studio_id = r.studio_id and k.id = r.contact_id
         where mine.state in ('requested', 'to_be_confirmed') or r.state = 'open'
            or mine.id = (select n.id from mine n where n.state in ('requested', 'to_be_confirmed', 'confirmed')
                          order by n.starts_at, n.id limit 1)
         order by e.starts_at, e.id limit $6",
        who.contact,
        who.client,
        who.everything,
        now,
        most,
    )
}

/// The place of an event among the past ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub ends_at: Timestamp,
    pub id: EventId,
}

impl Place {
    pub fn read(text: &str) -> Option<Self> {
        let (micros, id) = text.split_once('.')?;
        Some(Self {
            ends_at: Timestamp::from_micros(micros.parse().ok()?),
            id: id.parse().ok()?,
        })
    }

    pub fn write(self) -> String {
        format!("{}.{}", self.ends_at.micros(), self.id)
    }
}

/// Over, the latest first, from after a place on.
pub async fn past(
    tx: &mut StudioTx,
    who: Viewer,
    after: Option<Place>,
    most: i64,
) -> Result<Vec<PortalEvent>> {
    let now = tx.now();
    let after = after.unwrap_or(Place {
        ends_at: now,
        id: EventId::from_bytes([0xff; 16]),
    });
    let ends = after.ends_at.min(now);
    fetch_all!(
        tx,
        PortalEvent,
        "select e.id, e.title, t.name as kind, t.colour, e.state, e.starts_at, e.ends_at, e.time_zone, e.all_day, e.venue,
                r.id as request_id, r.kind as request_kind, r.state as request_state, r.starts_at as wanted_from,
                r.ends_at as wanted_to, r.reason as request_reason, r.answer as request_answer, r.made_at, r.answered_at,
                k.first_name, k.last_name
         from (select named.id, named.ends_at from (select c.event_id as id, c.ends_at from event_contacts c
                   where c.studio_id = $1 and c.contact_id = $2 and (c.ends_at, c.event_id) < ($5, $6)
                   order by c.ends_at desc, c.event_id desc limit $7) named
               union
               select owned.id, owned.ends_at from (select o.event_id as id, o.ends_at from event_clients o
                   where o.studio_id = $1 and o.client_id = $3 and $4 and (o.ends_at, o.event_id) < ($5, $6)
                   order by o.ends_at desc, o.event_id desc limit $7) owned) mine
         join events e on e.studio_id = $1 and e.id = mine.id
         join event_types t on t.studio_id = e.studio_id and t.id = e.type_id
         left join event_requests r on r.studio_id = e.studio_id and r.id = (select x.id from event_requests x
              where x.studio_id = e.studio_id and x.event_id = e.id and x.client_id = $3 order by x.id desc limit 1)
         left join contacts k on k.studio_id = r.studio_id and k.id = r.contact_id
         order by mine.ends_at desc, mine.id desc limit $7",
        who.contact,
        who.client,
        who.everything,
        ends,
        after.id,
        most,
    )
}

/// The next event that names a contact.
pub async fn next_of_contact(tx: &mut StudioTx, contact: ContactId) -> Result<Option<Event>> {
    let now = tx.now();
    let row = fetch_optional!(
        tx,
        (EventId,),
        "select e.id from event_contacts c join events e on e.studio_id = c.studio_id and e.id = c.event_id
         where c.studio_id = $1 and c.contact_id = $2 and c.ends_at > $3
           and e.state in ('requested', 'to_be_confirmed', 'confirmed') order by e.starts_at, e.id limit 1",
        contact,
        now,
    )?;
    match row {
        Some((id,)) => find(tx, id).await,
        None => Ok(None),
    }
}

/// The next event of a client.
pub async fn next_of_client(tx: &mut StudioTx, client: ClientId) -> Result<Option<Event>> {
    let now = tx.now();
    let row = fetch_optional!(
        tx,
        (EventId,),
        "select e.id from event_clients c join events e on e.studio_id = c.studio_id and e.id = c.event_id
         where c.studio_id = $1 and c.client_id = $2 and c.ends_at > $3
           and e.state in ('requested', 'to_be_confirmed', 'confirmed') order by e.starts_at, e.id limit 1",
        client,
        now,
    )?;
    match row {
        Some((id,)) => find(tx, id).await,
        None => Ok(None),
    }
}

/// Whether a contact sees an event.
pub async fn sees(tx: &mut StudioTx, id: EventId, who: Viewer) -> Result<bool> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "select cast(1 as bigint) from events e where e.studio_id = $1 and e.id = $2
           and (exists (select 1 from event_contacts n
                    where n.studio_id = $1 and n.event_id = e.id and n.contact_id = $3)
                or $5 and exists (select 1 from event_clients o
                    where o.studio_id = $1 and o.event_id = e.id and o.client_id = $4))",
        id,
        who.contact,
        who.client,
        who.everything,
    )?;
    Ok(row.is_some())
}

/// The questions of an event's type, where this contact was asked.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Questions {
    pub title: String,
    pub done: bool,
}

pub async fn questions(
    tx: &mut StudioTx,
    asked: portico_wire::AssignmentId,
    who: Viewer,
) -> Result<Option<Questions>> {
    fetch_optional!(
        tx,
        Questions,
        "select v.title, a.done_at is not null as done
         from assignments a
         join forms f on f.studio_id = a.studio_id and f.id = a.form_id
         join form_versions v on v.studio_id = f.studio_id and v.form_id = f.id and v.number = f.current
         where a.studio_id = $1 and a.id = $2 and a.withdrawn_at is null
           and (a.client_id = $4 and $5 or exists (select 1 from assignment_contacts c
                where c.studio_id = $1 and c.assignment_id = a.id and c.contact_id = $3))",
        asked,
        who.contact,
        who.client,
        who.everything,
    )
}
