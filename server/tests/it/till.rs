//! A studio that takes money: the app, with the payment sandbox in the place of the provider, and people who pay.

use std::net::SocketAddr;

use portico::{
    audit::Actor,
    invoices::{
        Invoice, Kind, issue,
        store::{self, NewInvoice},
    },
    money::plan::{Plan, Share, Step, When},
    payments,
    secrets::Secret,
    studios::Studio,
};
use portico_sandbox::{Clock, Options, Payer, Sandbox, cards::Card};
use portico_wire::{ClientId, ContactId, InvoiceId};
use serde_json::{Value, json};

use crate::{
    harness::{Browser, Reply, TestApp},
    quotes::{line, person, terms},
};

pub const KEY: &str = "sk_test_till";
pub const SECRET: &str = "whsec_till";
/// Saturday noon, as the harness has it.
const NOON: i64 = 1_795_262_400;

pub const BY: issue::By<'static> = issue::By {
    actor: &Actor::System,
    reference: "TEST",
};

pub struct Till {
    pub test: TestApp,
    pub sandbox: Sandbox,
    pub demo: Studio,
    clock: Clock,
}

/// Serves until the test ends; where.
async fn serve(router: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

impl Till {
    pub async fn open() -> Self {
        let clock = Clock::manual(NOON);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}", listener.local_addr().unwrap());
        let sandbox = Sandbox::new(Options {
            clock: clock.clone(),
            ..Options::new(at.as_str())
        })
        .unwrap();
        let router = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let test = TestApp::with(|config| config.stripe_url = at).await;
        test.work().await;
        let portico = serve(test.router.clone()).await;
        let hook = format!("http://{portico}/webhooks/stripe/demo");
        sandbox.account(KEY, "Fernlight Studio", Some(&hook), SECRET);
        let demo = test.scope("demo").await;
        let till = Self {
            test,
            sandbox,
            demo,
            clock,
        };
        till.keys(Some(SECRET), None).await;
        till
    }

    /// The studio's key and webhook secrets.
    pub async fn keys(&self, secret: Option<&str>, before: Option<&str>) {
        let app = &self.test.app;
        let mut tx = app.db.write(&self.demo).await.unwrap();
        let seal = |secret: &str| payments::account::seal_webhook(app, &Secret::presented(secret));
        let key = payments::store::account::NewKey {
            sealed: &payments::account::seal_key(app, &Secret::presented(KEY)),
            hint: "till",
            name: Some("Fernlight Studio"),
            live: false,
        };
        payments::store::account::save_key(&mut tx, &key)
            .await
            .unwrap();
        let (secret, before) = (secret.map(seal), before.map(seal));
        payments::store::account::save_webhook(&mut tx, secret.as_deref(), before.as_deref())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// What clients may choose.
    pub async fn allow(&self, change: impl FnOnce(&mut payments::Limits)) {
        let mut tx = self.test.app.db.write(&self.demo).await.unwrap();
        let mut limits = payments::store::account::limits(&mut tx).await.unwrap();
        change(&mut limits);
        assert!(
            payments::store::account::save_limits(&mut tx, &limits)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
    }

    /// The provider's clock goes with ours.
    pub fn pass(&self, seconds: i64) {
        self.test.pass(seconds);
        self.clock.advance(seconds);
    }

    /// Webhooks arrive and workers work, until nothing is left to do.
    pub async fn settle(&self) {
        for _ in 0..20 {
            let sent = self.sandbox.deliver_all(50).await;
            self.test.work().await;
            if sent == 0 {
                break;
            }
        }
    }

    /// An invoice over these prices, with 20 % on top, for somebody of the demo.
    pub async fn invoice(&self, email: &str, prices: &[i64], plan: Plan) -> Invoice {
        let who = person(&self.test, email).await;
        let mut tx = self.test.app.db.write(&self.demo).await.unwrap();
        let id = draft(&mut tx, who, prices, plan).await;
        let invoice = issue::issue(&mut tx, &self.demo, id, &BY).await.unwrap();
        tx.commit().await.unwrap();
        invoice
    }

    pub async fn ada(&self) -> Browser<'_> {
        self.test.signed_in("client@demo.test").await
    }

    /// The session behind a checkout.
    pub async fn session(&self, checkout: &Value) -> String {
        let id: portico_wire::CheckoutId = checkout["id"].as_str().unwrap().parse().unwrap();
        let mut tx = self.test.app.db.read(&self.demo).await.unwrap();
        let found = payments::store::checkouts::get(&mut tx, id).await.unwrap();
        found.session_id.unwrap()
    }

    pub async fn pay(&self, checkout: &Value, payer: &Payer) -> String {
        let session = self.session(checkout).await;
        self.sandbox.pay(KEY, &session, payer).unwrap();
        session
    }

    pub async fn pay_by_card(&self, checkout: &Value) -> String {
        self.pay(checkout, &Payer::card(Card::good())).await
    }

    /// The books add up.
    pub async fn checked(&self) {
        let mut tx = self.test.app.db.read(&self.demo).await.unwrap();
        let wrong = payments::check::check(&mut tx).await.unwrap();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

pub async fn draft(
    tx: &mut portico::db::StudioTx,
    (contact, client): (ContactId, ClientId),
    prices: &[i64],
    plan: Plan,
) -> InvoiceId {
    let lines: Vec<_> = prices
        .iter()
        .map(|&price| line(tx, price, false).line)
        .collect();
    let lines: Vec<_> = lines.iter().collect();
    let mut terms = terms("Till");
    terms.plan = plan;
    let sums = terms.sums(lines.iter().copied()).unwrap();
    let new = NewInvoice {
        kind: Kind::Invoice,
        client,
        order: None,
        corrects: None,
        replaces: None,
        terms: &terms,
        lines: &lines,
        contacts: &[contact],
        sums: &sums,
    };
    store::insert(tx, &new).await.unwrap()
}

/// All of it, due in so many days.
pub fn at_once(days: u16) -> Plan {
    Plan(vec![Step {
        share: Share::Rest,
        when: When::Days(days),
    }])
}

/// 30 % in a week, the rest in two months.
pub fn in_two() -> Plan {
    Plan(vec![
        Step {
            share: Share::Percent(3_000),
            when: When::Days(7),
        },
        Step {
            share: Share::Rest,
            when: When::Days(60),
        },
    ])
}

pub const BACK: &str = "http://127.0.0.1:8090/account.html?x=1#portico/invoices";

/// What the widget sends on "Pay Now".
pub fn wish(invoices: &[InvoiceId], choice: &str) -> Value {
    let invoices: Vec<String> = invoices.iter().map(ToString::to_string).collect();
    json!({ "invoices": invoices, "choice": choice, "return_to": BACK })
}

pub async fn start(who: &mut Browser<'_>, wish: Value, act: &str) -> Reply {
    who.post_once("/payments/checkout", wish, act).await
}

/// An invoice as somebody sees it.
pub async fn seen(who: &mut Browser<'_>, id: InvoiceId) -> Value {
    who.get(&format!("/invoices/{id}")).await.ok()
}

pub fn minor(money: &Value) -> i64 {
    money["minor"].as_i64().unwrap()
}
