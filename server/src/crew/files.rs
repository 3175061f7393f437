//! Photos and certificates of the crew: made again or told by their content, kept in the storage under random names, and
//! given to clients under sealed addresses that are asked anew each time.

use axum::{
    extract::{Path, State},
    http::{HeaderName, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use portico_wire::{CertificateId, CrewId, EventId, Right, StudioId};
use tokio::sync::Semaphore;

use super::{Held, Shift, store};
use crate::{
    App, Result,
    access::sealed,
    db::StudioTx,
    error::Error,
    events,
    files::{clean_name, kind_of},
    forms::store::Viewer,
    images,
    scope::PortalSession,
    secrets::Secret,
    web::download,
};

/// The longer side of a photo, in pixels.
const PHOTO: u32 = 400;
/// The longer side of a certificate that was photographed: every word can still be read.
const PAPER: u32 = 2200;
/// The largest certificate.
pub const CERTIFICATE_BYTES: usize = 10 * 1024 * 1024;

const PHOTO_PURPOSE: &str = "crew photo";
const CERTIFICATE_PURPOSE: &str = "crew certificate";

/// One picture is made at a time: each takes up to a quarter of a gigabyte for a moment.
static ONE: Semaphore = Semaphore::const_new(1);

async fn jpeg(content: Bytes, side: u32) -> Result<Bytes> {
    let turn = ONE.acquire().await.map_err(Error::internal)?;
    let made = tokio::task::spawn_blocking(move || images::jpeg_within(&content, side));
    let made = made.await??;
    drop(turn);
    Ok(Bytes::from(made))
}

fn new_key(studio: StudioId, what: &str) -> String {
    format!("crew/{studio}/{what}-{}", Secret::random().reveal())
}

/// Makes a photo of a picture and keeps it; its key.
pub async fn keep_photo(app: &App, studio: StudioId, picture: Bytes) -> Result<String> {
    let made = jpeg(picture, PHOTO).await?;
    let key = new_key(studio, "photo");
    app.storage.put(&key, made).await?;
    Ok(key)
}

/// A certificate's file that was kept.
#[derive(Debug, Clone)]
pub struct Kept {
    pub name: String,
    pub kind: &'static str,
    pub bytes: i64,
    pub key: String,
}

impl Kept {
    /// The qualification, now with this file.
    pub fn into_held(self, one: Held) -> Held {
        Held {
            file_name: Some(self.name),
            file_kind: Some(self.kind.into()),
            file_bytes: Some(self.bytes),
            storage_key: Some(self.key),
            ..one
        }
    }
}

/// Keeps a certificate: a PDF as it is, a picture made again from its pixels.
pub async fn keep_certificate(
    app: &App,
    studio: StudioId,
    name: &str,
    content: Bytes,
) -> Result<Kept> {
    if content.len() > CERTIFICATE_BYTES {
        return Err(Error::invalid(
            "file",
            "This file is too large. Please choose one of at most 10 MB.",
        ));
    }
    let kind = kind_of(&content[..content.len().min(4096)]);
    let name = clean_name(name);
    let (name, kind, content) = if kind == "application/pdf" {
        (with_ending(&name, "pdf"), kind, content)
    } else if images::is_picture(kind) {
        (
            with_ending(&name, "jpg"),
            "image/jpeg",
            jpeg(content, PAPER).await?,
        )
    } else {
        return Err(Error::invalid(
            "file",
            "Please choose a PDF or a picture: PNG, JPEG or WebP.",
        ));
    };
    let key = new_key(studio, "certificate");
    let bytes = i64::try_from(content.len()).unwrap_or(i64::MAX);
    app.storage.put(&key, content).await?;
    Ok(Kept {
        name,
        kind,
        bytes,
        key,
    })
}

/// The name with the ending its content has.
fn with_ending(name: &str, ending: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).trim();
    let stem = if stem.is_empty() { "certificate" } else { stem };
    format!("{stem}.{ending}")
}

/// Where this session sees a photo; the caller has asked whether it may.
pub fn photo_address(
    app: &App,
    session: &PortalSession,
    event: EventId,
    one: &Shift,
) -> Option<String> {
    one.photo_key.as_ref()?;
    let what = [event.bytes(), one.crew_id.bytes()].concat();
    let sealed = sealed::seal(app, session, PHOTO_PURPOSE, &what);
    Some(format!("{}/files/crew/{sealed}", app.origin))
}

pub fn certificate_address(
    app: &App,
    session: &PortalSession,
    event: EventId,
    certificate: CertificateId,
) -> String {
    let what = [event.bytes(), certificate.bytes()].concat();
    let sealed = sealed::seal(app, session, CERTIFICATE_PURPOSE, &what);
    format!("{}/files/certificates/{sealed}", app.origin)
}

/// Whether this contact sees the event.
pub async fn check_seen(tx: &mut StudioTx, event: EventId, who: Viewer) -> Result<()> {
    if events::store::sees(tx, event, who).await? {
        Ok(())
    } else {
        Err(Error::not_found())
    }
}

fn two(what: &[u8]) -> Result<([u8; 16], [u8; 16])> {
    let (event, rest) = what
        .split_first_chunk::<16>()
        .ok_or_else(Error::not_found)?;
    let thing = rest.try_into().map_err(|_| Error::not_found())?;
    Ok((*event, thing))
}

/// `GET /files/crew/{sealed}`: whether the session still may see it is asked anew.
pub async fn open_photo(State(app): State<App>, Path(sealed): Path<String>) -> Result<Response> {
    let opened = sealed::open(&app, PHOTO_PURPOSE, &sealed).await?;
    let (event, crew) = two(&opened.what)?;
    let rights = opened.session.rights();
    let may = [Right::Events, Right::Roster, Right::RosterPhotos];
    if !may.into_iter().all(|right| rights.has(right)) {
        return Err(Error::not_found());
    }
    let event = EventId::from_bytes(event);
    let mut tx = app.db.read(&opened.scope).await?;
    check_seen(&mut tx, event, Viewer::from(&opened.session)).await?;
    let key = store::photo_on(&mut tx, event, CrewId::from_bytes(crew)).await?;
    drop(tx);
    show_photo(&app, key, true).await
}

/// A photo to look at, never to run; `elsewhere`: on the studio's website too.
pub async fn show_photo(app: &App, key: Option<String>, elsewhere: bool) -> Result<Response> {
    let key = key.ok_or_else(Error::not_found)?;
    let content = app.storage.get_bytes(&key).await?;
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, "private, max-age=600"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            if elsewhere {
                "cross-origin"
            } else {
                "same-origin"
            },
        ),
    ];
    Ok((headers, content.ok_or_else(Error::not_found)?).into_response())
}

/// `GET /files/certificates/{sealed}`
pub async fn open_certificate(
    State(app): State<App>,
    Path(sealed): Path<String>,
) -> Result<Response> {
    let opened = sealed::open(&app, CERTIFICATE_PURPOSE, &sealed).await?;
    let (event, certificate) = two(&opened.what)?;
    let rights = opened.session.rights();
    let may = [
        Right::Events,
        Right::Roster,
        Right::Qualifications,
        Right::Certificates,
    ];
    if !may.into_iter().all(|right| rights.has(right)) {
        return Err(Error::not_found());
    }
    let (event, certificate) = (
        EventId::from_bytes(event),
        CertificateId::from_bytes(certificate),
    );
    let mut tx = app.db.read(&opened.scope).await?;
    check_seen(&mut tx, event, Viewer::from(&opened.session)).await?;
    let found = store::certificate_on(&mut tx, event, certificate).await?;
    drop(tx);
    send_certificate(&app, found).await
}

/// The file, to be saved.
pub async fn send_certificate(app: &App, held: Option<Held>) -> Result<Response> {
    let Some(Held {
        file_name: Some(name),
        file_kind: Some(kind),
        storage_key: Some(key),
        ..
    }) = held
    else {
        return Err(Error::not_found());
    };
    download::stored(app, &key, &name, &kind).await
}

/// Clears a file away that nothing names any more.
pub async fn clear(app: &App, key: Option<&str>) -> Result<()> {
    match key {
        Some(key) => app.storage.delete(key).await,
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_called_by_what_it_is() {
        assert_eq!(
            with_ending("First aid 2027.PDF", "pdf"),
            "First aid 2027.pdf"
        );
        assert_eq!(with_ending("scan.jpg.html", "jpg"), "scan.jpg.jpg");
        assert_eq!(with_ending(".exe", "pdf"), "certificate.pdf");
        assert_eq!(with_ending("badge", "pdf"), "badge.pdf");
    }
}
