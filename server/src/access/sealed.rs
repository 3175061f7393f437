//! Addresses that open one thing for one session: a browser saves a file from them without a header. Each is good for ten
//! minutes to begin with, for as long as its session lives, and says nothing to whoever reads it.

use portico_wire::{SessionId, StudioId, Timestamp};

use super::{sessions::Found, store};
use crate::{
    App, Result,
    error::Error,
    scope::{PortalSession, StudioScope},
    secrets,
};

/// How long an address is good for: to begin with, not to end with.
const SECONDS: i64 = 600;

/// The last part of an address; `purpose` keeps one kind of thing from being opened as another.
pub fn seal(app: &App, session: &PortalSession, purpose: &str, what: &[u8]) -> String {
    let ends = app.clock.now().plus_seconds(SECONDS).micros();
    let mut said = Vec::with_capacity(40 + what.len());
    said.extend(session.scope.studio().bytes());
    said.extend(session.session.bytes());
    said.extend(ends.to_be_bytes());
    said.extend(what);
    secrets::hex(&app.keys.encrypt(purpose, &said))
}

/// What a session may open.
pub struct Opened {
    pub scope: StudioScope,
    pub session: Found,
    pub what: Vec<u8>,
}

/// Whether the session still lives is asked anew; whether it still may see the thing, the caller asks.
pub async fn open(app: &App, purpose: &str, sealed: &str) -> Result<Opened> {
    let (studio, session, ends, what) = read(app, purpose, sealed).ok_or_else(Error::not_found)?;
    let now = app.clock.now();
    if ends <= now {
        return Err(Error::not_found());
    }
    // System: the session says whose request this is.
    let mut tx = app.db.system_read().await?;
    let found = store::find_session_by_id(&mut tx, studio, session).await?;
    drop(tx);
    let session = found.ok_or_else(Error::not_found)?;
    session.check_alive(now)?;
    Ok(Opened {
        scope: StudioScope::of(studio),
        session,
        what,
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

fn read(
    app: &App,
    purpose: &str,
    sealed: &str,
) -> Option<(StudioId, SessionId, Timestamp, Vec<u8>)> {
    let said = app.keys.decrypt(purpose, &from_hex(sealed)?).ok()?;
    let (studio, rest) = said.split_first_chunk::<16>()?;
    let (session, rest) = rest.split_first_chunk::<16>()?;
    let (ends, what) = rest.split_first_chunk::<8>()?;
    Some((
        StudioId::from_bytes(*studio),
        SessionId::from_bytes(*session),
        Timestamp::from_micros(i64::from_be_bytes(*ends)),
        what.to_vec(),
    ))
}
