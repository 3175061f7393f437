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

use super::{
    Sender, Settings, Target, UPLOAD_SECONDS, kinds, quota_full,
    settle::{Known, settle},
    store::{self, Upload},
    sweep::give_up,
};
use crate::{
    App, Result,
    db::StudioTx,
    error::Error,
    files::{HEAD_BYTES, clean_name, first_of, kind_of, not_stored},
    scope::StudioScope,
    storage::Storage,
};

/// What one contact may have on its way at once.
const MOST_UNDER_WAY: i64 = 200;

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

pub fn gone() -> Error {
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
