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
    match filter.client {
        None => fetch_all!(
            tx,
            Line,
            "select id, version, title, kind, colour, state, starts_at, ends_at, time_zone, all_day, venue, client_id, client,
                    others, asked, needed
             from event_lines
             where studio_id = $1 and (starts_at, id) > ($2, $3) and (state = $4 or $4 is null)
             order by starts_at, id limit $5",
            from,
            after,
            filter.state,
            most,
        ),
        Some(client) => fetch_all!(
            tx,
            Line,
            "select l.id, l.version, l.title, l.kind, l.colour, l.state, l.starts_at, l.ends_at, l.time_zone, l.all_day, l.venue,
                    l.client_id, l.client, l.others, l.asked, l.needed
             from event_clients o join event_lines l on l.studio_id = o.studio_id and l.id = o.event_id
             where o.studio_id = $1 and o.client_id = $5 and (o.starts_at, o.event_id) > ($2, $3)
               and (l.state = $4 or $4 is null)
             order by o.starts_at, o.event_id limit $6",
            from,
            after,
            filter.state,
            client,
            most,
        ),
    }
}

/// A page back in time from a moment.
pub async fn past_list(
    tx: &mut StudioTx,
    filter: Filter,
    from: Timestamp,
    before: EventId,
    most: i64,
) -> Result<Vec<Line>> {
    match filter.client {
        None => fetch_all!(
            tx,
            Line,
            "select id, version, title, kind, colour, state, starts_at, ends_at, time_zone, all_day, venue, client_id, client,
                    others, asked, needed
             from event_lines
             where studio_id = $1 and (starts_at, id) < ($2, $3) and (state = $4 or $4 is null)
             order by starts_at desc, id desc limit $5",
            from,
            before,
            filter.state,
            most,
        ),
        Some(client) => fetch_all!(
            tx,
            Line,
            "select l.id, l.version, l.title, l.kind, l.colour, l.state, l.starts_at, l.ends_at, l.time_zone, l.all_day, l.venue,
                    l.client_id, l.client, l.others, l.asked, l.needed
             from event_clients o join event_lines l on l.studio_id = o.studio_id and l.id = o.event_id
             where o.studio_id = $1 and o.client_id = $5 and (o.starts_at, o.event_id) < ($2, $3)
               and (l.state = $4 or $4 is null)
             order by o.starts_at desc, o.event_id desc limit $6",
            from,
            before,
            filter.state,
            client,
            most,
        ),
    }
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
        "select id, version, title, kind, colour, state, starts_at, ends_at, time_zone, all_day, venue, client_id, client,
                others, asked, needed
         from event_lines
         where studio_id = $1 and starts_at >= $2 and starts_at < $4 and ends_at > $3
         order by starts_at, id limit 2000",
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
