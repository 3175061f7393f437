//! The demo: a filled database, the backend, a mailbox page instead of mail and SMS, and the demo
//! studio's own website and the payment sandbox on origins of their own. Loopback only.

mod automations;
mod book;
mod contracts;
mod crew;
mod data;
mod documents;
mod events;
mod forms;
pub use data::fill;
mod letters;
pub mod mailbox;
mod messages;
mod online;
mod payments;
mod portal;
mod sales;
mod sandbox;
mod site;

use tokio::net::TcpListener;

use crate::{App, Result, clock::Clock, config::Config, db::Db, error::Error, ops, secrets, serve};

pub async fn run(mut config: Config) -> Result<()> {
    let listening = [
        config.listen,
        config.demo_site_listen,
        config.demo_sandbox_listen,
    ];
    if !listening.iter().all(|address| address.ip().is_loopback()) {
        return Err(Error::internal(
            "the demo listens on loopback addresses only: everybody's mail can be read there",
        ));
    }
    if config.secret_key.is_empty() {
        // The demo's database is filled anew at each start, so its key may be as short-lived.
        config.secret_key = format!(
            "{}{}",
            secrets::reference(),
            secrets::Secret::random().reveal()
        );
    }
    config.smtp_url = Some("mailbox:".into());
    config.twilio = None;
    sandbox::configure(&mut config);
    config.check().map_err(|e| Error::internal(e.to_string()))?;
    serve::start_logging(&config);
    ops::start_measuring();
    let db = Db::connect(
        &config.database_url,
        config.database_connections,
        Clock::System,
    )
    .await?;
    db.migrate().await?;
    let listener = TcpListener::bind(config.listen).await?;
    let site = TcpListener::bind(config.demo_site_listen).await?;
    let payments = TcpListener::bind(config.demo_sandbox_listen).await?;
    let app = App::new(config, db, Clock::System)?;
    // Before the data: some of it is paid.
    let provider = sandbox::spawn(&app, payments)?;
    fill(&app).await?;
    data::let_in(&app).await?;
    sandbox::subscribe(&app, &provider).await?;
    online::fill(&app, &provider).await?;
    contracts::ask_for_pdfs(&app).await?;
    automations::fill(&app).await?;
    site::spawn(&app, site);
    announce(&app);
    serve::serve(app, listener).await
}

#[expect(
    clippy::print_stdout,
    reason = "the addresses are what a newcomer waits for"
)]
fn announce(app: &App) {
    let (host, site) = (&app.origin, site::origin(app));
    let payments = sandbox::origin(&app.config);
    println!(
        "\n  Portico's demo is running.\n\n\
         \x20   The studio's own website   {site}/account.html\n\
         \x20   The hosted portal          {host}/demo/login\n\
         \x20   The admin                  {host}/admin\n\
         \x20   Every mail and SMS         {host}/dev/mailbox\n\
         \x20   The payment sandbox        {payments}/books\n\n\
         \x20 Sign in as client@demo.test (a code, or the password demo-demo-demo);\n\
         \x20 as staff: owner@demo.test, password demo-demo-demo. Ctrl-C ends it.\n"
    );
}
