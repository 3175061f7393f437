//! One-time codes and proofs.

use portico_wire::{CodeId, ContactId, ProofId, SessionId, Timestamp, access::Channel};

use super::super::{CODE_SECONDS, CODE_TRIES, PROOF_SECONDS, Recent};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_one, fetch_optional},
};

pub async fn recent_codes(tx: &mut StudioTx, contact: ContactId) -> Result<Recent> {
    let hour_ago = tx.now().plus_seconds(-3600);
    fetch_one!(
        tx,
        Recent,
        "select count(*) as last_hour, max(created_at) as last, min(created_at) as first
         from codes where studio_id = $1 and contact_id = $2 and created_at > $3",
        contact,
        hour_ago,
    )
}

pub struct NewCode<'a> {
    pub contact: ContactId,
    pub act: &'a str,
    pub session: Option<SessionId>,
    pub channel: Channel,
    pub request_hash: Vec<u8>,
    pub code_hash: Vec<u8>,
}

pub async fn insert_code(tx: &mut StudioTx, code: NewCode<'_>) -> Result<()> {
    let (id, now): (CodeId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into codes (studio_id, id, contact_id, act, session_id, channel, request_hash, code_hash, tries,
                created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10)",
        id,
        code.contact,
        code.act,
        code.session,
        code.channel,
        code.request_hash,
        code.code_hash,
        now,
        now.plus_seconds(CODE_SECONDS),
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
pub struct TriedCode {
    pub contact_id: ContactId,
    pub tries: i64,
    pub right: bool,
}

/// Checks and counts a try in one statement, so that parallel tries never exceed the limit. `None`:
/// there is no live code for this request; [`explain_code`] says why.
pub async fn try_code(
    tx: &mut StudioTx,
    act: &str,
    session: Option<SessionId>,
    request_hash: &[u8],
    code_hash: &[u8],
) -> Result<Option<TriedCode>> {
    let now = tx.now();
    fetch_optional!(
        tx,
        TriedCode,
        "update codes set tries = tries + 1, used_at = case when code_hash = $4 then $6 else used_at end
         where studio_id = $1 and request_hash = $2 and act = $3 and used_at is null and tries < $7
           and expires_at > $6 and session_id is not distinct from $5
         returning contact_id, tries, used_at is not null as \"right\"",
        request_hash,
        act,
        code_hash,
        session,
        now,
        CODE_TRIES,
    )
}

#[derive(sqlx::FromRow)]
pub struct DeadCode {
    pub contact_id: ContactId,
    pub tries: i64,
    pub used_at: Option<Timestamp>,
}

pub async fn explain_code(
    tx: &mut StudioTx,
    act: &str,
    request_hash: &[u8],
) -> Result<Option<DeadCode>> {
    fetch_optional!(
        tx,
        DeadCode,
        "select contact_id, tries, used_at from codes where studio_id = $1 and request_hash = $2 and act = $3",
        request_hash,
        act,
    )
}

// Proofs

/// How a proof was given: "password", or "code by email" and when that code was sent.
pub type Way<'a> = (&'a str, Option<Timestamp>);

pub async fn insert_proof(
    tx: &mut StudioTx,
    contact: ContactId,
    session: Option<SessionId>,
    act: &str,
    secret_hash: &[u8],
    (way, code_sent_at): Way<'_>,
) -> Result<()> {
    let (id, now): (ProofId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into proofs (studio_id, id, contact_id, session_id, act, secret_hash, created_at, expires_at, way,
                code_sent_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id,
        contact,
        session,
        act,
        secret_hash,
        now,
        now.plus_seconds(PROOF_SECONDS),
        way,
        code_sent_at,
    )?;
    Ok(())
}

/// Over which channel a code went, and when.
pub async fn code_way(tx: &mut StudioTx, request_hash: &[u8]) -> Result<(Channel, Timestamp)> {
    fetch_one!(
        tx,
        (Channel, Timestamp),
        "select channel, created_at from codes where studio_id = $1 and request_hash = $2",
        request_hash,
    )
}

/// A proof that was used up.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct UsedProof {
    pub contact_id: ContactId,
    pub way: String,
    pub code_sent_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// Uses a proof up; `None` where it is none, for another act or session, used or too old.
pub async fn use_proof(
    tx: &mut StudioTx,
    session: Option<SessionId>,
    act: &str,
    secret_hash: &[u8],
) -> Result<Option<UsedProof>> {
    let now = tx.now();
    fetch_optional!(
        tx,
        UsedProof,
        "update proofs set used_at = $5
         where studio_id = $1 and secret_hash = $2 and act = $3 and used_at is null and expires_at > $5
           and session_id is not distinct from $4
         returning contact_id, way, code_sent_at, created_at",
        secret_hash,
        act,
        session,
        now,
    )
}

/// The contact behind a live proof, without using it up.
pub async fn find_proof(
    tx: &mut StudioTx,
    act: &str,
    secret_hash: &[u8],
) -> Result<Option<ContactId>> {
    let now = tx.now();
    let row = fetch_optional!(
        tx,
        (ContactId,),
        "select contact_id from proofs
         where studio_id = $1 and secret_hash = $2 and act = $3 and used_at is null and expires_at > $4",
        secret_hash,
        act,
        now,
    )?;
    Ok(row.map(|(contact,)| contact))
}
