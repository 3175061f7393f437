//! The only SQL about the studios' own subscriptions.

use portico_wire::{StudioId, Timestamp};

use super::provider::{Bill, Plan};
use crate::{
    Result,
    db::{StudioTx, Tx, execute, fetch_all, fetch_optional, scalar},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Account {
    pub customer_id: String,
    pub status: Option<String>,
    pub ending: bool,
    pub amount: Option<i64>,
    pub currency: Option<String>,
    pub period: Option<String>,
    pub checked_at: Option<Timestamp>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Receipt {
    pub number: Option<String>,
    pub state: String,
    pub amount: i64,
    pub currency: String,
    pub issued_at: Timestamp,
    pub url: Option<String>,
}

pub async fn find(tx: &mut StudioTx) -> Result<Option<Account>> {
    fetch_optional!(
        tx,
        Account,
        "select customer_id, status, ending, amount, currency, period, checked_at
         from studio_billing where studio_id = $1",
    )
}

/// Whose customer it is, among all studios.
pub async fn studio_of(tx: &mut Tx, customer: &str) -> Result<Option<StudioId>> {
    let row: Option<(StudioId,)> = fetch_optional!(
        tx,
        (StudioId,),
        "select studio_id from studio_billing where customer_id = $1",
        customer,
    )?;
    Ok(row.map(|(id,)| id))
}

/// False where the studio has a customer already.
pub async fn insert(tx: &mut StudioTx, customer: &str) -> Result<bool> {
    let now = tx.now();
    let changed = execute!(
        tx,
        "insert into studio_billing (studio_id, customer_id, ending, created_at) values ($1, $2, false, $3)
         on conflict do nothing",
        customer,
        now,
    )?;
    Ok(changed > 0)
}

/// Keeps what the provider said when it was asked at `asked`; false where a later answer is here already.
pub async fn save(tx: &mut StudioTx, plan: Option<&Plan>, asked: Timestamp) -> Result<bool> {
    let item = plan.and_then(|plan| plan.items.data.first());
    let changed = execute!(
        tx,
        "update studio_billing set subscription_id = $2, status = $3, ending = $4, amount = $5, currency = $6,
                period = $7, checked_at = $8
         where studio_id = $1 and (checked_at is null or checked_at <= $8)",
        plan.map(|plan| plan.id.as_str()),
        plan.map(|plan| plan.status.as_str()),
        plan.is_some_and(|plan| plan.cancel_at_period_end),
        item.and_then(|item| item.price.unit_amount),
        item.map(|item| item.price.currency.to_uppercase()),
        item.and_then(|item| item.price.recurring.as_ref())
            .map(|recurring| recurring.interval.as_str()),
        asked,
    )?;
    Ok(changed > 0)
}

pub async fn save_receipt(tx: &mut StudioTx, bill: &Bill) -> Result<()> {
    let state = bill.status.as_deref().unwrap_or("draft");
    let currency = bill.currency.to_uppercase();
    let issued = Timestamp::from_micros(bill.created.saturating_mul(1_000_000));
    execute!(
        tx,
        "insert into billing_receipts (studio_id, id, number, state, amount, currency, issued_at, url)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (studio_id, id) do update set number = excluded.number, state = excluded.state,
                amount = excluded.amount, url = excluded.url",
        bill.id.as_str(),
        bill.number.as_deref(),
        state,
        bill.total,
        currency,
        issued,
        bill.hosted_invoice_url.as_deref(),
    )?;
    Ok(())
}

/// The newest first. There are few: one for each period.
pub async fn receipts(tx: &mut StudioTx) -> Result<Vec<Receipt>> {
    fetch_all!(
        tx,
        Receipt,
        "select number, state, amount, currency, issued_at, url from billing_receipts
         where studio_id = $1 order by issued_at desc, id desc",
    )
}

/// False where the event is known.
pub async fn insert_event(tx: &mut StudioTx, id: &str, kind: &str) -> Result<bool> {
    let now = tx.now();
    let changed = execute!(
        tx,
        "insert into billing_events (studio_id, id, kind, received_at) values ($1, $2, $3, $4)
         on conflict do nothing",
        id,
        kind,
        now,
    )?;
    Ok(changed > 0)
}

/// How many events were told so far.
pub async fn count_events(tx: &mut StudioTx) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from billing_events where studio_id = $1"
    )
}
