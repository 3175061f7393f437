//! What is to be paid, decided here alone.

use portico_wire::{ClientId, Code, InvoiceId, payments::StartCheckout};

use super::super::{
    Payable, Wish, check_prepaid, check_tip, choose, ledger, parts,
    store::{self, portal},
    stripe::amounts,
};
use crate::{
    Result, clock::today, db::StudioTx, error::Error, forms::store::Viewer, invoices,
    scope::PortalSession, studios::Studio,
};

/// Invoices that one payment pays.
pub(in crate::payments) const MOST_AT_ONCE: usize = 50;

/// What is to be paid, decided.
pub(super) struct Plan {
    pub client: ClientId,
    pub currency: String,
    pub invoices: Vec<(InvoiceId, i64)>,
    pub amount: i64,
    pub tip: i64,
}

/// A contract has to be signed before `what` can be paid.
pub(in crate::payments) fn waits(gate: &portal::Gate, what: &str) -> Error {
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
    let gates = portal::gates(tx, who, &[client]).await?;
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

pub(super) async fn decide(
    tx: &mut StudioTx,
    session: &PortalSession,
    studio: &Studio,
    sent: &StartCheckout,
) -> Result<Plan> {
    let who = Viewer::from(session);
    let mut seen = Vec::new();
    for id in sent.invoices.iter().take(MOST_AT_ONCE + 1) {
        if seen.iter().any(|one: &portal::Seen| one.id == *id) {
            continue;
        }
        seen.push(
            portal::find(tx, who, *id)
                .await?
                .ok_or_else(Error::not_found)?,
        );
    }
    if seen.len() > MOST_AT_ONCE {
        let says = format!("At most {MOST_AT_ONCE} at once, please.");
        return Err(Error::invalid("invoices", says));
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
