//! Sending, accepting, declining and voiding: each is decided by the rules, and the first change wins.

use portico_wire::{
    Code, LineId, OrderId, QuoteId,
    sales::{Accept, QuoteState},
};
use serde_json::json;

use super::{
    Act, Priced, Quote, QuoteLine, check, price,
    store::{self, Acceptance},
    tell, work,
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    clients,
    clock::today,
    contracts,
    db::StudioTx,
    error::{Error, ResultExt as _},
    forms::store::Viewer,
    happenings::{self, Happened, Item, What},
    invoices::{self, Invoice, issue, store::NewInvoice},
    money::sums::Sums,
    orders, papers,
    sales::{
        self, Line,
        numbers::{self, Series},
    },
    scope::PortalSession,
    studios::{self, Studio},
};

/// Who acts, for the log, and whether people hear of it.
pub struct By<'a> {
    pub actor: &'a Actor,
    pub reference: &'a str,
    pub tell: bool,
}

/// Something happened to it, for whom it names.
async fn happened(tx: &mut StudioTx, quote: &Quote, what: What, by: &Actor) -> Result<()> {
    let named = store::named(tx, quote.id).await?;
    let item = Item::Quote(quote.id);
    let happened = Happened::new(what, quote.client_id, by, item, &quote.terms.title)
        .to(named.iter().map(|one| one.id).collect())
        .amount(quote.total, &quote.terms.currency)
        .day(quote.valid_until.clone());
    happenings::tell(tx, &happened).await
}

pub(super) async fn note(
    tx: &mut StudioTx,
    by: &By<'_>,
    action: &'static str,
    id: QuoteId,
    change: Change,
) -> Result<()> {
    let about = Subject("quote", Some(id.into_uuid()));
    audit::append(tx, by.actor, action, about, change, by.reference).await
}

fn changed() -> Error {
    Error::refused(
        Code::Conflict,
        "Somebody else changed this quote in the meantime. Please look at it again.",
    )
}

/// Sends a draft as it stands in this version: it gets its number, is frozen, and with `by.tell` whoever it names is
/// mailed, and reminded later. The version it takes the place of is voided, unless the client was faster.
pub async fn send(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    id: QuoteId,
    version: i64,
    by: &By<'_>,
) -> Result<Quote> {
    let quote = store::get(tx, id).await?;
    check(quote.state, Act::Send)?;
    let lines = store::lines(tx, id).await?;
    if lines.is_empty() {
        return Err(Error::invalid("lines", "Add at least one line first."));
    }
    if store::named(tx, id).await?.is_empty() {
        return Err(Error::invalid("contacts", "Choose who gets this quote."));
    }
    let day = sales::day(tx.now(), studio)?;
    if quote
        .valid_until
        .as_deref()
        .is_some_and(|last| last < day.to_string().as_str())
    {
        return Err(Error::invalid(
            "valid_until",
            "The last day is over. Choose a later one.",
        ));
    }
    if let Some(old) = quote.replaces {
        replace(tx, old, by).await?;
        contracts::store::gates::move_quote(tx, old, id).await?;
    }
    let settings = sales::store::settings(tx).await?;
    let number = numbers::take(tx, Series::Quote, &settings.quote_pattern, day).await?;
    let taken = || {
        Error::refused(
            Code::Conflict,
            format!(
                "The number {number} is given already. Change the pattern of numbers in the settings."
            ),
        )
    };
    let sent = store::mark_sent(tx, id, version, &number).await;
    if !sent.on_unique(taken)? {
        return Err(changed());
    }
    let quote = store::get(tx, id).await?;
    let total = quote.terms.money(quote.total);
    let change = Change::made(&json!({ "number": number, "total": total }))?;
    note(tx, by, "quote sent", id, change).await?;
    work::schedule(tx, studio, &quote, by.tell).await?;
    papers::ask(tx, sales::pdf::quote(id)).await?;
    if by.tell {
        tell::sent(app, tx, studio, &quote, by).await?;
    }
    happened(tx, &quote, What::QuoteSent, by.actor).await?;
    Ok(quote)
}

/// Voids the version a new one takes the place of. One that is closed already is left as it is, unless it was accepted.
async fn replace(tx: &mut StudioTx, old: QuoteId, by: &By<'_>) -> Result<()> {
    const WHY: &str = "Replaced by a new version";
    if store::mark_closed(tx, old, QuoteState::Voided, Some(WHY)).await? {
        let change = Change::made(&json!({ "reason": WHY }))?;
        return note(tx, by, "quote voided", old, change).await;
    }
    let old = store::get(tx, old).await?;
    if old.state == QuoteState::Accepted {
        return Err(Error::refused(
            Code::Conflict,
            format!(
                "{} was accepted in the meantime, so a new version of it cannot be sent.",
                old.number()
            ),
        ));
    }
    Ok(())
}

/// Takes an open quote back.
pub async fn void(tx: &mut StudioTx, id: QuoteId, reason: Option<&str>, by: &By<'_>) -> Result<()> {
    let quote = store::get(tx, id).await?;
    check(quote.state, Act::Void)?;
    if !store::mark_closed(tx, id, QuoteState::Voided, reason).await? {
        return Err(changed());
    }
    let change = Change::made(&json!({ "reason": reason }))?;
    note(tx, by, "quote voided", id, change).await
}

/// A copy as a draft: for a new version of the same offer, or on its own.
pub async fn copy(
    tx: &mut StudioTx,
    studio: &Studio,
    id: QuoteId,
    version_of: bool,
    by: &By<'_>,
) -> Result<QuoteId> {
    let quote = store::get(tx, id).await?;
    if version_of && matches!(quote.state, QuoteState::Draft | QuoteState::Accepted) {
        return Err(Error::refused(
            Code::Conflict,
            "Of this quote there cannot be a new version. Duplicate it instead.",
        ));
    }
    let mut lines = store::lines(tx, id).await?;
    for line in &mut lines {
        line.line.id = tx.id();
    }
    let contacts: Vec<_> = store::named(tx, id)
        .await?
        .iter()
        .map(|one| one.id)
        .collect();
    let now = today(tx.now(), &studio.time_zone);
    let draft = store::Draft {
        terms: &quote.terms,
        valid_until: quote.valid_until.as_deref().filter(|day| **day >= *now),
        total: price(&quote.terms, &lines, None)?.sums.total,
        lines: &lines,
        contacts: &contacts,
    };
    let replaces = version_of.then_some(id);
    let made = store::insert(tx, quote.client_id, replaces, &draft).await?;
    let change = Change::made(&json!({ "from": quote.number() }))?;
    note(tx, by, "quote begun", made, change).await?;
    Ok(made)
}

/// The contact who acts.
#[derive(Clone, Copy)]
pub struct Who<'a> {
    pub viewer: Viewer,
    pub name: &'a str,
    pub reference: &'a str,
    /// People hear of it.
    pub tell: bool,
}

impl<'a> From<&'a PortalSession> for Who<'a> {
    fn from(session: &'a PortalSession) -> Self {
        Self {
            viewer: Viewer::from(session),
            name: &session.contact_name,
            reference: &session.caller.reference,
            tell: true,
        }
    }
}

impl Who<'_> {
    fn actor(&self) -> Actor {
        Actor::Contact {
            id: self.viewer.contact,
            name: self.name.to_owned(),
        }
    }
}

/// The quote, if this contact sees it.
pub async fn find(tx: &mut StudioTx, who: Viewer, id: QuoteId) -> Result<Quote> {
    let found = store::find_seen(tx, id, who).await?;
    found.ok_or_else(Error::not_found)
}

/// The same choice of the same total: what accepting twice looks like.
fn is_same(quote: &Quote, lines: &[QuoteLine], sent: &Accept) -> bool {
    let chosen = quote.chosen.as_deref().unwrap_or_default();
    let asked = price(&quote.terms, lines, Some(&sent.chosen));
    let bought = price(&quote.terms, lines, Some(chosen));
    quote.total == sent.total
        && matches!((asked, bought), (Ok(asked), Ok(bought)) if asked.bought == bought.bought)
}

/// The order a quote became, for whoever accepts it once more.
async fn accepted_before(
    tx: &mut StudioTx,
    quote: &Quote,
    lines: &[QuoteLine],
    sent: &Accept,
    key: &str,
) -> Result<Option<OrderId>> {
    if quote.state != QuoteState::Accepted {
        return Ok(None);
    }
    if quote.accept_key.as_deref() != Some(key) && !is_same(quote, lines, sent) {
        return Err(Error::refused(
            Code::Conflict,
            "This quote was accepted already, with another choice. Your order is in the list.",
        ));
    }
    orders::store::of_quote(tx, quote.id).await
}

/// What was shown is what is accepted.
fn check_shown(quote: &Quote, priced: &Priced, sent: &Accept) -> Result<()> {
    if quote.version != sent.version {
        return Err(Error::refused(
            Code::Conflict,
            "The studio changed this quote while you had it open. Please look at it again.",
        ));
    }
    if priced.sums.total != sent.total {
        let total = quote.terms.money(priced.sums.total);
        return Err(Error::refused(
            Code::Conflict,
            format!(
                "This choice comes to {total}, which is not what you were shown. Please look at it again."
            ),
        ));
    }
    if !priced.bought.contains(&true) {
        return Err(Error::invalid("chosen", "Please choose at least one line."));
    }
    Ok(())
}

/// Accepts a quote: the order, its issued invoice with the payment plan, the log and the mails, in this transaction.
/// Accepting the same once more gives the same order.
pub async fn accept(
    app: &App,
    tx: &mut StudioTx,
    who: Who<'_>,
    id: QuoteId,
    sent: &Accept,
    key: &str,
) -> Result<OrderId> {
    let studio = studios::store::get(tx).await?;
    let quote = find(tx, who.viewer, id).await?;
    let lines = store::lines(tx, id).await?;
    if let Some(order) = accepted_before(tx, &quote, &lines, sent, key).await? {
        return Ok(order);
    }
    check(
        quote.state_on(&today(tx.now(), &studio.time_zone)),
        Act::Accept,
    )?;
    let priced = price(&quote.terms, &lines, Some(&sent.chosen))?;
    check_shown(&quote, &priced, sent)?;
    let chosen: Vec<LineId> = priced.of(&lines).iter().map(|line| line.id).collect();
    let said = Acceptance {
        by: who.viewer.contact,
        key,
        chosen: &chosen,
        total: priced.sums.total,
    };
    if !store::mark_accepted(tx, id, &said).await? {
        // Another device was faster, a moment ago.
        let quote = find(tx, who.viewer, id).await?;
        let before = accepted_before(tx, &quote, &lines, sent, key).await?;
        return before.ok_or_else(changed);
    }
    let bought = Bought {
        quote: &quote,
        lines: &priced.of(&lines),
        sums: &priced.sums,
    };
    make_order(app, tx, &studio, who, &bought).await
}

/// What was accepted, and what it comes to.
struct Bought<'a> {
    quote: &'a Quote,
    lines: &'a [&'a Line],
    sums: &'a Sums,
}

async fn make_order(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    who: Who<'_>,
    bought: &Bought<'_>,
) -> Result<OrderId> {
    let (quote, actor, reference) = (bought.quote, who.actor(), who.reference);
    let day = sales::day(tx.now(), studio)?;
    let settings = sales::store::settings(tx).await?;
    let number = numbers::take(tx, Series::Order, &settings.order_pattern, day).await?;
    let taken = || {
        Error::refused(
            Code::Conflict,
            "The order could not be numbered. Please tell the studio, and try again later.",
        )
    };
    let (lines, by) = (bought.lines, who.viewer.contact);
    let order = orders::store::insert(tx, quote, lines, bought.sums, &number, by).await;
    let order = order.on_unique(taken)?;
    let total = quote.terms.money(bought.sums.total);
    let by = By {
        actor: &actor,
        reference,
        tell: true,
    };
    papers::ask(tx, sales::pdf::order(order)).await?;
    let change = Change::made(&json!({ "order": number, "total": total }))?;
    note(tx, &by, "quote accepted", quote.id, change).await?;
    let about = Subject("order", Some(order.into_uuid()));
    let said = json!({ "number": number, "quote": quote.number(), "total": total });
    audit::append(
        tx,
        &actor,
        "order made",
        about,
        Change::made(&said)?,
        reference,
    )
    .await?;
    let accepted = store::get(tx, quote.id).await?;
    happened(tx, &accepted, What::QuoteAccepted, &actor).await?;
    let invoice = make_invoice(tx, studio, order, bought, reference).await?;
    let client = clients::store::get_client(tx, quote.client_id).await?;
    let told = tell::Accepted {
        quote,
        order,
        number: &number,
        invoice: &invoice,
        client: &client,
        by: who.name,
    };
    if who.tell {
        tell::accepted(app, tx, studio, &told).await?;
    }
    Ok(order)
}

async fn make_invoice(
    tx: &mut StudioTx,
    studio: &Studio,
    order: OrderId,
    bought: &Bought<'_>,
    reference: &str,
) -> Result<Invoice> {
    let quote = bought.quote;
    let named = store::named(tx, quote.id).await?;
    let contacts: Vec<_> = named.iter().map(|one| one.id).collect();
    let new = NewInvoice {
        kind: invoices::Kind::Invoice,
        client: quote.client_id,
        order: Some(order),
        corrects: None,
        replaces: None,
        terms: &quote.terms,
        lines: bought.lines,
        contacts: &contacts,
        sums: bought.sums,
    };
    let invoice = invoices::store::insert(tx, &new).await?;
    let by = issue::By {
        actor: &Actor::System,
        reference,
    };
    issue::issue(tx, studio, invoice, &by).await
}

/// Declines a quote, with a reason for the studio. The same once more changes nothing.
pub async fn decline(
    app: &App,
    tx: &mut StudioTx,
    who: Who<'_>,
    id: QuoteId,
    reason: &str,
) -> Result<()> {
    let studio = studios::store::get(tx).await?;
    let quote = find(tx, who.viewer, id).await?;
    if quote.state == QuoteState::Declined && quote.reason.as_deref() == Some(reason) {
        return Ok(());
    }
    check(
        quote.state_on(&today(tx.now(), &studio.time_zone)),
        Act::Decline,
    )?;
    if !store::mark_closed(tx, id, QuoteState::Declined, Some(reason)).await? {
        return Err(changed());
    }
    let actor = who.actor();
    let by = By {
        actor: &actor,
        reference: who.reference,
        tell: true,
    };
    let change = Change::made(&json!({ "reason": reason }))?;
    note(tx, &by, "quote declined", id, change).await?;
    let client = clients::store::get_client(tx, quote.client_id).await?;
    happened(tx, &quote, What::QuoteDeclined, &actor).await?;
    tell::declined(app, tx, &studio, &quote, &client, who.name, reason).await
}

/// Notes that a contact looks at it for the first time.
pub async fn open(app: &App, session: &PortalSession, quote: &mut Quote) -> Result<()> {
    // Staff who look as a contact leave no trace of the contact.
    if quote.state != QuoteState::Sent || session.viewed_by.is_some() {
        return Ok(());
    }
    let mut tx = app.db.write(session).await?;
    if store::mark_opened(&mut tx, quote.id).await? {
        let actor = Actor::of(session);
        let by = By {
            actor: &actor,
            reference: &session.caller.reference,
            tell: true,
        };
        note(&mut tx, &by, "quote opened", quote.id, Change::none()).await?;
        tx.commit().await?;
        quote.state = QuoteState::Opened;
    }
    Ok(())
}
