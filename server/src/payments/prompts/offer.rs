//! What can be paid, as a form and as what is chosen in it.

use portico_wire::{
    InstalmentId, InvoiceId, Right,
    forms::{
        Answer, Answers, Condition, Conditions, Form, Join, Kind, ManyOf, MoneyLimits, OneOf,
        Operator,
    },
    payments::{AmountRange, Choice, InvoiceSummary},
    prompts::{PromptAdd, PromptChosen, PromptTotal},
};

use super::{
    super::{
        api::{Desk, Owed},
        checkout::{self, MOST_AT_ONCE, may_pay},
        parts,
        store::portal,
    },
    minor,
};
use crate::{
    Result,
    db::StudioTx,
    error::Error,
    forms::{
        prompts::{field, required, said},
        store::Viewer,
        texts,
    },
    invoices,
    scope::PortalSession,
};

const OTHER: &str = "Another amount";

/// One of the invoices that can be paid together.
struct Item {
    id: InvoiceId,
    name: String,
    payable: i64,
    due: i64,
}

impl Item {
    fn of(summary: &InvoiceSummary, owed: &Owed) -> Self {
        Self {
            id: summary.id,
            name: format!("{} · {}", summary.title, summary.number),
            payable: owed.sums.payable(),
            due: owed.due.now,
        }
    }

    const fn comes_to(&self, choice: Choice) -> i64 {
        match choice {
            Choice::Due => self.due,
            _ => self.payable,
        }
    }
}

/// What can be paid.
pub(super) struct Offer {
    currency: String,
    /// What is paid, where that is no invoice of its own.
    about: String,
    items: Vec<Item>,
    /// With what each comes to; of several invoices the sum of all.
    choices: Vec<(Choice, i64)>,
    other: Option<(i64, i64)>,
    tip: bool,
    pub instalment: Option<InstalmentId>,
}

const fn name(choice: Choice) -> &'static str {
    match choice {
        Choice::Deposit => "The deposit",
        Choice::Due => "What is due now",
        Choice::Everything => "Everything",
        Choice::Instalment => "This instalment",
        Choice::Amount => OTHER,
    }
}

fn nothing() -> Error {
    Error::refused(
        portico_wire::Code::Conflict,
        "There is nothing that can be paid here just now.",
    )
}

/// Why an invoice cannot be paid yet.
fn waits_for(desk: &Desk, seen: &portal::Seen) -> Error {
    let number = seen.number.as_deref().unwrap_or("this");
    desk.gate(seen)
        .map_or_else(nothing, |gate| checkout::waits(gate, number))
}

impl Offer {
    fn new(currency: &str, about: String) -> Self {
        Self {
            currency: currency.to_owned(),
            about,
            items: Vec::new(),
            choices: Vec::new(),
            other: None,
            tip: false,
            instalment: None,
        }
    }

    /// `of`: an invoice, an instalment, a currency for several invoices, or `ahead`.
    pub async fn find(tx: &mut StudioTx, session: &PortalSession, of: &str) -> Result<Self> {
        may_pay(session)?;
        if let Ok(id) = of.parse::<InvoiceId>() {
            session.section(Right::Invoices)?;
            return Self::one(tx, session, id).await;
        }
        if let Ok(id) = of.parse::<InstalmentId>() {
            session.section(Right::PaymentsDue)?;
            return Self::instalment(tx, session, id).await;
        }
        session.section(Right::Invoices)?;
        if of == "ahead" {
            let desk = Desk::open(tx, session).await?;
            let range = desk.prepay(session).ok_or_else(nothing)?;
            let mut offer = Self::new(&range.least.currency, String::new());
            offer.range(&range);
            return Ok(offer);
        }
        Self::several(tx, session, of).await
    }

    async fn one(tx: &mut StudioTx, session: &PortalSession, id: InvoiceId) -> Result<Self> {
        let mut desk = Desk::open(tx, session).await?;
        let seen = portal::find(tx, desk.who, id).await?;
        let seen = seen.ok_or_else(Error::not_found)?;
        let parts = parts(invoices::store::instalments(tx, id).await?, seen.sums);
        desk.ask_gates(tx, std::slice::from_ref(&seen)).await?;
        let owed = desk.owed(&seen, &parts);
        let summary = desk.summary(&seen, &owed);
        if summary.waits_for.is_some() {
            return Err(waits_for(&desk, &seen));
        }
        if !summary.can_pay {
            return Err(nothing());
        }
        let options = desk.options(&seen, &parts);
        let item = Item::of(&summary, &owed);
        let mut offer = Self::new(&seen.currency, item.name.clone());
        offer.items.push(item);
        let choices = options.choices.iter();
        offer.choices = choices.map(|it| (it.choice, it.amount.minor)).collect();
        if let Some(range) = &options.other {
            offer.range(range);
        }
        offer.tip = options.tip;
        Ok(offer)
    }

    async fn instalment(
        tx: &mut StudioTx,
        session: &PortalSession,
        id: InstalmentId,
    ) -> Result<Self> {
        let open = portal::open(tx, Viewer::from(session)).await?;
        let desk = Desk::of_page(tx, session, &open).await?;
        let has = |seen: &&portal::Seen| open.parts(seen.id).iter().any(|part| part.id == id);
        let seen = open.invoices.iter().find(has);
        let seen = seen.ok_or_else(Error::not_found)?;
        let told = desk.instalments(seen, open.parts(seen.id));
        let found = told.into_iter().find(|it| it.id == id);
        if found.as_ref().is_some_and(|it| it.waits_for.is_some()) {
            return Err(waits_for(&desk, seen));
        }
        let found = found.filter(|it| it.can_pay);
        let found = found.ok_or_else(nothing)?;
        let about = format!("{} · {}", found.label, found.number);
        let mut offer = Self::new(&seen.currency, about);
        let minor = found.payable.minor;
        offer.items.push(Item {
            id: seen.id,
            name: String::new(),
            payable: minor,
            due: minor,
        });
        offer.choices.push((Choice::Instalment, minor));
        offer.tip = desk.tip();
        offer.instalment = Some(id);
        Ok(offer)
    }

    async fn several(tx: &mut StudioTx, session: &PortalSession, currency: &str) -> Result<Self> {
        let open = portal::open(tx, Viewer::from(session)).await?;
        let desk = Desk::of_page(tx, session, &open).await?;
        let mut offer = Self::new(currency, String::new());
        let listed = open.invoices.iter();
        for seen in listed.filter(|seen| seen.currency == currency) {
            let owed = desk.owed(seen, open.parts(seen.id));
            let summary = desk.summary(seen, &owed);
            if can(&summary) {
                offer.items.push(Item::of(&summary, &owed));
            }
        }
        // The oldest where there are more than can be paid at once: they are due before the others.
        let newer = offer.items.len().saturating_sub(MOST_AT_ONCE);
        offer.items.drain(..newer);
        let due = offer.items.iter().map(|item| item.due).sum();
        let payable: i64 = offer.items.iter().map(|item| item.payable).sum();
        if due != payable {
            offer.choices.push((Choice::Due, due));
        }
        offer.choices.push((Choice::Everything, payable));
        if let [only] = offer.items.as_slice() {
            offer.about = only.name.clone();
        }
        match payable {
            0 => Err(nothing()),
            _ => Ok(offer),
        }
    }

    fn range(&mut self, range: &AmountRange) {
        self.other = Some((range.least.minor, range.most.minor));
    }

    fn is_several(&self) -> bool {
        self.items.len() > 1
    }

    fn money(&self, minor: i64) -> String {
        texts::money(minor, &self.currency)
    }

    /// What a choice is called; of one invoice with what it comes to.
    fn named(&self, (choice, minor): (Choice, i64)) -> String {
        match self.is_several() {
            true => name(choice).to_owned(),
            false => format!("{}: {}", name(choice), self.money(minor)),
        }
    }

    fn item_named(&self, item: &Item) -> String {
        format!("{} · {}", item.name, self.money(item.payable))
    }

    /// What there is to choose from; nothing where there is no choice.
    fn options(&self) -> Vec<String> {
        let mut all: Vec<String> = self.choices.iter().map(|it| self.named(*it)).collect();
        if self.other.is_some() && !all.is_empty() {
            all.push(OTHER.to_owned());
        }
        if all.len() > 1 { all } else { Vec::new() }
    }

    pub fn form(&self) -> Form {
        let amount = |min, max| {
            Kind::Money(MoneyLimits {
                currency: self.currency.clone(),
                min,
                max,
            })
        };
        let mut fields = Vec::new();
        if self.is_several() {
            let options = self.items.iter().map(|it| self.item_named(it)).collect();
            let kind = Kind::Many(ManyOf {
                options,
                ..ManyOf::default()
            });
            fields.push(required(field("invoices", "Which invoices", kind)));
        }
        let options = self.options();
        let chooses = !options.is_empty();
        if chooses {
            let kind = Kind::One(OneOf {
                options,
                other: false,
            });
            fields.push(required(field("choice", "What do you want to pay?", kind)));
        }
        if let Some((least, most)) = self.other {
            let mut other = required(field("amount", OTHER, amount(Some(least), Some(most))));
            other.show_if = chooses.then(|| Conditions {
                join: Join::All,
                list: vec![Condition {
                    field: "choice".to_owned(),
                    operator: Operator::Is,
                    value: OTHER.to_owned(),
                }],
            });
            fields.push(other);
        }
        if self.tip {
            fields.push(field("tip", "A tip, if you like", amount(Some(0), None)));
        }
        let lead = "You pay on the secure page of our payment provider and come back here.";
        let intro = match self.about.is_empty() {
            true => lead.to_owned(),
            false => format!("{}\n{lead}", self.about),
        };
        Form {
            title: "Pay".to_owned(),
            intro: Some(intro),
            thanks: None,
            fields,
        }
    }

    pub fn answers(&self) -> Answers {
        let many = |options| {
            Answer::Choices(portico_wire::forms::Chosen {
                options,
                ..Default::default()
            })
        };
        let mut answers = Answers::new();
        if self.is_several() {
            let all = self.items.iter().map(|it| self.item_named(it)).collect();
            answers.set("invoices", many(all));
        }
        if let Some(first) = self.options().into_iter().next() {
            answers.set("choice", many(vec![first]));
        }
        answers
    }

    pub fn total(&self) -> PromptTotal {
        let of = |field: &str, option: String| PromptChosen {
            field: field.to_owned(),
            option,
        };
        let chooses = !self.options().is_empty();
        let mut adds = Vec::new();
        for &(choice, minor) in &self.choices {
            let choice_made = chooses.then(|| of("choice", self.named((choice, minor))));
            if self.is_several() {
                for item in &self.items {
                    let mut chosen = vec![of("invoices", self.item_named(item))];
                    chosen.extend(choice_made.clone());
                    adds.push(PromptAdd {
                        chosen,
                        minor: item.comes_to(choice),
                    });
                }
            } else {
                adds.push(PromptAdd {
                    chosen: choice_made.into_iter().collect(),
                    minor,
                });
            }
        }
        PromptTotal {
            currency: self.currency.clone(),
            adds,
        }
    }

    /// What was chosen: what it is called in the API, the invoices, the amount without a tip.
    pub fn chosen(&self, answers: &Answers) -> (Choice, Vec<InvoiceId>, i64) {
        let answer = said(answers, "choice");
        let choice = match self.options().is_empty() {
            true => self.choices.first(),
            false => self.choices.iter().find(|it| self.named(**it) == answer),
        };
        let ticked = match answers.get("invoices") {
            Some(Answer::Choices(chosen)) => chosen.options.clone(),
            _ => Vec::new(),
        };
        let is_ticked =
            |item: &&Item| !self.is_several() || ticked.contains(&self.item_named(item));
        let items: Vec<&Item> = self.items.iter().filter(is_ticked).collect();
        let ids = items.iter().map(|item| item.id).collect();
        match choice {
            None => (Choice::Amount, ids, minor(answers, "amount")),
            Some(&(choice, amount)) if !self.is_several() => (choice, ids, amount),
            Some(&(choice, _)) => (
                choice,
                ids,
                items.iter().map(|it| it.comes_to(choice)).sum(),
            ),
        }
    }
}

fn can(summary: &InvoiceSummary) -> bool {
    summary.can_pay && summary.waits_for.is_none()
}
