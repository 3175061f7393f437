//! What every upload has in common, whatever it is for: its name without tricks, its kind by its content, small copies
//! of pictures.

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use portico_wire::{Code, documents::NAME};
use tokio::sync::Semaphore;

use crate::{App, Result, error::Error, images};

/// Enough of a file to tell what it is.
pub const HEAD_BYTES: usize = 16 * 1024;

/// What somebody called a file, without folders and signs that cannot be shown.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_direction(*c))
        .take(NAME)
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

/// The storage failed: said to whoever sends the file, and to the log. A refusal stays what it is.
pub fn not_stored(error: Error) -> Error {
    if error.code().is_some() {
        return error;
    }
    tracing::error!(%error, "a file could not be stored");
    Error::refused(
        Code::NotStored,
        "The file could not be stored just now, and nothing of it was kept. Please try again in a few minutes; if it stays so, please tell the studio.",
    )
    .retry_after(60)
}

/// The first chunks, until they tell what the file is.
pub async fn first_of(content: &mut (impl Stream<Item = Result<Bytes>> + Unpin)) -> Result<Bytes> {
    let mut head = BytesMut::new();
    while head.len() < HEAD_BYTES {
        match content.next().await {
            Some(chunk) => head.extend_from_slice(&chunk?),
            None => break,
        }
    }
    Ok(head.freeze())
}

/// A larger picture is saved, and has no small copy.
pub const MOST_PICTURE: u64 = 60_000_000;
/// One picture is made smaller at a time: each takes up to a quarter of a gigabyte for a moment.
static ONE: Semaphore = Semaphore::const_new(1);

/// Where the small copy of a stored picture is kept.
pub fn small_key(key: &str) -> String {
    format!("small/{key}.jpg")
}

/// A stored picture made smaller, its longer side at most `side` pixels; made once and kept.
pub async fn small_copy(app: &App, key: &str, kind: &str, side: u32) -> Result<Response> {
    if !images::is_picture(kind) {
        return Err(Error::not_found());
    }
    let small_key = small_key(key);
    let small = match app.storage.get_bytes(&small_key).await? {
        Some(small) => small,
        None => {
            let turn = ONE.acquire().await.map_err(Error::internal)?;
            let stored = app.storage.get(key).await?;
            // Its pixels are read from the whole of it.
            let fits = stored.as_ref().is_some_and(|it| it.bytes <= MOST_PICTURE);
            let whole = match fits {
                true => app.storage.get_bytes(key).await?,
                false => None,
            };
            let whole = whole.ok_or_else(Error::not_found)?;
            let made = tokio::task::spawn_blocking(move || images::jpeg_within(&whole, side));
            // What its first bytes promised the rest did not keep: there is the file itself.
            let made = made.await?.map_err(|_| Error::not_found())?;
            drop(turn);
            let made = Bytes::from(made);
            app.storage.put(&small_key, made.clone()).await?;
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

/// A few small files as one zip file, each as it is.
pub fn zip(files: impl Iterator<Item = (String, std::borrow::Cow<'static, [u8]>)>) -> Vec<u8> {
    let (mut zip, mut list, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (name, data) in files {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&data);
        let (place, bytes) = (size(zip.len()), size(data.len()).to_le_bytes());
        // Version 2.0, names in UTF-8, stored, the first day a zip file can tell.
        let mut common = vec![20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
        common.extend(hasher.finalize().to_le_bytes());
        common.extend(bytes.iter().chain(&bytes));
        let length = u16::try_from(name.len()).unwrap_or(u16::MAX);
        common.extend(length.to_le_bytes());
        common.extend([0, 0]);
        zip.extend(b"PK\x03\x04");
        zip.extend(&common);
        zip.extend(name.bytes());
        zip.extend(&*data);
        list.extend(b"PK\x01\x02\x14\x03");
        list.extend(&common);
        list.extend([0; 6]);
        list.extend((0o100_644_u32 << 16).to_le_bytes());
        list.extend(place.to_le_bytes());
        list.extend(name.bytes());
        count += 1;
    }
    let (start, bytes) = (size(zip.len()), size(list.len()));
    zip.extend(list);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend(count.to_le_bytes().iter().chain(&count.to_le_bytes()));
    zip.extend(bytes.to_le_bytes());
    zip.extend(start.to_le_bytes());
    zip.extend([0, 0]);
    zip
}

fn size(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
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
