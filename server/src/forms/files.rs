//! Uploads to forms: given out only to whoever may read what they belong to, as something to save and never to run.

use axum::{
    body::Body,
    extract::{Path, State},
    response::Response,
};
use futures_util::{StreamExt as _, stream};
use portico_wire::{Code, FileId, forms::limits};

use super::store::{self, StoredFile, Viewer};
use crate::{
    App, Result,
    access::sealed,
    error::Error,
    files::{HEAD_BYTES, clean_name, first_of, kind_of, not_stored, small_copy},
    scope::PortalSession,
    web::download,
};

/// What one contact may upload without using it.
const LOOSE_FILES: i64 = 60;
const LOOSE_BYTES: i64 = 1_000_000_000;
const PURPOSE: &str = "file address";

/// Stores what a contact uploads; it belongs to nothing yet.
pub async fn upload(
    app: &App,
    session: &PortalSession,
    name: &str,
    content: Body,
) -> Result<StoredFile> {
    let mut tx = app.db.read(session).await?;
    let (files, bytes) = store::loose_files(&mut tx, session.contact).await?;
    drop(tx);
    if files >= LOOSE_FILES || bytes >= LOOSE_BYTES {
        return Err(Error::refused(
            Code::Conflict,
            "You uploaded many files without sending them. Please send the form first.",
        ));
    }
    let broken = |_| Error::refused(Code::Malformed, "The upload broke off. Please try again.");
    let mut content = content
        .into_data_stream()
        .map(move |chunk| chunk.map_err(broken));
    let head = first_of(&mut content).await?;
    if head.is_empty() {
        return Err(Error::invalid("file", "This file is empty."));
    }
    let kind = kind_of(&head[..head.len().min(HEAD_BYTES)]);
    let id: FileId = app.clock.id();
    let storage_key = format!("files/{}/{id}", session.scope.studio());
    let whole = stream::once(async { Ok(head) }).chain(content);
    let stored = app
        .storage
        .put_stream(&storage_key, limits::FILE_BYTES, whole);
    let bytes = stored.await.map_err(not_stored)?;
    let file = StoredFile {
        id,
        name: clean_name(name),
        kind: kind.into(),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        storage_key,
        contact_id: Some(session.contact),
        submission_id: None,
    };
    let mut tx = app.db.write(session).await?;
    store::insert_file(&mut tx, &file).await?;
    tx.commit().await?;
    Ok(file)
}

/// An address of a file for a browser to save it from.
pub fn address(app: &App, session: &PortalSession, file: FileId) -> String {
    let sealed = sealed::seal(app, session, PURPOSE, &file.bytes());
    format!("{}/files/open/{sealed}", app.origin)
}

/// `GET /files/open/{sealed}`: whether the session still may read the file is asked anew.
pub async fn open_file(State(app): State<App>, Path(sealed): Path<String>) -> Result<Response> {
    let opened = sealed::open(&app, PURPOSE, &sealed).await?;
    let file = opened.what.as_slice().try_into().map(FileId::from_bytes);
    let file = file.map_err(|_| Error::not_found())?;
    let mut tx = app.db.read(&opened.scope).await?;
    let file = store::readable_file(&mut tx, file, Viewer::from(&opened.session)).await?;
    drop(tx);
    send(&app, &file.ok_or_else(Error::not_found)?).await
}

/// The file, to be saved.
pub async fn send(app: &App, file: &StoredFile) -> Result<Response> {
    download::stored(app, &file.storage_key, &file.name, &file.kind).await
}

/// The longer side of a small copy, in pixels.
const SMALL: u32 = 480;

/// A picture made smaller, to be looked at beside the answers; made once and kept.
pub async fn send_small(app: &App, file: &StoredFile) -> Result<Response> {
    small_copy(app, &file.storage_key, &file.kind, SMALL).await
}

/// Removes uploads that nobody used.
pub async fn tidy(app: &App) -> Result<()> {
    // System: what nobody used has no reader in any studio.
    let mut tx = app.db.system_read().await?;
    let unused = store::unused_files(&mut tx, 200).await?;
    drop(tx);
    for (studio, file, key) in unused {
        // System: as above; a file that was used in the meantime stays.
        let mut tx = app.db.system().await?;
        let deleted = store::delete_unused_file(&mut tx, studio, file).await?;
        tx.commit().await?;
        if deleted {
            app.storage.delete(&key).await?;
        }
    }
    Ok(())
}
