//! Listening, workers, and an orderly end.

use std::{net::SocketAddr, time::Duration};

use tokio::{net::TcpListener, signal, sync::watch, task::JoinSet};

use crate::{
    App, Result, app,
    config::{Config, LogFormat},
    jobs,
};

/// Logs to standard error: text for people, JSON for machines.
pub fn start_logging(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log_filter)
        .unwrap_or_else(|_| "info".into());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second call in one process keeps the first.
    let _ = match config.log_format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}

/// Serves until the process is asked to stop: then takes no new connection, lets requests under way
/// end, and the workers finish what they hold.
pub async fn serve(app: App, listener: TcpListener) -> Result<()> {
    let (stop, stopping) = watch::channel(false);
    let worker = tokio::spawn(jobs::work(app.clone(), stopping.clone()));
    let service = app::router(&app).into_make_service_with_connect_info::<SocketAddr>();
    let mut until = stopping.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // An error means that the sender is gone: stop as well.
        let _ = until.wait_for(|stop| *stop).await;
    });
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { server.await });
    asked_to_stop().await;
    tracing::info!("stopping");
    // The receivers live as long as the tasks; nobody listening is nothing to stop.
    let _ = stop.send(true);
    app.live.close();
    let orderly = async {
        while tasks.join_next().await.is_some() {}
        let _ = worker.await;
    };
    if tokio::time::timeout(Duration::from_secs(20), orderly)
        .await
        .is_err()
    {
        tracing::warn!("requests or workers did not end in time");
    }
    app.db.close().await;
    Ok(())
}

async fn asked_to_stop() {
    let interrupt = async {
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
