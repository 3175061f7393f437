//! Money that nobody here asked for.

use portico_wire::payments::PaymentMethod;

use super::{
    super::{
        Source, Trouble, account, ledger,
        store::{self, NewPayment},
        stripe::{
            Charge, Failure, amounts,
            seen::{Customer, Linked},
        },
        tell,
    },
    after::after,
    look_at_session, outcome,
};
use crate::{App, Result, error::Error, jobs::Outcome, scope::StudioScope};

fn who_paid(customer: Option<&Customer>) -> Option<String> {
    let customer = customer?;
    let said: Vec<&str> = [&customer.name, &customer.email]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let plain: String = said
        .join(", ")
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    (!plain.is_empty()).then_some(plain)
}

/// A session nobody here began: where somebody paid on it, the money is written down for staff to say whose it is.
pub async fn unknown_session(
    app: &App,
    scope: StudioScope,
    session: &str,
    source: &Source<'_>,
) -> Result<Outcome> {
    let mut tx = app.db.read(&scope).await?;
    let key = account::key(app, &mut tx)
        .await?
        .ok_or_else(Error::not_found)?;
    drop(tx);
    let looked = match look_at_session(app, &key, session).await {
        Ok(looked) => looked,
        // Signed, and still nothing the account knows: of another mode, or made up by whoever knows the secret.
        Err(Failure::Missing | Failure::Refused { .. }) => {
            return finish(app, scope, source, "unknown to the provider").await;
        }
        Err(failure) => return Ok(outcome(&failure)),
    };
    let Some(intent) = looked
        .intent
        .as_ref()
        .filter(|one| one.status == "succeeded")
    else {
        return finish(app, scope, source, "nothing was paid").await;
    };
    let mut tx = app.db.write(&scope).await?;
    let found = match store::by_provider(&mut tx, &intent.id).await? {
        Some(known) => known,
        None => {
            let currency = intent.currency.to_uppercase();
            let charge = intent.latest_charge.as_ref().and_then(Linked::whole);
            let detail = charge.and_then(Charge::method);
            let customer = looked
                .session
                .as_ref()
                .and_then(|one| one.customer_details.as_ref());
            let note = who_paid(customer);
            let new = NewPayment {
                client: None,
                contact: None,
                checkout: None,
                currency: &currency,
                amount: amounts::from_stripe(intent.amount_received, &currency),
                tip: 0,
                method: PaymentMethod::Online,
                detail: detail.as_deref(),
                provider_id: Some(&intent.id),
                reference: None,
                note: note.as_deref(),
                problem: Some(Trouble::Unknown),
                recorded_by: None,
                act_key: None,
                at: tx.now(),
            };
            let id = store::insert(&mut tx, &new).await?;
            store::get(&mut tx, id).await?
        }
    };
    if ledger::succeeded(&mut tx, &found, &[], source)
        .await?
        .is_some()
    {
        tell::unmatched(app, &mut tx, &found).await?;
    }
    after(app, &mut tx, &found, &looked, source).await?;
    if let Some(event) = source.event {
        store::events::finish(&mut tx, event, "unmatched").await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}

pub(in crate::payments) async fn finish(
    app: &App,
    scope: StudioScope,
    source: &Source<'_>,
    outcome: &str,
) -> Result<Outcome> {
    if let Some(event) = source.event {
        let mut tx = app.db.write(&scope).await?;
        store::events::finish(&mut tx, event, outcome).await?;
        tx.commit().await?;
    }
    Ok(Outcome::Done)
}
