//! Documents as a contact sees them. Who sees what stands in the view `document_viewers`.

use portico_wire::{
    ContactId, DocumentId, DocumentRequestId, EventId, FolderId, Timestamp,
    documents::{DocumentRequestState, DocumentSource, Folder},
};

use crate::{
    Result,
    db::{StudioTx, fetch_all, fetch_optional, scalar},
    forms::store::Viewer,
};

/// A document with the version that counts.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Seen {
    pub id: DocumentId,
    pub name: String,
    pub kind: String,
    pub bytes: i64,
    pub storage_key: String,
    pub crc32: i64,
    /// Who sent the current version.
    pub source: DocumentSource,
    pub by_name: String,
    pub current: i64,
    pub changed_at: Timestamp,
    /// Who began it.
    pub begun_by: DocumentSource,
    pub contact_id: Option<ContactId>,
    pub staff_seen: bool,
    pub event_id: Option<EventId>,
    pub folder_id: Option<FolderId>,
    pub request_id: Option<DocumentRequestId>,
    /// This contact has opened the current version.
    pub seen: bool,
}

/// Where a page of the list begins: behind this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub seen: bool,
    pub at: Timestamp,
    pub id: DocumentId,
}

/// What a page holds; one more tells that there is another.
pub const PAGE: usize = 200;

/// A page of what a contact sees: what it has not opened first, then the latest.
pub async fn seen_by(
    tx: &mut StudioTx,
    who: Viewer,
    behind: Option<Place>,
    event: Option<EventId>,
) -> Result<Vec<Seen>> {
    let rank = behind.map_or(-1, |place| i64::from(place.seen));
    fetch_all!(
        tx,
        Seen,
        "select l.id, l.name, l.kind, l.bytes, l.storage_key, l.crc32, l.source, l.by_name, l.current, l.changed_at, l.begun_by,
                l.contact_id, l.staff_seen, l.event_id, l.folder_id, l.request_id, l.seen
         from (select d.id, d.name, v.kind, v.bytes, v.storage_key, v.crc32, v.source, v.by_name, d.current, d.changed_at,
                      d.source as begun_by, d.contact_id, d.staff_seen_at is not null as staff_seen, d.event_id,
                      d.folder_id, d.request_id,
                      exists (select 1 from document_seen s where s.studio_id = d.studio_id and s.document_id = d.id
                              and s.number = d.current and s.contact_id = $2) as seen
               from (select distinct x.document_id as id from document_viewers x
                     where x.studio_id = $1 and x.contact_id = $2 and (not x.everything or $3)) mine
               join documents d on d.studio_id = $1 and d.id = mine.id
               join document_versions v on v.studio_id = d.studio_id and v.document_id = d.id and v.number = d.current
               where d.removed_at is null and ($7 or d.event_id = $8)) l
         where case when l.seen then 1 else 0 end > $4
            or (case when l.seen then 1 else 0 end = $4 and (l.changed_at < $5 or l.changed_at = $5 and l.id < $6))
         order by case when l.seen then 1 else 0 end, l.changed_at desc, l.id desc limit 201",
        who.contact,
        who.everything,
        rank,
        behind.map_or(Timestamp::from_micros(0), |place| place.at),
        behind.map_or(DocumentId::from_bytes([0; 16]), |place| place.id),
        event.is_none(),
        event,
    )
}

/// One of them.
pub async fn seen_one(tx: &mut StudioTx, who: Viewer, id: DocumentId) -> Result<Option<Seen>> {
    fetch_optional!(
        tx,
        Seen,
        "select d.id, d.name, v.kind, v.bytes, v.storage_key, v.crc32, v.source, v.by_name, d.current, d.changed_at,
                d.source as begun_by, d.contact_id, d.staff_seen_at is not null as staff_seen, d.event_id,
                d.folder_id, d.request_id,
                exists (select 1 from document_seen s where s.studio_id = d.studio_id and s.document_id = d.id
                        and s.number = d.current and s.contact_id = $2) as seen
         from documents d
         join document_versions v on v.studio_id = d.studio_id and v.document_id = d.id and v.number = d.current
         where d.studio_id = $1 and d.id = $4 and d.removed_at is null
           and exists (select 1 from document_viewers x where x.studio_id = $1 and x.document_id = $4 and x.contact_id = $2
                       and (not x.everything or $3))",
        who.contact,
        who.everything,
        id,
    )
}

/// The folders of the client, in the studio's order.
pub async fn folders_of(tx: &mut StudioTx, client: portico_wire::ClientId) -> Result<Vec<Folder>> {
    let rows = fetch_all!(
        tx,
        (FolderId, String),
        "select id, name from document_folders where studio_id = $1 and client_id = $2 order by position, name limit 200",
        client,
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| Folder { id, name })
        .collect())
}

/// What a contact is asked for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Asked {
    pub id: DocumentRequestId,
    pub title: String,
    pub note: Option<String>,
    pub due: Option<String>,
    pub state: DocumentRequestState,
    pub event_id: Option<EventId>,
    pub answered_at: Option<Timestamp>,
}

/// Open ones first, the next due before others; answered ones only with `history`.
pub async fn asked_of(
    tx: &mut StudioTx,
    who: Viewer,
    history: bool,
    event: Option<EventId>,
) -> Result<Vec<Asked>> {
    fetch_all!(
        tx,
        Asked,
        "select r.id, r.title, r.note, r.due, r.state, r.event_id, r.answered_at
         from (select c.request_id as id from document_request_contacts c where c.studio_id = $1 and c.contact_id = $2
               union
               select r.id from document_requests r where r.studio_id = $1 and r.client_id = $3 and $4) mine
         join document_requests r on r.studio_id = $1 and r.id = mine.id
         where (r.state = 'open' or (r.state = 'answered' and $5)) and ($6 or r.event_id = $7)
         order by case when r.state = 'open' then 0 else 1 end, coalesce(r.due, '9999-12-31'), r.id limit 100",
        who.contact,
        who.client,
        who.everything,
        history,
        event.is_none(),
        event,
    )
}

/// Whether this contact is asked for it.
pub async fn is_asked(tx: &mut StudioTx, who: Viewer, id: DocumentRequestId) -> Result<bool> {
    let found = scalar!(
        tx,
        i64,
        "select count(*) from document_requests r where r.studio_id = $1 and r.id = $2 and r.state <> 'withdrawn'
           and ((r.client_id = $4 and $5) or exists (select 1 from document_request_contacts c
                where c.studio_id = r.studio_id and c.request_id = r.id and c.contact_id = $3))",
        id,
        who.contact,
        who.client,
        who.everything,
    )?;
    Ok(found > 0)
}

/// Whether this contact sees the event.
pub async fn sees_event(tx: &mut StudioTx, who: Viewer, id: EventId) -> Result<bool> {
    let found = scalar!(
        tx,
        i64,
        "select (select count(*) from event_contacts c where c.studio_id = $1 and c.event_id = $2 and c.contact_id = $3)
              + (select count(*) from event_clients c where c.studio_id = $1 and c.event_id = $2 and c.client_id = $4 and $5)",
        id,
        who.contact,
        who.client,
        who.everything,
    )?;
    Ok(found > 0)
}

/// An event, as documents name it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EventName {
    pub id: EventId,
    pub title: String,
    pub starts_at: Timestamp,
    pub time_zone: String,
}

/// The events a contact sees; documents name theirs.
pub async fn events_seen(tx: &mut StudioTx, who: Viewer) -> Result<Vec<EventName>> {
    fetch_all!(
        tx,
        EventName,
        "select e.id, e.title, e.starts_at, e.time_zone
         from (select d.event_id as id from document_viewers x
               join documents d on d.studio_id = x.studio_id and d.id = x.document_id
               where x.studio_id = $1 and x.contact_id = $2 and (not x.everything or $3) and d.event_id is not null
                 and d.removed_at is null
               union
               select r.event_id from document_request_contacts c
               join document_requests r on r.studio_id = c.studio_id and r.id = c.request_id
               where c.studio_id = $1 and c.contact_id = $2 and r.event_id is not null
               union
               select r.event_id from document_requests r
               where r.studio_id = $1 and r.client_id = $4 and $3 and r.event_id is not null) mine
         join events e on e.studio_id = $1 and e.id = mine.id
         order by e.starts_at desc, e.id limit 200",
        who.contact,
        who.everything,
        who.client,
    )
}
