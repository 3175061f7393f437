//! What is known of a contact's doings, from the logs that are kept anyway.

use portico_wire::{ContactId, Timestamp};

use crate::{
    Result,
    db::{StudioTx, fetch_all},
};

#[derive(sqlx::FromRow)]
pub struct SignIn {
    pub at: Timestamp,
    pub outcome: String,
    pub origin: String,
    pub address: String,
    pub user_agent: String,
}

pub async fn sign_ins(tx: &mut StudioTx, contact: ContactId, limit: i64) -> Result<Vec<SignIn>> {
    fetch_all!(
        tx,
        SignIn,
        "select at, outcome, origin, address, user_agent from sign_ins
         where studio_id = $1 and contact_id = $2 order by id desc limit $3",
        contact,
        limit,
    )
}

#[derive(sqlx::FromRow)]
pub struct Acted {
    pub at: Timestamp,
    pub actor_kind: String,
    pub actor_name: String,
    pub action: String,
}

/// What the contact did, and what others did to it.
pub async fn acts(tx: &mut StudioTx, contact: ContactId, limit: i64) -> Result<Vec<Acted>> {
    fetch_all!(
        tx,
        Acted,
        "select at, actor_kind, actor_name, action from audit_log
         where studio_id = $1 and id in (
             select id from (select id from audit_log where studio_id = $1 and actor_id = $2 order by id desc limit $3) own
             union
             select id from (select id from audit_log where studio_id = $1 and subject_kind = 'contact' and subject_id = $2
                             order by at desc limit $3) done)
         order by id desc limit $3",
        contact,
        limit,
    )
}

#[derive(sqlx::FromRow)]
pub struct Seen {
    pub name: String,
    pub seen_at: Timestamp,
    pub downloaded_at: Option<Timestamp>,
}

/// Documents the contact opened or downloaded, where they still are.
pub async fn documents(tx: &mut StudioTx, contact: ContactId, limit: i64) -> Result<Vec<Seen>> {
    fetch_all!(
        tx,
        Seen,
        "select d.name, s.seen_at, s.downloaded_at
         from document_seen s join documents d on d.studio_id = s.studio_id and d.id = s.document_id
         where s.studio_id = $1 and s.contact_id = $2 and d.removed_at is null
         order by s.seen_at desc limit $3",
        contact,
        limit,
    )
}

#[derive(sqlx::FromRow)]
pub struct Signed {
    pub title: String,
    pub opened_at: Option<Timestamp>,
    pub signed_at: Option<Timestamp>,
    pub declined_at: Option<Timestamp>,
}

/// The contracts that name the contact.
pub async fn contracts(tx: &mut StudioTx, contact: ContactId, limit: i64) -> Result<Vec<Signed>> {
    fetch_all!(
        tx,
        Signed,
        "select c.title, s.opened_at, s.signed_at, s.declined_at
         from contract_signers s join contracts c on c.studio_id = s.studio_id and c.id = s.contract_id
         where s.studio_id = $1 and s.contact_id = $2 order by s.contract_id desc limit $3",
        contact,
        limit,
    )
}
