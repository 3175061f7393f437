//! What the studio asks for.

use portico_wire::{
    ClientId, ContactId, DocumentRequestId, EventId, Timestamp, documents::DocumentRequestState,
};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional, scalar},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Request {
    pub id: DocumentRequestId,
    pub client_id: ClientId,
    pub event_id: Option<EventId>,
    pub title: String,
    pub note: Option<String>,
    pub due: Option<String>,
    pub state: DocumentRequestState,
    pub answered_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

pub struct NewRequest<'a> {
    pub client: ClientId,
    pub event: Option<EventId>,
    pub contacts: &'a [ContactId],
    pub title: &'a str,
    pub note: Option<&'a str>,
    /// `2027-05-22`
    pub due: Option<&'a str>,
}

pub async fn insert_request(tx: &mut StudioTx, new: &NewRequest<'_>) -> Result<DocumentRequestId> {
    let (id, now): (DocumentRequestId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into document_requests (studio_id, id, client_id, event_id, title, note, due, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'open', $8)",
        id,
        new.client,
        new.event,
        new.title,
        new.note,
        new.due,
        now,
    )?;
    for &contact in new.contacts {
        execute!(
            tx,
            "insert into document_request_contacts (studio_id, request_id, contact_id) values ($1, $2, $3)
             on conflict do nothing",
            id,
            contact,
        )?;
    }
    Ok(id)
}

pub async fn request(tx: &mut StudioTx, id: DocumentRequestId) -> Result<Option<Request>> {
    fetch_optional!(
        tx,
        Request,
        "select id, client_id, event_id, title, note, due, state, answered_at, created_at
         from document_requests where studio_id = $1 and id = $2",
        id,
    )
}

/// Those of a client, the latest first.
pub async fn requests_of(tx: &mut StudioTx, client: ClientId) -> Result<Vec<Request>> {
    fetch_all!(
        tx,
        Request,
        "select id, client_id, event_id, title, note, due, state, answered_at, created_at
         from document_requests where studio_id = $1 and client_id = $2 order by id desc limit 200",
        client,
    )
}

/// Who is asked, with what a mail needs; those who cannot come in have no `email`.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Person {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
}

pub async fn asked_contacts(tx: &mut StudioTx, id: DocumentRequestId) -> Result<Vec<Person>> {
    fetch_all!(
        tx,
        Person,
        "select k.id, k.first_name, k.last_name, case when k.active and cl.portal_enabled then k.email end as email
         from document_request_contacts c
         join contacts k on k.studio_id = c.studio_id and k.id = c.contact_id
         join clients cl on cl.studio_id = k.studio_id and cl.id = k.client_id
         where c.studio_id = $1 and c.request_id = $2 order by k.first_name, k.id",
        id,
    )
}

/// The names of those who are asked, of a client's requests.
pub async fn asked_of_client(
    tx: &mut StudioTx,
    client: ClientId,
) -> Result<Vec<(DocumentRequestId, String, String)>> {
    fetch_all!(
        tx,
        (DocumentRequestId, String, String),
        "select c.request_id, k.first_name, k.last_name
         from document_requests r
         join document_request_contacts c on c.studio_id = r.studio_id and c.request_id = r.id
         join contacts k on k.studio_id = c.studio_id and k.id = c.contact_id
         where r.studio_id = $1 and r.client_id = $2 order by k.first_name, k.id limit 2000",
        client,
    )
}

/// Somebody answered it; false where it was answered or withdrawn before.
pub async fn mark_answered(tx: &mut StudioTx, id: DocumentRequestId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update document_requests set state = 'answered', answered_at = $3
         where studio_id = $1 and id = $2 and state = 'open'",
        id,
        now,
    )?;
    Ok(rows == 1)
}

/// Open once more: what answered it was taken back, and nothing else does.
pub async fn reopen_unanswered(tx: &mut StudioTx, id: DocumentRequestId) -> Result<()> {
    execute!(
        tx,
        "update document_requests set state = 'open', answered_at = null
         where studio_id = $1 and id = $2 and state = 'answered' and not exists (select 1 from documents d
            where d.studio_id = $1 and d.request_id = $2 and d.removed_at is null)",
        id,
    )?;
    Ok(())
}

/// Taken back; false where it is over.
pub async fn withdraw_request(tx: &mut StudioTx, id: DocumentRequestId) -> Result<bool> {
    let rows = execute!(
        tx,
        "update document_requests set state = 'withdrawn' where studio_id = $1 and id = $2 and state = 'open'",
        id,
    )?;
    Ok(rows == 1)
}

/// Notes a reminder for this last day before it goes out; false where it went out before, or is not due any more.
pub async fn take_reminder(
    tx: &mut StudioTx,
    id: DocumentRequestId,
    due: &str,
    after: bool,
) -> Result<bool> {
    let now = tx.now();
    let rows = if after {
        execute!(
            tx,
            "update document_requests set reminded_after_at = $4
             where studio_id = $1 and id = $2 and due = $3 and state = 'open' and reminded_after_at is null",
            id,
            due,
            now,
        )?
    } else {
        execute!(
            tx,
            "update document_requests set reminded_before_at = $4
             where studio_id = $1 and id = $2 and due = $3 and state = 'open' and reminded_before_at is null",
            id,
            due,
            now,
        )?
    };
    Ok(rows == 1)
}

/// Whether this contact was reminded of a document within the last minute.
pub async fn was_just_reminded(tx: &mut StudioTx, contact: ContactId) -> Result<bool> {
    let since = tx.now().plus_seconds(-60);
    let found = scalar!(
        tx,
        i64,
        "select count(*) from outbox
         where studio_id = $1 and contact_id = $2 and template = 'document_reminder' and created_at > $3",
        contact,
        since,
    )?;
    Ok(found > 0)
}
