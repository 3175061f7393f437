//! Files: in a folder by default, in any S3 store by changing one URL. What is stored under a key is
//! whole or not there; keys are made by us, never from a name somebody typed.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream::BoxStream};
use object_store::{
    ObjectStore, ObjectStoreExt as _, PutPayload, aws::AmazonS3Builder, buffered::BufWriter,
    local::LocalFileSystem, path::Path,
};
use tokio::io::AsyncWriteExt as _;

use crate::{Result, config::ConfigError, error::Error};

/// The smallest part S3 takes, and so all an upload holds in memory.
const PART_BYTES: usize = 5 * 1024 * 1024;

#[derive(Clone)]
pub struct Storage(Arc<dyn ObjectStore>);

/// A stored file on its way out.
pub struct Stored {
    pub bytes: u64,
    pub content: BoxStream<'static, Result<Bytes>>,
}

impl Storage {
    /// `file:FOLDER`, made where it is missing, or `s3://KEY:SECRET@HOST/BUCKET?region=REGION`, any server
    /// that speaks S3 (`&tls=none` for one on the same machine).
    pub fn open(url: &str) -> Result<Self, ConfigError> {
        let wrong = |text: String| ConfigError::Value(format!("storage_url: {text}"));
        if let Some(folder) = url.strip_prefix("file:") {
            std::fs::create_dir_all(folder).map_err(|e| wrong(format!("{folder}: {e}")))?;
            let store = LocalFileSystem::new_with_prefix(folder)
                .map_err(|e| wrong(e.to_string()))?
                // Acknowledged is on the disk, as with the database.
                .with_fsync(true)
                .with_automatic_cleanup(true);
            return Ok(Self(Arc::new(store)));
        }
        let shape =
            || wrong("write file:FOLDER or s3://KEY:SECRET@HOST/BUCKET?region=REGION".into());
        let parsed = reqwest::Url::parse(url).map_err(|_| shape())?;
        let option = |name: &str| {
            let found = parsed.query_pairs().find(|(key, _)| key == name);
            found.map(|(_, value)| value.into_owned())
        };
        let bucket = parsed.path().trim_matches('/');
        let (Some(host), Some(secret)) = (parsed.host_str(), parsed.password()) else {
            return Err(shape());
        };
        if parsed.scheme() != "s3" || bucket.is_empty() || bucket.contains('/') {
            return Err(shape());
        }
        let open = option("tls").as_deref() == Some("none");
        let scheme = if open { "http" } else { "https" };
        let port = parsed
            .port()
            .map_or(String::new(), |port| format!(":{port}"));
        let store = AmazonS3Builder::new()
            .with_endpoint(format!("{scheme}://{host}{port}"))
            .with_allow_http(open)
            .with_bucket_name(bucket)
            .with_region(option("region").unwrap_or_else(|| "us-east-1".into()))
            .with_access_key_id(parsed.username())
            .with_secret_access_key(secret)
            .build()
            .map_err(|e| wrong(e.to_string()))?;
        Ok(Self(Arc::new(store)))
    }

    pub async fn put(&self, key: &str, content: Bytes) -> Result<()> {
        let path = path(key)?;
        let written = self.0.put(&path, PutPayload::from_bytes(content));
        written.await.map_err(failed)?;
        Ok(())
    }

    /// Stores what comes, part by part; its size in bytes. Where the stream fails or holds more than
    /// `most` bytes nothing is stored.
    pub async fn put_stream<E: Into<Error>>(
        &self,
        key: &str,
        most: u64,
        content: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<u64> {
        let mut writer = BufWriter::with_capacity(Arc::clone(&self.0), path(key)?, PART_BYTES)
            .with_max_concurrency(1);
        let mut content = std::pin::pin!(content);
        let mut bytes = 0;
        let ended = loop {
            match content.next().await {
                None => break Ok(()),
                Some(Err(error)) => break Err(error.into()),
                Some(Ok(chunk)) => {
                    bytes += chunk.len() as u64;
                    if bytes > most {
                        break Err(too_large(most));
                    }
                    if let Err(error) = writer.put(chunk).await {
                        break Err(failed(error));
                    }
                }
            }
        };
        match ended {
            Ok(()) => {
                writer.shutdown().await?;
                Ok(bytes)
            }
            Err(error) => {
                // What is left of an upload that failed disturbs nobody.
                let _ = writer.abort().await;
                Err(error)
            }
        }
    }

    /// `None` where there is nothing under this key.
    pub async fn get(&self, key: &str) -> Result<Option<Stored>> {
        match self.0.get(&path(key)?).await {
            Ok(found) => Ok(Some(Stored {
                bytes: found.meta.size,
                content: found.into_stream().map_err(failed).boxed(),
            })),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// The whole file, for small ones.
    pub async fn get_bytes(&self, key: &str) -> Result<Option<Bytes>> {
        match self.0.get(&path(key)?).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(failed)?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Nothing under this key is fine as well.
    pub async fn delete(&self, key: &str) -> Result<()> {
        match self.0.delete(&path(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// The keys below a folder.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>> {
        let found = self.0.list(Some(&path(folder)?));
        found
            .map_ok(|meta| meta.location.to_string())
            .try_collect()
            .await
            .map_err(failed)
    }
}

fn too_large(most: u64) -> Error {
    Error::refused(
        portico_wire::Code::TooLarge,
        format!("This file is larger than {} MB.", most / 1_000_000),
    )
}

fn path(key: &str) -> Result<Path> {
    Path::parse(key).map_err(|e| Error::internal(e.to_string()))
}

fn failed(error: object_store::Error) -> Error {
    Error::internal(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    fn folder(name: &str) -> (Storage, std::path::PathBuf) {
        let path =
            std::env::temp_dir().join(format!("portico-storage-{name}-{}", std::process::id()));
        let storage = Storage::open(&format!("file:{}", path.display())).unwrap();
        (storage, path)
    }

    fn parts(count: usize) -> impl Stream<Item = Result<Bytes>> {
        stream::iter((0..count).map(|_| Ok(Bytes::from(vec![7; 1_000_000]))))
    }

    #[tokio::test]
    async fn a_file_is_whole_or_not_there() {
        let (storage, path) = folder("whole");
        whole_or_not_there(&storage, "a").await;
        std::fs::remove_dir_all(path).unwrap();
    }

    /// Against a real server: `cargo xtask drill` starts one.
    #[tokio::test]
    async fn a_file_is_whole_or_not_there_on_s3_too() {
        let Ok(url) = std::env::var("TEST_S3_URL") else {
            return;
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = format!("unit-{}", std::process::id());
        whole_or_not_there(&Storage::open(&url).unwrap(), &folder).await;
    }

    async fn whole_or_not_there(storage: &Storage, folder: &str) {
        let (one, two) = (format!("{folder}/b"), format!("{folder}/c"));
        assert!(storage.get_bytes(&one).await.unwrap().is_none());
        let size = storage
            .put_stream(&one, 20_000_000, parts(12))
            .await
            .unwrap();
        assert_eq!(size, 12_000_000);
        let stored = storage.get(&one).await.unwrap().unwrap();
        assert_eq!(stored.bytes, 12_000_000);
        let read: Vec<Bytes> = stored.content.try_collect().await.unwrap();
        assert_eq!(read.iter().map(Bytes::len).sum::<usize>(), 12_000_000);

        // Too large, and broken off: an earlier file stays as it was.
        assert!(
            storage
                .put_stream(&one, 11_000_000, parts(12))
                .await
                .is_err()
        );
        let broken = parts(9).chain(stream::once(async { Err(Error::internal("cut")) }));
        assert!(storage.put_stream(&two, 20_000_000, broken).await.is_err());
        assert!(storage.get(&two).await.unwrap().is_none());
        assert_eq!(
            storage.list(folder).await.unwrap(),
            std::slice::from_ref(&one)
        );

        storage.delete(&one).await.unwrap();
        storage.delete(&one).await.unwrap();
        assert!(storage.list(folder).await.unwrap().is_empty());
    }

    #[test]
    fn an_address_that_is_none_is_refused_with_its_shape() {
        for url in [
            "",
            "portico-files",
            "s3://bucket",
            "s3://key:secret@host",
            "s3://key:secret@host/a/b",
            "gs://k:s@h/b",
        ] {
            let error = Storage::open(url).err().unwrap().to_string();
            assert!(
                error.contains("s3://KEY:SECRET@HOST/BUCKET"),
                "{url}: {error}"
            );
        }
        // Done by App before it opens its storage.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Storage::open("s3://key:secret@storage.example.com/portico?region=eu-central-1").unwrap();
    }

    #[tokio::test]
    async fn a_key_cannot_leave_the_folder() {
        let (storage, path) = folder("keys");
        assert!(
            storage
                .put("../outside", Bytes::from_static(b"x"))
                .await
                .is_err()
        );
        std::fs::remove_dir_all(path).unwrap();
    }
}
