//! The only SQL about what a studio sells with: patterns, tax rates, plans, series.

use sqlx::types::Json;

use super::numbers::{Pattern, Series};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional},
    money::{plan::Plan, sums::Tax},
};

/// What new quotes and invoices begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// 0: never saved.
    pub version: i64,
    pub quote_pattern: Pattern,
    pub order_pattern: Pattern,
    pub invoice_pattern: Pattern,
    pub credit_note_pattern: Pattern,
    pub tax_inclusive: bool,
    pub valid_days: Option<i64>,
    pub terms: Option<String>,
    pub plan: Plan,
}

impl Default for Settings {
    fn default() -> Self {
        let pattern = |word: &str| Pattern::stored(format!("{word}-{{year}}-{{number}}"));
        Self {
            version: 0,
            quote_pattern: pattern("Q"),
            order_pattern: pattern("O"),
            invoice_pattern: pattern("INV"),
            credit_note_pattern: pattern("CN"),
            tax_inclusive: false,
            valid_days: Some(30),
            terms: None,
            plan: Plan::default(),
        }
    }
}

impl Settings {
    pub const fn pattern(&self, series: Series) -> &Pattern {
        match series {
            Series::Quote => &self.quote_pattern,
            Series::Order => &self.order_pattern,
            Series::Invoice => &self.invoice_pattern,
            Series::CreditNote => &self.credit_note_pattern,
        }
    }
}

#[derive(sqlx::FromRow)]
struct SettingsRow {
    version: i64,
    quote_pattern: String,
    order_pattern: String,
    invoice_pattern: String,
    credit_note_pattern: String,
    tax_inclusive: bool,
    valid_days: Option<i64>,
    terms: Option<String>,
    #[sqlx(json)]
    plan: Plan,
}

pub async fn settings(tx: &mut StudioTx) -> Result<Settings> {
    let row = fetch_optional!(
        tx,
        SettingsRow,
        "select version, quote_pattern, order_pattern, invoice_pattern, credit_note_pattern, tax_inclusive, valid_days,
                terms, plan
         from sales_settings where studio_id = $1",
    )?;
    Ok(row.map_or_else(Settings::default, |row| Settings {
        version: row.version,
        quote_pattern: Pattern::stored(row.quote_pattern),
        order_pattern: Pattern::stored(row.order_pattern),
        invoice_pattern: Pattern::stored(row.invoice_pattern),
        credit_note_pattern: Pattern::stored(row.credit_note_pattern),
        tax_inclusive: row.tax_inclusive,
        valid_days: row.valid_days,
        terms: row.terms,
        plan: row.plan,
    }))
}

/// Saves them if nobody saved others since `settings.version` was read; false otherwise.
pub async fn save_settings(tx: &mut StudioTx, settings: &Settings) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into sales_settings (studio_id, version, quote_pattern, order_pattern, invoice_pattern,
                credit_note_pattern, tax_inclusive, valid_days, terms, plan, updated_at)
         values ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (studio_id) do update set version = sales_settings.version + 1,
                quote_pattern = excluded.quote_pattern, order_pattern = excluded.order_pattern,
                invoice_pattern = excluded.invoice_pattern, credit_note_pattern = excluded.credit_note_pattern,
                tax_inclusive = excluded.tax_inclusive, valid_days = excluded.valid_days, terms = excluded.terms,
                plan = excluded.plan, updated_at = excluded.updated_at
         where sales_settings.version = $2",
        settings.version,
        settings.quote_pattern.as_str(),
        settings.order_pattern.as_str(),
        settings.invoice_pattern.as_str(),
        settings.credit_note_pattern.as_str(),
        settings.tax_inclusive,
        settings.valid_days,
        &settings.terms,
        Json(&settings.plan),
        now,
    )?;
    Ok(rows == 1)
}

/// The studio's tax rates, as it put them in order.
pub async fn tax_rates(tx: &mut StudioTx) -> Result<Vec<Tax>> {
    let rows = fetch_all!(
        tx,
        (String, i64),
        "select name, rate from tax_rates where studio_id = $1 order by position, name, rate",
    )?;
    Ok(rows
        .into_iter()
        .map(|(name, rate)| Tax { name, rate })
        .collect())
}

pub async fn replace_tax_rates(tx: &mut StudioTx, rates: &[Tax]) -> Result<()> {
    execute!(tx, "delete from tax_rates where studio_id = $1")?;
    for (tax, position) in rates.iter().zip(0i64..) {
        execute!(
            tx,
            "insert into tax_rates (studio_id, name, rate, position) values ($1, $2, $3, $4)
             on conflict (studio_id, name, rate) do nothing",
            &tax.name,
            tax.rate,
            position,
        )?;
    }
    Ok(())
}

/// The studio's saved plans, by name.
pub async fn plans(tx: &mut StudioTx) -> Result<Vec<(String, Plan)>> {
    let rows = fetch_all!(
        tx,
        (String, Json<Plan>),
        "select name, plan from payment_plans where studio_id = $1 order by name limit 100",
    )?;
    Ok(rows
        .into_iter()
        .map(|(name, Json(plan))| (name, plan))
        .collect())
}

pub async fn save_plan(tx: &mut StudioTx, name: &str, plan: &Plan) -> Result<()> {
    execute!(
        tx,
        "insert into payment_plans (studio_id, name, plan) values ($1, $2, $3)
         on conflict (studio_id, name) do update set plan = excluded.plan",
        name,
        Json(plan),
    )?;
    Ok(())
}

pub async fn delete_plan(tx: &mut StudioTx, name: &str) -> Result<bool> {
    let rows = execute!(
        tx,
        "delete from payment_plans where studio_id = $1 and name = $2",
        name
    )?;
    Ok(rows == 1)
}

/// Takes the next number; the row stays locked until the transaction ends.
pub async fn next_number(tx: &mut StudioTx, series: Series, year: i64) -> Result<i64> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "insert into number_series (studio_id, kind, year, last) values ($1, $2, $3, 1)
         on conflict (studio_id, kind, year) do update set last = number_series.last + 1
         returning last",
        series,
        year,
    )?;
    row.map(|(last,)| last)
        .ok_or_else(|| crate::Error::internal("a number was not given"))
}

/// 0 where none was given yet.
pub async fn last_number(tx: &mut StudioTx, series: Series, year: i64) -> Result<i64> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "select last from number_series where studio_id = $1 and kind = $2 and year = $3",
        series,
        year,
    )?;
    Ok(row.map_or(0, |(last,)| last))
}

/// Never lower than what was given in the meantime.
pub async fn save_last_number(
    tx: &mut StudioTx,
    series: Series,
    year: i64,
    last: i64,
) -> Result<()> {
    execute!(
        tx,
        "insert into number_series (studio_id, kind, year, last) values ($1, $2, $3, $4)
         on conflict (studio_id, kind, year) do update set last = excluded.last
         where number_series.last < excluded.last",
        series,
        year,
        last,
    )?;
    Ok(())
}
