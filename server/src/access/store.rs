//! The only SQL about codes, passwords, links, sessions, proofs and the sign-in log.

use portico_wire::{
    CodeId, ContactId, LinkId, ProofId, SessionId, SignInId, Timestamp, access::Channel,
};

use super::{
    CODE_SECONDS, CODE_TRIES, Candidate, Email, LINKS_AT_ONCE, PASSWORD_TRIES, PASSWORD_WINDOW,
    PROOF_SECONDS, Recent, STAY_SECONDS, sessions::Found,
};
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_one, fetch_optional, scalar},
    scope::Caller,
};

// Contacts, as sign-in sees them

/// Everybody of the studio with this email: one, or a reason.
pub async fn candidates(tx: &mut StudioTx, email: &Email) -> Result<Vec<Candidate>> {
    fetch_all!(
        tx,
        Candidate,
        "select c.id, c.client_id, c.first_name, c.last_name, c.email, c.mobile, c.active, cl.portal_enabled,
                c.password_hash is not null as has_password, c.password_must_change, c.language
         from contacts c join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         where c.studio_id = $1 and c.email = $2 order by c.id limit 2",
        email.as_str(),
    )
}

/// The contact; `None` also for one without an email.
pub async fn candidate(tx: &mut StudioTx, contact: ContactId) -> Result<Option<Candidate>> {
    fetch_optional!(
        tx,
        Candidate,
        "select c.id, c.client_id, c.first_name, c.last_name, c.email, c.mobile, c.active, cl.portal_enabled,
                c.password_hash is not null as has_password, c.password_must_change, c.language
         from contacts c join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         where c.studio_id = $1 and c.id = $2 and c.email is not null",
        contact,
    )
}

// Codes

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

// Passwords

#[derive(sqlx::FromRow)]
pub struct PasswordTry {
    pub password_hash: Option<String>,
}

/// Takes one of the tries before anything is hashed; `None` where none is left.
pub async fn take_password_try(
    tx: &mut StudioTx,
    contact: ContactId,
) -> Result<Option<PasswordTry>> {
    let now = tx.now();
    fetch_optional!(
        tx,
        PasswordTry,
        "update contacts set
            password_tries = case when password_tries_since <= $4 then 1 else password_tries + 1 end,
            password_tries_since = case when password_tries_since <= $4 then $3 else password_tries_since end
         where studio_id = $1 and id = $2 and (password_tries < $5 or password_tries_since <= $4)
         returning password_hash",
        contact,
        now,
        now.plus_seconds(-PASSWORD_WINDOW),
        PASSWORD_TRIES,
    )
}

/// A right password leaves no tries behind.
pub async fn forget_password_tries(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    execute!(
        tx,
        "update contacts set password_tries = 0 where studio_id = $1 and id = $2",
        contact
    )?;
    Ok(())
}

pub async fn save_password(tx: &mut StudioTx, contact: ContactId, hash: &str) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update contacts set password_hash = $3, password_must_change = $5, password_tries = 0, updated_at = $4
         where studio_id = $1 and id = $2",
        contact,
        hash,
        now,
        false,
    )?;
    Ok(())
}

/// The contact is in: first and last time.
pub async fn note_sign_in(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update contacts set last_sign_in_at = $3, accepted_at = coalesce(accepted_at, $3)
         where studio_id = $1 and id = $2",
        contact,
        now,
    )?;
    Ok(())
}

pub async fn note_invitation(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update contacts set invited_at = $3 where studio_id = $1 and id = $2",
        contact,
        now
    )?;
    Ok(())
}

// Links

pub async fn insert_link(
    tx: &mut StudioTx,
    contact: ContactId,
    purpose: &str,
    secret_hash: &[u8],
    seconds: i64,
) -> Result<LinkId> {
    let (id, now): (LinkId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into links (studio_id, id, contact_id, purpose, secret_hash, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        contact,
        purpose,
        secret_hash,
        now,
        now.plus_seconds(seconds),
    )?;
    Ok(id)
}

/// Of the live direct links only the newest few stay.
pub async fn revoke_surplus_links(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update links set revoked_at = $3
         where studio_id = $1 and contact_id = $2 and purpose = 'direct' and used_at is null and revoked_at is null
           and id not in (select id from links
                where studio_id = $1 and contact_id = $2 and purpose = 'direct' and used_at is null
                  and revoked_at is null and expires_at > $3
                order by created_at desc, id desc limit $4)",
        contact,
        now,
        LINKS_AT_ONCE,
    )?;
    Ok(())
}

/// Voids all of a contact's links: a reset, a new invitation, access switched off.
pub async fn revoke_links(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update links set revoked_at = $3
         where studio_id = $1 and contact_id = $2 and used_at is null and revoked_at is null",
        contact,
        now,
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
pub struct LiveLink {
    pub id: LinkId,
    pub contact_id: ContactId,
    pub purpose: String,
}

pub async fn find_link(tx: &mut StudioTx, secret_hash: &[u8]) -> Result<Option<LiveLink>> {
    let now = tx.now();
    fetch_optional!(
        tx,
        LiveLink,
        "select id, contact_id, purpose from links
         where studio_id = $1 and secret_hash = $2 and used_at is null and revoked_at is null and expires_at > $3",
        secret_hash,
        now,
    )
}

/// Uses the link up; false where somebody was faster.
pub async fn use_link(tx: &mut StudioTx, link: LinkId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update links set used_at = $3
         where studio_id = $1 and id = $2 and used_at is null and revoked_at is null and expires_at > $3",
        link,
        now,
    )?;
    Ok(rows == 1)
}

/// Reset mails of the last hour: they keep the pace of codes.
pub async fn recent_resets(tx: &mut StudioTx, contact: ContactId) -> Result<Recent> {
    let hour_ago = tx.now().plus_seconds(-3600);
    fetch_one!(
        tx,
        Recent,
        "select count(*) as last_hour, max(created_at) as last, min(created_at) as first
         from links where studio_id = $1 and contact_id = $2 and purpose = 'reset' and created_at > $3",
        contact,
        hour_ago,
    )
}

// Sessions

pub async fn find_session(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Found>> {
    fetch_optional!(
        tx,
        Found,
        "select t.studio_id, t.session_id, s.contact_id, c.client_id, t.hash,
                t.created_at as token_created_at, t.used_at as token_used_at, t.ends_at as token_ends_at,
                s.origin, s.stay, s.last_used_at, c.first_name, c.last_name, c.active, cl.portal_enabled,
                c.rights as contact_rights, cl.rights as client_rights, st.slug, st.name as studio_name,
                st.support_email, st.support_phone, st.portal_enabled as studio_open, st.subscription,
                st.rights as studio_rights
         from session_tokens t
         join sessions s on s.studio_id = t.studio_id and s.id = t.session_id
         join contacts c on c.studio_id = s.studio_id and c.id = s.contact_id
         join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         join studios st on st.id = t.studio_id
         where t.hash = $1",
        token_hash,
    )
}

pub async fn insert_session(
    tx: &mut StudioTx,
    id: SessionId,
    contact: ContactId,
    caller: &Caller,
    stay: bool,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into sessions (studio_id, id, contact_id, origin, stay, user_agent, address, created_at, last_used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        id,
        contact,
        caller.origin.as_str(),
        stay,
        &caller.user_agent,
        caller.address.to_string(),
        now,
    )?;
    Ok(())
}

pub async fn insert_token(tx: &mut StudioTx, session: SessionId, hash: &[u8]) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into session_tokens (hash, studio_id, session_id, created_at) values ($3, $1, $2, $4)",
        session,
        hash,
        now,
    )?;
    Ok(())
}

/// A further token, unless one was made since `since` that may still be on its way; false then.
pub async fn insert_next_token(
    tx: &mut StudioTx,
    session: SessionId,
    hash: &[u8],
    since: Timestamp,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into session_tokens (hash, studio_id, session_id, created_at)
         select $3, $1, $2, $4 where not exists (
            select 1 from session_tokens where studio_id = $1 and session_id = $2 and created_at > $5)",
        session,
        hash,
        now,
        since,
    )?;
    Ok(rows == 1)
}

pub async fn touch_session(tx: &mut StudioTx, session: SessionId, caller: &Caller) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update sessions set last_used_at = $3, address = $4, user_agent = $5 where studio_id = $1 and id = $2",
        session,
        now,
        caller.address.to_string(),
        &caller.user_agent,
    )?;
    Ok(())
}

/// This token is in use now: the session's others end soon.
pub async fn take_over(
    tx: &mut StudioTx,
    session: SessionId,
    hash: &[u8],
    end: Timestamp,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update session_tokens set used_at = $4 where studio_id = $1 and session_id = $2 and hash = $3 and used_at is null",
        session,
        hash,
        now,
    )?;
    execute!(
        tx,
        "update session_tokens set ends_at = $4
         where studio_id = $1 and session_id = $2 and hash <> $3 and (ends_at is null or ends_at > $4)",
        session,
        hash,
        end,
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
pub struct DeviceRow {
    pub id: SessionId,
    pub origin: String,
    pub stay: bool,
    pub user_agent: String,
    pub address: String,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
}

pub async fn devices(tx: &mut StudioTx, contact: ContactId) -> Result<Vec<DeviceRow>> {
    fetch_all!(
        tx,
        DeviceRow,
        "select id, origin, stay, user_agent, address, created_at, last_used_at
         from sessions where studio_id = $1 and contact_id = $2 order by last_used_at desc, id limit 100",
        contact,
    )
}

/// Ends one of the contact's own sessions; false where there is none of this id.
pub async fn delete_session(
    tx: &mut StudioTx,
    contact: ContactId,
    session: SessionId,
) -> Result<bool> {
    let rows = execute!(
        tx,
        "delete from sessions where studio_id = $1 and contact_id = $2 and id = $3",
        contact,
        session,
    )?;
    Ok(rows == 1)
}

/// Ends all of the contact's sessions, but for `keep`.
pub async fn delete_sessions(
    tx: &mut StudioTx,
    contact: ContactId,
    keep: Option<SessionId>,
) -> Result<u64> {
    execute!(
        tx,
        "delete from sessions where studio_id = $1 and contact_id = $2 and id is distinct from $3",
        contact,
        keep,
    )
}

// Proofs

pub async fn insert_proof(
    tx: &mut StudioTx,
    contact: ContactId,
    session: Option<SessionId>,
    act: &str,
    secret_hash: &[u8],
) -> Result<()> {
    let (id, now): (ProofId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into proofs (studio_id, id, contact_id, session_id, act, secret_hash, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id,
        contact,
        session,
        act,
        secret_hash,
        now,
        now.plus_seconds(PROOF_SECONDS),
    )?;
    Ok(())
}

/// Uses a proof up; `None` where it is none, for another act or session, used or too old.
pub async fn use_proof(
    tx: &mut StudioTx,
    session: Option<SessionId>,
    act: &str,
    secret_hash: &[u8],
) -> Result<Option<ContactId>> {
    let now = tx.now();
    let row = fetch_optional!(
        tx,
        (ContactId,),
        "update proofs set used_at = $5
         where studio_id = $1 and secret_hash = $2 and act = $3 and used_at is null and expires_at > $5
           and session_id is not distinct from $4
         returning contact_id",
        secret_hash,
        act,
        session,
        now,
    )?;
    Ok(row.map(|(contact,)| contact))
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

// The sign-in log

pub struct SignInTry<'a> {
    pub contact: Option<ContactId>,
    pub email: &'a str,
    pub way: &'static str,
    pub outcome: &'a str,
}

pub async fn log_sign_in(tx: &mut StudioTx, entry: SignInTry<'_>, caller: &Caller) -> Result<()> {
    let (id, now): (SignInId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into sign_ins (studio_id, id, at, contact_id, email, way, outcome, origin, address, user_agent, reference)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id,
        now,
        entry.contact,
        entry.email,
        entry.way,
        entry.outcome,
        caller.origin.as_str(),
        caller.address.to_string(),
        &caller.user_agent,
        &caller.reference,
    )?;
    Ok(())
}

/// Removes what has had its time, in every studio. Codes stay a day so that an old one can be explained,
/// and the hour's pace be counted.
pub async fn delete_expired(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "delete from codes where expires_at < $1",
        now.plus_seconds(-86_400)
    )?;
    execute!(tx, "delete from proofs where expires_at < $1", now)?;
    execute!(
        tx,
        "delete from sessions where last_used_at < $1",
        now.plus_seconds(-STAY_SECONDS)
    )?;
    Ok(())
}

pub async fn live_sessions(tx: &mut Tx) -> Result<i64> {
    scalar!(tx, i64, "select count(*) from sessions")
}
