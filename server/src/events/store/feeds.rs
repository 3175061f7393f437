//! The private addresses calendars read.

use portico_wire::{ClientId, ContactId, Settings, StudioId, Timestamp};

use super::super::Event;
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_optional},
    forms::store::Viewer,
};

/// The encrypted secret of a contact's feed.
pub async fn feed_secret(tx: &mut StudioTx, contact: ContactId) -> Result<Option<Vec<u8>>> {
    let row = fetch_optional!(
        tx,
        (Vec<u8>,),
        "select secret from calendar_feeds where studio_id = $1 and contact_id = $2",
        contact,
    )?;
    Ok(row.map(|(secret,)| secret))
}

/// Makes the feed, or takes a new secret in place of the old.
pub async fn save_feed(
    tx: &mut StudioTx,
    contact: ContactId,
    hash: Vec<u8>,
    secret: Vec<u8>,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into calendar_feeds (studio_id, contact_id, secret_hash, secret, made_at) values ($1, $2, $3, $4, $5)
         on conflict (studio_id, contact_id) do update set secret_hash = excluded.secret_hash, secret = excluded.secret,
            made_at = excluded.made_at",
        contact,
        hash,
        secret,
        now,
    )?;
    Ok(())
}

/// Whose feed that is.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FeedOwner {
    pub studio_id: StudioId,
    pub contact_id: ContactId,
    pub client_id: ClientId,
    #[sqlx(json)]
    pub contact_rights: Settings,
    #[sqlx(json)]
    pub client_rights: Settings,
}

/// By the hash of its secret, which says whose it is; only of who can come in.
pub async fn feed_owner(tx: &mut Tx, hash: &[u8]) -> Result<Option<FeedOwner>> {
    fetch_optional!(
        tx,
        FeedOwner,
        "select f.studio_id, f.contact_id, c.client_id, c.rights as contact_rights, l.rights as client_rights
         from calendar_feeds f
         join contacts c on c.studio_id = f.studio_id and c.id = f.contact_id
         join clients l on l.studio_id = c.studio_id and l.id = c.client_id
         where f.secret_hash = $1 and c.active and l.portal_enabled and c.merged_into is null",
        hash,
    )
}

/// The latest events a contact sees, cancelled ones too: a calendar has to hear of that. Their leader is who leads the
/// roster, where somebody does.
pub async fn feed(
    tx: &mut StudioTx,
    who: Viewer,
    since: Timestamp,
    most: i64,
) -> Result<Vec<Event>> {
    fetch_all!(
        tx,
        Event,
        "select e.id, e.version, e.type_id, t.name as kind, t.colour, e.title, e.state, e.starts_at, e.ends_at,
                e.time_zone, e.all_day, e.venue, e.address, coalesce(k.name, e.leader_name) as leader_name,
                case when k.id is null then e.leader_phone else k.phone end as leader_phone, '' as staff_notes, e.group_id,
                e.sequence, e.source_id, e.assignment_id, e.reason, e.booked_by, e.created_at, e.updated_at
         from (select c.event_id as id from event_contacts c
               where c.studio_id = $1 and c.contact_id = $2 and c.ends_at > $5
               union
               select o.event_id from event_clients o
               where o.studio_id = $1 and o.client_id = $3 and $4 and o.ends_at > $5) mine
         join events e on e.studio_id = $1 and e.id = mine.id
         join event_types t on t.studio_id = e.studio_id and t.id = e.type_id
         left join event_leaders l on l.studio_id = e.studio_id and l.event_id = e.id
         left join crew k on k.studio_id = l.studio_id and k.id = l.crew_id
         order by e.starts_at desc, e.id limit $6",
        who.contact,
        who.client,
        who.everything,
        since,
        most,
    )
}
