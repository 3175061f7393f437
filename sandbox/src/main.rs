//! `portico-sandbox [ADDRESS] [WEBHOOK_URL]`: the sandbox alone, with one account.

use portico_sandbox::{Options, Sandbox};
use tokio::net::TcpListener;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the address is what one waits for")]
async fn main() -> std::io::Result<()> {
    let mut words = std::env::args().skip(1);
    let address = words.next().unwrap_or_else(|| "127.0.0.1:8091".into());
    let webhook_url = words
        .next()
        .unwrap_or_else(|| "http://127.0.0.1:8080/webhooks/stripe/demo".into());
    let listener = TcpListener::bind(&address).await?;
    let sandbox = Sandbox::new(Options::new(format!("http://{address}")))?;
    sandbox.account(
        "sk_test_demo",
        "Fernlight Studio",
        Some(&webhook_url),
        "whsec_demo",
    );
    sandbox.price(
        "sk_test_demo",
        "price_demo",
        "Portico Studio",
        (4900, "usd"),
        "month",
    );
    println!("http://{address}/books  (sk_test_demo, whsec_demo, webhooks to {webhook_url})");
    sandbox.spawn(listener);
    tokio::signal::ctrl_c().await
}
