//! What moves money: each act is an entry with its allocations, written in one transaction that holds the client's ledger.

mod uses;

use portico_wire::{InvoiceId, PaymentEntryId, Timestamp};
use serde_json::json;

pub use uses::{apply_credit, close_open, move_on, release};
use uses::{give, take_back};

use super::{
    EntryKind, Payment, Source, paper,
    store::{self, NewEntry, Use},
    tip_of_refund,
};
use crate::{
    Result,
    audit::{self, Actor, Change, Subject},
    db::StudioTx,
    happenings::{self, Happened, Item, What},
    money::say,
    papers,
};

pub(in crate::payments) fn money(minor: i64, currency: &str) -> String {
    say::words("en").money(minor, currency)
}

/// An entry with what it changes in the money held.
struct Act<'a> {
    mark: &'a str,
    kind: EntryKind,
    amount: i64,
    tip: i64,
    at: Timestamp,
    note: Option<&'a str>,
}

async fn append(
    tx: &mut StudioTx,
    payment: &Payment,
    act: &Act<'_>,
    source: &Source<'_>,
) -> Result<Option<PaymentEntryId>> {
    let entry = store::append(
        tx,
        &NewEntry {
            payment: payment.id,
            mark: act.mark,
            kind: act.kind,
            amount: act.amount,
            tip: act.tip,
            source: source.kind,
            event: source.event,
            staff: source.staff,
            note: act.note,
            at: act.at,
        },
    )
    .await?;
    if entry.is_some() {
        log(tx, payment, act, source).await?;
    }
    Ok(entry)
}

/// The audit log says it in words.
async fn log(
    tx: &mut StudioTx,
    payment: &Payment,
    act: &Act<'_>,
    source: &Source<'_>,
) -> Result<()> {
    let action = match act.kind {
        EntryKind::Pending => "payment pending",
        EntryKind::Succeeded => "payment received",
        EntryKind::Failed => "payment failed",
        EntryKind::Refunded => "payment refunded",
        EntryKind::RefundFailed => "payment refund failed",
        EntryKind::Disputed => "payment disputed",
        EntryKind::DisputeWon => "payment dispute won",
        EntryKind::DisputeLost => "payment dispute lost",
        EntryKind::Reversed => "payment reversed",
        EntryKind::Applied => "credit applied",
        EntryKind::Released => "credit released",
    };
    let moved = match act.amount {
        0 => payment.amount,
        moved => moved,
    };
    let change = Change::made(&json!({
        "amount": money(moved.abs(), &payment.currency),
        "note": act.note,
    }))?;
    let about = Subject("payment", Some(payment.id.into_uuid()));
    audit::append(tx, source.actor, action, about, change, source.reference).await
}

/// Money came or went, of a payment somebody is known to have made.
async fn happened(
    tx: &mut StudioTx,
    payment: &Payment,
    (what, which): (What, &str),
    amount: i64,
    by: &Actor,
) -> Result<()> {
    let Some(client) = payment.client_id else {
        return Ok(());
    };
    let item = Item::Payment(payment.id);
    let mut happened = Happened::new(what, client, by, item, payment.code())
        .amount(amount, &payment.currency)
        .again(which);
    if let Some(contact) = payment.contact_id {
        happened = happened.to(vec![contact]);
    }
    happenings::tell(tx, &happened).await
}

/// A bank payment is under way. False where that is known already.
pub async fn pending(
    tx: &mut StudioTx,
    payment: &Payment,
    wanted: &[(InvoiceId, i64)],
    source: &Source<'_>,
) -> Result<bool> {
    let act = Act {
        mark: "pending",
        kind: EntryKind::Pending,
        amount: 0,
        tip: 0,
        at: tx.now(),
        note: None,
    };
    let Some(entry) = append(tx, payment, &act, source).await? else {
        return Ok(false);
    };
    if payment.problem.is_none() {
        give(
            tx,
            entry,
            payment,
            payment.without_tip(),
            wanted,
            Use::Pending,
            source.actor,
        )
        .await?;
    }
    Ok(true)
}

/// What came of money that came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// No invoice uses this up.
    pub left: i64,
}

/// The money came through. Nothing where that is known already. What no invoice needs stays as credit.
pub async fn succeeded(
    tx: &mut StudioTx,
    payment: &Payment,
    wanted: &[(InvoiceId, i64)],
    source: &Source<'_>,
) -> Result<Option<Received>> {
    let act = Act {
        mark: "succeeded",
        kind: EntryKind::Succeeded,
        amount: payment.amount,
        tip: payment.tip,
        at: tx.now(),
        note: None,
    };
    let Some(entry) = append(tx, payment, &act, source).await? else {
        return Ok(None);
    };
    take_back(tx, entry, payment.id, payment.amount, Use::Pending).await?;
    let amount = payment.without_tip();
    let left = if payment.problem.is_some() {
        amount
    } else {
        let by = source.actor;
        give(tx, entry, payment, amount, wanted, Use::Paid, by).await?
    };
    papers::ask(tx, paper::which(payment.id)).await?;
    let what = (What::PaymentReceived, "");
    happened(tx, payment, what, payment.amount, source.actor).await?;
    Ok(Some(Received { left }))
}

/// The bank did not pay. False where that is known already, or the money is here.
pub async fn failed(tx: &mut StudioTx, payment: &Payment, source: &Source<'_>) -> Result<bool> {
    let act = Act {
        mark: "failed",
        kind: EntryKind::Failed,
        amount: 0,
        tip: 0,
        at: tx.now(),
        note: None,
    };
    let Some(entry) = append(tx, payment, &act, source).await? else {
        return Ok(false);
    };
    take_back(tx, entry, payment.id, payment.amount, Use::Pending).await?;
    Ok(true)
}

/// Money that leaves again.
pub struct Leaving<'a> {
    pub mark: &'a str,
    pub kind: EntryKind,
    pub amount: i64,
    pub at: Timestamp,
    pub note: Option<&'a str>,
}

/// Money goes back or is taken back: first what no invoice uses, then from whichever invoice got it last. Nothing where it is
/// known already, or nothing is held any more.
pub async fn leaves(
    tx: &mut StudioTx,
    payment: &Payment,
    leaving: &Leaving<'_>,
    source: &Source<'_>,
) -> Result<Option<i64>> {
    let held = store::held(tx, payment.id).await?;
    // A dispute of what was refunded meanwhile takes no more than there is.
    let amount = leaving.amount.min(held.amount);
    if amount <= 0 {
        return Ok(None);
    }
    let tip = tip_of_refund(held, amount);
    let act = Act {
        mark: leaving.mark,
        kind: leaving.kind,
        amount: -amount,
        tip: -tip,
        at: leaving.at,
        note: leaving.note,
    };
    let Some(entry) = append(tx, payment, &act, source).await? else {
        return Ok(None);
    };
    let used: i64 = store::uses(tx, payment.id, Use::Paid)
        .await?
        .iter()
        .map(|(_, amount)| amount)
        .sum();
    let stays = held.without_tip() - (amount - tip);
    take_back(tx, entry, payment.id, (used - stays).max(0), Use::Paid).await?;
    if leaving.kind == EntryKind::Refunded {
        let what = (What::PaymentRefunded, leaving.mark);
        happened(tx, payment, what, amount, source.actor).await?;
    }
    Ok(Some(amount))
}

/// Money that had left is here again: it goes to the invoices it was on, as far as they owe.
pub async fn returns(
    tx: &mut StudioTx,
    payment: &Payment,
    (mark, kind): (&str, EntryKind),
    (amount, tip): (i64, i64),
    source: &Source<'_>,
) -> Result<bool> {
    let at = tx.now();
    let act = Act {
        mark,
        kind,
        amount,
        tip,
        at,
        note: None,
    };
    let Some(entry) = append(tx, payment, &act, source).await? else {
        return Ok(false);
    };
    if payment.problem.is_none() {
        let meant = store::meant_for(tx, payment.id).await?;
        let wanted: Vec<_> = meant.into_iter().map(|id| (id, i64::MAX)).collect();
        let by = source.actor;
        give(tx, entry, payment, amount - tip, &wanted, Use::Paid, by).await?;
    }
    Ok(true)
}

/// An entry that moves no money.
pub async fn remark(
    tx: &mut StudioTx,
    payment: &Payment,
    (mark, kind): (&str, EntryKind),
    note: Option<&str>,
    source: &Source<'_>,
) -> Result<Option<PaymentEntryId>> {
    let act = Act {
        mark,
        kind,
        amount: 0,
        tip: 0,
        at: tx.now(),
        note,
    };
    append(tx, payment, &act, source).await
}
