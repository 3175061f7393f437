//! What was paid online in the demo: on the sandbox's own pages, on the days it happened, with the product's own functions. Its
//! books and ours say the same.

use portico_sandbox::{ApiError, Method, Payer, Sandbox, cards::Card};
use portico_wire::{CheckoutId, ClientId, ContactId, InvoiceId};
use serde_json::Value;

use super::{
    payments::{BY, Bill, at_once, bill},
    sandbox::KEY,
};
use crate::{
    App, Result,
    access::{self, Email},
    clock::Clock,
    error::Error,
    invoices::{self, Kind, issue},
    jobs::{self, Job},
    payments::{
        self, Source,
        store::checkouts::{self, NewCheckout},
        stripe::{Failure, NewSession},
        sync,
    },
    secrets::Secret,
    studios::{self, Studio},
};

const DAY: i64 = 86_400;
/// So long a page of the provider stays open.
const OPEN: i64 = 7_200;

fn provider(error: ApiError) -> Error {
    Error::internal(error.message)
}

fn failed(failure: &Failure) -> Error {
    Error::internal(failure.to_string())
}

/// The demo on a day that is over: the server's clock and the provider's go together.
struct Past<'a> {
    app: App,
    clock: Clock,
    sandbox: &'a Sandbox,
    studio: Studio,
    /// Seconds from then to the present.
    ago: i64,
}

/// Somebody who pays.
struct Client<'a> {
    id: ClientId,
    contact: ContactId,
    name: &'a str,
    email: &'a str,
}

impl Past<'_> {
    /// Goes on to so many days ago.
    fn days_ago(&mut self, days: i64, hours: i64) {
        let ago = days * DAY - hours * 3_600;
        self.clock.advance(self.ago - ago);
        self.sandbox.set_back(ago);
        self.ago = ago;
    }

    async fn client<'n>(&self, (name, email): (&'n str, &'n str)) -> Result<Client<'n>> {
        let mut tx = self.app.db.read(&self.studio).await?;
        let found = access::store::candidates(&mut tx, &Email::parse(email)?).await?;
        let found = found.first().ok_or_else(Error::not_found)?;
        Ok(Client {
            id: found.client_id,
            contact: found.id,
            name,
            email,
        })
    }

    async fn invoice(
        &self,
        client: &Client<'_>,
        title: &str,
        lines: &[(&str, i64, i64)],
    ) -> Result<InvoiceId> {
        let mut tx = self.app.db.write(&self.studio).await?;
        let new = Bill {
            client: client.id,
            contacts: &[client.contact],
            title,
            days_ago: 0,
            plan: at_once(),
            lines,
        };
        let id = bill(&mut tx, &self.studio, &new).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// "Pay Now", everything, and the provider's page.
    async fn pay(&self, who: &Client<'_>, invoice: InvoiceId, how: Method) -> Result<CheckoutId> {
        let mut tx = self.app.db.write(&self.studio).await?;
        let owed = payments::store::sums(&mut tx, invoice).await?.payable();
        let act = format!("demo-{invoice}");
        let new = NewCheckout {
            client: who.id,
            contact: who.contact,
            currency: &self.studio.currency,
            amount: owed,
            tip: 0,
            act_key: &act,
            return_to: &self.studio.portal_address(&self.app.origin),
            title: &self.studio.name,
            email: Some(who.email),
            expires_at: tx.now().plus_seconds(OPEN),
            invoices: &[(invoice, owed)],
        };
        let id = checkouts::insert(&mut tx, &new).await?;
        let look = Job::SyncCheckout {
            checkout: id,
            follow: true,
        };
        let at = tx.now().plus_seconds(self.ago + 600);
        jobs::enqueue_at(&mut tx, &look, at).await?;
        tx.commit().await?;
        // The first look opens the page.
        self.look(id).await?;
        let payer = Payer {
            email: who.email.to_owned(),
            name: who.name.to_owned(),
            method: how,
        };
        let session = self.session(id).await?;
        self.sandbox.pay(KEY, &session, &payer).map_err(provider)?;
        self.look(id).await?;
        Ok(id)
    }

    async fn look(&self, id: CheckoutId) -> Result<()> {
        sync::sync_checkout(&self.app, self.studio.scope, id, false).await?;
        Ok(())
    }

    async fn session(&self, id: CheckoutId) -> Result<String> {
        let mut tx = self.app.db.read(&self.studio).await?;
        let found = checkouts::get(&mut tx, id).await?;
        found.session_id.ok_or_else(Error::not_found)
    }

    /// What the provider's books hold of a payment: the intent and its charge.
    async fn charge(&self, id: CheckoutId) -> Result<(String, String)> {
        let session = self.session(id).await?;
        let named = |object: Option<Value>, field: &str| {
            let text = object.and_then(|it| it[field].as_str().map(str::to_owned));
            text.ok_or_else(Error::not_found)
        };
        let intent = named(self.sandbox.object(KEY, &session), "payment_intent")?;
        let charge = named(self.sandbox.object(KEY, &intent), "latest_charge")?;
        Ok((intent, charge))
    }

    /// Staff take an invoice back as a whole and return what was paid.
    async fn give_back(&self, invoice: InvoiceId, paid: CheckoutId) -> Result<()> {
        let mut tx = self.app.db.write(&self.studio).await?;
        let note = issue::correct(&mut tx, invoice, Kind::CreditNote, &BY).await?;
        issue::issue(&mut tx, &self.studio, note, &BY).await?;
        let total = invoices::store::get(&mut tx, invoice).await?.total;
        tx.commit().await?;
        let (intent, _) = self.charge(paid).await?;
        let (key, act) = (Secret::presented(KEY), format!("refund-{paid}"));
        let refund = self.app.stripe.refund(&key, &act, &intent, total);
        refund.await.map_err(|failure| failed(&failure))?;
        self.look(paid).await
    }

    /// Somebody pays on a page that the studio made without Portico.
    async fn unmatched(&self, payer: &Payer) -> Result<()> {
        let new = NewSession {
            reference: "voucher",
            currency: &self.studio.currency,
            lines: &[("Voucher for a portrait session".to_owned(), 7_500)],
            email: Some(&payer.email),
            studio: &self.studio.name,
            back: &self.studio.portal_address(&self.app.origin),
            expires_at: self.app.clock.now().plus_seconds(OPEN).micros() / 1_000_000,
        };
        let key = Secret::presented(KEY);
        let page = self.app.stripe.open_session(&key, "demo-voucher", &new);
        let session = page.await.map_err(|failure| failed(&failure))?.id;
        self.sandbox.pay(KEY, &session, payer).map_err(provider)?;
        let source = Source::RECONCILER;
        sync::unknown_session(&self.app, self.studio.scope, &session, &source).await?;
        Ok(())
    }
}

pub async fn fill(app: &App, sandbox: &Sandbox) -> Result<()> {
    // Operator: the demo's own studio, by its word.
    let mut tx = app.db.system_read().await?;
    let studio = studios::store::find_by_slug(&mut tx, "demo").await?;
    drop(tx);
    let clock = Clock::manual(app.clock.now());
    let db = app.db.at(clock.clone());
    let mut past = Past {
        app: App::new(app.config.clone(), db, clock.clone())?,
        clock,
        sandbox,
        studio: studio.ok_or_else(Error::not_found)?,
        ago: 0,
    };
    let card = || Method::Card(Card::good());
    let ada = past.client(("Ada Carter", "client@demo.test")).await?;
    let niamh = ("Niamh Gallagher", "niamh.gallagher@mail.test");
    let niamh = past.client(niamh).await?;

    past.days_ago(13, 2);
    let second: &[_] = &[("Second photographer, six hours", 6_000, 4_000)];
    let second = past.invoice(&ada, "Second photographer", second).await?;
    let headshots: &[_] = &[("Headshots, retouched", 3_000, 6_500)];
    let headshots = past.invoice(&niamh, "Headshots", headshots).await?;
    past.days_ago(12, 5);
    let second_paid = past.pay(&ada, second, card()).await?;
    past.days_ago(11, 3);
    let disputed = past.pay(&niamh, headshots, card()).await?;
    past.days_ago(9, 1);
    let album: &[_] = &[("Album, 40 pages, deposit", 1_000, 18_000)];
    let album = past.invoice(&ada, "Album deposit", album).await?;
    past.days_ago(8, 9);
    past.pay(&ada, album, card()).await?;
    past.days_ago(7, 4);
    past.give_back(second, second_paid).await?;
    past.days_ago(4, 6);
    let (_, charge) = past.charge(disputed).await?;
    sandbox.dispute(KEY, &charge).map_err(provider)?;
    past.look(disputed).await?;
    past.days_ago(3, 2);
    let hour: &[_] = &[("Another hour of photography", 1_000, 15_000)];
    let hour = past.invoice(&ada, "Another hour on the day", hour).await?;
    past.days_ago(2, 7);
    let voucher = Payer {
        email: "margaret.hale@mail.test".into(),
        name: "Margaret Hale".into(),
        method: card(),
    };
    past.unmatched(&voucher).await?;
    past.days_ago(1, 3);
    past.pay(&ada, hour, Method::Bank).await?;
    sandbox.set_back(0);
    Ok(())
}
