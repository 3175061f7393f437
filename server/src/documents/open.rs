//! Giving documents out: to whoever sees them, for as long as their session lives, as something to save or, made safe, to
//! look at.

use axum::{
    extract::{Path, State},
    response::Response,
};
use portico_wire::{
    ContactId, DocumentId, EventId, Right, Rights,
    documents::{
        Document as Wire, DocumentSource, DocumentVersion, ListedDocument, Preview, PreviewKind,
    },
};

use super::{
    kinds,
    store::{self, Seen, Version},
};
use crate::{
    App, Result,
    access::{
        sealed::{self, Opened},
        sessions::Found,
    },
    db::StudioTx,
    error::Error,
    files::small_copy,
    forms::store::Viewer,
    messages::{self, Reader},
    scope::PortalSession,
    web::download,
};

const PURPOSE: &str = "document address";
/// The longer side of a picture's preview, in pixels.
pub const PREVIEW: u32 = 1400;

/// Documents of the account stand in their own section; those of an event at the event as well.
pub fn section(rights: Rights, event: Option<EventId>) -> Result<()> {
    let there = rights.has(Right::Documents) || (event.is_some() && rights.has(Right::Events));
    there.then_some(()).ok_or_else(Error::not_found)
}

/// As [`section`]; what is attached to a message stands there as well.
async fn there(tx: &mut StudioTx, reader: &Reader, seen: &Seen) -> Result<()> {
    let section = section(reader.rights, seen.event_id);
    let attached = section.is_err()
        && reader.rights.has(Right::Messages)
        && messages::store::sees_attached(tx, reader, seen.id).await?;
    if attached { Ok(()) } else { section }
}

/// What contacts sent can be opened by who sees it; what the studio sent where downloading is allowed.
pub fn may_open(rights: Rights, source: DocumentSource) -> bool {
    source == DocumentSource::Contact || rights.has(Right::Download)
}

fn unsigned<T: TryFrom<i64> + Default>(number: i64) -> T {
    T::try_from(number).unwrap_or_default()
}

pub fn listed(seen: &Seen, contact: ContactId, rights: Rights) -> ListedDocument {
    let open = may_open(rights, seen.source);
    let by_contact = seen.begun_by == DocumentSource::Contact;
    ListedDocument {
        id: seen.id,
        name: seen.name.clone(),
        kind: seen.kind.clone(),
        bytes: unsigned(seen.bytes),
        source: seen.source,
        by: seen.by_name.clone(),
        version: unsigned(seen.current),
        changed_at: seen.changed_at,
        new: !seen.seen,
        open,
        has_preview: open && kinds::preview(&seen.kind, seen.bytes).is_some(),
        removable: by_contact && !seen.staff_seen && seen.contact_id == Some(contact),
        seen_by_studio: by_contact.then_some(seen.staff_seen),
        event: seen.event_id.filter(|_| rights.has(Right::Events)),
        folder: seen.folder_id,
        request: seen.request_id,
    }
}

/// What is done with a version at an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Save,
    Look,
}

fn address(app: &App, session: &PortalSession, id: DocumentId, number: i64, how: How) -> String {
    let mut what = id.bytes().to_vec();
    what.extend(unsigned::<u32>(number).to_be_bytes());
    what.push(u8::from(how == How::Look));
    let sealed = sealed::seal(app, session, PURPOSE, &what);
    format!("{}/files/documents/{sealed}", app.origin)
}

fn read(what: &[u8]) -> Option<(DocumentId, i64, How)> {
    let (id, rest) = what.split_first_chunk::<16>()?;
    let (number, rest) = rest.split_first_chunk::<4>()?;
    let how = match rest {
        [0] => How::Save,
        [1] => How::Look,
        _ => return None,
    };
    let number = i64::from(u32::from_be_bytes(*number));
    Some((DocumentId::from_bytes(*id), number, how))
}

/// One document with the addresses it is saved from and looked at. Opening it is seeing it.
pub async fn open(app: &App, session: &PortalSession, id: DocumentId) -> Result<Wire> {
    let mut tx = app.db.read(session).await?;
    let found = store::seen_one(&mut tx, Viewer::from(session), id).await?;
    let seen = found.ok_or_else(Error::not_found)?;
    there(&mut tx, &Reader::from(session), &seen).await?;
    let versions = store::versions(&mut tx, id).await?;
    drop(tx);
    if !seen.seen && session.viewed_by.is_none() {
        let mut tx = app.db.write(session).await?;
        store::mark_seen(&mut tx, id, seen.current, session.contact, false).await?;
        tx.commit().await?;
    }
    let mut listed = listed(&seen, session.contact, session.rights);
    listed.new = false;
    let preview = kinds::preview(&seen.kind, seen.bytes).filter(|_| listed.open);
    let version = |version: &Version| DocumentVersion {
        number: unsigned(version.number),
        name: version.name.clone(),
        bytes: unsigned(version.bytes),
        source: version.source,
        by: version.by_name.clone(),
        at: version.created_at,
        address: may_open(session.rights, version.source)
            .then(|| address(app, session, id, version.number, How::Save)),
    };
    Ok(Wire {
        address: listed
            .open
            .then(|| address(app, session, id, seen.current, How::Save)),
        preview: preview.map(|kind| Preview {
            kind,
            address: address(app, session, id, seen.current, How::Look),
        }),
        versions: versions.iter().map(version).collect(),
        listed,
    })
}

/// Whether the session still may open a version; under which name.
async fn check(
    tx: &mut StudioTx,
    session: &Found,
    id: DocumentId,
    number: i64,
) -> Result<(Version, String)> {
    let found = store::seen_one(tx, Viewer::from(session), id).await?;
    let seen = found.ok_or_else(Error::not_found)?;
    let rights = session.rights();
    there(tx, &Reader::from(session), &seen).await?;
    let version = store::version(tx, id, number).await?;
    let version = version.ok_or_else(Error::not_found)?;
    if !may_open(rights, version.source) {
        return Err(Error::not_found());
    }
    let name = match number == seen.current {
        true => seen.name,
        false => version.name.clone(),
    };
    Ok((version, name))
}

/// `GET /files/documents/{sealed}`: whether the session still may open it is asked anew.
pub async fn open_document(State(app): State<App>, Path(sealed): Path<String>) -> Result<Response> {
    let Opened {
        scope,
        session,
        what,
    } = sealed::open(&app, PURPOSE, &sealed).await?;
    let (id, number, how) = read(&what).ok_or_else(Error::not_found)?;
    let mut tx = app.db.read(&scope).await?;
    let (version, name) = check(&mut tx, &session, id, number).await?;
    drop(tx);
    match how {
        How::Look => look(&app, &version, &name).await,
        How::Save => {
            let response =
                download::stored(&app, &version.storage_key, &name, &version.kind).await?;
            if session.viewed_by.is_none() {
                let mut tx = app.db.write(&scope).await?;
                store::mark_seen(&mut tx, id, number, session.contact_id, true).await?;
                tx.commit().await?;
            }
            Ok(response)
        }
    }
}

/// To look at: a picture made again from its pixels, or a PDF for the browser's own reader.
pub async fn look(app: &App, version: &Version, name: &str) -> Result<Response> {
    match kinds::preview(&version.kind, version.bytes) {
        Some(PreviewKind::Picture) => {
            small_copy(app, &version.storage_key, &version.kind, PREVIEW).await
        }
        Some(PreviewKind::Pdf) => download::pdf_inline(app, &version.storage_key, name).await,
        None => Err(Error::not_found()),
    }
}
