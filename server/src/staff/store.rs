//! The only SQL about staff.

use portico_wire::{StaffId, StaffSessionId, StudioId, Timestamp};

use super::{
    FACTOR_TRIES, FoundSession, IDLE_SECONDS, Place, Role, SESSION_SECONDS, TRIES, TRIES_WINDOW,
};
use crate::{
    Result,
    access::Email,
    db::{StudioTx, Tx, execute, fetch_all, fetch_one, fetch_optional},
    scope::Visitor,
};

// Accounts

pub async fn find(tx: &mut Tx, email: &Email) -> Result<Option<StaffId>> {
    let found = fetch_optional!(
        tx,
        (StaffId,),
        "select id from staff where email = $1",
        email.as_str()
    )?;
    Ok(found.map(|(id,)| id))
}

/// The account of this email, made where there is none. A staff account belongs to the host.
pub async fn find_or_insert(tx: &mut Tx, email: &Email, name: &str) -> Result<StaffId> {
    if let Some(id) = find(tx, email).await? {
        return Ok(id);
    }
    let (id, now): (StaffId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "insert into staff (id, email, name, password_tries, password_tries_since, created_at) values ($1, $2, $3, 0, $4, $4)",
        id,
        email.as_str(),
        name,
        now,
    )?;
    Ok(id)
}

pub async fn save_password(tx: &mut Tx, staff: StaffId, hash: &str) -> Result<()> {
    execute!(
        tx,
        "update staff set password_hash = $2, password_tries = 0 where id = $1",
        staff,
        hash
    )?;
    Ok(())
}

pub async fn save_role(tx: &mut StudioTx, staff: StaffId, role: Role) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into staff_roles (studio_id, staff_id, role, created_at) values ($1, $2, $3, $4)
         on conflict (studio_id, staff_id) do update set role = excluded.role",
        staff,
        role,
        now,
    )?;
    Ok(())
}

/// Everybody with at least this role at the studio, by name.
pub async fn names_with_role(tx: &mut StudioTx, role: Role) -> Result<Vec<String>> {
    let rows = fetch_all!(
        tx,
        (String,),
        "select f.name from staff_roles r join staff f on f.id = r.staff_id
         where r.studio_id = $1 and r.role = $2 order by f.name",
        role,
    )?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// The studios somebody works at, by name.
pub async fn places(tx: &mut Tx, staff: StaffId) -> Result<Vec<Place>> {
    fetch_all!(
        tx,
        Place,
        "select r.studio_id, r.role, s.slug, s.name, s.subscription
         from staff_roles r join studios s on s.id = r.studio_id
         where r.staff_id = $1 order by s.name, s.id",
        staff,
    )
}

/// An account as its own page shows it.
#[derive(sqlx::FromRow)]
pub struct Account {
    pub name: String,
    pub email: String,
    /// Encrypted; there before the second factor is on, while it is being set up.
    pub totp_secret: Option<Vec<u8>>,
    pub totp_enabled_at: Option<Timestamp>,
    pub recovery_codes: i64,
}

pub async fn account(tx: &mut Tx, staff: StaffId) -> Result<Account> {
    fetch_one!(
        tx,
        Account,
        "select name, email, totp_secret, totp_enabled_at,
                (select count(*) from staff_recovery_codes where staff_id = $1) as recovery_codes
         from staff where id = $1",
        staff,
    )
}

pub async fn save_name(tx: &mut Tx, staff: StaffId, name: &str) -> Result<()> {
    execute!(tx, "update staff set name = $2 where id = $1", staff, name)?;
    Ok(())
}

// Tries

#[derive(sqlx::FromRow)]
pub struct Try {
    pub password_hash: Option<String>,
    pub totp_enabled_at: Option<Timestamp>,
}

/// Takes one of the account's tries before anything is hashed, counted and limited in one statement, so
/// that no flood of parallel requests gets more. `None`: no try is left.
pub async fn take_try(tx: &mut Tx, staff: StaffId) -> Result<Option<Try>> {
    let now = tx.now();
    fetch_optional!(
        tx,
        Try,
        "update staff set
            password_tries = case when password_tries_since <= $3 then 1 else password_tries + 1 end,
            password_tries_since = case when password_tries_since <= $3 then $2 else password_tries_since end
         where id = $1 and (password_tries < $4 or password_tries_since <= $3)
         returning password_hash, totp_enabled_at",
        staff,
        now,
        now.plus_seconds(-TRIES_WINDOW),
        TRIES,
    )
}

/// Whoever got in leaves no tries behind.
pub async fn forget_tries(tx: &mut Tx, staff: StaffId) -> Result<()> {
    execute!(
        tx,
        "update staff set password_tries = 0 where id = $1",
        staff
    )?;
    Ok(())
}

// The second factor

/// Begins to set it up; false where it is on already.
pub async fn save_totp_secret(tx: &mut Tx, staff: StaffId, sealed: &[u8]) -> Result<bool> {
    let rows = execute!(
        tx,
        "update staff set totp_secret = $2, totp_last_step = null where id = $1 and totp_enabled_at is null",
        staff,
        sealed,
    )?;
    Ok(rows == 1)
}

/// Switches it on with the step of the code that proved the app is set up; false where it is on already,
/// or the secret is another by now.
pub async fn enable_totp(tx: &mut Tx, staff: StaffId, sealed: &[u8], step: i64) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update staff set totp_enabled_at = $4, totp_last_step = $3
         where id = $1 and totp_secret = $2 and totp_enabled_at is null",
        staff,
        sealed,
        step,
        now,
    )?;
    Ok(rows == 1)
}

pub async fn disable_totp(tx: &mut Tx, staff: StaffId) -> Result<()> {
    execute!(
        tx,
        "update staff set totp_secret = null, totp_enabled_at = null, totp_last_step = null where id = $1",
        staff
    )?;
    execute!(
        tx,
        "delete from staff_recovery_codes where staff_id = $1",
        staff
    )?;
    Ok(())
}

/// Uses a code's time step up; false where that code, or a later one, was used before.
pub async fn use_totp_step(tx: &mut Tx, staff: StaffId, step: i64) -> Result<bool> {
    let rows = execute!(
        tx,
        "update staff set totp_last_step = $2
         where id = $1 and totp_enabled_at is not null and (totp_last_step is null or totp_last_step < $2)",
        staff,
        step,
    )?;
    Ok(rows == 1)
}

/// New recovery codes in place of all others.
pub async fn replace_recovery_codes(tx: &mut Tx, staff: StaffId, hashes: &[Vec<u8>]) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "delete from staff_recovery_codes where staff_id = $1",
        staff
    )?;
    for hash in hashes {
        execute!(
            tx,
            "insert into staff_recovery_codes (staff_id, code_hash, created_at) values ($1, $2, $3)",
            staff,
            hash,
            now,
        )?;
    }
    Ok(())
}

/// Uses a recovery code up; false where there is no such code.
pub async fn use_recovery_code(tx: &mut Tx, staff: StaffId, hash: &[u8]) -> Result<bool> {
    let rows = execute!(
        tx,
        "delete from staff_recovery_codes where staff_id = $1 and code_hash = $2",
        staff,
        hash
    )?;
    Ok(rows == 1)
}

// Sessions

pub struct NewSession<'a> {
    pub staff: StaffId,
    pub studio: StudioId,
    pub token_hash: &'a [u8],
    /// False where the second factor is still to come.
    pub verified: bool,
    pub visitor: &'a Visitor,
}

/// Opens a session, and clears away those of this account that have ended by themselves.
pub async fn insert_session(tx: &mut Tx, new: NewSession<'_>) -> Result<()> {
    let (id, now): (StaffSessionId, _) = (tx.id(), tx.now());
    execute!(
        tx,
        "delete from staff_sessions where staff_id = $1 and (last_used_at <= $2 or created_at <= $3)",
        new.staff,
        now.plus_seconds(-IDLE_SECONDS),
        now.plus_seconds(-SESSION_SECONDS),
    )?;
    execute!(
        tx,
        "insert into staff_sessions (id, staff_id, studio_id, token_hash, verified_at, user_agent, address,
                created_at, last_used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        id,
        new.staff,
        new.studio,
        new.token_hash,
        new.verified.then_some(now),
        &new.visitor.user_agent,
        new.visitor.address.to_string(),
        now,
    )?;
    Ok(())
}

pub async fn find_session(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<FoundSession>> {
    fetch_optional!(
        tx,
        FoundSession,
        "select s.id, s.staff_id, s.studio_id, s.verified_at, s.created_at, s.last_used_at, f.name, f.email
         from staff_sessions s join staff f on f.id = s.staff_id where s.token_hash = $1",
        token_hash,
    )
}

pub async fn touch_session(tx: &mut Tx, session: StaffSessionId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update staff_sessions set last_used_at = $2 where id = $1",
        session,
        now
    )?;
    Ok(())
}

/// Takes one of the tries a session has for its second factor; false where none is left.
pub async fn take_factor_try(tx: &mut Tx, session: StaffSessionId) -> Result<bool> {
    let rows = execute!(
        tx,
        "update staff_sessions set code_tries = code_tries + 1
         where id = $1 and verified_at is null and code_tries < $2",
        session,
        FACTOR_TRIES,
    )?;
    Ok(rows == 1)
}

/// The second factor was right: the session counts from now on, under a token nobody saw before.
pub async fn verify_session(tx: &mut Tx, session: StaffSessionId, token_hash: &[u8]) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update staff_sessions set verified_at = $3, token_hash = $2, created_at = $3, last_used_at = $3
         where id = $1 and verified_at is null",
        session,
        token_hash,
        now,
    )?;
    Ok(())
}

pub async fn save_session_studio(
    tx: &mut Tx,
    session: StaffSessionId,
    studio: StudioId,
) -> Result<()> {
    execute!(
        tx,
        "update staff_sessions set studio_id = $2 where id = $1",
        session,
        studio
    )?;
    Ok(())
}

pub async fn delete_session(tx: &mut Tx, session: StaffSessionId) -> Result<()> {
    execute!(tx, "delete from staff_sessions where id = $1", session)?;
    Ok(())
}

/// Ends all of somebody's sessions but the one that asks.
pub async fn delete_other_sessions(
    tx: &mut Tx,
    staff: StaffId,
    kept: StaffSessionId,
) -> Result<()> {
    execute!(
        tx,
        "delete from staff_sessions where staff_id = $1 and id <> $2",
        staff,
        kept
    )?;
    Ok(())
}
