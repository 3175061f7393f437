//! A file that is there becomes a document, or a version of one: once, and where it is taken.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::{
    Sender, Target, kinds, quota_full,
    receive::gone,
    store::{self, Document, Upload, Version},
    sweep::{discard, give_up},
    tell,
};
use crate::{
    App, Result,
    db::StudioTx,
    files::{HEAD_BYTES, kind_of},
    scope::StudioScope,
    secrets,
};

/// What there is to know of a content, gathered while it goes by.
#[derive(Default)]
pub struct Known {
    pub sha256: Sha256,
    pub crc32: crc32fast::Hasher,
    pub bytes: i64,
    pub head: Vec<u8>,
}

impl Known {
    pub fn take(&mut self, chunk: &Bytes) {
        self.sha256.update(chunk);
        self.crc32.update(chunk);
        self.bytes += i64::try_from(chunk.len()).unwrap_or(i64::MAX);
        let room = HEAD_BYTES.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend_from_slice(&chunk[..room]);
    }
}

/// One transaction: is it taken, is there room, is it here already; then the document, and whoever is to hear of it.
pub async fn settle(
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
