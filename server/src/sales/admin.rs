//! The "Sales" page of the settings: numbers, tax rates, terms, payment plans.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::{
    editor::{StepRow, check_prose, read_plan, steps_of, steps_sent},
    numbers::{self, Pattern, Series},
    store::{self, Settings},
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    db::StudioTx,
    money::{
        say,
        sums::{Tax, WHOLE_RATE},
        typed::{decimal, short},
    },
    receivables,
    scope::{Manager, StaffSession},
    studios,
    web::{
        admin,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

const PAGE: &str = "/admin/settings/sales";
const MOST_RATES: usize = 30;

/// The page's fields, as they are typed.
#[derive(Default)]
struct Typed {
    patterns: Vec<String>,
    next: Vec<String>,
    inclusive: bool,
    valid_days: String,
    rates: String,
    terms: String,
    steps: Vec<StepRow>,
}

impl Typed {
    fn of(settings: &Settings, rates: &[Tax], currency: &str) -> Self {
        let written = rates
            .iter()
            .map(|tax| format!("{} {} %", tax.name, short(tax.rate, 3)));
        Self {
            patterns: Series::ALL
                .iter()
                .map(|&series| settings.pattern(series).as_str().to_owned())
                .collect(),
            next: Vec::new(),
            inclusive: settings.tax_inclusive,
            valid_days: settings
                .valid_days
                .map(|days| days.to_string())
                .unwrap_or_default(),
            rates: written.collect::<Vec<_>>().join("\n"),
            terms: settings.terms.clone().unwrap_or_default(),
            steps: steps_of(&settings.plan, currency),
        }
    }

    fn sent(sent: &Sent) -> Self {
        let of = |what: &str| -> Vec<String> {
            let named = Series::ALL
                .iter()
                .map(|series| sent.text(&format!("{what}_{}", series.name())));
            named.map(|text| text.trim().to_owned()).collect()
        };
        Self {
            patterns: of("pattern"),
            next: of("next"),
            inclusive: sent.text("tax") == "inclusive",
            valid_days: sent.text("valid_days").trim().to_owned(),
            rates: sent.text("rates"),
            terms: sent.text("terms"),
            steps: steps_sent(sent),
        }
    }

    fn read(
        &self,
        version: i64,
        currency: &str,
        errors: &mut FieldErrors,
    ) -> Result<(Settings, Vec<Tax>)> {
        let mut patterns = Vec::new();
        for (series, text) in Series::ALL.iter().zip(&self.patterns) {
            let field = format!("pattern_{}", series.name());
            let pattern = errors.note(field, Pattern::parse(text))?;
            patterns.push(pattern.unwrap_or_else(|| Settings::default().pattern(*series).clone()));
        }
        let valid_days = match self.valid_days.as_str() {
            "" => None,
            text => text
                .parse::<i64>()
                .ok()
                .filter(|days| (1..=730).contains(days))
                .or_else(|| {
                    errors.add(
                        "valid_days",
                        "Write a number of days from 1 to 730, or nothing.",
                    );
                    None
                }),
        };
        let terms = errors.optional("terms", &self.terms, 50_000);
        check_prose("terms", terms.as_deref(), errors);
        let rates = read_rates(&self.rates, errors);
        let mut flaws = FieldErrors::default();
        let plan = read_plan(&self.steps, currency, &mut flaws).unwrap_or_default();
        errors.merge(flaws);
        let mut patterns = patterns.into_iter();
        let mut pattern = || {
            patterns
                .next()
                .unwrap_or_else(|| Settings::default().quote_pattern)
        };
        let settings = Settings {
            version,
            quote_pattern: pattern(),
            order_pattern: pattern(),
            invoice_pattern: pattern(),
            credit_note_pattern: pattern(),
            tax_inclusive: self.inclusive,
            valid_days,
            terms,
            plan,
        };
        Ok((settings, rates))
    }
}

/// A rate on each line: "VAT 20 %".
fn read_rates(text: &str, errors: &mut FieldErrors) -> Vec<Tax> {
    let mut rates: Vec<Tax> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let bare = line.trim_end_matches('%').trim_end();
        let parts = bare.rsplit_once(char::is_whitespace);
        let read = parts.and_then(|(name, rate)| Some((name.trim(), decimal(rate, 3)?)));
        match read {
            Some((name, rate))
                if rate <= WHOLE_RATE && !name.is_empty() && name.chars().count() <= 40 =>
            {
                let tax = Tax {
                    name: name.to_owned(),
                    rate,
                };
                if !rates.contains(&tax) {
                    rates.push(tax);
                }
            }
            _ => errors.add(
                "rates",
                format!("“{line}” is not a name and a percentage up to 100, such as VAT 20 %."),
            ),
        }
    }
    if rates.len() > MOST_RATES {
        errors.add("rates", "These are very many. Please keep at most 30.");
    }
    rates
}

const LABELS: &[&str] = &["Quotes", "Orders", "Invoices", "Credit notes"];

async fn series(
    tx: &mut StudioTx,
    settings: &Settings,
    typed: &Typed,
    day: Date,
) -> Result<Vec<Value>> {
    let mut shown = Vec::new();
    for (at, &series) in Series::ALL.iter().enumerate() {
        let (next, number) = numbers::next(tx, series, settings.pattern(series), day).await?;
        shown.push(json!({
            "name": series.name(),
            "label": LABELS[at],
            "pattern": typed.patterns.get(at),
            "next": typed.next.get(at).filter(|text| !text.is_empty()).cloned().unwrap_or_else(|| next.to_string()),
            "number": number,
        }));
    }
    Ok(shown)
}

async fn page(
    app: &App,
    session: &StaffSession,
    typed: Option<Typed>,
    errors: FieldErrors,
    conflict: bool,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let settings = store::settings(&mut tx).await?;
    let rates = store::tax_rates(&mut tx).await?;
    let plans = store::plans(&mut tx).await?;
    let typed = typed.unwrap_or_else(|| Typed::of(&settings, &rates, &studio.currency));
    let day = super::day(tx.now(), &studio)?;
    let series = series(&mut tx, &settings, &typed, day).await?;
    let reminders = receivables::remind::moments(&mut tx).await?;
    drop(tx);
    let plans: Vec<Value> = plans
        .iter()
        .map(|(name, plan)| {
            let steps = steps_of(plan, &studio.currency);
            json!({ "name": name, "said": steps.iter().map(said).collect::<Vec<_>>().join(" · "), "steps": steps })
        })
        .collect();
    let body = json!({
        "version": settings.version,
        "series": series,
        "inclusive": typed.inclusive,
        "valid_days": typed.valid_days,
        "rates": typed.rates,
        "terms": typed.terms,
        "rows": typed.steps,
        "plans": plans,
        "reminders": {
            "before": receivables::remind::write_days(&reminders.before),
            "after": receivables::remind::write_days(&reminders.after),
        },
        "plans_json": serde_json::to_string(&plans)?,
        "errors": errors,
        "conflict": conflict,
    });
    admin::page(app, session, "sales/settings.html", body)
}

/// A step in words: "30 % after 7 days".
fn said(step: &StepRow) -> String {
    let share = if step.share.is_empty() {
        "the rest"
    } else {
        &step.share
    };
    match (step.when.as_str(), step.value.as_str()) {
        ("days", "0") => format!("{share} at once"),
        ("days", days) => format!("{share} after {days} days"),
        ("months", "1") => format!("{share} after a month"),
        ("months", months) => format!("{share} after {months} months"),
        (_, day) => format!("{share} on {}", say::words("en").day(day)),
    }
}

/// `GET /admin/settings/sales`
pub async fn show_settings(State(app): State<App>, Manager(session): Manager) -> Result<Response> {
    page(&app, &session, None, FieldErrors::default(), false).await
}

/// The settings as the log has them.
fn logged(settings: &Settings, rates: &[Tax]) -> Value {
    json!({
        "numbers": Series::ALL.iter().map(|&series| settings.pattern(series).as_str()).collect::<Vec<_>>().join(", "),
        "tax inclusive": settings.tax_inclusive,
        "valid days": settings.valid_days,
        "terms": settings.terms,
        "plan": settings.plan,
        "tax rates": rates.iter().map(|tax| format!("{} {} %", tax.name, short(tax.rate, 3))).collect::<Vec<_>>().join(", "),
    })
}

/// `POST /admin/settings/sales`
pub async fn save_settings(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let (typed, mut errors) = (Typed::sent(&sent), FieldErrors::default());
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let before = logged(
        &store::settings(&mut tx).await?,
        &store::tax_rates(&mut tx).await?,
    );
    let version = sent.text("version").parse().unwrap_or(-1);
    let (settings, rates) = typed.read(version, &studio.currency, &mut errors)?;
    let day = super::day(tx.now(), &studio)?;
    let counted = count_on(&mut tx, &settings, &typed, day, &mut errors).await?;
    if !errors.is_empty() {
        drop(tx);
        let page = page(&app, &session, Some(typed), errors, false).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    if !store::save_settings(&mut tx, &settings).await? {
        drop(tx);
        let page = page(&app, &session, Some(typed), errors, true).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    store::replace_tax_rates(&mut tx, &rates).await?;
    let mut after = logged(&settings, &rates);
    if !counted.is_empty() {
        after["next numbers"] = counted.join(", ").into();
    }
    let Some(change) = Change::between(&before, &after)? else {
        return Ok(redirect::see(PAGE, "Nothing was changed."));
    };
    audit::note(
        &mut tx,
        &session,
        "sales settings changed",
        Subject("studio", None),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(PAGE, "The settings are saved."))
}

/// Takes over next numbers that were typed; those that count on elsewhere now.
async fn count_on(
    tx: &mut StudioTx,
    settings: &Settings,
    typed: &Typed,
    day: Date,
    errors: &mut FieldErrors,
) -> Result<Vec<String>> {
    let mut changed = Vec::new();
    for (&series, text) in Series::ALL.iter().zip(&typed.next) {
        let pattern = settings.pattern(series);
        let (next, _) = numbers::next(tx, series, pattern, day).await?;
        let field = format!("next_{}", series.name());
        match text.parse::<i64>() {
            _ if text.is_empty() => {}
            Ok(wanted) if wanted == next => {}
            Ok(wanted) => {
                let done = numbers::count_from(tx, series, pattern, day, wanted).await;
                if errors.note(field, done)?.is_some() {
                    changed.push(pattern.write(day, wanted));
                }
            }
            Err(_) => errors.add(field, "A whole number."),
        }
    }
    Ok(changed)
}

/// `POST /admin/settings/sales/plans`: keeps a plan under a name.
pub async fn save_plan(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let mut tx = app.db.write(&session).await?;
    let currency = studios::store::get(&mut tx).await?.currency;
    let name = errors.required("plan_name", &sent.text("plan_name"), 60);
    let mut flaws = FieldErrors::default();
    let plan = read_plan(&steps_sent(&sent), &currency, &mut flaws);
    for (_, text) in flaws.iter() {
        errors.add("plan_name", text.to_owned());
    }
    let Some(plan) = plan.filter(|_| errors.is_empty()) else {
        drop(tx);
        let page = page(&app, &session, None, errors, false).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    store::save_plan(&mut tx, &name, &plan).await?;
    let change = Change::made(&json!({ "name": name, "plan": plan }))?;
    audit::note(
        &mut tx,
        &session,
        "payment plan saved",
        Subject("studio", None),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        &format!("{PAGE}#plans"),
        "The plan is saved.",
    ))
}

/// `POST /admin/settings/sales/plans/delete`
pub async fn delete_plan(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let name = sent.text("name");
    let mut tx = app.db.write(&session).await?;
    if store::delete_plan(&mut tx, &name).await? {
        let change = Change::removed(&json!({ "name": name }))?;
        audit::note(
            &mut tx,
            &session,
            "payment plan deleted",
            Subject("studio", None),
            change,
        )
        .await?;
        tx.commit().await?;
    }
    Ok(redirect::see(
        &format!("{PAGE}#plans"),
        "The plan is deleted. What was made with it keeps its own.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_rates_are_read_line_by_line() {
        let mut errors = FieldErrors::default();
        let rates = read_rates(
            "VAT 20 %\n  Sales tax 8.875%\n\nVAT 20 %\nZero 0",
            &mut errors,
        );
        let told: Vec<_> = rates
            .iter()
            .map(|tax| (tax.name.as_str(), tax.rate))
            .collect();
        assert_eq!(told, [("VAT", 20_000), ("Sales tax", 8_875), ("Zero", 0)]);
        assert!(errors.is_empty());
        for bad in ["VAT", "20 %", "VAT 101 %", "VAT -5 %", "VAT x"] {
            let mut errors = FieldErrors::default();
            read_rates(bad, &mut errors);
            assert!(errors.get("rates").is_some(), "{bad}");
        }
    }
}
