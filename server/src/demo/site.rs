//! The demo studio's own website: the folder `examples/`, served from an origin of its own.

use std::path::{Component, Path, PathBuf};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use tokio::net::TcpListener;

use crate::{
    App,
    web::{assets::content_type, origin::Origin},
};

#[derive(Clone)]
struct Site {
    folder: PathBuf,
    host: Origin,
    host_name: String,
}

/// The website's origin, as the demo studio lists it.
pub fn origin(app: &App) -> String {
    format!("http://{}", app.config.demo_site_listen)
}

/// Serves the website until the process ends.
pub fn spawn(app: &App, listener: TcpListener) {
    let site = Site {
        folder: app.config.demo_examples.clone().into(),
        host: app.origin.clone(),
        host_name: app.origin.as_str().trim_start_matches("http://").into(),
    };
    let router = Router::new().fallback(serve).with_state(site);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the demo website ended");
        }
    });
}

async fn serve(State(site): State<Site>, request: Request) -> Response {
    let path = Path::new(request.uri().path().trim_start_matches('/'));
    if path
        .components()
        .any(|part| !matches!(part, Component::Normal(_)))
    {
        return StatusCode::NOT_FOUND.into_response();
    }
    // The website proper is plain-html; the other examples stand beside it under their names.
    let candidates = ["plain-html", ""].map(|base| site.folder.join(base).join(path));
    for mut file in candidates {
        if file.is_dir() {
            file = file.join("index.html");
        }
        let Ok(content) = tokio::fs::read(&file).await else {
            continue;
        };
        let kind = content_type(file.to_str().unwrap_or(""));
        let body = if kind.starts_with("text/") {
            String::from_utf8_lossy(&content)
                .replace("https://HOST", site.host.as_str())
                .replace("HOST_NAME", &site.host_name)
                .into_bytes()
        } else {
            content
        };
        return (
            [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "no-store"),
            ],
            body,
        )
            .into_response();
    }
    StatusCode::NOT_FOUND.into_response()
}
