//! Events as staff look through them.

use portico_wire::{
    ClientId, EventId, Timestamp,
    events::{EventColour, EventState},
};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, scalar},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    pub id: EventId,
    pub version: i64,
    pub title: String,
    pub kind: String,
    pub colour: EventColour,
    pub state: EventState,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub time_zone: String,
    pub all_day: bool,
    pub venue: String,
    pub client_id: Option<ClientId>,
    pub client: Option<String>,
    /// How many further clients there are.
    pub others: i64,
    /// Wishes that wait for an answer.
    pub asked: i64,
    /// How many people it takes.
    pub needed: i64,
}

/// Which events, from which one on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    pub state: Option<EventState>,
    pub client: Option<ClientId>,
}

/// A page forward in time from a moment, of events that begin then or later.
pub async fn coming_list(
    tx: &mut StudioTx,
    filter: Filter,
    from: Timestamp,
    after: EventId,
    most: i64,
) -> Result<Vec<Line>> {
    fetch_all!(
        tx,
        Line,
        "select e.id, e.version, e.title, t.name as kind, t.colour, e.state, e.starts_at, e.ends_at, e.time_zone, e.all_day,
                e.venue, c.client_id, k.name as client,
                (select count(*) from event_clients m where m.studio_id = $1 and m.event_id = e.id) - 1 as others,
                (select count(*) from event_requests r where r.studio_id = $1 and r.event_id = e.id and r.state = 'open') as asked,
                (select cast(coalesce(sum(n.count), 0) as bigint) from event_needs n
                 where n.studio_id = $1 and n.event_id = e.id) as needed
         from events e
         join event_types t on t.studio_id = e.studio_id and t.id = e.type_id
         left join event_clients c on c.studio_id = e.studio_id and c.event_id = e.id and c.position = 0
         left join clients k on k.studio_id = c.studio_id and k.id = c.client_id
         where e.studio_id = $1 and (e.starts_at, e.id) > ($2, $3) and (e.state = $4 or $4 is null)
           and (exists (select 1 from event_clients o
                where o.studio_id = $1 and o.event_id = e.id and o.client_id = $5) or $5 is null)
         order by e.starts_at, e.id limit $6",
        from,
        after,
        filter.state,
        filter.client,
        most,
    )
}

/// A page back in time from a moment.
pub async fn past_list(
    tx: &mut StudioTx,
    filter: Filter,
    from: Timestamp,
    before: EventId,
    most: i64,
) -> Result<Vec<Line>> {
    fetch_all!(
        tx,
        Line,
        "select e.id, e.version, e.title, t.name as kind, t.colour, e.state, e.starts_at, e.ends_at, e.time_zone, e.all_day,
                e.venue, c.client_id, k.name as client,
                (select count(*) from event_clients m where m.studio_id = $1 and m.event_id = e.id) - 1 as others,
                (select count(*) from event_requests r where r.studio_id = $1 and r.event_id = e.id and r.state = 'open') as asked,
                (select cast(coalesce(sum(n.count), 0) as bigint) from event_needs n
                 where n.studio_id = $1 and n.event_id = e.id) as needed
         from events e
         join event_types t on t.studio_id = e.studio_id and t.id = e.type_id
         left join event_clients c on c.studio_id = e.studio_id and c.event_id = e.id and c.position = 0
         left join clients k on k.studio_id = c.studio_id and k.id = c.client_id
         where e.studio_id = $1 and (e.starts_at, e.id) < ($2, $3) and (e.state = $4 or $4 is null)
           and (exists (select 1 from event_clients o
                where o.studio_id = $1 and o.event_id = e.id and o.client_id = $5) or $5 is null)
         order by e.starts_at desc, e.id desc limit $6",
        from,
        before,
        filter.state,
        filter.client,
        most,
    )
}

/// All that touch a span of time. `earliest`: the longest event before its start.
pub async fn between(
    tx: &mut StudioTx,
    earliest: Timestamp,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Line>> {
    fetch_all!(
        tx,
        Line,
        "select e.id, e.version, e.title, t.name as kind, t.colour, e.state, e.starts_at, e.ends_at, e.time_zone, e.all_day,
                e.venue, c.client_id, k.name as client,
                (select count(*) from event_clients m where m.studio_id = $1 and m.event_id = e.id) - 1 as others,
                (select count(*) from event_requests r where r.studio_id = $1 and r.event_id = e.id and r.state = 'open') as asked,
                (select cast(coalesce(sum(n.count), 0) as bigint) from event_needs n
                 where n.studio_id = $1 and n.event_id = e.id) as needed
         from events e
         join event_types t on t.studio_id = e.studio_id and t.id = e.type_id
         left join event_clients c on c.studio_id = e.studio_id and c.event_id = e.id and c.position = 0
         left join clients k on k.studio_id = c.studio_id and k.id = c.client_id
         where e.studio_id = $1 and e.starts_at >= $2 and e.starts_at < $4 and e.ends_at > $3
         order by e.starts_at, e.id limit 2000",
        earliest,
        from,
        to,
    )
}

/// What waits for the studio: bookings to confirm, and wishes to answer.
pub async fn waiting(tx: &mut StudioTx) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select (select count(*) from events e where e.studio_id = $1 and e.state in ('requested', 'to_be_confirmed'))
              + (select count(*) from event_requests r where r.studio_id = $1 and r.state = 'open')",
    )
}

/// True for the first who takes it.
pub async fn take_reminder(tx: &mut StudioTx, id: EventId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update events set reminded_at = $3
         where studio_id = $1 and id = $2 and state = 'confirmed' and reminded_at is null",
        id,
        now,
    )?;
    Ok(rows == 1)
}
