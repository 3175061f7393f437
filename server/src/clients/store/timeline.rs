//! What happened to a client and its contacts.

use portico_wire::{AuditId, ClientId, ContactId, Timestamp};
use serde_json::Value;

use crate::{
    Result,
    db::{StudioTx, fetch_all},
};

/// An entry of the audit log.
#[derive(Debug, sqlx::FromRow)]
pub struct Entry {
    pub id: AuditId,
    pub at: Timestamp,
    pub actor_kind: String,
    pub actor_name: String,
    pub action: String,
    /// The contact it happened to, if it was one.
    pub contact_id: Option<ContactId>,
    #[sqlx(json(nullable))]
    pub before: Option<Value>,
    #[sqlx(json(nullable))]
    pub after: Option<Value>,
}

/// The newest first, those before `until`.
pub async fn timeline(
    tx: &mut StudioTx,
    client: ClientId,
    until: AuditId,
    most: i64,
) -> Result<Vec<Entry>> {
    fetch_all!(
        tx,
        Entry,
        "select id, at, actor_kind, actor_name, action, contact_id, before, after from (
            select a.id, a.at, a.actor_kind, a.actor_name, a.action, k.id as contact_id, a.before, a.after
            from contacts k join audit_log a
                on a.studio_id = k.studio_id and a.subject_kind = 'contact' and a.subject_id = k.id
            where k.studio_id = $1 and k.client_id = $2
            union all
            select a.id, a.at, a.actor_kind, a.actor_name, a.action, null as contact_id, a.before, a.after
            from audit_log a where a.studio_id = $1 and a.subject_kind = 'client' and a.subject_id = $2
         ) happened where id < $3 order by id desc limit $4",
        client,
        until,
        most,
    )
}
