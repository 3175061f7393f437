//! Uploads: streamed to the storage, told by their content what they are, and given out only to whoever may
//! read what they belong to, as something to save and never to run.

use axum::{
    body::Body,
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _, stream};
use portico_wire::{Code, FileId, forms::limits};
use tokio::sync::Semaphore;

use super::store::{self, StoredFile, Viewer};
use crate::{
    App, Result, access::sealed, error::Error, images, scope::PortalSession, web::download,
};

/// Enough of a file to tell what it is.
const HEAD_BYTES: usize = 16 * 1024;
/// What one contact may upload without using it.
const LOOSE_FILES: i64 = 60;
const LOOSE_BYTES: i64 = 1_000_000_000;
const PURPOSE: &str = "file address";

/// What somebody called a file, without folders and signs that cannot be shown.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_direction(*c))
        .take(limits::LABEL)
        .collect();
    let plain = plain.trim();
    if plain.trim_matches('.').is_empty() {
        "file".into()
    } else {
        plain.to_owned()
    }
}

/// Signs that turn the direction of writing, and so an ending around.
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The media type of a file that begins so; what it is called and what was said of it do not count.
pub fn kind_of(head: &[u8]) -> &'static str {
    if let Some(kind) = infer::get(head) {
        return kind.mime_type();
    }
    let text = match std::str::from_utf8(head) {
        Ok(_) => true,
        // Cut in the middle of a letter.
        Err(error) => error.error_len().is_none() && error.valid_up_to() + 4 > head.len(),
    };
    let shown = |b: &u8| *b >= b' ' || b"\n\r\t\x0c".contains(b);
    if text && head.iter().all(shown) {
        "text/plain"
    } else {
        "application/octet-stream"
    }
}

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
    let bytes = stored.await?;
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

/// The first chunks, until they tell what the file is.
async fn first_of(content: &mut (impl Stream<Item = Result<Bytes>> + Unpin)) -> Result<Bytes> {
    let mut head = BytesMut::new();
    while head.len() < HEAD_BYTES {
        match content.next().await {
            Some(chunk) => head.extend_from_slice(&chunk?),
            None => break,
        }
    }
    Ok(head.freeze())
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
/// One picture is made smaller at a time: each takes up to a quarter of a gigabyte for a moment.
static ONE: Semaphore = Semaphore::const_new(1);

/// A picture made smaller, to be looked at beside the answers; made once and kept.
pub async fn send_small(app: &App, file: &StoredFile) -> Result<Response> {
    if !images::is_picture(&file.kind) {
        return Err(Error::not_found());
    }
    let key = format!("small/{}.jpg", file.storage_key);
    let small = match app.storage.get_bytes(&key).await? {
        Some(small) => small,
        None => {
            let turn = ONE.acquire().await.map_err(Error::internal)?;
            let whole = app.storage.get_bytes(&file.storage_key).await?;
            let whole = whole.ok_or_else(Error::not_found)?;
            let made = tokio::task::spawn_blocking(move || images::jpeg_within(&whole, SMALL));
            // What its first bytes promised the rest did not keep: there is the file itself.
            let made = made.await?.map_err(|_| Error::not_found())?;
            drop(turn);
            let made = Bytes::from(made);
            app.storage.put(&key, made.clone()).await?;
            made
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, "private, max-age=86400"),
    ];
    Ok((headers, small).into_response())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_content_is() {
        for (head, kind) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"PK\x03\x04\0\0", "application/zip"),
            (b"<!doctype html><script>alert(1)</script>", "text/html"),
            (
                b"MZ\x90\0\x03",
                "application/vnd.microsoft.portable-executable",
            ),
            ("Grüße, eine Liste".as_bytes(), "text/plain"),
            (&"Grüß".as_bytes()[..5], "text/plain"),
            (b"a\0b", "application/octet-stream"),
            (b"\xff\xfe\xfd", "application/octet-stream"),
        ] {
            assert_eq!(kind_of(head), kind);
        }
    }

    #[test]
    fn a_name_keeps_no_folder_and_hides_no_ending() {
        for (typed, kept) in [
            ("photo.jpg", "photo.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\a b.pdf", "a b.pdf"),
            ("a\r\nb\0.txt", "ab.txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("..", "file"),
            ("", "file"),
        ] {
            assert_eq!(clean_name(typed), kept);
        }
        assert_eq!(clean_name(&"é".repeat(400)).chars().count(), 200);
    }
}
