//! What there is to know of a contact before it is told an invoice.

use portico_wire::{
    ClientId, Right, Timestamp,
    payments::{
        AmountRange, Choice, DueInstalment, InvoiceSummary, PayChoice, PayOptions, WaitsFor,
    },
};

use super::super::{
    Dues, Part, Payable, Sums,
    checkout::may_pay,
    dues, standing,
    store::{
        self,
        account::Till,
        portal::{self, Gate, Page, Seen},
    },
    stripe::amounts,
};
use crate::{Result, db::StudioTx, forms::store::Viewer, invoices, money, scope::PortalSession};

/// What there is to know of a request before an invoice is told.
pub(in crate::payments) struct Desk {
    till: Till,
    pub(in crate::payments) today: String,
    pub(in crate::payments) who: Viewer,
    /// This contact may pay, and the studio takes payments online.
    pays: bool,
    /// What is to be signed first, of the clients that were asked about.
    gates: Vec<Gate>,
}

/// What is owed on an invoice.
pub(in crate::payments) struct Owed {
    pub(in crate::payments) sums: Sums,
    pub(in crate::payments) due: Dues,
}

impl Desk {
    fn new(session: &PortalSession, now: Timestamp, till: Till) -> Self {
        Self {
            today: session.today(now),
            who: Viewer::from(session),
            pays: session.rights.has(Right::Pay) && till.online,
            gates: Vec::new(),
            till,
        }
    }

    pub(in crate::payments) async fn open(
        tx: &mut StudioTx,
        session: &PortalSession,
    ) -> Result<Self> {
        let till = store::account::till(tx).await?;
        Ok(Self::new(session, tx.now(), till))
    }

    /// For the invoices of a page, their gates asked for.
    pub(in crate::payments) async fn of_page(
        tx: &mut StudioTx,
        session: &PortalSession,
        page: &Page,
    ) -> Result<Self> {
        let mut desk = Self::new(session, tx.now(), page.till.clone());
        if page.gated {
            desk.ask_gates(tx, &page.invoices).await?;
        }
        Ok(desk)
    }

    /// Asks which contracts keep the clients of some invoices waiting; before any of them is told.
    pub(in crate::payments) async fn ask_gates(
        &mut self,
        tx: &mut StudioTx,
        about: &[Seen],
    ) -> Result<()> {
        if self.pays {
            let mut clients: Vec<ClientId> = about.iter().map(|seen| seen.client_id).collect();
            clients.sort();
            clients.dedup();
            self.gates = portal::gates(tx, self.who, &clients).await?;
        }
        Ok(())
    }

    /// The contract that keeps an invoice waiting.
    pub(in crate::payments) fn gate(&self, seen: &Seen) -> Option<&Gate> {
        let mut gates = self.gates.iter();
        gates.find(|gate| gate.client_id == seen.client_id && gate.keeps(seen.gated_by()))
    }

    fn waits_for(&self, seen: &Seen) -> Option<WaitsFor> {
        self.gate(seen).map(|gate| WaitsFor {
            contract: gate.seen.then_some(gate.id),
            title: gate.seen.then(|| gate.title.clone()),
        })
    }

    pub(in crate::payments) const fn tip(&self) -> bool {
        self.till.limits.tip
    }

    /// As it stands in a list.
    pub(in crate::payments) fn summary(&self, seen: &Seen, owed: &Owed) -> InvoiceSummary {
        let amount = |minor| money::wire(minor, &seen.currency);
        let Owed { sums, due } = owed;
        let can_pay = self.pays && sums.payable() > 0;
        InvoiceSummary {
            id: seen.id,
            number: seen.number.clone().unwrap_or_default(),
            title: seen.title.clone(),
            issued_on: seen.issued_on.clone().unwrap_or_default(),
            state: standing(seen.kind, seen.state, seen.sums, due.overdue),
            total: amount(seen.sums.total),
            balance: amount(sums.balance()),
            due: due.next.clone(),
            can_pay,
            waits_for: self.waits_for(seen).filter(|_| can_pay),
        }
    }

    /// What is owed on it, and what of that by when; nothing on one that is not to be paid.
    pub(in crate::payments) fn owed(&self, seen: &Seen, parts: &[Part]) -> Owed {
        let open = seen.kind == invoices::Kind::Invoice && seen.state == invoices::State::Issued;
        Owed {
            sums: if open { seen.sums } else { Sums::default() },
            due: dues(if open { parts } else { &[] }, &self.today),
        }
    }

    pub(in crate::payments) fn instalments(
        &self,
        seen: &Seen,
        parts: &[Part],
    ) -> Vec<DueInstalment> {
        let amount = |minor| money::wire(minor, &seen.currency);
        let mut told = Vec::new();
        for part in parts {
            let can_pay =
                self.pays && seen.state == invoices::State::Issued && part.left.payable() > 0;
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
                waits_for: self.waits_for(seen).filter(|_| can_pay),
            });
        }
        told
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
            .till
            .limits
            .least_in(&seen.currency, &self.till.currency)
            .min(everything);
        let limits = &self.till.limits;
        let other = limits.other_amount.then(|| AmountRange {
            least: amount(least.max(1)),
            most: amount(everything.min(amounts::most(&seen.currency))),
        });
        PayOptions {
            choices,
            other,
            tip: self.tip(),
        }
    }

    pub(in crate::payments) fn prepay(&self, session: &PortalSession) -> Option<AmountRange> {
        let (currency, limits) = (&self.till.currency, &self.till.limits);
        let may = self.pays && limits.prepay && may_pay(session).is_ok();
        may.then(|| AmountRange {
            least: money::wire(limits.least_in(currency, currency).max(1), currency),
            most: money::wire(amounts::most(currency), currency),
        })
    }
}
