//! Beginning to pay: what is to be paid is decided here alone, one page is open for an invoice at a time, and the provider is
//! asked outside of any transaction.

use portico_wire::{
    CheckoutId, ClientId, Code, ContactId, InvoiceId, Right, Timestamp,
    payments::{CheckoutState, StartCheckout},
};
use serde_json::json;

use super::{
    Payable, Wish, account, check_prepaid, check_tip, choose, ledger, parts,
    store::{self, checkouts::Checkout, checkouts::NewCheckout, portal},
    stripe::{Failure, NewSession, Session, amounts},
    sync,
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    clock::today,
    db::StudioTx,
    error::Error,
    forms::store::Viewer,
    invoices,
    jobs::{self, Job},
    scope::{PortalSession, StudioScope},
    secrets::Secret,
    studios::{self, Studio},
    web::origin::Origin,
};

/// So long the provider's page stays open: it takes from half an hour to a day.
const OPEN_SECONDS: i64 = 2 * 3_600;
/// A page that is about to close is not given out any more.
const LEAST_SECONDS: i64 = 5 * 60;
const FIRST_LOOK: i64 = 600;

pub fn provider_down() -> Error {
    Error::refused(
        Code::ProviderDown,
        "The payment page does not answer right now. Nothing was paid. Please try again in a moment.",
    )
    .retry_after(10)
}

/// The page's address without what follows its origin.
fn origin_of(address: &str) -> Option<Origin> {
    let start = address.find("://")? + 3;
    let end = address[start..]
        .find(['/', '?', '#'])
        .map_or(address.len(), |at| start + at);
    Origin::parse(&address[..end])
}

/// A place to come back to: on the studio's list or the host's own.
async fn check_return(app: &App, studio: &Studio, address: &str) -> Result<()> {
    let refused = || {
        Error::invalid(
            "return_to",
            "The page to come back to is not one of the studio's websites.",
        )
    };
    let plain = address.len() <= 2_000
        && address.bytes().all(|b| {
            b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>' | b'{' | b'}')
        });
    let origin = origin_of(address).filter(|_| plain).ok_or_else(refused)?;
    let listed =
        origin == app.origin || studios::origin_is_listed(app, &studio.slug, &origin).await?;
    listed.then_some(()).ok_or_else(refused)
}

/// The address with the checkout's id in its query, before the fragment.
fn back(return_to: &str, id: CheckoutId) -> String {
    let (page, fragment) = match return_to.split_once('#') {
        Some((page, fragment)) => (page, Some(fragment)),
        None => (return_to, None),
    };
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let mut said: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("portico-checkout="))
        .map(ToOwned::to_owned)
        .collect();
    said.push(format!("portico-checkout={id}"));
    let fragment = fragment.map(|text| format!("#{text}")).unwrap_or_default();
    format!("{path}?{}{fragment}", said.join("&"))
}

/// Opens the provider's page of a checkout; the same one, however often it is asked.
pub(super) async fn open_session(
    app: &App,
    scope: StudioScope,
    checkout: &Checkout,
    key: &Secret,
) -> Result<Session, Failure> {
    let broken = |_| Failure::NotNow("the checkout cannot be read".into());
    let lines = lines(app, scope, checkout).await.map_err(broken)?;
    let (reference, back) = (
        checkout.id.to_string(),
        back(&checkout.return_to, checkout.id),
    );
    let new = NewSession {
        reference: &reference,
        currency: &checkout.currency,
        lines: &lines,
        email: checkout.email.as_deref(),
        studio: &checkout.title,
        back: &back,
        expires_at: checkout.expires_at.micros().div_euclid(1_000_000),
    };
    app.stripe.open_session(key, &reference, &new).await
}

async fn lines(app: &App, scope: StudioScope, checkout: &Checkout) -> Result<Vec<(String, i64)>> {
    let mut tx = app.db.read(&scope).await?;
    let amount = |minor| {
        amounts::to_stripe(minor, &checkout.currency)
            .ok_or_else(|| Error::internal("an amount the provider cannot take"))
    };
    let mut lines = Vec::new();
    for (invoice, part) in store::checkouts::invoices(&mut tx, checkout.id).await? {
        let invoice = invoices::store::get(&mut tx, invoice).await?;
        let name = format!("{} \u{b7} {}", invoice.number(), invoice.terms.title);
        lines.push((name, amount(part)?));
    }
    if lines.is_empty() {
        lines.push((
            format!("Payment to {}", checkout.title),
            amount(checkout.amount)?,
        ));
    }
    if checkout.tip > 0 {
        lines.push(("Tip".into(), amount(checkout.tip)?));
    }
    Ok(lines)
}

/// What is to be paid, decided.
struct Plan {
    client: ClientId,
    currency: String,
    invoices: Vec<(InvoiceId, i64)>,
    amount: i64,
    tip: i64,
}

/// The rights to pay at all.
pub fn may_pay(session: &PortalSession) -> Result<()> {
    let sees = [Right::Invoices, Right::PaymentsDue]
        .iter()
        .any(|right| session.rights.has(*right));
    if !sees {
        return Err(Error::not_found());
    }
    session.may(Right::Pay)
}

/// Begins to pay, or goes on where the same was begun already.
pub async fn start(
    app: &App,
    session: &PortalSession,
    sent: &StartCheckout,
    act: &str,
) -> Result<Checkout> {
    may_pay(session)?;
    let mut tx = app.db.read(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let key = account::key(app, &mut tx).await?;
    let open = account::is_open(&mut tx).await?;
    drop(tx);
    check_return(app, &studio, &sent.return_to).await?;
    // Another one may be open for the same invoice: it is closed first, at the provider, and what it was paid counts.
    for _ in 0..4 {
        let mut tx = app.db.write(session).await?;
        if let Some(known) = store::checkouts::by_act(&mut tx, session.contact, act).await? {
            drop(tx);
            return go_on(app, session.scope, known, key.as_ref()).await;
        }
        let plan = decide(&mut tx, session, &studio, sent).await?;
        if key.is_none() || !open {
            return Err(Error::refused(
                Code::PaymentsOff,
                "The studio takes no payments here. Please ask how to pay.",
            ));
        }
        let others = others(&mut tx, &plan, session.contact).await?;
        let same = same(&mut tx, &others, &plan, session.contact, &sent.return_to).await?;
        if let Some(same) = same {
            drop(tx);
            return go_on(app, session.scope, same, key.as_ref()).await;
        }
        if others.is_empty() {
            let id = begin(&mut tx, session, &studio, &plan, sent, act).await?;
            tx.commit().await?;
            let mut tx = app.db.read(session).await?;
            let begun = store::checkouts::get(&mut tx, id).await?;
            drop(tx);
            return go_on(app, session.scope, begun, key.as_ref()).await;
        }
        for other in &others {
            store::checkouts::close(&mut tx, other.id).await?;
        }
        tx.commit().await?;
        for other in others {
            let looked = sync::sync(
                app,
                session.scope,
                other.id,
                None,
                &super::Source::RECONCILER,
            );
            if !matches!(looked.await?, jobs::Outcome::Done) {
                return Err(provider_down());
            }
        }
    }
    Err(Error::refused(
        Code::Conflict,
        "Somebody else is paying this at the same moment. Please look at it again.",
    ))
}

/// Opens its page at the provider where that is not done yet.
async fn go_on(
    app: &App,
    scope: StudioScope,
    checkout: Checkout,
    key: Option<&Secret>,
) -> Result<Checkout> {
    if checkout.session_id.is_some() || checkout.state != CheckoutState::Open {
        return Ok(checkout);
    }
    let key = key.ok_or_else(provider_down)?;
    match open_session(app, scope, &checkout, key).await {
        Ok(session) => {
            let mut tx = app.db.write(&scope).await?;
            store::checkouts::set_session(
                &mut tx,
                checkout.id,
                &session.id,
                session.url.as_deref(),
            )
            .await?;
            let opened = store::checkouts::get(&mut tx, checkout.id).await?;
            tx.commit().await?;
            Ok(opened)
        }
        Err(Failure::NotNow(why)) => {
            // Another tab that asked the same at this moment may have got the answer.
            let mut tx = app.db.read(&scope).await?;
            let now = store::checkouts::get(&mut tx, checkout.id).await?;
            if now.session_id.is_some() {
                return Ok(now);
            }
            tracing::warn!(checkout = %checkout.id, why, "the provider's page could not be opened");
            Err(provider_down())
        }
        Err(failure) => {
            tracing::error!(checkout = %checkout.id, %failure, "the provider refuses a checkout");
            let mut tx = app.db.write(&scope).await?;
            store::checkouts::set_state(&mut tx, checkout.id, CheckoutState::Expired).await?;
            tx.commit().await?;
            Err(provider_down())
        }
    }
}

async fn begin(
    tx: &mut StudioTx,
    session: &PortalSession,
    studio: &Studio,
    plan: &Plan,
    sent: &StartCheckout,
    act: &str,
) -> Result<CheckoutId> {
    let payer = portal::payer(tx, session.contact).await?;
    let new = NewCheckout {
        client: plan.client,
        contact: session.contact,
        currency: &plan.currency,
        amount: plan.amount,
        tip: plan.tip,
        act_key: act,
        return_to: &sent.return_to,
        title: &studio.name,
        email: payer.email.as_deref(),
        expires_at: tx.now().plus_seconds(OPEN_SECONDS),
        invoices: &plan.invoices,
    };
    let id = store::checkouts::insert(tx, &new).await?;
    let look = Job::SyncCheckout {
        checkout: id,
        follow: true,
    };
    let at = tx.now().plus_seconds(FIRST_LOOK);
    jobs::enqueue_at(tx, &look, at).await?;
    let about = Subject("client", Some(plan.client.into_uuid()));
    let amount = ledger::money(plan.amount + plan.tip, &plan.currency);
    let change = Change::made(&json!({ "amount": amount }))?;
    let reference = &session.caller.reference;
    audit::append(
        tx,
        &Actor::of(session),
        "payment begun",
        about,
        change,
        reference,
    )
    .await?;
    Ok(id)
}

/// Those open that pay something of the same.
async fn others(tx: &mut StudioTx, plan: &Plan, contact: ContactId) -> Result<Vec<Checkout>> {
    let mut found: Vec<Checkout> = Vec::new();
    if plan.invoices.is_empty() {
        found = store::checkouts::open_ahead(tx, plan.client, contact).await?;
    }
    for (invoice, _) in &plan.invoices {
        for one in store::checkouts::open_for(tx, *invoice).await? {
            if !found.iter().any(|known| known.id == one.id) {
                found.push(one);
            }
        }
    }
    Ok(found)
}

/// The one that is just what is asked for again: two tabs get the same page.
async fn same(
    tx: &mut StudioTx,
    others: &[Checkout],
    plan: &Plan,
    contact: ContactId,
    return_to: &str,
) -> Result<Option<Checkout>> {
    let [other] = others else { return Ok(None) };
    let fits = !other.closing
        && other.contact_id == contact
        && (other.amount, other.tip) == (plan.amount, plan.tip)
        && other.return_to == return_to
        && other.expires_at >= tx.now().plus_seconds(LEAST_SECONDS)
        && store::checkouts::invoices(tx, other.id).await? == plan.invoices;
    Ok(fits.then(|| other.clone()))
}

/// A contract has to be signed before `what` can be paid.
pub(super) fn waits(gate: &portal::Gate, what: &str) -> Error {
    if !gate.seen {
        let text = format!(
            "A contract has to be signed first; then {what} can be paid. Please ask the studio."
        );
        return Error::refused(Code::PaymentWaits, text);
    }
    let text = format!(
        "Please sign \u{201c}{}\u{201d} first; then {what} can be paid.",
        gate.title
    );
    Error::refused(Code::PaymentWaits, text).field(gate.id.to_string())
}

/// Refuses what waits for a contract; of several invoices it names the first that does.
async fn check_gates(
    tx: &mut StudioTx,
    who: Viewer,
    client: ClientId,
    seen: &[portal::Seen],
) -> Result<()> {
    let gates = portal::gates(tx, who, client).await?;
    for one in seen {
        if let Some(gate) = gates.iter().find(|gate| gate.keeps(one.gated_by())) {
            return Err(waits(gate, one.number.as_deref().unwrap_or("this")));
        }
    }
    match gates.iter().find(|gate| gate.keeps(None)) {
        Some(gate) if seen.is_empty() => Err(waits(gate, "something")),
        _ => Ok(()),
    }
}

async fn decide(
    tx: &mut StudioTx,
    session: &PortalSession,
    studio: &Studio,
    sent: &StartCheckout,
) -> Result<Plan> {
    let who = Viewer::from(session);
    let mut seen = Vec::new();
    for id in sent.invoices.iter().take(51) {
        if seen.iter().any(|one: &portal::Seen| one.id == *id) {
            continue;
        }
        seen.push(
            portal::find(tx, who, *id)
                .await?
                .ok_or_else(Error::not_found)?,
        );
    }
    if seen.len() > 50 {
        return Err(Error::invalid("invoices", "At most 50 at once, please."));
    }
    let client = seen.first().map_or(session.client, |one| one.client_id);
    let currency = seen
        .first()
        .map_or_else(|| studio.currency.clone(), |one| one.currency.clone());
    if seen
        .iter()
        .any(|one| one.client_id != client || one.currency != currency)
    {
        return Err(Error::invalid(
            "invoices",
            "Invoices in different currencies are paid one after the other.",
        ));
    }
    store::lock(tx, client).await?;
    check_gates(tx, who, client, &seen).await?;
    let limits = store::account::limits(tx).await?;
    let least = limits.least_in(&currency, &studio.currency);
    let most = amounts::most(&currency);
    let (invoices, amount) = if seen.is_empty() {
        (
            Vec::new(),
            check_prepaid(sent.amount, &limits, least, most)?,
        )
    } else {
        let payable = payable(tx, &seen).await?;
        let wish = Wish {
            choice: sent.choice,
            instalment: sent.instalment,
            amount: sent.amount,
            today: &today(tx.now(), &studio.time_zone),
            currency: &currency,
            limits: &limits,
            least,
        };
        let mut chosen = choose(&payable, wish)?;
        chosen.sort();
        let amount = chosen.iter().map(|(_, part)| part).sum();
        (chosen, amount)
    };
    let tip = sent.tip.unwrap_or(0);
    check_tip(tip, amount, &limits)?;
    check_provider(amount, tip, &invoices, &currency, least, most)?;
    Ok(Plan {
        client,
        currency,
        invoices,
        amount,
        tip,
    })
}

/// The invoices as they stand under the lock.
async fn payable(tx: &mut StudioTx, seen: &[portal::Seen]) -> Result<Vec<Payable>> {
    let mut payable = Vec::new();
    for one in seen {
        if one.kind != invoices::Kind::Invoice || one.state != invoices::State::Issued {
            return Err(Error::refused(
                Code::NothingToPay,
                "One of these cannot be paid: it was voided or takes something back.",
            ));
        }
        let sums = store::sums(tx, one.id).await?;
        let plan = invoices::store::instalments(tx, one.id).await?;
        payable.push(Payable {
            id: one.id,
            sums,
            parts: parts(plan, sums),
        });
    }
    Ok(payable)
}

/// What the provider could not charge is refused here, in plain words.
fn check_provider(
    amount: i64,
    tip: i64,
    invoices: &[(InvoiceId, i64)],
    currency: &str,
    least: i64,
    most: i64,
) -> Result<()> {
    let all = amount.checked_add(tip).unwrap_or(i64::MAX);
    if all > most {
        return Err(Error::invalid(
            "amount",
            format!(
                "At most {} can be paid at once. Please pay it in parts.",
                ledger::money(most, currency)
            ),
        ));
    }
    if all < amounts::least(currency).min(least.max(1)) {
        return Err(Error::invalid(
            "amount",
            "That is less than can be paid online. Please ask the studio.",
        ));
    }
    let each = invoices.iter().map(|(_, part)| *part).chain([amount, tip]);
    if each
        .into_iter()
        .any(|part| amounts::to_stripe(part, currency).is_none())
    {
        return Err(Error::invalid(
            "amount",
            "In this currency the last digit of what is paid is a 0.",
        ));
    }
    Ok(())
}

/// Where a checkout stands, for the contact who began it. What has not been told for a moment is asked for by a worker.
pub async fn look(app: &App, session: &PortalSession, id: CheckoutId) -> Result<Checkout> {
    const PAUSE: i64 = 3;
    let mut tx = app.db.read(session).await?;
    let found = store::checkouts::find(&mut tx, id).await?;
    let checkout = found
        .filter(|one| one.contact_id == session.contact)
        .ok_or_else(Error::not_found)?;
    let now = tx.now();
    drop(tx);
    let under_way = matches!(checkout.state, CheckoutState::Open | CheckoutState::Pending);
    let long_ago = |at: Timestamp| now.seconds_since(at) >= PAUSE;
    if under_way && checkout.checked_at.is_none_or(long_ago) && session.viewed_by.is_none() {
        let mut tx = app.db.write(session).await?;
        if store::checkouts::mark_checked(&mut tx, id, PAUSE).await? {
            let look = Job::SyncCheckout {
                checkout: id,
                follow: false,
            };
            jobs::enqueue(&mut tx, &look).await?;
            tx.commit().await?;
        }
    }
    Ok(checkout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g2_the_place_to_come_back_to_is_kept_to_its_fragment() {
        let id = CheckoutId::from_bytes([7; 16]);
        for (to, expected) in [
            (
                "https://a.example/account",
                format!("https://a.example/account?portico-checkout={id}"),
            ),
            (
                "https://a.example/account?x=1&portico-checkout=old#portico/invoices",
                format!("https://a.example/account?x=1&portico-checkout={id}#portico/invoices"),
            ),
        ] {
            assert_eq!(back(to, id), expected);
        }
    }

    #[test]
    fn g2_an_address_is_of_the_origin_a_browser_would_go_to() {
        let of = |text| origin_of(text).map(|origin| origin.to_string());
        assert_eq!(
            of("https://a.example/x").as_deref(),
            Some("https://a.example")
        );
        assert_eq!(
            of("https://a.example?x").as_deref(),
            Some("https://a.example")
        );
        assert_eq!(
            of("https://a.example#x").as_deref(),
            Some("https://a.example")
        );
        for bad in [
            "https://a.example@evil.example/",
            "https://a.example\\@evil.example/",
            "//a.example/",
            "javascript:alert(1)",
            "https:/a.example",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
