//! Documents as staff see them, and their folders.

use portico_wire::{
    ClientId, ContactId, DocumentId, DocumentRequestId, EventId, FolderId, Timestamp,
    documents::DocumentSource,
};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional, scalar},
};

/// A document in a list of staff's.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    pub id: DocumentId,
    pub client_id: ClientId,
    pub client_name: String,
    pub event_id: Option<EventId>,
    pub event_title: Option<String>,
    pub folder_id: Option<FolderId>,
    pub request_id: Option<DocumentRequestId>,
    pub name: String,
    pub kind: String,
    pub bytes: i64,
    pub begun_by: DocumentSource,
    pub by_name: String,
    pub current: i64,
    pub for_all: bool,
    pub staff_seen_at: Option<Timestamp>,
    pub changed_at: Timestamp,
    /// Contacts it is shared with, and those of them who opened its current version.
    pub viewers: i64,
    pub seen: i64,
}

/// Those of a client, the latest first.
pub async fn lines_of(tx: &mut StudioTx, client: ClientId) -> Result<Vec<Line>> {
    fetch_all!(
        tx,
        Line,
        "select id, client_id, client_name, event_id, event_title, folder_id, request_id, name, kind, bytes, begun_by, by_name,
                current, for_all, staff_seen_at, changed_at, viewers, seen
         from document_lines
         where studio_id = $1 and client_id = $2
         order by changed_at desc, id desc limit 500",
        client,
    )
}

/// Those of an event, of whichever client, the latest first.
pub async fn lines_on(tx: &mut StudioTx, event: EventId) -> Result<Vec<Line>> {
    fetch_all!(
        tx,
        Line,
        "select id, client_id, client_name, event_id, event_title, folder_id, request_id, name, kind, bytes, begun_by, by_name,
                current, for_all, staff_seen_at, changed_at, viewers, seen
         from document_lines
         where studio_id = $1 and event_id = $2
         order by changed_at desc, id desc limit 500",
        event,
    )
}

/// Something that came in.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Incoming {
    pub id: DocumentId,
    pub client_id: ClientId,
    pub client_name: String,
    pub name: String,
    pub kind: String,
    pub bytes: i64,
    pub by_name: String,
    pub seen: bool,
    pub changed_at: Timestamp,
    pub request: Option<String>,
}

/// A page of what contacts sent and nobody of the studio has looked at, the latest first.
pub async fn unseen(
    tx: &mut StudioTx,
    before: (Timestamp, DocumentId),
    most: i64,
) -> Result<Vec<Incoming>> {
    fetch_all!(
        tx,
        Incoming,
        "select id, client_id, client_name, name, kind, bytes, by_name, staff_seen_at is not null as seen, changed_at, request
         from document_lines
         where studio_id = $1 and begun_by = 'contact' and staff_seen_at is null
           and (changed_at < $2 or changed_at = $2 and id < $3)
         order by changed_at desc, id desc limit $4",
        before.0,
        before.1,
        most,
    )
}

/// A page of all that contacts sent, the latest first.
pub async fn incoming(
    tx: &mut StudioTx,
    before: (Timestamp, DocumentId),
    most: i64,
) -> Result<Vec<Incoming>> {
    fetch_all!(
        tx,
        Incoming,
        "select id, client_id, client_name, name, kind, bytes, by_name, staff_seen_at is not null as seen, changed_at, request
         from document_lines
         where studio_id = $1 and begun_by = 'contact'
           and (changed_at < $2 or changed_at = $2 and id < $3)
         order by changed_at desc, id desc limit $4",
        before.0,
        before.1,
        most,
    )
}

/// Somebody a document is shared with.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Reader {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub client_name: String,
    pub seen_at: Option<Timestamp>,
    pub downloaded_at: Option<Timestamp>,
    /// Sees it only because of seeing everything of the client.
    pub aside: bool,
}

/// Whom a document is shared with, and who else opened it; what they did with its current version.
pub async fn readers(tx: &mut StudioTx, id: DocumentId) -> Result<Vec<Reader>> {
    fetch_all!(
        tx,
        Reader,
        "select k.id, k.first_name, k.last_name, c.name as client_name, s.seen_at, s.downloaded_at,
                not exists (select 1 from document_viewers x where x.studio_id = $1 and x.document_id = $2
                    and x.contact_id = k.id and not x.everything) as aside
         from (select x.contact_id as id from document_viewers x
               where x.studio_id = $1 and x.document_id = $2 and not x.everything
               union
               select s.contact_id from document_seen s where s.studio_id = $1 and s.document_id = $2) who
         join contacts k on k.studio_id = $1 and k.id = who.id
         join clients c on c.studio_id = k.studio_id and c.id = k.client_id
         join documents d on d.studio_id = $1 and d.id = $2
         left join document_seen s on s.studio_id = $1 and s.document_id = $2 and s.number = d.current
              and s.contact_id = k.id
         where k.merged_into is null
         order by k.first_name, k.last_name, k.id limit 500",
        id,
    )
}

/// Contacts a document may be shared with: the client's, and on an event those who see it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Candidate {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub client_id: ClientId,
    pub client_name: String,
}

pub async fn candidates(
    tx: &mut StudioTx,
    client: ClientId,
    event: Option<EventId>,
) -> Result<Vec<Candidate>> {
    fetch_all!(
        tx,
        Candidate,
        "select k.id, k.first_name, k.last_name, k.client_id, c.name as client_name
         from (select k.id from contacts k where k.studio_id = $1 and k.client_id = $2 and k.merged_into is null
               union
               select e.contact_id from event_contacts e where e.studio_id = $1 and e.event_id = $3) who
         join contacts k on k.studio_id = $1 and k.id = who.id
         join clients c on c.studio_id = k.studio_id and c.id = k.client_id
         order by case when k.client_id = $2 then 0 else 1 end, k.first_name, k.last_name, k.id limit 300",
        client,
        event,
    )
}

/// The events of a client, the latest first, for choosing one.
pub async fn events_of(tx: &mut StudioTx, client: ClientId) -> Result<Vec<super::EventName>> {
    fetch_all!(
        tx,
        super::EventName,
        "select e.id, e.title, e.starts_at, e.time_zone
         from event_clients c join events e on e.studio_id = c.studio_id and e.id = c.event_id
         where c.studio_id = $1 and c.client_id = $2 order by c.ends_at desc, e.id limit 100",
        client,
    )
}

/// An event, and the clients it is for.
pub async fn event_name(tx: &mut StudioTx, event: EventId) -> Result<Option<super::EventName>> {
    fetch_optional!(
        tx,
        super::EventName,
        "select id, title, starts_at, time_zone from events where studio_id = $1 and id = $2",
        event,
    )
}

pub async fn clients_of_event(
    tx: &mut StudioTx,
    event: EventId,
) -> Result<Vec<(ClientId, String)>> {
    fetch_all!(
        tx,
        (ClientId, String),
        "select c.id, c.name from event_clients e
         join clients c on c.studio_id = e.studio_id and c.id = e.client_id
         where e.studio_id = $1 and e.event_id = $2 order by e.position, c.id limit 100",
        event,
    )
}

// Folders

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FolderRow {
    pub id: FolderId,
    pub client_id: ClientId,
    pub name: String,
    pub position: i64,
}

pub async fn folder(tx: &mut StudioTx, id: FolderId) -> Result<Option<FolderRow>> {
    fetch_optional!(
        tx,
        FolderRow,
        "select id, client_id, name, position from document_folders where studio_id = $1 and id = $2",
        id,
    )
}

/// At the end; a unique violation where the client has one of this name.
pub async fn insert_folder(tx: &mut StudioTx, client: ClientId, name: &str) -> Result<FolderId> {
    let (id, now): (FolderId, _) = (tx.id(), tx.now());
    let last = scalar!(
        tx,
        i64,
        "select coalesce(max(position), 0) from document_folders where studio_id = $1 and client_id = $2",
        client,
    )?;
    execute!(
        tx,
        "insert into document_folders (studio_id, id, client_id, name, position, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        id,
        client,
        name,
        last + 1,
        now,
    )?;
    Ok(id)
}

pub async fn rename_folder(tx: &mut StudioTx, id: FolderId, name: &str) -> Result<()> {
    execute!(
        tx,
        "update document_folders set name = $3 where studio_id = $1 and id = $2",
        id,
        name,
    )?;
    Ok(())
}

/// Before the one that stands above it; nothing where it is the first.
pub async fn raise_folder(tx: &mut StudioTx, folder: &FolderRow) -> Result<()> {
    let above = fetch_optional!(
        tx,
        FolderRow,
        "select id, client_id, name, position from document_folders
         where studio_id = $1 and client_id = $2 and position < $3 order by position desc limit 1",
        folder.client_id,
        folder.position,
    )?;
    let Some(above) = above else { return Ok(()) };
    for (id, position) in [(folder.id, above.position), (above.id, folder.position)] {
        execute!(
            tx,
            "update document_folders set position = $3 where studio_id = $1 and id = $2",
            id,
            position,
        )?;
    }
    Ok(())
}

/// What is in it stays, in no folder.
pub async fn delete_folder(tx: &mut StudioTx, id: FolderId) -> Result<()> {
    execute!(
        tx,
        "update documents set folder_id = null where studio_id = $1 and folder_id = $2",
        id
    )?;
    execute!(
        tx,
        "delete from document_folders where studio_id = $1 and id = $2",
        id
    )?;
    Ok(())
}
