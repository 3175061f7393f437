//! The payment provider of the demo: the sandbox, on an address of its own.

use portico_sandbox::{Options, Sandbox};
use tokio::net::TcpListener;

use crate::{App, Result, config::Config};

/// The demo studio's own account.
pub const KEY: &str = "sk_test_demo";
pub const WEBHOOK_SECRET: &str = "whsec_demo";

pub fn origin(config: &Config) -> String {
    format!("http://{}", config.demo_sandbox_listen)
}

/// Opens the demo's accounts and serves until the process ends.
pub fn spawn(app: &App, listener: TcpListener) -> Result<Sandbox> {
    let sandbox = Sandbox::new(Options::new(origin(&app.config)))?;
    let webhooks = format!("{}/webhooks/stripe/demo", app.origin);
    sandbox.account(KEY, "Fernlight Studio", Some(&webhooks), WEBHOOK_SECRET);
    sandbox.spawn(listener);
    Ok(sandbox)
}
