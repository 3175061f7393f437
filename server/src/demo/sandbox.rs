//! The payment provider of the demo: the sandbox, on an address of its own.

use portico_sandbox::{Options, Payer, Sandbox, cards::Card};
use tokio::net::TcpListener;

use crate::{App, Result, billing, config::Config, error::Error, jobs, secrets::Secret, studios};

/// The demo studio's own account.
pub const KEY: &str = "sk_test_demo";
pub const WEBHOOK_SECRET: &str = "whsec_demo";

/// The operator's account, which studios pay their subscription to.
const OPERATOR: &str = "sk_test_operator";
const OPERATOR_SECRET: &str = "whsec_operator";
const PRICE: &str = "price_studio";
const DAY: i64 = 86_400;

pub fn origin(config: &Config) -> String {
    format!("http://{}", config.demo_sandbox_listen)
}

/// The provider is the sandbox, for the studios and for the operator.
pub fn configure(config: &mut Config) {
    config.stripe_url = origin(config);
    config.billing_stripe_key = Some(OPERATOR.into());
    config.billing_stripe_price = Some(PRICE.into());
    config.billing_stripe_webhook_secret = Some(OPERATOR_SECRET.into());
}

/// Opens the demo's accounts and serves until the process ends.
pub fn spawn(app: &App, listener: TcpListener) -> Result<Sandbox> {
    let sandbox = Sandbox::new(Options::new(origin(&app.config)))?;
    let webhooks = format!("{}/webhooks/stripe", app.origin);
    let demo = format!("{webhooks}/demo");
    sandbox.account(KEY, "Fernlight Studio", Some(&demo), WEBHOOK_SECRET);
    sandbox.account(OPERATOR, "Portico", Some(&webhooks), OPERATOR_SECRET);
    sandbox.price(OPERATOR, PRICE, "Portico Studio", (4_900, "usd"), "month");
    sandbox.spawn(listener);
    Ok(sandbox)
}

/// What became of a studio's subscription after its last renewal.
enum End {
    GoesOn,
    /// So many days ago.
    Ended(i64),
    Failed(i64),
}

/// The studios' own subscriptions, with the months they paid.
pub async fn subscribe(app: &App, sandbox: &Sandbox) -> Result<()> {
    for (slug, email, months, end) in [
        (
            "demo",
            "owner@demo.test",
            [75, 45, 15].as_slice(),
            End::GoesOn,
        ),
        (
            "lapsed",
            "owner@lapsed.test",
            [100, 70, 40].as_slice(),
            End::Ended(10),
        ),
        (
            "unpaid",
            "owner@unpaid.test",
            [64, 34].as_slice(),
            End::Failed(4),
        ),
    ] {
        // Operator: the studio is named by its word in addresses.
        let mut tx = app.db.system_read().await?;
        let studio = studios::store::find_by_slug(&mut tx, slug).await?;
        drop(tx);
        let studio = studio.ok_or_else(Error::not_found)?;
        sandbox.set_back(months[0] * DAY);
        begin(app, sandbox, &studio, email).await?;
        let failed = |error: portico_sandbox::ApiError| Error::internal(error.message);
        let plan = sandbox.objects(OPERATOR, "subscription").pop();
        let plan = plan.and_then(|plan| plan["id"].as_str().map(str::to_owned));
        let plan = plan.ok_or_else(Error::not_found)?;
        for days in &months[1..] {
            sandbox.set_back(days * DAY);
            sandbox.renew(OPERATOR, &plan, false).map_err(failed)?;
        }
        match end {
            End::GoesOn => {}
            End::Ended(days) => {
                sandbox.set_back(days * DAY);
                sandbox.end_subscription(OPERATOR, &plan).map_err(failed)?;
            }
            End::Failed(days) => {
                sandbox.set_back(days * DAY);
                sandbox.renew(OPERATOR, &plan, true).map_err(failed)?;
            }
        }
        sandbox.set_back(0);
        let asked = billing::sync::now(app, studio.scope).await?;
        asked.map_err(|failure| Error::internal(failure.to_string()))?;
    }
    Ok(())
}

/// As an owner does on the billing page.
async fn begin(app: &App, sandbox: &Sandbox, studio: &studios::Studio, email: &str) -> Result<()> {
    let failed = |failure: crate::payments::stripe::Failure| Error::internal(failure.to_string());
    let (key, id) = (
        Secret::presented(OPERATOR),
        studio.scope.studio().to_string(),
    );
    let who = (studio.name.as_str(), email, id.as_str());
    let customer = app
        .stripe
        .add_customer(&key, &format!("customer-{id}"), who)
        .await;
    let customer = customer.map_err(failed)?.id;
    let back = format!("{}/admin/billing?back=1", app.origin);
    let act = format!("renew-{id}");
    let page = app
        .stripe
        .open_subscription(&key, &act, &customer, PRICE, &back)
        .await;
    let url = page.map_err(failed)?.url.ok_or_else(Error::not_found)?;
    let session = url.rsplit('/').next().unwrap_or("");
    let paid = sandbox.pay(OPERATOR, session, &Payer::card(Card::good()));
    paid.map_err(|error| Error::internal(error.message))?;
    let mut tx = app.db.write(&studio.scope).await?;
    if billing::store::insert(&mut tx, &customer).await? {
        jobs::enqueue(&mut tx, &jobs::Job::SyncBilling { follow: true }).await?;
    }
    tx.commit().await
}
