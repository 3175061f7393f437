//! Many documents as one zip file, written while it is sent. Size and checksum of each are known beforehand, so that the
//! file is a plain one any program opens, its length is said at the beginning, and no more than a piece of it is in memory.

use std::collections::HashSet;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use portico_wire::{DocumentId, EventId, Rights, Timestamp, documents::ZIP};

use super::{
    open::{may_open, section},
    store::{self, Place, Seen},
};
use crate::{
    App, Result,
    access::sealed,
    error::Error,
    files::clean_name,
    forms::store::Viewer,
    scope::{PortalSession, StudioScope},
    storage::Storage,
    studios,
    web::redirect,
};

const PURPOSE: &str = "zip address";
/// The most documents of one zip file.
const MOST: usize = 5_000;

/// Which documents are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    All,
    These(Vec<DocumentId>),
    Event(EventId),
}

impl Which {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::All => vec![0],
            Self::These(ids) => {
                let ids = ids.iter().flat_map(|id| id.bytes());
                [1].into_iter().chain(ids).collect()
            }
            Self::Event(id) => [2].into_iter().chain(id.bytes()).collect(),
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (first, rest) = bytes.split_first()?;
        let (ids, []) = rest.as_chunks::<16>() else {
            return None;
        };
        match (first, ids) {
            (0, []) => Some(Self::All),
            (1, ids) => Some(Self::These(
                ids.iter().copied().map(DocumentId::from_bytes).collect(),
            )),
            (2, [id]) => Some(Self::Event(EventId::from_bytes(*id))),
            _ => None,
        }
    }

    /// As it stands in an address: `documents=doc_…,doc_…` or `event=evt_…`.
    pub fn parse(documents: Option<&str>, event: Option<&str>) -> Result<Self> {
        let unknown = |_| Error::not_found();
        match (documents, event) {
            (None, None) => Ok(Self::All),
            (None, Some(event)) => event.parse().map(Self::Event).map_err(unknown),
            (Some(documents), _) => {
                let ids: Vec<DocumentId> = documents
                    .split(',')
                    .map(|id| id.trim().parse().map_err(unknown))
                    .collect::<Result<_>>()?;
                if ids.len() > ZIP {
                    return Err(Error::invalid(
                        "documents",
                        format!("Name at most {ZIP} documents, or none for all."),
                    ));
                }
                Ok(Self::These(ids))
            }
        }
    }
}

/// Where the zip file is saved from.
pub fn address(app: &App, session: &PortalSession, which: &Which) -> String {
    let sealed = sealed::seal(app, session, PURPOSE, &which.bytes());
    format!("{}/files/zip/{sealed}", app.origin)
}

/// What of it this contact sees and may open.
pub async fn chosen(
    app: &App,
    scope: &StudioScope,
    (who, rights): (Viewer, Rights),
    which: &Which,
) -> Result<Vec<Seen>> {
    let mut tx = app.db.read(scope).await?;
    let event = match which {
        Which::Event(event) => Some(*event),
        _ => None,
    };
    let (mut found, mut behind) = (Vec::new(), None);
    loop {
        let page = store::seen_by(&mut tx, who, behind, event).await?;
        let more = page.len() > store::PAGE;
        let page = &page[..page.len().min(store::PAGE)];
        behind = page.last().map(place);
        found.extend(page.iter().cloned());
        if !more || found.len() >= MOST {
            break;
        }
    }
    found.retain(|one| {
        let named = match which {
            Which::These(ids) => ids.contains(&one.id),
            _ => true,
        };
        named && section(rights, one.event_id).is_ok() && may_open(rights, one.source)
    });
    found.truncate(MOST);
    Ok(found)
}

/// The place of a document in the list.
pub fn place(seen: &Seen) -> Place {
    Place {
        seen: seen.seen,
        at: seen.changed_at,
        id: seen.id,
    }
}

/// `GET /files/zip/{sealed}`: what the session may open is asked anew.
pub async fn open_zip(State(app): State<App>, Path(sealed): Path<String>) -> Result<Response> {
    let opened = sealed::open(&app, PURPOSE, &sealed).await?;
    let which = Which::read(&opened.what).ok_or_else(Error::not_found)?;
    let seer = (Viewer::from(&opened.session), opened.session.rights());
    let found = chosen(&app, &opened.scope, seer, &which).await?;
    if found.is_empty() {
        return Err(Error::not_found());
    }
    let mut tx = app.db.read(&opened.scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    let folders = store::folders_of(&mut tx, opened.session.client_id).await?;
    drop(tx);
    if opened.session.viewed_by.is_none() {
        let mut tx = app.db.write(&opened.scope).await?;
        for one in &found {
            let contact = opened.session.contact_id;
            store::mark_seen(&mut tx, one.id, one.current, contact, true).await?;
        }
        tx.commit().await?;
    }
    let mut names = HashSet::new();
    let entries = found.into_iter().map(|one| {
        let folder = folders
            .iter()
            .find(|folder| Some(folder.id) == one.folder_id);
        let folder = folder.map(|folder| clean_name(&folder.name.replace(['/', '\\'], "-")));
        Entry {
            name: unique(&mut names, folder.as_deref(), &clean_name(&one.name)),
            key: one.storage_key,
            bytes: u64::try_from(one.bytes).unwrap_or_default(),
            crc32: u32::try_from(one.crc32).unwrap_or_default(),
            at: stamp(one.changed_at, &studio.time_zone),
        }
    });
    let (length, content) = write(app.storage.clone(), entries.collect());
    let named = format!(
        "attachment; filename=\"documents.zip\"; filename*=UTF-8''{}",
        redirect::escape(&format!("{} documents.zip", clean_name(&studio.name)))
    );
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/zip"),
        ),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&named).map_err(Error::internal)?,
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
    ];
    Ok((headers, Body::from_stream(content)).into_response())
}

/// A name no other entry has: the second "plan.pdf" is "plan (2).pdf".
fn unique(taken: &mut HashSet<String>, folder: Option<&str>, name: &str) -> String {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let folder = folder.map_or(String::new(), |folder| format!("{folder}/"));
    let mut full = format!("{folder}{name}");
    let mut count = 1;
    // Some file systems make no difference between small letters and capitals.
    while !taken.insert(full.to_lowercase()) {
        count += 1;
        full = format!("{folder}{stem} ({count}){ending}");
    }
    full
}

/// Date and time as zip files have them, by the studio's clock.
fn stamp(at: Timestamp, zone: &str) -> u32 {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let Ok(at) = jiff::Timestamp::from_microsecond(at.micros()) else {
        return 0;
    };
    let at = at.to_zoned(zone);
    let part = |number: i8| u32::from(number.unsigned_abs());
    let year = u32::from(at.year().clamp(1980, 2107).unsigned_abs()) - 1980;
    let date = year << 9 | part(at.month()) << 5 | part(at.day());
    let time = part(at.hour()) << 11 | part(at.minute()) << 5 | (part(at.second()) / 2);
    date << 16 | time
}

struct Entry {
    name: String,
    key: String,
    bytes: u64,
    crc32: u32,
    at: u32,
}

impl Entry {
    /// What both of its headers say: version, name in UTF-8, stored as it is, time, checksum, sizes, lengths.
    fn common(&self, extra: u16) -> Vec<u8> {
        let mut said = Vec::with_capacity(32);
        let size = u32::try_from(self.bytes).unwrap_or(u32::MAX);
        let name = u16::try_from(self.name.len()).unwrap_or_default();
        said.extend([45, 0]);
        said.extend([0, 0b1000, 0, 0]);
        said.extend(self.at.to_le_bytes());
        said.extend(self.crc32.to_le_bytes());
        said.extend(size.to_le_bytes());
        said.extend(size.to_le_bytes());
        said.extend(name.to_le_bytes());
        said.extend(extra.to_le_bytes());
        said
    }

    fn local(&self) -> Vec<u8> {
        let mut said = b"PK\x03\x04".to_vec();
        said.extend(self.common(0));
        said.extend(self.name.bytes());
        said
    }

    /// In the directory at the end. A place beyond four gigabytes stands in an addition (zip64).
    fn central(&self, place: u64) -> Vec<u8> {
        let far = u32::try_from(place).ok().filter(|&near| near < u32::MAX);
        let mut said = b"PK\x01\x02\x2d\x03".to_vec();
        said.extend(self.common(if far.is_none() { 12 } else { 0 }));
        // No comment, first disk, no attributes of a text; a plain file anybody may read.
        said.extend([0; 6]);
        said.extend((0o100_644_u32 << 16).to_le_bytes());
        said.extend(far.unwrap_or(u32::MAX).to_le_bytes());
        said.extend(self.name.bytes());
        if far.is_none() {
            said.extend([1, 0, 8, 0]);
            said.extend(place.to_le_bytes());
        }
        said
    }
}

/// The end: where the directory stands; beyond four gigabytes or 65,534 entries in the large form (zip64) as well.
fn end(count: u64, start: u64, bytes: u64) -> Vec<u8> {
    let mut said = Vec::new();
    if count >= 0xffff || start + bytes >= u64::from(u32::MAX) {
        said.extend(b"PK\x06\x06");
        said.extend(44_u64.to_le_bytes());
        said.extend([45, 3, 45, 0]);
        said.extend([0; 8]);
        said.extend(count.to_le_bytes());
        said.extend(count.to_le_bytes());
        said.extend(bytes.to_le_bytes());
        said.extend(start.to_le_bytes());
        said.extend(b"PK\x06\x07");
        said.extend([0; 4]);
        said.extend((start + bytes).to_le_bytes());
        said.extend(1_u32.to_le_bytes());
    }
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let entries = u16::try_from(count).unwrap_or(u16::MAX);
    said.extend(b"PK\x05\x06\0\0\0\0");
    said.extend(entries.to_le_bytes());
    said.extend(entries.to_le_bytes());
    said.extend(small(bytes).to_le_bytes());
    said.extend(small(start).to_le_bytes());
    said.extend([0; 2]);
    said
}

/// How long it will be, and what is in it.
fn write(storage: Storage, entries: Vec<Entry>) -> (u64, impl Stream<Item = Result<Bytes>> + Send) {
    let (mut place, mut directory) = (0, Vec::new());
    for entry in &entries {
        directory.extend(entry.central(place));
        place += entry.local().len() as u64 + entry.bytes;
    }
    let count = entries.len() as u64;
    let closing = end(count, place, directory.len() as u64);
    let length = place + directory.len() as u64 + closing.len() as u64;
    directory.extend(closing);
    let files = stream::iter(entries).flat_map(move |entry| {
        let head = Bytes::from(entry.local());
        let storage = storage.clone();
        let content = async move {
            match storage.get(&entry.key).await {
                Ok(Some(stored)) if stored.bytes == entry.bytes => stored.content,
                // Removed in this moment: the connection ends, and the browser says so.
                Ok(_) => one(Err(Error::internal("a document of a zip file is gone"))),
                Err(error) => one(Err(error)),
            }
        };
        one(Ok(head)).chain(stream::once(content).flatten())
    });
    (length, files.chain(one(Ok(Bytes::from(directory)))))
}

fn one(item: Result<Bytes>) -> stream::BoxStream<'static, Result<Bytes>> {
    stream::once(async { item }).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i1_two_files_of_one_name_are_both_in_the_zip() {
        let mut taken = HashSet::new();
        assert_eq!(unique(&mut taken, None, "plan.pdf"), "plan.pdf");
        assert_eq!(unique(&mut taken, None, "Plan.pdf"), "Plan (2).pdf");
        assert_eq!(
            unique(&mut taken, Some("Maps"), "plan.pdf"),
            "Maps/plan.pdf"
        );
        assert_eq!(unique(&mut taken, None, "plan.pdf"), "plan (3).pdf");
        assert_eq!(unique(&mut taken, None, ".env"), ".env");
    }

    #[test]
    fn what_an_address_names_reads_back() {
        let ids = vec![
            DocumentId::from_bytes([1; 16]),
            DocumentId::from_bytes([2; 16]),
        ];
        for which in [
            Which::All,
            Which::These(ids),
            Which::Event(EventId::from_bytes([3; 16])),
        ] {
            assert_eq!(Which::read(&which.bytes()), Some(which));
        }
        assert_eq!(Which::read(&[1, 2, 3]), None);
    }

    #[test]
    fn a_moment_is_written_as_the_studios_clock_shows_it() {
        let at: Timestamp = "2026-11-21T12:00:10Z".parse().unwrap();
        let stamp = stamp(at, "Europe/Vienna");
        assert_eq!(stamp >> 16, (2026 - 1980) << 9 | 11 << 5 | 21);
        assert_eq!(stamp & 0xffff, 13 << 11 | 5);
    }

    #[test]
    fn a_place_beyond_four_gigabytes_is_told_in_the_large_form() {
        let entry = Entry {
            name: "a".into(),
            key: String::new(),
            bytes: 1,
            crc32: 0,
            at: 0,
        };
        assert_eq!(entry.central(7).len(), 47);
        assert_eq!(entry.central(5_000_000_000).len(), 59);
        assert!(
            entry
                .central(5_000_000_000)
                .ends_with(&5_000_000_000_u64.to_le_bytes())
        );
    }
}
