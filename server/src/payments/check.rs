//! The checker: the books add up, and every list says what the entries say.

use std::collections::HashMap;

use super::{EntryKind, Held, store::check};
use crate::{Result, db::StudioTx};

/// What does not add up in a studio's books; nothing where all does.
pub async fn check(tx: &mut StudioTx) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let (invoices, entries, uses) = (
        check::invoices(tx).await?,
        check::entries(tx).await?,
        check::uses(tx).await?,
    );
    for id in check::misplaced(tx).await? {
        wrong.push(format!("{id} stands wrongly among the free ones"));
    }
    let mut payments: HashMap<_, (Held, Vec<EntryKind>, i64, i64)> = HashMap::new();
    for entry in &entries {
        let (held, kinds, amount, tip) = payments.entry(entry.payment_id).or_default();
        held.amount += entry.amount;
        held.tip += entry.tip;
        kinds.push(entry.kind);
        (*amount, *tip) = (entry.of, entry.of_tip);
        if entry.kind == EntryKind::Succeeded
            && (entry.amount, entry.tip) != (entry.of, entry.of_tip)
        {
            wrong.push(format!("{} came in as something else", entry.payment_id));
        }
    }
    for (id, (held, kinds, amount, tip)) in &payments {
        let (mut used, mut pending) = (0, 0);
        for one in uses.iter().filter(|one| one.payment_id == *id) {
            used += one.paid;
            pending += one.pending;
        }
        let came = kinds.contains(&EntryKind::Succeeded);
        let over = came || kinds.contains(&EntryKind::Failed);
        if held.amount < 0 || held.amount > *amount || held.tip < 0 || held.tip > *tip {
            wrong.push(format!("{id} holds {} of {amount}", held.amount));
        }
        if !came && held.amount != 0 {
            wrong.push(format!("{id} holds money that never came"));
        }
        if used > held.without_tip() {
            wrong.push(format!(
                "{id} is used for {used} and holds {}",
                held.without_tip()
            ));
        }
        if over && pending != 0 {
            wrong.push(format!("{id} is over and still waits with {pending}"));
        }
    }
    let mut paid: HashMap<_, (i64, i64)> = HashMap::new();
    for one in &uses {
        let (sum, waits) = paid.entry(one.invoice_id).or_default();
        *sum += one.paid;
        *waits += one.pending;
        if one.paid < 0 || one.pending < 0 {
            wrong.push(format!(
                "{} gives {} below zero",
                one.payment_id, one.invoice_id
            ));
        }
        if !one.fits {
            wrong.push(format!(
                "{} pays {} of somebody else",
                one.payment_id, one.invoice_id
            ));
        }
    }
    for invoice in &invoices {
        let (id, sums) = (invoice.id, invoice.sums);
        let (sum, waits) = paid.get(&id).copied().unwrap_or_default();
        let keeps = if invoice.issued {
            sums.total - sums.credited
        } else {
            0
        };
        if (sums.paid, sums.pending) != (sum, waits) {
            wrong.push(format!(
                "{id} says {} paid and its payments say {sum}",
                sums.paid
            ));
        }
        if sums.paid > keeps {
            wrong.push(format!("{id} has {} paid and needs {keeps}", sums.paid));
        }
        let owed = invoice.issued && sums.balance() > 0;
        if (invoice.open, invoice.listed) != (owed, owed) {
            wrong.push(format!(
                "{id} stands wrongly among the open ones: {}",
                invoice.listed
            ));
        }
        if invoice.instalments != sums.total {
            wrong.push(format!("{id} has instalments of {}", invoice.instalments));
        }
    }
    wrong.sort();
    Ok(wrong)
}
