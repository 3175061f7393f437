//! What there is to know of a contact before it is told an invoice.

use std::collections::{HashMap, hash_map::Entry};

use portico_wire::{
    ClientId, Right,
    payments::{
        AmountRange, Choice, DueInstalment, InvoiceSummary, PayChoice, PayOptions, WaitsFor,
    },
};

use super::super::{
    Limits, Part, Payable, Sums, account,
    checkout::may_pay,
    dues, parts, standing,
    store::{
        self,
        portal::{self, Gate, PartRow, Seen},
    },
    stripe::amounts,
};
use crate::{
    Result,
    clock::today,
    db::StudioTx,
    forms::store::Viewer,
    invoices::{self, Instalment},
    money,
    scope::PortalSession,
    studios::{self, Studio},
};
/// What there is to know of a request before an invoice is told.
pub(in crate::payments) struct Desk {
    studio: Studio,
    pub(in crate::payments) today: String,
    pub(in crate::payments) who: Viewer,
    /// This contact may pay, and the studio takes payments online.
    pays: bool,
    pub(in crate::payments) limits: Limits,
    /// Of clients that were asked about: what is to be signed first.
    gates: HashMap<ClientId, Vec<Gate>>,
}

impl Desk {
    pub(in crate::payments) async fn open(
        tx: &mut StudioTx,
        session: &PortalSession,
    ) -> Result<Self> {
        let studio = studios::store::get(tx).await?;
        Ok(Self {
            today: today(tx.now(), &studio.time_zone),
            who: Viewer::from(session),
            pays: session.rights.has(Right::Pay) && account::is_open(tx).await?,
            limits: store::account::limits(tx).await?,
            gates: HashMap::new(),
            studio,
        })
    }

    /// The contract that keeps an invoice waiting.
    pub(in crate::payments) async fn gate(
        &mut self,
        tx: &mut StudioTx,
        seen: &Seen,
    ) -> Result<Option<&Gate>> {
        if let Entry::Vacant(place) = self.gates.entry(seen.client_id) {
            place.insert(portal::gates(tx, self.who, seen.client_id).await?);
        }
        let gates = self.gates.get(&seen.client_id);
        let mut gates = gates.into_iter().flatten();
        Ok(gates.find(|gate| gate.keeps(seen.gated_by())))
    }

    async fn waits_for(&mut self, tx: &mut StudioTx, seen: &Seen) -> Result<Option<WaitsFor>> {
        Ok(self.gate(tx, seen).await?.map(|gate| WaitsFor {
            contract: gate.seen.then_some(gate.id),
            title: gate.seen.then(|| gate.title.clone()),
        }))
    }

    pub(in crate::payments) async fn summary(
        &mut self,
        tx: &mut StudioTx,
        seen: &Seen,
        parts: &[Part],
    ) -> Result<InvoiceSummary> {
        let amount = |minor| money::wire(minor, &seen.currency);
        let open = seen.kind == invoices::Kind::Invoice && seen.state == invoices::State::Issued;
        let sums = if open { seen.sums } else { Sums::default() };
        let due = dues(if open { parts } else { &[] }, &self.today);
        let can_pay = self.pays && sums.payable() > 0;
        let waits_for = match can_pay {
            true => self.waits_for(tx, seen).await?,
            false => None,
        };
        Ok(InvoiceSummary {
            id: seen.id,
            number: seen.number.clone().unwrap_or_default(),
            title: seen.title.clone(),
            issued_on: seen.issued_on.clone().unwrap_or_default(),
            state: standing(seen.kind, seen.state, seen.sums, due.overdue),
            total: amount(seen.sums.total),
            credited: amount(seen.sums.credited),
            paid: amount(seen.sums.paid),
            pending: amount(sums.covering()),
            balance: amount(sums.balance()),
            payable: amount(sums.payable()),
            due_now: amount(due.now),
            due: due.next,
            can_pay,
            waits_for,
        })
    }

    pub(in crate::payments) async fn instalments(
        &mut self,
        tx: &mut StudioTx,
        seen: &Seen,
        parts: &[Part],
    ) -> Result<Vec<DueInstalment>> {
        let amount = |minor| money::wire(minor, &seen.currency);
        let mut told = Vec::new();
        for part in parts {
            let can_pay =
                self.pays && seen.state == invoices::State::Issued && part.left.payable() > 0;
            let waits_for = match can_pay {
                true => self.waits_for(tx, seen).await?,
                false => None,
            };
            told.push(DueInstalment {
                id: part.id,
                invoice: seen.id,
                number: seen.number.clone().unwrap_or_default(),
                title: seen.title.clone(),
                label: part.label.clone(),
                due: part.due.clone(),
                state: part.state(&self.today),
                amount: amount(part.amount),
                paid: amount(part.left.paid),
                pending: amount(part.left.pending),
                balance: amount(part.left.balance),
                payable: amount(part.left.payable()),
                can_pay,
                waits_for,
            });
        }
        Ok(told)
    }

    /// How an invoice can be paid.
    pub(in crate::payments) fn options(&self, seen: &Seen, parts: &[Part]) -> PayOptions {
        let amount = |minor| money::wire(minor, &seen.currency);
        let payable = Payable {
            id: seen.id,
            sums: seen.sums,
            parts: parts.to_vec(),
        };
        let everything = seen.sums.payable();
        let mut choices = Vec::new();
        let mut offer = |choice, minor: i64| {
            let known = choices
                .iter()
                .any(|one: &PayChoice| one.amount.minor == minor);
            if minor > 0 && !known {
                choices.push(PayChoice {
                    choice,
                    amount: amount(minor),
                });
            }
        };
        offer(Choice::Deposit, payable.deposit().unwrap_or(0));
        offer(Choice::Due, dues(parts, &self.today).now.min(everything));
        offer(Choice::Everything, everything);
        let least = self
            .limits
            .least_in(&seen.currency, &self.studio.currency)
            .min(everything);
        let other = self.limits.other_amount.then(|| AmountRange {
            least: amount(least.max(1)),
            most: amount(everything.min(amounts::most(&seen.currency))),
        });
        PayOptions {
            choices,
            other,
            tip: self.limits.tip,
        }
    }

    pub(in crate::payments) fn prepay(&self, session: &PortalSession) -> Option<AmountRange> {
        let currency = &self.studio.currency;
        let may = self.pays && self.limits.prepay && may_pay(session).is_ok();
        may.then(|| AmountRange {
            least: money::wire(self.limits.least_in(currency, currency).max(1), currency),
            most: money::wire(amounts::most(currency), currency),
        })
    }
}

pub(in crate::payments) fn parts_of(rows: &[PartRow], seen: &Seen) -> Vec<Part> {
    let plan = rows.iter().filter(|row| row.invoice_id == seen.id);
    let plan: Vec<Instalment> = plan
        .map(|row| Instalment {
            id: row.id,
            label: row.label.clone(),
            due: row.due.clone(),
            amount: row.amount,
        })
        .collect();
    parts(plan, seen.sums)
}
