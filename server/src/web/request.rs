//! What every request goes through: a reference, a log line, a measure, security headers, and
//! one shape for what went wrong.

use std::{
    sync::{Arc, Mutex, OnceLock},
    time::Instant,
};

use axum::{
    extract::{MatchedPath, State},
    http::{HeaderName, HeaderValue, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use portico_wire::{Code, Problem, studios::Support};
use tracing::Instrument as _;

use crate::{
    App,
    error::Refusal,
    secrets::{self, Secret},
};

/// What the layers below tell the outer layer about this request.
#[derive(Clone)]
pub struct Request {
    pub reference: String,
    signing_in: bool,
    support: Arc<OnceLock<Support>>,
    next_token: Arc<Mutex<Option<Secret>>>,
}

impl Request {
    /// The request's own record, put there by [`outer`].
    pub fn of(parts: &Parts) -> &Self {
        parts.extensions.get().expect("the outer layer runs first")
    }
    /// Whom a problem reply tells the person to ask.
    pub fn set_support(&self, support: Support) {
        let _ = self.support.set(support);
    }
    /// The token that takes over from the one this request carried.
    pub fn set_next_token(&self, token: Secret) {
        *self.next_token.lock().expect("no holder panics") = Some(token);
    }
}

pub static TOKEN_HEADER: HeaderName = HeaderName::from_static("portico-token");
pub static REFERENCE_HEADER: HeaderName = HeaderName::from_static("portico-reference");

/// The outermost layer.
pub async fn outer(
    State(app): State<App>,
    mut request: axum::extract::Request,
    next: Next,
) -> Response {
    let record = Request {
        reference: secrets::reference(),
        signing_in: request.uri().path().contains("/sign-in/"),
        support: Arc::default(),
        next_token: Arc::default(),
    };
    request.extensions_mut().insert(record.clone());
    let method = request.method().clone();
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", |path| path.as_str())
        .to_owned();
    let wants_json = path.starts_with("/api/") || request.uri().path().starts_with("/api/");
    let span = tracing::info_span!("request", %method, path, reference = record.reference);
    let started = Instant::now();

    let mut response = next.run(request).instrument(span.clone()).await;

    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        response = render(&app, refusal, &record, wants_json, &response);
    }
    if let Some(token) = record.next_token.lock().expect("no holder panics").take()
        && response.status().is_success()
        && let Ok(value) = HeaderValue::from_str(token.reveal())
    {
        response.headers_mut().insert(TOKEN_HEADER.clone(), value);
    }
    harden(response.headers_mut(), wants_json, &record.reference);

    let status = response.status().as_u16();
    let seconds = started.elapsed().as_secs_f64();
    metrics::histogram!("portico_request_seconds", "path" => path, "status" => status.to_string())
        .record(seconds);
    span.in_scope(|| tracing::info!(status, seconds, "answered"));
    response
}

fn harden(headers: &mut axum::http::HeaderMap, json: bool, reference: &str) {
    let mut default = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::REFERRER_POLICY, "no-referrer");
    if json {
        default(header::CACHE_CONTROL, "no-store");
        default(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        );
    }
    if let Ok(reference) = HeaderValue::from_str(reference) {
        headers.insert(REFERENCE_HEADER.clone(), reference);
    }
}

/// Somebody who was signing in is told to do that again.
fn title(code: Code, record: &Request) -> &'static str {
    if code == Code::Internal && record.signing_in {
        "Unknown Error. Please try logging in again"
    } else {
        code.title()
    }
}

fn render(app: &App, refusal: Refusal, record: &Request, json: bool, bare: &Response) -> Response {
    let problem = Problem {
        kind: "about:blank".into(),
        title: title(refusal.code, record).into(),
        status: refusal.code.status(),
        code: refusal.code,
        detail: refusal.detail.into_owned(),
        reference: record.reference.clone(),
        field: refusal.field.map(Into::into),
        retry_after: refusal.retry_after,
        tries_left: refusal.tries_left,
        support: record.support.get().cloned(),
    };
    let status = bare.status();
    let mut response = if json {
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body,
        )
            .into_response()
    } else {
        (status, app.pages.error(&problem)).into_response()
    };
    // Headers set on the way, such as CORS and cookies, stay.
    for (name, value) in bare.headers() {
        if !response.headers().contains_key(name) {
            response.headers_mut().append(name, value.clone());
        }
    }
    if let Some(seconds) = problem.retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
