//! Which invoices use up money, and what gives it free again.

use portico_wire::{CheckoutId, ClientId, InvoiceId, PaymentEntryId, PaymentId};

use super::{
    super::{
        EntryKind, Payment, Source, Sums, fill,
        store::{self, Use},
    },
    remark,
};
use crate::{
    Result,
    audit::Actor,
    db::StudioTx,
    happenings::What,
    invoices,
    jobs::{self, Job},
};

/// What invoices take of an amount, in this order: where one was replaced, its valid version. None takes more than it owes.
async fn places(
    tx: &mut StudioTx,
    wanted: &[(InvoiceId, i64)],
    room: fn(Sums) -> i64,
) -> Result<Vec<(InvoiceId, i64)>> {
    let mut places: Vec<(InvoiceId, i64)> = Vec::new();
    for &(invoice, wanted) in wanted {
        let Some(valid) = store::valid_version(tx, invoice).await? else {
            continue;
        };
        if places.iter().any(|(known, _)| *known == valid) {
            continue;
        }
        let room = room(store::sums(tx, valid).await?);
        places.push((valid, wanted.min(room)));
    }
    Ok(places)
}

/// Everything an invoice still owes, whatever is under way.
const fn owed(sums: Sums) -> i64 {
    sums.balance()
}

/// Gives an amount of a payment to invoices; what is left over.
pub(super) async fn give(
    tx: &mut StudioTx,
    entry: PaymentEntryId,
    payment: &Payment,
    amount: i64,
    wanted: &[(InvoiceId, i64)],
    kind: Use,
    by: &Actor,
) -> Result<i64> {
    let room = match kind {
        Use::Paid => owed,
        Use::Pending => Sums::payable,
    };
    let places = places(tx, wanted, room).await?;
    let (parts, left) = fill(amount, &places);
    for (invoice, part) in parts {
        store::allocate(tx, entry, payment.id, (invoice, kind, part)).await?;
        if kind == Use::Paid {
            close_open_but(tx, invoice, payment.checkout_id).await?;
            if store::sums(tx, invoice).await?.balance() == 0 {
                let invoice = invoices::store::get(tx, invoice).await?;
                invoices::issue::happened(tx, &invoice, What::InvoicePaid, by).await?;
            }
        }
    }
    Ok(left)
}

/// Takes an amount of a payment back from invoices, from whichever got it last.
pub(super) async fn take_back(
    tx: &mut StudioTx,
    entry: PaymentEntryId,
    payment: PaymentId,
    amount: i64,
    kind: Use,
) -> Result<()> {
    let used = store::uses(tx, payment, kind).await?;
    let (parts, _) = fill(amount, &used);
    for (invoice, part) in parts {
        store::allocate(tx, entry, payment, (invoice, kind, -part)).await?;
    }
    Ok(())
}

/// Uses a client's credit for an invoice, the oldest payment first; how much that was. Whoever calls holds the ledger.
pub async fn apply_credit(
    tx: &mut StudioTx,
    client: ClientId,
    (invoice, currency): (InvoiceId, &str),
    most: i64,
    source: &Source<'_>,
) -> Result<i64> {
    let owed = store::sums(tx, invoice).await?.payable().min(most);
    let free = store::free(tx, client, currency).await?;
    let (parts, left) = fill(owed, &free);
    for (payment, part) in parts {
        let payment = store::get(tx, payment).await?;
        let mark = format!("applied:{}", tx.id::<PaymentEntryId>());
        let act = (mark.as_str(), EntryKind::Applied);
        if let Some(entry) = remark(tx, &payment, act, None, source).await? {
            let (wanted, by) = ([(invoice, part)], source.actor);
            give(tx, entry, &payment, part, &wanted, Use::Paid, by).await?;
        }
    }
    Ok(owed - left)
}

/// An invoice needs no more than `keeps` any more: the rest goes back to its payments, as the client's credit, the latest first.
/// What is under way is let go as well. Whoever calls holds the ledger.
pub async fn release(
    tx: &mut StudioTx,
    invoice: InvoiceId,
    keeps: i64,
    note: &str,
    source: &Source<'_>,
) -> Result<()> {
    let mut keeps = keeps;
    for kind in [Use::Paid, Use::Pending] {
        let used = store::used_by(tx, invoice, kind).await?;
        let sum: i64 = used.iter().map(|(_, amount)| amount).sum();
        let (parts, _) = fill((sum - keeps).max(0), &used);
        for (payment, part) in parts {
            let payment = store::get(tx, payment).await?;
            let mark = format!("released:{}", tx.id::<PaymentEntryId>());
            let act = (mark.as_str(), EntryKind::Released);
            if let Some(entry) = remark(tx, &payment, act, Some(note), source).await? {
                store::allocate(tx, entry, payment.id, (invoice, kind, -part)).await?;
            }
        }
        keeps = (keeps - sum).max(0);
    }
    Ok(())
}

/// Closes what is open for an invoice at the provider: what is owed on it changes.
pub async fn close_open(tx: &mut StudioTx, invoice: InvoiceId) -> Result<()> {
    close_open_but(tx, invoice, None).await
}

/// The same, but for the checkout that paid: it is over anyway.
async fn close_open_but(
    tx: &mut StudioTx,
    invoice: InvoiceId,
    paid: Option<CheckoutId>,
) -> Result<()> {
    for checkout in store::checkouts::open_for(tx, invoice).await? {
        if Some(checkout.id) == paid || checkout.closing {
            continue;
        }
        store::checkouts::close(tx, checkout.id).await?;
        let look = Job::SyncCheckout {
            checkout: checkout.id,
            follow: false,
        };
        jobs::enqueue(tx, &look).await?;
    }
    Ok(())
}

/// Payments of one invoice move on to the version that takes its place; what that does not need is credit.
pub async fn move_on(
    tx: &mut StudioTx,
    (old, new): (InvoiceId, InvoiceId),
    source: &Source<'_>,
) -> Result<()> {
    let paid = store::used_by(tx, old, Use::Paid).await?;
    let under_way = store::used_by(tx, old, Use::Pending).await?;
    release(tx, old, 0, "A new version took the invoice's place", source).await?;
    for (kind, used) in [(Use::Paid, paid), (Use::Pending, under_way)] {
        for (payment, part) in used.into_iter().rev() {
            let payment = store::get(tx, payment).await?;
            let mark = format!("applied:{}", tx.id::<PaymentEntryId>());
            let act = (mark.as_str(), EntryKind::Applied);
            if let Some(entry) = remark(tx, &payment, act, None, source).await? {
                let (wanted, by) = ([(new, part)], source.actor);
                give(tx, entry, &payment, part, &wanted, kind, by).await?;
            }
        }
    }
    Ok(())
}
