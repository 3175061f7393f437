//! Reminders and the end of a quote, by workers.

use portico_wire::{Code, QuoteId, Timestamp, sales::QuoteState};

use super::{
    Act, Quote,
    act::{By, note},
    check, store, tell,
};
use crate::{
    App, Result,
    audit::{Actor, Change},
    clock::{at_hour, today},
    db::StudioTx,
    error::Error,
    jobs::{self, Job, Outcome},
    scope::StudioScope,
    studios::{self, Studio},
};

/// The hour of the studio's morning when reminders go out.
const HOUR: i8 = 9;
/// Days before the last one.
const BEFORE: i32 = 3;
/// Days after it was sent, where there is no last one.
const AFTER: i32 = 7;

/// Plans the end of a quote that was just sent, and the reminder.
pub async fn schedule(
    tx: &mut StudioTx,
    studio: &Studio,
    quote: &Quote,
    reminds: bool,
) -> Result<()> {
    let (now, zone) = (tx.now(), studio.time_zone.as_str());
    let remind = match &quote.valid_until {
        Some(last) => {
            let over = at_hour(last, 1, 0, zone)?;
            jobs::enqueue_at(tx, &Job::ExpireQuote { quote: quote.id }, over).await?;
            at_hour(last, -BEFORE, HOUR, zone)?
        }
        None => at_hour(&today(now, zone), AFTER, HOUR, zone)?,
    };
    // A quote that ends within days is fresh in mind.
    if reminds && remind > now.plus_seconds(24 * 3600) {
        jobs::enqueue_at(tx, &Job::RemindQuote { quote: quote.id }, remind).await?;
    }
    Ok(())
}

/// Ends a quote whose last day is over: the work behind [`Job::ExpireQuote`].
pub async fn expire(app: &App, scope: StudioScope, id: QuoteId) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    let Some(quote) = store::find(&mut tx, id).await? else {
        return Ok(Outcome::Done);
    };
    let over = quote.state_on(&today(tx.now(), &studio.time_zone)) == QuoteState::Expired;
    if over && store::mark_closed(&mut tx, id, QuoteState::Expired, None).await? {
        note(&mut tx, &by_worker(), "quote expired", id, Change::none()).await?;
        tx.commit().await?;
    }
    Ok(Outcome::Done)
}

/// Reminds whoever has not answered: the work behind [`Job::RemindQuote`].
pub async fn remind(app: &App, scope: StudioScope, id: QuoteId) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let studio = studios::store::get(&mut tx).await?;
    let Some(quote) = store::find(&mut tx, id).await? else {
        return Ok(Outcome::Done);
    };
    let open = quote
        .state_on(&today(tx.now(), &studio.time_zone))
        .is_open();
    // Staff reminded by hand a moment ago: once is enough.
    let since = tx.now().plus_seconds(-24 * 3600);
    if open && studio.check_open().is_ok() && store::take_reminder(&mut tx, id, since).await? {
        note(&mut tx, &by_worker(), "quote reminded", id, Change::none()).await?;
        tell::reminded(app, &mut tx, &studio, &quote, &by_worker()).await?;
        tx.commit().await?;
    }
    Ok(Outcome::Done)
}

/// Reminds by hand; how many mails went out.
pub async fn remind_now(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    id: QuoteId,
    by: &By<'_>,
) -> Result<usize> {
    let quote = store::get(tx, id).await?;
    check(
        quote.state_on(&today(tx.now(), &studio.time_zone)),
        Act::Remind,
    )?;
    let since: Timestamp = tx.now().plus_seconds(-60);
    if !store::take_reminder(tx, id, since).await? {
        return Err(Error::refused(
            Code::Conflict,
            "A reminder went out a moment ago.",
        ));
    }
    note(tx, by, "quote reminded", id, Change::none()).await?;
    tell::reminded(app, tx, studio, &quote, by).await
}

const fn by_worker() -> By<'static> {
    By {
        actor: &Actor::System,
        reference: "-",
        tell: true,
    }
}
