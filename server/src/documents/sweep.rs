//! What nothing became of, and what was removed: nothing of it stays in the storage.

use super::store::{self, Upload};
use crate::{App, Result, files::small_key, scope::StudioScope};

/// Nothing becomes of it, and nothing of it is kept.
pub async fn give_up(app: &App, scope: &StudioScope, upload: &Upload) -> Result<()> {
    let mut tx = app.db.write(scope).await?;
    store::give_up_upload(&mut tx, upload.id).await?;
    tx.commit().await?;
    discard(app, upload, true).await
}

/// Removes its parts, and with `all` what they were joined to.
pub async fn discard(app: &App, upload: &Upload, all: bool) -> Result<()> {
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
