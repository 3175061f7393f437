//! Earlier builds of the widget: a page that was opened before an update finds the files of its own build
//! for thirty days, on whichever server it asks.

use std::collections::BTreeSet;

use bytes::Bytes;
use portico_wire::Timestamp;

use super::{Manifest, Widget};
use crate::{App, Result};

/// In the storage.
const FOLDER: &str = "widget";
const KEPT_SECONDS: i64 = 30 * 86_400;
/// Says when a build was last served; beside its files.
const SERVED: &str = "served";

fn is_build(name: &str) -> bool {
    name.len() == 16 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The file of a build this server was not made with; `path` as in the address.
pub(super) async fn earlier(app: &App, build: &str, path: &str) -> Result<Option<Bytes>> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-./".contains(&b);
    if !is_build(build) || path.contains("..") || !path.bytes().all(plain) {
        return Ok(None);
    }
    app.storage.get_bytes(&format!("{FOLDER}/{path}")).await
}

/// Stores the files of this server's own build, says that it is still served, and forgets builds that have
/// not been for thirty days.
pub async fn keep(app: &App) -> Result<()> {
    let stored: BTreeSet<String> = app.storage.list(FOLDER).await?.into_iter().collect();
    if let Some(manifest) = Widget::get("manifest.json") {
        let own = serde_json::from_slice::<Manifest>(&manifest.data)?.build;
        store(app, &own, &stored).await?;
    }
    let builds: BTreeSet<&str> = stored.iter().filter_map(|key| build_of(key)).collect();
    for build in builds {
        let served = app
            .storage
            .get_bytes(&format!("{FOLDER}/{build}/{SERVED}"))
            .await?;
        let served = served.and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
        // Without a moment: another server is storing it right now.
        if served.is_some_and(|at: Timestamp| app.clock.now().seconds_since(at) > KEPT_SECONDS) {
            for key in stored.iter().filter(|key| build_of(key) == Some(build)) {
                app.storage.delete(key).await?;
            }
        }
    }
    Ok(())
}

fn build_of(key: &str) -> Option<&str> {
    key.split('/').nth(1)
}

async fn store(app: &App, build: &str, stored: &BTreeSet<String>) -> Result<()> {
    let folder = format!("assets/{build}/");
    for path in Widget::iter().filter(|path| path.starts_with(&folder)) {
        let key = path.replacen("assets", FOLDER, 1);
        if let Some(file) = Widget::get(&path).filter(|_| !stored.contains(&key)) {
            app.storage.put(&key, file.data.into_owned().into()).await?;
        }
    }
    let served = app.clock.now().to_string().into();
    app.storage
        .put(&format!("{FOLDER}/{build}/{SERVED}"), served)
        .await
}
