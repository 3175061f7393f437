//! What an operator's tools ask: alive, ready, measures.

use std::sync::OnceLock;

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::{App, Result, access, error::Error, jobs, secrets, studios, web};

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// The process can serve: its database answers.
pub async fn readyz(State(app): State<App>) -> Result<&'static str, StatusCode> {
    // System: one row of any studio shows that the database answers.
    let answer = async {
        let mut tx = app.db.system_read().await?;
        studios::store::count(&mut tx).await
    };
    answer.await.map(|_| "ready\n").map_err(|error| {
        tracing::warn!(%error, "not ready");
        StatusCode::SERVICE_UNAVAILABLE
    })
}

/// The recorder is the process's own; a second App in one process shares it.
fn recorder() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let buckets = &[
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
        ];
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), buckets)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // Already there in a test process: then that one counts.
        let _ = metrics::set_global_recorder(recorder);
        handle
    })
}

pub fn start_measuring() {
    recorder();
}

/// Prometheus text; with `metrics_token` for its bearer, without it for loopback alone.
pub async fn metrics(State(app): State<App>, request: Request) -> Result<String> {
    let (parts, _) = request.into_parts();
    let allowed = match &app.config.metrics_token {
        Some(token) => {
            let given = parts
                .headers
                .get(header::AUTHORIZATION)
                .and_then(|v| v.to_str().ok())
                .unwrap_or("");
            secrets::equal(given.as_bytes(), format!("Bearer {token}").as_bytes())
        }
        None => {
            web::client_address(&parts, &app.config.trusted_proxies).is_loopback()
                && !parts.headers.contains_key("x-forwarded-for")
        }
    };
    if !allowed {
        return Err(Error::not_found());
    }
    let handle = recorder();
    // System: counts over all studios.
    let mut tx = app.db.system_read().await?;
    metrics::gauge!("portico_jobs_queued").set(count(jobs::backlog(&mut tx, false).await?));
    metrics::gauge!("portico_jobs_dead_letters").set(count(jobs::backlog(&mut tx, true).await?));
    metrics::gauge!("portico_sessions").set(count(access::store::live_sessions(&mut tx).await?));
    metrics::gauge!("portico_studios").set(count(studios::store::count(&mut tx).await?));
    handle.run_upkeep();
    Ok(handle.render())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; counts stay far below 2^52"
)]
fn count(n: i64) -> f64 {
    n as f64
}
