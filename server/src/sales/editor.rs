//! The editor of lines, prices and a payment plan, as its fields are typed: shown again as they were where
//! something is wrong, and read into what is stored.

use portico_wire::LineId;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Line, MOST_LINES, Terms, paper};
use crate::{
    Result,
    db::StudioTx,
    money::{
        exponent,
        plan::{MOST_STEPS, Plan, Share, Step, When},
        say,
        sums::{self, Tax},
        typed::{self, decimal},
    },
    papers::markdown,
    quotes::{self, QuoteLine},
    studios::settings::CURRENCIES,
    web::form::{FieldErrors, Sent},
};

/// A line's fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LineRow {
    pub name: String,
    pub description: String,
    pub quantity: String,
    pub unit: String,
    pub price: String,
    pub discount: String,
    /// A rate and its name, `20000 VAT`.
    pub tax: String,
    /// `fixed`, `optional`, `preselected`
    pub choice: String,
}

/// A step's fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StepRow {
    /// "30 %", "500"; empty: what is left.
    pub share: String,
    /// `days`, `months`, `on`
    pub when: String,
    pub value: String,
}

/// All fields, as they are typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Typed {
    pub title: String,
    pub currency: String,
    pub language: String,
    pub inclusive: bool,
    pub valid_until: String,
    pub discount: String,
    pub intro: String,
    pub terms: String,
    pub to: Vec<String>,
    pub lines: Vec<LineRow>,
    pub steps: Vec<StepRow>,
}

/// What was read from them.
pub struct Read {
    pub terms: Terms,
    pub lines: Vec<QuoteLine>,
    pub valid_until: Option<String>,
}

pub fn write_tax(tax: &Tax) -> String {
    format!("{} {}", tax.rate, tax.name)
}

/// The offered rates, and those that stand on lines though they are offered no more.
pub fn tax_choices(rates: &[Tax], typed: &Typed) -> Vec<(String, String)> {
    let label = |rate: i64, name: &str| format!("{name} {}", say::words("en").rate(rate));
    let mut choices = vec![(String::new(), "No tax".to_owned())];
    choices.extend(
        rates
            .iter()
            .map(|tax| (write_tax(tax), label(tax.rate, &tax.name))),
    );
    for line in &typed.lines {
        let known = choices.iter().any(|(code, _)| *code == line.tax);
        if !known && let Some(tax) = read_tax(&line.tax) {
            choices.push((line.tax.clone(), label(tax.rate, &tax.name)));
        }
    }
    choices
}

fn read_tax(text: &str) -> Option<Tax> {
    let (rate, name) = text.split_once(' ')?;
    let rate = rate
        .parse()
        .ok()
        .filter(|rate| (0..=sums::WHOLE_RATE).contains(rate))?;
    let named = !name.is_empty() && name.chars().count() <= 40;
    named.then(|| Tax {
        name: name.to_owned(),
        rate,
    })
}

pub fn steps_of(plan: &Plan, currency: &str) -> Vec<StepRow> {
    plan.0
        .iter()
        .map(|step| {
            let (when, value) = match &step.when {
                When::Days(days) => ("days", days.to_string()),
                When::Months(months) => ("months", months.to_string()),
                When::On(day) => ("on", day.clone()),
            };
            StepRow {
                share: match step.share {
                    Share::Percent(percent) => format!("{} %", typed::short(percent, 2)),
                    Share::Amount(amount) => typed::write(amount, exponent(currency)),
                    Share::Rest => String::new(),
                },
                when: when.to_owned(),
                value,
            }
        })
        .collect()
}

pub fn steps_sent(sent: &Sent) -> Vec<StepRow> {
    let (shares, whens, values) = (
        sent.all("step_share"),
        sent.all("step_when"),
        sent.all("step_value"),
    );
    let rows = shares.iter().zip(whens).zip(values).take(MOST_STEPS + 1);
    let text = |text: &str| text.trim().to_owned();
    rows.map(|((share, when), value)| StepRow {
        share: text(share),
        when: text(when),
        value: text(value),
    })
    .filter(|row| !(row.share.is_empty() && row.value.is_empty()))
    .collect()
}

/// A plan from its rows; flaws are noted at `step-N` and `plan`.
pub fn read_plan(rows: &[StepRow], currency: &str, errors: &mut FieldErrors) -> Option<Plan> {
    let mut steps = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let share = match row.share.strip_suffix('%') {
            _ if row.share.is_empty() => Some(Share::Rest),
            Some(percent) => decimal(percent, 2).map(Share::Percent),
            None => typed::amount(&row.share, currency).map(Share::Amount),
        };
        let number = || row.value.parse::<u16>().ok().filter(|value| *value <= 3650);
        let when = match row.when.as_str() {
            "on" if row.value.parse::<jiff::civil::Date>().is_ok() => {
                Some(When::On(row.value.clone()))
            }
            "months" => number().map(When::Months),
            "days" => number().map(When::Days),
            _ => None,
        };
        if share.is_none() {
            errors.add(
                format!("step-{at}-share"),
                "A percentage, an amount, or nothing for what is left.",
            );
        }
        if when.is_none() {
            let text = if row.when == "on" {
                "Choose a date."
            } else {
                "A whole number, such as 14."
            };
            errors.add(format!("step-{at}-value"), text);
        }
        if let (Some(share), Some(when)) = (share, when) {
            steps.push(Step { share, when });
        }
    }
    let plan = Plan(steps);
    if plan.0.len() == rows.len()
        && let Err(wrong) = plan.check()
    {
        errors.add("plan", wrong.text());
    }
    Some(plan).filter(|_| errors.is_empty())
}

impl Typed {
    pub fn of(
        terms: &Terms,
        lines: &[QuoteLine],
        valid_until: Option<&str>,
        to: Vec<String>,
    ) -> Self {
        let places = exponent(&terms.currency);
        let row = |line: &QuoteLine| LineRow {
            name: line.line.name.clone(),
            description: line.line.description.clone().unwrap_or_default(),
            quantity: typed::short(line.line.quantity, 3),
            unit: line.line.unit.clone().unwrap_or_default(),
            price: typed::write(line.line.unit_price, places),
            discount: typed::write_discount(line.line.discount(), &terms.currency),
            tax: line.line.tax().as_ref().map(write_tax).unwrap_or_default(),
            choice: match (line.optional, line.preselected) {
                (false, _) => "fixed",
                (true, false) => "optional",
                (true, true) => "preselected",
            }
            .to_owned(),
        };
        Self {
            title: terms.title.clone(),
            currency: terms.currency.clone(),
            language: terms.language.clone(),
            inclusive: terms.tax_inclusive,
            valid_until: valid_until.unwrap_or_default().to_owned(),
            discount: typed::write_discount(terms.discount(), &terms.currency),
            intro: terms.intro.clone().unwrap_or_default(),
            terms: terms.terms.clone().unwrap_or_default(),
            to,
            lines: lines.iter().map(row).collect(),
            steps: steps_of(&terms.plan, &terms.currency),
        }
    }

    pub fn sent(sent: &Sent) -> Self {
        let names = sent.all("line_name");
        let columns = [
            "line_description",
            "line_quantity",
            "line_unit",
            "line_price",
            "line_discount",
            "line_tax",
            "line_choice",
        ]
        .map(|name| sent.all(name));
        let cell = |column: usize, at: usize| {
            columns[column]
                .get(at)
                .copied()
                .unwrap_or("")
                .trim()
                .to_owned()
        };
        let rows = names
            .iter()
            .enumerate()
            .take(MOST_LINES + 1)
            .map(|(at, name)| LineRow {
                name: name.trim().to_owned(),
                description: cell(0, at),
                quantity: cell(1, at),
                unit: cell(2, at),
                price: cell(3, at),
                discount: cell(4, at),
                tax: cell(5, at),
                choice: cell(6, at),
            });
        let empty = |row: &LineRow| {
            row.name.is_empty() && row.price.is_empty() && row.description.is_empty()
        };
        let mut steps = steps_sent(sent);
        if sent.all("step_share").is_empty() {
            // An editor without a plan, of a credit note.
            steps = steps_of(&Plan::default(), "");
        }
        Self {
            title: sent.text("title"),
            currency: sent.text("currency"),
            language: sent.text("language"),
            inclusive: sent.text("tax") == "inclusive",
            valid_until: sent.text("valid_until").trim().to_owned(),
            discount: sent.text("discount"),
            intro: sent.text("intro"),
            terms: sent.text("terms"),
            to: sent.all("to").into_iter().map(ToOwned::to_owned).collect(),
            lines: rows.filter(|row| !empty(row)).collect(),
            steps,
        }
    }

    fn currency(&self) -> Option<&str> {
        let known = CURRENCIES.iter().find(|(code, _)| *code == self.currency);
        known.map(|(code, _)| *code)
    }

    /// What is to be stored; what is wrong is noted beside each field.
    pub fn read(&self, tx: &StudioTx, errors: &mut FieldErrors) -> Option<Read> {
        let Some(currency) = self.currency() else {
            errors.add("currency", "Please choose a currency.");
            return None;
        };
        let title = errors.required("title", &self.title, 120);
        let intro = errors.optional("intro", &self.intro, 10_000);
        let terms = errors.optional("terms", &self.terms, 50_000);
        check_prose("intro", intro.as_deref(), errors);
        check_prose("terms", terms.as_deref(), errors);
        let discount = typed::discount(&self.discount, currency).unwrap_or_else(|| {
            errors.add("discount", "A percentage such as 10 %, or an amount.");
            sums::Discount::None
        });
        let valid_until = Some(self.valid_until.clone()).filter(|day| !day.is_empty());
        if valid_until
            .as_ref()
            .is_some_and(|day| day.parse::<jiff::civil::Date>().is_err())
        {
            errors.add("valid_until", "Choose a date.");
        }
        let lines = self.read_lines(tx, currency, errors);
        let mut flaws = FieldErrors::default();
        let plan = read_plan(&self.steps, currency, &mut flaws);
        errors.merge(flaws);
        let (discount_kind, discount_value) = discount.parts();
        let terms = Terms {
            title,
            currency: currency.to_owned(),
            language: say::words(&self.language).code.to_owned(),
            tax_inclusive: self.inclusive,
            discount_kind,
            discount_value,
            intro,
            terms,
            plan: plan.unwrap_or_default(),
        };
        if errors.is_empty() {
            let items: Vec<_> = lines.iter().map(|line| line.line.item()).collect();
            if let Err(wrong) = sums::sums(&items, terms.tax_inclusive, terms.discount()) {
                errors.add("lines", wrong.text());
            }
        }
        errors.is_empty().then_some(Read {
            terms,
            lines,
            valid_until,
        })
    }

    fn read_lines(
        &self,
        tx: &StudioTx,
        currency: &str,
        errors: &mut FieldErrors,
    ) -> Vec<QuoteLine> {
        if self.lines.is_empty() {
            errors.add("lines", "Add at least one line.");
        }
        if self.lines.len() > MOST_LINES {
            errors.add(
                "lines",
                "These are more than 200 lines. Please put some of them together.",
            );
        }
        let rows = self.lines.iter().enumerate();
        rows.filter_map(|(at, row)| row.read(at, tx.id(), currency, errors))
            .collect()
    }

    /// The studio's defaults for a new quote or invoice.
    pub fn begin(
        settings: &super::store::Settings,
        currency: &str,
        valid_until: String,
        rates: &[Tax],
    ) -> Self {
        Self {
            currency: currency.to_owned(),
            language: "en".to_owned(),
            inclusive: settings.tax_inclusive,
            valid_until,
            terms: settings.terms.clone().unwrap_or_default(),
            lines: vec![LineRow::empty(rates)],
            steps: steps_of(&settings.plan, currency),
            ..Self::default()
        }
    }
}

/// What cannot stand on a paper is said where it was typed.
pub fn check_prose(field: &'static str, text: Option<&str>, errors: &mut FieldErrors) {
    if let Some(Err(flaw)) = text.map(markdown::read) {
        errors.add(field, flaw.sentence());
    }
}

impl LineRow {
    pub fn empty(rates: &[Tax]) -> Self {
        Self {
            quantity: "1".into(),
            tax: rates.first().map(write_tax).unwrap_or_default(),
            choice: "fixed".into(),
            ..Self::default()
        }
    }

    fn read(
        &self,
        at: usize,
        id: LineId,
        currency: &str,
        errors: &mut FieldErrors,
    ) -> Option<QuoteLine> {
        let field = |name: &str| format!("line-{at}-{name}");
        let name = errors
            .optional(field("name"), &self.name, 200)
            .unwrap_or_default();
        if name.is_empty() {
            errors.add(field("name"), "Please fill this in.");
        }
        let description = errors.optional(field("description"), &self.description, 2_000);
        let unit = errors.optional(field("unit"), &self.unit, 20);
        let quantity = decimal(&self.quantity, 3).filter(|&quantity| quantity > 0);
        if quantity.is_none() {
            errors.add(
                field("quantity"),
                "A number above zero, with at most three decimals.",
            );
        }
        let price = typed::amount(&self.price, currency);
        if price.is_none() {
            errors.add(field("price"), "An amount such as 120 or 99.50.");
        }
        let discount = typed::discount(&self.discount, currency);
        if discount.is_none() {
            errors.add(
                field("discount"),
                "A percentage such as 10 %, or an amount.",
            );
        }
        let tax = read_tax(&self.tax);
        if tax.is_none() && !self.tax.is_empty() {
            errors.add(field("tax"), "Please choose a tax.");
        }
        let (discount_kind, discount_value) = discount?.parts();
        let line = Line {
            id,
            name,
            description,
            quantity: quantity?,
            unit,
            unit_price: price?,
            discount_kind,
            discount_value,
            tax_rate: tax.as_ref().map(|tax| tax.rate),
            tax_name: tax.map(|tax| tax.name),
        };
        if let Err(wrong) = sums::line(&line.item()) {
            errors.add(field("price"), wrong.text());
        }
        Some(QuoteLine {
            line,
            optional: self.choice == "optional" || self.choice == "preselected",
            preselected: self.choice == "preselected",
        })
    }
}

/// What the fields come to, for the script that shows it while one types.
pub fn preview(tx: &StudioTx, typed: &Typed, day: jiff::civil::Date) -> Result<Value> {
    let mut errors = FieldErrors::default();
    let mut shown = typed.clone();
    if shown.title.trim().is_empty() {
        shown.title = "-".into();
    }
    let Some(read) = shown.read(tx, &mut errors) else {
        return Ok(json!({ "errors": errors }));
    };
    let terms = &read.terms;
    let priced = quotes::price(terms, &read.lines, None)?;
    let all: Vec<LineId> = read.lines.iter().map(|line| line.line.id).collect();
    let most = quotes::price(terms, &read.lines, Some(&all))?.sums.total;
    let amounts: Vec<String> = priced
        .amounts
        .iter()
        .map(|amount| terms.money(*amount))
        .collect();
    let totals: Vec<Value> = paper::totals(terms, &priced.sums)
        .into_iter()
        .map(|sum| json!({ "label": sum.label, "amount": terms.money(sum.amount.minor), "total": sum.total }))
        .collect();
    let plan: Vec<Value> = paper::told(terms, &terms.plan.parts(priced.sums.total, day))
        .into_iter()
        .map(|(label, due, amount)| json!({ "label": label, "due": terms.words().day(&due), "amount": terms.money(amount) }))
        .collect();
    Ok(json!({
        "errors": errors,
        "lines": amounts,
        "totals": totals,
        "most": (most != priced.sums.total).then(|| terms.money(most)),
        "plan": plan,
    }))
}

/// What the template of the editor needs beside the typed fields.
pub fn facts(rates: &[Tax], plans: &[(String, Plan)], typed: &Typed) -> Result<Value> {
    let plans: Vec<Value> = plans
        .iter()
        .map(|(name, plan)| json!({ "name": name, "steps": steps_of(plan, &typed.currency) }))
        .collect();
    Ok(json!({
        "taxes": tax_choices(rates, typed),
        "currencies": *CURRENCIES,
        "languages": say::LANGUAGES,
        "empty": LineRow::empty(rates),
        "plans": plans,
        "plans_json": serde_json::to_string(&plans)?,
    }))
}
