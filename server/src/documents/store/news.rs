//! What is still to be told by mail.

use portico_wire::{ClientId, ContactId, DocumentId, DocumentNewsId, GroupId};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, scalar},
};

/// Somebody is to be told of a document: a contact, or staff. True where nothing of the kind waits for this client yet.
pub async fn insert_news(
    tx: &mut StudioTx,
    client: ClientId,
    document: DocumentId,
    contact: Option<ContactId>,
) -> Result<bool> {
    let (id, now): (DocumentNewsId, _) = (tx.id(), tx.now());
    let waiting = scalar!(
        tx,
        i64,
        "select count(*) from document_news where studio_id = $1 and client_id = $2",
        client,
    )?;
    execute!(
        tx,
        "insert into document_news (studio_id, id, client_id, document_id, contact_id, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        id,
        client,
        document,
        contact,
        now,
    )?;
    Ok(waiting == 0)
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct News {
    pub id: DocumentNewsId,
    pub document_id: DocumentId,
    pub name: String,
    pub by_name: String,
    pub request: Option<String>,
    pub event: Option<String>,
    /// Whose staff are told: the event's, where it has some.
    pub group_id: Option<GroupId>,
    pub contact_id: Option<ContactId>,
    pub first_name: Option<String>,
    /// Of a contact that can come in and still sees the document.
    pub email: Option<String>,
}

/// What is to be told of a client's documents; removed ones are passed over.
pub async fn news(tx: &mut StudioTx, client: ClientId) -> Result<Vec<News>> {
    fetch_all!(
        tx,
        News,
        "select n.id, n.document_id, d.name, v.by_name, r.title as request, e.title as event,
                coalesce(e.group_id, c.group_id) as group_id, n.contact_id, k.first_name,
                case when k.active and kc.portal_enabled and exists (select 1 from document_viewers x
                    where x.studio_id = $1 and x.document_id = d.id and x.contact_id = k.id) then k.email end as email
         from document_news n
         join documents d on d.studio_id = n.studio_id and d.id = n.document_id
         join document_versions v on v.studio_id = d.studio_id and v.document_id = d.id and v.number = d.current
         join clients c on c.studio_id = n.studio_id and c.id = n.client_id
         left join document_requests r on r.studio_id = d.studio_id and r.id = d.request_id
         left join events e on e.studio_id = d.studio_id and e.id = d.event_id
         left join contacts k on k.studio_id = n.studio_id and k.id = n.contact_id
         left join clients kc on kc.studio_id = k.studio_id and kc.id = k.client_id
         where n.studio_id = $1 and n.client_id = $2 and d.removed_at is null order by n.id limit 2000",
        client,
    )
}

/// They are told; what came since stays.
pub async fn delete_news(
    tx: &mut StudioTx,
    client: ClientId,
    last: Option<DocumentNewsId>,
) -> Result<()> {
    execute!(
        tx,
        "delete from document_news where studio_id = $1 and client_id = $2 and id <= $3",
        client,
        last.unwrap_or(DocumentNewsId::from_bytes([0xff; 16])),
    )?;
    Ok(())
}
