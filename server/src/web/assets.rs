//! The widget's built files: `embed.js`, made ready once with this host's addresses in it, and
//! the files it loads, named by their content and kept by browsers for ever.

pub mod builds;

use std::io::Write as _;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use portico_wire::Code;
use rust_embed::RustEmbed;

use crate::{App, Result, error::Error, web::origin::Origin};

/// `cargo xtask` puts the built widget there: read from disk in development, inside the binary in release.
#[derive(RustEmbed)]
#[folder = "../.portico/widget/"]
#[allow_missing = true]
struct Widget;

/// Our own pages' styles.
#[derive(RustEmbed)]
#[folder = "src/web/static/"]
struct Static;

#[derive(serde::Deserialize)]
struct Manifest {
    build: String,
    files: serde_json::Value,
}

/// The loader with this host's addresses filled in, plain and compressed.
pub struct Loader {
    plain: Bytes,
    brotli: Bytes,
    etag: String,
}

impl Loader {
    /// `None` where the widget has not been built.
    pub fn prepare(host: &Origin) -> Result<Option<Self>> {
        let (Some(manifest), Some(source)) =
            (Widget::get("manifest.json"), Widget::get("embed.js"))
        else {
            return Ok(None);
        };
        let manifest: Manifest = serde_json::from_slice(&manifest.data)?;
        let mut assets = manifest.files;
        assets["base"] = format!("{host}/assets/{}/", manifest.build).into();
        let text = String::from_utf8_lossy(&source.data)
            .replace("__PORTICO_HOST__", host.as_str())
            .replace("__PORTICO_ASSETS__", &serde_json::to_string(&assets)?);
        let mut brotli = Vec::new();
        // A window of 64 KiB holds all of it; a larger one takes megabytes to look through.
        brotli::CompressorWriter::new(&mut brotli, 4096, 11, 16).write_all(text.as_bytes())?;
        let etag = format!(
            "\"{}\"",
            crate::secrets::Secret::presented(&*text).hash()[..8]
                .iter()
                .fold(String::new(), |s, b| s + &format!("{b:02x}"))
        );
        Ok(Some(Self {
            plain: text.into(),
            brotli: brotli.into(),
            etag,
        }))
    }
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some(encoding) && parts.next() != Some("q=0")
        })
}

/// `/embed.js`: five minutes in caches.
pub async fn embed_js(State(app): State<App>, request: HeaderMap) -> Result<Response> {
    let Some(loader) = &app.loader else {
        return Err(Error::refused(
            Code::Timeout,
            "The widget has not been built: run `cargo xtask build`.",
        ));
    };
    if request
        .get(header::IF_NONE_MATCH)
        .is_some_and(|tag| tag.as_bytes() == loader.etag.as_bytes())
    {
        return Ok((StatusCode::NOT_MODIFIED, any_origin("public, max-age=300")).into_response());
    }
    let (body, encoding) = if accepts(&request, "br") {
        (&loader.brotli, Some("br"))
    } else {
        (&loader.plain, None)
    };
    let mut response = (any_origin("public, max-age=300"), body.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/javascript; charset=utf-8"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&loader.etag) {
        headers.insert(header::ETAG, etag);
    }
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

/// Encodings a file is there in, best first, and how its name then ends.
const VARIANTS: &[(Option<&str>, &str)] = &[(Some("br"), ".br"), (Some("gzip"), ".gz"), (None, "")];

/// `/assets/{build}/{file}`: for ever; an unknown build is 404, readable from any origin, so that an old
/// loader can tell and fetch a new one.
pub async fn asset(
    State(app): State<App>,
    Path((build, file)): Path<(String, String)>,
    request: HeaderMap,
) -> Result<Response> {
    if file.ends_with(".br") || file.ends_with(".gz") {
        return Ok(no_asset());
    }
    let accepted = VARIANTS
        .iter()
        .filter(|(encoding, _)| encoding.is_none_or(|encoding| accepts(&request, encoding)));
    for (encoding, suffix) in accepted {
        let path = format!("{build}/{file}{suffix}");
        let content = match Widget::get(&format!("assets/{path}")) {
            Some(own) => Some(own.data.into_owned().into()),
            None => builds::earlier(&app, &build, &path).await?,
        };
        if let Some(content) = content {
            return Ok(found(&file, *encoding, content));
        }
    }
    Ok(no_asset())
}

fn no_asset() -> Response {
    (StatusCode::NOT_FOUND, any_origin("no-store")).into_response()
}

fn found(file: &str, encoding: Option<&'static str>, content: Bytes) -> Response {
    let headers = any_origin("public, max-age=31536000, immutable");
    let mut response = (headers, content).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static(content_type(file));
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn any_origin(cache: &'static str) -> [(header::HeaderName, &'static str); 3] {
    [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            header::HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
        (header::CACHE_CONTROL, cache),
    ]
}

pub fn content_type(file: &str) -> &'static str {
    match file.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        _ => "application/octet-stream",
    }
}

/// `/static/{file}`: styles and scripts of our own pages.
pub async fn static_file(Path(file): Path<String>) -> Result<Response> {
    let content = Static::get(&file).ok_or_else(Error::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, content_type(&file)),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    Ok((headers, content.data.into_owned()).into_response())
}

/// Browsers ask for it on pages that name no icon.
pub async fn favicon() -> Result<Response> {
    static_file(Path("mark.svg".into())).await
}

#[cfg(test)]
mod tests {
    use super::Static;

    /// A block that is not closed takes everything below it along, and no browser says so.
    #[test]
    fn every_sheet_closes_what_it_opens() {
        for name in Static::iter().filter(|name| name.ends_with(".css")) {
            let sheet = Static::get(&name).unwrap().data;
            let mut depth = 0;
            for (at, line) in String::from_utf8_lossy(&sheet).lines().enumerate() {
                let begins = line.starts_with("/*");
                assert!(!begins || depth == 0, "{name}: open above line {}", at + 1);
                depth += line.matches('{').count();
                depth -= line.matches('}').count();
            }
            assert_eq!(depth, 0, "{name}");
        }
    }
}
