//! What happened to a client and its contacts.

use portico_wire::{AuditId, ClientId, ContactId, Timestamp};
use serde_json::Value;

use crate::{
    Result,
    audit::Change,
    db::{StudioTx, fetch_all, fetch_optional},
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
    #[sqlx(json(nullable))]
    pub undo: Option<Change>,
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
        "select id, at, actor_kind, actor_name, action, contact_id, before, after, undo from (
            select a.id, a.at, a.actor_kind, a.actor_name, a.action, k.id as contact_id, a.before, a.after, a.undo
            from contacts k join audit_log a
                on a.studio_id = k.studio_id and a.subject_kind = 'contact' and a.subject_id = k.id
            where k.studio_id = $1 and k.client_id = $2
            union all
            select a.id, a.at, a.actor_kind, a.actor_name, a.action, null as contact_id, a.before, a.after,
                a.undo
            from audit_log a where a.studio_id = $1 and a.subject_kind = 'client' and a.subject_id = $2
         ) happened where id < $3 order by id desc limit $4",
        client,
        until,
        most,
    )
}

/// One entry, of this client or one of its contacts.
pub async fn entry(tx: &mut StudioTx, client: ClientId, entry: AuditId) -> Result<Option<Entry>> {
    fetch_optional!(
        tx,
        Entry,
        "select a.id, a.at, a.actor_kind, a.actor_name, a.action, k.id as contact_id, a.before, a.after, a.undo
         from audit_log a
         left join contacts k on k.studio_id = a.studio_id and k.id = a.subject_id and a.subject_kind = 'contact'
         where a.studio_id = $1 and a.id = $3
           and (k.client_id = $2 or (a.subject_kind = 'client' and a.subject_id = $2))",
        client,
        entry,
    )
}
