//! Issuing, voiding and correcting: what makes an invoice owed, and what ends that.

use portico_wire::{Code, InvoiceId};
use serde_json::json;

use super::{
    Act, Invoice, Kind, check, instalments,
    store::{self, NewInvoice},
};
use crate::{
    Result,
    audit::{self, Actor, Change, Subject},
    contracts,
    db::StudioTx,
    error::{Error, ResultExt as _},
    happenings::{self, Happened, Item, What},
    papers,
    payments::{self, Source, ledger},
    receivables,
    sales::{self, numbers},
    studios::Studio,
};

/// Who acts, for the log.
pub struct By<'a> {
    pub actor: &'a Actor,
    pub reference: &'a str,
}

impl<'a> By<'a> {
    const fn source(&self) -> Source<'a> {
        Source::of(self.actor, self.reference)
    }
}

async fn note(
    tx: &mut StudioTx,
    by: &By<'_>,
    action: &'static str,
    id: InvoiceId,
    change: Change,
) -> Result<()> {
    let about = Subject("invoice", Some(id.into_uuid()));
    audit::append(tx, by.actor, action, about, change, by.reference).await
}

/// Something happened to it as a whole, for whom it names.
pub async fn happened(tx: &mut StudioTx, invoice: &Invoice, what: What, by: &Actor) -> Result<()> {
    let contacts = store::contacts(tx, invoice.id).await?;
    let day = store::instalments(tx, invoice.id).await?;
    let item = Item::Invoice(invoice.id);
    let happened = Happened::new(what, invoice.client_id, by, item, title(invoice))
        .to(contacts.iter().map(|one| one.id).collect())
        .amount(invoice.total, &invoice.terms.currency)
        .day(day.into_iter().next().map(|one| one.due));
    happenings::tell(tx, &happened).await
}

/// What people call it: its title, else its number.
pub fn title(invoice: &Invoice) -> String {
    match invoice.terms.title.trim() {
        "" => invoice.number().to_owned(),
        title => title.to_owned(),
    }
}

fn changed() -> Error {
    Error::refused(
        Code::Conflict,
        "Somebody else changed or issued this in the meantime. Please look at it again.",
    )
}

/// Gives a draft its number, sums, taxes and instalments, and freezes it. Numbers stay without gaps: the series is
/// locked from here to the end of the transaction.
pub async fn issue(
    tx: &mut StudioTx,
    studio: &Studio,
    id: InvoiceId,
    by: &By<'_>,
) -> Result<Invoice> {
    let invoice = store::get(tx, id).await?;
    check(&invoice, Act::Issue)?;
    payments::store::lock(tx, invoice.client_id).await?;
    let lines = store::lines(tx, id).await?;
    if lines.is_empty() {
        return Err(Error::invalid("lines", "Add at least one line first."));
    }
    let sums = invoice.terms.sums(lines.iter().map(|line| &line.line))?;
    let day = sales::day(tx.now(), studio)?;
    let settings = sales::store::settings(tx).await?;
    let series = invoice.kind.series();
    let number = numbers::take(tx, series, settings.pattern(series), day).await?;
    if let Some(corrected) = invoice.corrects {
        check_credit(tx, corrected, sums.total).await?;
    }
    store::save_taxes(tx, id, &sums.taxes).await?;
    store::save_instalments(tx, id, &instalments(&invoice, sums.total, day)).await?;
    let taken = || {
        Error::refused(
            Code::Conflict,
            format!(
                "The number {number} is given already. Change the pattern of numbers in the settings."
            ),
        )
    };
    let done = store::mark_issued(tx, &invoice, &number, &day.to_string(), &sums).await;
    if !done.on_unique(taken)? {
        return Err(changed());
    }
    if let Some(old) = invoice.replaces {
        let reason = format!("Replaced by {number}");
        close(tx, old, &reason, by).await?;
        payments::store::reindex(tx, old).await?;
        ledger::close_open(tx, old).await?;
        ledger::move_on(tx, (old, id), &by.source()).await?;
        contracts::store::gates::move_invoice(tx, old, id).await?;
    }
    payments::store::reindex(tx, id).await?;
    if let Some(corrected) = invoice.corrects {
        credited(tx, corrected, by).await?;
    }
    let total = invoice.terms.money(sums.total);
    let change = Change::made(&json!({ "number": number, "total": total }))?;
    note(tx, by, "invoice issued", id, change).await?;
    papers::ask(tx, sales::pdf::invoice(id)).await?;
    receivables::remind::ensure(tx, studio).await?;
    let invoice = store::get(tx, id).await?;
    if invoice.kind == Kind::Invoice {
        happened(tx, &invoice, What::InvoiceIssued, by.actor).await?;
    }
    Ok(invoice)
}

/// A credit note takes back no more than there is. The invoice's row is held, so that it is not voided meanwhile.
async fn check_credit(tx: &mut StudioTx, corrected: InvoiceId, total: i64) -> Result<()> {
    if !store::hold_issued(tx, corrected).await? {
        return Err(Error::refused(
            Code::Conflict,
            "The invoice this corrects is not valid any more.",
        ));
    }
    let invoice = store::get(tx, corrected).await?;
    let left = invoice.total - store::credited(tx, corrected).await?;
    if total > left {
        return Err(Error::refused(
            Code::Conflict,
            format!(
                "This takes back more than there is: at most {} of {} can be credited.",
                invoice.terms.money(left),
                invoice.number()
            ),
        ));
    }
    Ok(())
}

/// What a credit note took back is not owed any more, and what was paid beyond that is the client's.
async fn credited(tx: &mut StudioTx, corrected: InvoiceId, by: &By<'_>) -> Result<()> {
    let sums = payments::store::sums(tx, corrected).await?;
    let keeps = sums.total - sums.credited;
    ledger::close_open(tx, corrected).await?;
    ledger::release(
        tx,
        corrected,
        keeps,
        "A credit note took it back",
        &by.source(),
    )
    .await?;
    payments::store::reindex(tx, corrected).await
}

async fn close(tx: &mut StudioTx, id: InvoiceId, reason: &str, by: &By<'_>) -> Result<()> {
    if !store::mark_voided(tx, id, reason).await? {
        return Err(changed());
    }
    if store::credited(tx, id).await? > 0 {
        return Err(Error::refused(
            Code::Conflict,
            "There is a credit note on this invoice, so it cannot be voided. Credit the rest instead.",
        ));
    }
    note(
        tx,
        by,
        "invoice voided",
        id,
        Change::made(&json!({ "reason": reason }))?,
    )
    .await
}

/// Ends an issued invoice. It keeps its number, so that the series has no gap.
pub async fn void(tx: &mut StudioTx, id: InvoiceId, reason: &str, by: &By<'_>) -> Result<()> {
    let invoice = store::get(tx, id).await?;
    check(&invoice, Act::Void)?;
    payments::store::lock(tx, invoice.client_id).await?;
    close(tx, id, reason, by).await?;
    ledger::close_open(tx, id).await?;
    ledger::release(tx, id, 0, "The invoice was voided", &by.source()).await?;
    payments::store::reindex(tx, id).await
}

/// A draft that puts an issued invoice right: a credit note on it, or a new version that takes its place when it is
/// issued. It begins with the same lines.
pub async fn correct(
    tx: &mut StudioTx,
    id: InvoiceId,
    kind: Kind,
    by: &By<'_>,
) -> Result<InvoiceId> {
    let invoice = store::get(tx, id).await?;
    check(&invoice, Act::Correct)?;
    let lines = store::lines(tx, id).await?;
    let lines: Vec<_> = lines.iter().map(|line| &line.line).collect();
    let contacts = store::contacts(tx, id).await?;
    let contacts: Vec<_> = contacts.iter().map(|one| one.id).collect();
    let sums = invoice.terms.sums(lines.iter().copied())?;
    let new = NewInvoice {
        kind,
        client: invoice.client_id,
        order: invoice.order_id,
        corrects: (kind == Kind::CreditNote).then_some(id),
        replaces: (kind == Kind::Invoice).then_some(id),
        terms: &invoice.terms,
        lines: &lines,
        contacts: &contacts,
        sums: &sums,
    };
    let made = store::insert(tx, &new).await?;
    let change = Change::made(&json!({ "corrects": invoice.number() }))?;
    note(tx, by, "invoice correction begun", made, change).await?;
    Ok(made)
}
