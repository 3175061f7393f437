//! Files on their way in: part by part, gone on with after a lost connection, and a document exactly once.
//!
//! A part is stored under a key of its own before it counts, and counts where nobody counted one at its place. Once all
//! of it is there the parts are joined under the document's key, and one transaction makes the document. Everything that
//! is stored of an upload lies below its key, so that whatever breaks off in between is found and removed.

use axum::body::Body;
use bytes::Bytes;
use futures_util::{
    Stream, StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use portico_wire::{Code, UploadId, documents::MOST_PART};
use sha2::{Digest as _, Sha256};

use super::{
    Sender, Settings, Target, UPLOAD_SECONDS, kinds, quota_full,
    store::{self, Document, Upload, Version},
    tell,
};
use crate::{
    App, Result,
    db::StudioTx,
    error::Error,
    files::{HEAD_BYTES, clean_name, first_of, kind_of, not_stored, small_key},
    scope::StudioScope,
    secrets,
    storage::Storage,
};

/// What one contact may have on its way at once.
const MOST_UNDER_WAY: i64 = 200;

/// What there is to know of a content, gathered while it goes by.
#[derive(Default)]
struct Known {
    sha256: Sha256,
    crc32: crc32fast::Hasher,
    bytes: i64,
    head: Vec<u8>,
}

impl Known {
    fn take(&mut self, chunk: &Bytes) {
        self.sha256.update(chunk);
        self.crc32.update(chunk);
        self.bytes += i64::try_from(chunk.len()).unwrap_or(i64::MAX);
        let room = HEAD_BYTES.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend_from_slice(&chunk[..room]);
    }
}

/// Begins: what is refused for its size is refused before any of it is sent.
pub async fn start(
    app: &App,
    scope: &StudioScope,
    sender: &Sender,
    target: Target,
    name: &str,
    bytes: u64,
) -> Result<Upload> {
    if bytes == 0 {
        return Err(Error::invalid("file", "This file is empty."));
    }
    let mut tx = app.db.write(scope).await?;
    let settings = store::settings(&mut tx).await?;
    let bytes = i64::try_from(bytes).map_err(|_| settings.too_large())?;
    if bytes > settings.most_bytes {
        return Err(settings.too_large());
    }
    let upload = begin(&mut tx, scope, sender, &settings, target, name, bytes).await?;
    tx.commit().await?;
    Ok(upload)
}

async fn begin(
    tx: &mut StudioTx,
    scope: &StudioScope,
    sender: &Sender,
    settings: &Settings,
    target: Target,
    name: &str,
    bytes: i64,
) -> Result<Upload> {
    let (own, all) = store::under_way(tx, sender.contact).await?;
    if own >= MOST_UNDER_WAY {
        return Err(Error::refused(
            Code::Conflict,
            "Many of your files are on their way already. Please wait until they have arrived.",
        ));
    }
    if store::used_bytes(tx).await? + all + bytes > settings.quota_bytes {
        return Err(quota_full());
    }
    let id: UploadId = tx.id();
    let key: UploadId = tx.id();
    let upload = Upload {
        id,
        client_id: sender.client,
        name: clean_name(name),
        bytes,
        arrived: 0,
        target,
        // Not the id: nobody outside ever learns a key.
        storage_key: format!(
            "documents/{}/{}",
            scope.studio(),
            key.to_string().trim_start_matches("upl_")
        ),
        document_id: None,
        already: false,
        expires_at: tx.now().plus_seconds(UPLOAD_SECONDS),
    };
    store::insert_upload(tx, &upload, sender).await?;
    Ok(upload)
}

/// The upload of this sender, unless it was given up.
pub async fn find(app: &App, scope: &StudioScope, sender: &Sender, id: UploadId) -> Result<Upload> {
    let mut tx = app.db.read(scope).await?;
    let found = store::upload(&mut tx, id, sender.contact, sender.staff).await?;
    let upload = found.ok_or_else(gone)?;
    if upload.document_id.is_none() && upload.expires_at <= tx.now() {
        return Err(gone());
    }
    Ok(upload)
}

fn gone() -> Error {
    Error::refused(
        Code::NotFound,
        "This upload was given up, because nobody went on with it for a day. Please send the file again.",
    )
}

fn chunks(content: Body) -> impl Stream<Item = Result<Bytes>> + Send + Unpin {
    let broken = |_| {
        Error::refused(
            Code::Malformed,
            "The connection broke off. What arrived before is kept: please go on.",
        )
    };
    content
        .into_data_stream()
        .map(move |chunk| chunk.map_err(broken))
}

/// Takes the part that begins at `offset`; with the last one the document is made. The same part once more changes
/// nothing, and the reply says where to go on.
pub async fn part(
    app: &App,
    scope: &StudioScope,
    sender: &Sender,
    id: UploadId,
    offset: u64,
    content: Body,
) -> Result<Upload> {
    let upload = find(app, scope, sender, id).await?;
    let offset = i64::try_from(offset).unwrap_or(i64::MAX);
    if offset > upload.arrived {
        return Err(Error::refused(
            Code::Conflict,
            format!(
                "A part is missing: go on with the byte at {}.",
                upload.arrived
            ),
        ));
    }
    let mut content = chunks(content);
    if upload.document_id.is_some() || offset < upload.arrived {
        drain(&mut content).await?;
    } else {
        take(app, scope, &upload, content).await?;
    }
    let upload = find(app, scope, sender, id).await?;
    if upload.document_id.is_some() || upload.arrived < upload.bytes {
        return Ok(upload);
    }
    finish(app, scope, sender, upload).await
}

/// Read and dropped, so that the browser gets to see the reply.
async fn drain(content: &mut (impl Stream<Item = Result<Bytes>> + Unpin)) -> Result<()> {
    let mut left = MOST_PART;
    while let Some(chunk) = content.next().await {
        left = left.saturating_sub(chunk?.len() as u64);
        if left == 0 {
            break;
        }
    }
    Ok(())
}

/// Stores a part, and counts it where it is the next one.
async fn take(
    app: &App,
    scope: &StudioScope,
    upload: &Upload,
    mut content: impl Stream<Item = Result<Bytes>> + Send + Unpin,
) -> Result<()> {
    let head = first_of(&mut content).await?;
    if head.is_empty() {
        return Ok(());
    }
    let left = u64::try_from(upload.bytes - upload.arrived).unwrap_or_default();
    let whole_head = head.len() >= HEAD_BYTES || head.len() as u64 >= left;
    if upload.arrived == 0 && whole_head {
        let mut tx = app.db.read(scope).await?;
        let settings = store::settings(&mut tx).await?;
        drop(tx);
        let kind = kind_of(&head[..head.len().min(HEAD_BYTES)]);
        if let Err(refusal) = kinds::check(&upload.name, kind, &settings.kinds) {
            drain(&mut content).await?;
            give_up(app, scope, upload).await?;
            return Err(refusal);
        }
    }
    let name: UploadId = app.clock.id();
    let key = format!("{}/{name}", upload.parts_key());
    let most = left.min(MOST_PART);
    let whole = stream::once(async { Ok(head) }).chain(&mut content);
    let stored = app.storage.put_stream(&key, most, whole).await;
    let bytes = match stored {
        Err(error) if error.code() == Some(Code::TooLarge) => {
            drain(&mut content).await?;
            return Err(too_long(left));
        }
        stored => stored.map_err(not_stored)?,
    };
    let mut tx = app.db.write(scope).await?;
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    let taken = store::take_part(&mut tx, upload.id, upload.arrived, bytes, &key).await?;
    tx.commit().await?;
    if !taken {
        app.storage.delete(&key).await?;
    }
    Ok(())
}

fn too_long(left: u64) -> Error {
    if left < MOST_PART {
        Error::refused(
            Code::TooLarge,
            "The file is longer than was said when it began. It may have been changed since: please send it again.",
        )
    } else {
        Error::refused(
            Code::TooLarge,
            format!(
                "One request carries at most {} MB of a file. Send it in parts.",
                MOST_PART / 1024 / 1024
            ),
        )
    }
}

/// Joins the parts and makes the document.
async fn finish(app: &App, scope: &StudioScope, sender: &Sender, upload: Upload) -> Result<Upload> {
    let mut tx = app.db.read(scope).await?;
    let parts = store::parts(&mut tx, upload.id).await?;
    drop(tx);
    let joined = joined(app.storage.clone(), parts);
    let most = u64::try_from(upload.bytes).unwrap_or_default();
    let stored = store_known(app, &upload.storage_key, most, joined).await;
    let known = match stored {
        Ok(known) => known,
        Err(error) => {
            // Another request made the document meanwhile, and removed the parts.
            let now = find(app, scope, sender, upload.id).await?;
            return match now.document_id {
                Some(_) => Ok(now),
                None => Err(error),
            };
        }
    };
    settle(app, scope, sender, upload, known).await
}

/// The parts, one after the other.
fn joined(storage: Storage, parts: Vec<String>) -> BoxStream<'static, Result<Bytes>> {
    let part = move |key: String| {
        let storage = storage.clone();
        async move {
            let part = storage.get(&key).await?;
            let part = part.ok_or_else(|| Error::internal("a part of an upload is missing"))?;
            Ok::<_, Error>(part.content)
        }
    };
    stream::iter(parts).then(part).try_flatten().boxed()
}

async fn store_known(
    app: &App,
    key: &str,
    most: u64,
    content: impl Stream<Item = Result<Bytes>> + Send,
) -> Result<Known> {
    let mut known = Known::default();
    let passing = content.map(|chunk| {
        if let Ok(chunk) = &chunk {
            known.take(chunk);
        }
        chunk
    });
    let stored = app.storage.put_stream(key, most, passing).await;
    stored.map_err(not_stored)?;
    Ok(known)
}

/// Takes a whole file at once, of whatever length: what a form without scripts sends.
pub async fn whole(
    app: &App,
    scope: &StudioScope,
    sender: &Sender,
    target: Target,
    name: &str,
    content: impl Stream<Item = Result<Bytes>> + Send,
) -> Result<Upload> {
    let mut tx = app.db.write(scope).await?;
    let settings = store::settings(&mut tx).await?;
    let upload = begin(&mut tx, scope, sender, &settings, target, name, 1).await?;
    tx.commit().await?;
    let most = u64::try_from(settings.most_bytes).unwrap_or_default();
    let stored = store_known(app, &upload.storage_key, most, content).await;
    let refusal = match stored {
        Ok(known) if known.bytes == 0 => Error::invalid("file", "This file is empty."),
        Ok(known) => return settle(app, scope, sender, upload, known).await,
        Err(error) if error.code() == Some(Code::TooLarge) => settings.too_large(),
        Err(error) => error,
    };
    give_up(app, scope, &upload).await?;
    Err(refusal)
}

/// One transaction: is it taken, is there room, is it here already; then the document, and whoever is to hear of it.
async fn settle(
    app: &App,
    scope: &StudioScope,
    sender: &Sender,
    upload: Upload,
    known: Known,
) -> Result<Upload> {
    let mut tx = app.db.write(scope).await?;
    let held = store::hold_upload(&mut tx, upload.id).await?;
    let mut upload = held.ok_or_else(gone)?;
    if upload.document_id.is_some() {
        return Ok(upload);
    }
    let settings = store::settings(&mut tx).await?;
    let kind = kind_of(&known.head);
    let sha256 = secrets::hex(&known.sha256.finalize());
    let replaced = replaced(&mut tx, &upload).await?;
    let refusal = match kinds::check(&upload.name, kind, &settings.kinds) {
        Err(refusal) => Some(refusal),
        Ok(()) => {
            let here = is_here(&mut tx, sender, &upload, replaced.as_ref(), &sha256).await?;
            if let Some(document) = here {
                store::settle_upload(&mut tx, upload.id, document, true).await?;
                answer(&mut tx, &upload).await?;
                tx.commit().await?;
                discard(app, &upload, true).await?;
                upload.document_id = Some(document);
                upload.already = true;
                return Ok(upload);
            }
            let used = store::count_bytes(&mut tx, known.bytes).await?;
            (used > settings.quota_bytes).then(quota_full)
        }
    };
    if let Some(refusal) = refusal {
        drop(tx);
        give_up(app, scope, &upload).await?;
        return Err(refusal);
    }
    let content = Version {
        document_id: tx.id(),
        number: 1,
        name: upload.name.clone(),
        kind: kinds::told(&upload.name, kind).into_owned(),
        bytes: known.bytes,
        sha256,
        crc32: i64::from(known.crc32.finalize()),
        storage_key: upload.storage_key.clone(),
        source: sender.source(),
        by_name: sender.name.clone(),
        created_at: tx.now(),
    };
    let document = match replaced {
        Some(document) => replace(&mut tx, sender, document, content).await?,
        None => make(&mut tx, sender, &upload.target, content).await?,
    };
    store::settle_upload(&mut tx, upload.id, document.id, false).await?;
    answer(&mut tx, &upload).await?;
    tell::arrived(&mut tx, sender, &document, known.bytes, upload.target.tell).await?;
    tx.commit().await?;
    discard(app, &upload, false).await?;
    upload.document_id = Some(document.id);
    upload.arrived = upload.bytes;
    Ok(upload)
}

/// The document this is a new version of, unless it was removed meanwhile.
async fn replaced(tx: &mut StudioTx, upload: &Upload) -> Result<Option<Document>> {
    match upload.target.replaces {
        Some(id) => store::hold_document(tx, id).await,
        None => Ok(None),
    }
}

async fn is_here(
    tx: &mut StudioTx,
    sender: &Sender,
    upload: &Upload,
    replaced: Option<&Document>,
    sha256: &str,
) -> Result<Option<portico_wire::DocumentId>> {
    if let Some(document) = replaced {
        let current = store::version(tx, document.id, document.current).await?;
        let same = current.is_some_and(|version| version.sha256 == sha256);
        return Ok(same.then_some(document.id));
    }
    let target = &upload.target;
    let found = store::same_content(
        tx,
        sha256,
        upload.client_id,
        target.event,
        target.request,
        sender.contact,
    );
    found.await
}

async fn answer(tx: &mut StudioTx, upload: &Upload) -> Result<()> {
    if let Some(request) = upload.target.request {
        store::mark_answered(tx, request).await?;
    }
    Ok(())
}

async fn make(
    tx: &mut StudioTx,
    sender: &Sender,
    target: &Target,
    content: Version,
) -> Result<Document> {
    // Removed while the file was on its way: it stands beside the folders.
    let folder = match target.folder {
        Some(id) => store::folder(tx, id).await?.map(|folder| folder.id),
        None => None,
    };
    let document = Document {
        id: content.document_id,
        client_id: sender.client,
        event_id: target.event,
        folder_id: folder,
        request_id: target.request,
        name: content.name.clone(),
        source: sender.source(),
        contact_id: sender.contact,
        for_all: target.for_all,
        current: content.number,
        staff_seen_at: None,
        staff_seen_by: None,
        changed_at: content.created_at,
        created_at: content.created_at,
    };
    store::insert_document(tx, &document).await?;
    store::insert_version(tx, &content).await?;
    let mut named = target.contacts.clone();
    if let Some(contact) = sender.contact {
        named.push(contact);
        if let Some(request) = target.request {
            let asked = store::asked_contacts(tx, request).await?;
            named.extend(asked.iter().map(|one| one.id));
        }
        store::mark_seen(tx, document.id, document.current, contact, false).await?;
    }
    for contact in named {
        store::share_with(tx, document.id, contact).await?;
    }
    Ok(document)
}

async fn replace(
    tx: &mut StudioTx,
    sender: &Sender,
    mut document: Document,
    mut content: Version,
) -> Result<Document> {
    content.document_id = document.id;
    content.number = store::newest(tx, document.id).await? + 1;
    let ending = |name: &str| name.rsplit_once('.').map(|(_, end)| end.to_lowercase());
    if ending(&content.name) != ending(&document.name) {
        document.name.clone_from(&content.name);
        store::save_document(tx, document.id, &document.name, document.folder_id).await?;
    }
    store::insert_version(tx, &content).await?;
    store::set_current(tx, document.id, content.number).await?;
    document.current = content.number;
    match sender.contact {
        Some(contact) => {
            store::mark_seen(tx, document.id, content.number, contact, false).await?;
        }
        None => {
            store::mark_staff_seen(tx, document.id, &sender.name).await?;
        }
    }
    Ok(document)
}

/// Nothing becomes of it, and nothing of it is kept.
pub async fn give_up(app: &App, scope: &StudioScope, upload: &Upload) -> Result<()> {
    let mut tx = app.db.write(scope).await?;
    store::give_up_upload(&mut tx, upload.id).await?;
    tx.commit().await?;
    discard(app, upload, true).await
}

/// Removes its parts, and with `all` what they were joined to.
async fn discard(app: &App, upload: &Upload, all: bool) -> Result<()> {
    clear(app, &upload.storage_key, &upload.parts_key(), all).await
}

async fn clear(app: &App, key: &str, parts: &str, all: bool) -> Result<()> {
    for part in app.storage.list(parts).await? {
        app.storage.delete(&part).await?;
    }
    if all {
        app.storage.delete(key).await?;
    }
    Ok(())
}

/// Removes what has had its time: uploads nobody goes on with, and the files of documents that were removed.
pub async fn tidy(app: &App) -> Result<()> {
    // System: what nobody goes on with has no reader in any studio.
    let mut tx = app.db.system_read().await?;
    let old = store::old_uploads(&mut tx).await?;
    let removed = store::removed_documents(&mut tx).await?;
    drop(tx);
    for upload in old {
        let parts = format!("{}.parts", upload.storage_key);
        clear(app, &upload.storage_key, &parts, !upload.kept).await?;
        // System: as above.
        let mut tx = app.db.system().await?;
        store::delete_upload(&mut tx, &upload).await?;
        tx.commit().await?;
    }
    for (studio, id) in removed {
        // System: as above.
        let mut tx = app.db.system_read().await?;
        let keys = store::keys_of(&mut tx, studio, id).await?;
        drop(tx);
        for key in keys {
            app.storage.delete(&small_key(&key)).await?;
            app.storage.delete(&key).await?;
        }
        // System: as above.
        let mut tx = app.db.system().await?;
        store::delete_document(&mut tx, studio, id).await?;
        tx.commit().await?;
    }
    Ok(())
}
