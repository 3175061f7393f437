//! Dates that come: each automation that waits for one goes through the day's, once a day at its time. Nothing is planned
//! ahead, so whatever was moved, cancelled or paid until then is looked at as it is.

use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use portico_wire::AutomationId;

use super::{
    Automation, DateOf, Timing, Trigger,
    start::begin,
    store::{self, dates as found},
    timing::on_day,
};
use crate::{
    App, Result,
    audit::Actor,
    clock::today,
    db::StudioTx,
    error::Error,
    events, forms,
    happenings::{Happened, Item, What},
    invoices,
    jobs::{self, Job, Outcome},
    quotes,
    scope::StudioScope,
    studios,
};

/// Days that are made up for after the server was off.
const MADE_UP: i32 = 3;

/// Plans the next look: today, where its time is still to come.
pub async fn schedule(tx: &mut StudioTx, automation: &Automation) -> Result<()> {
    let (Some(trigger), Timing::Day { hour, minute, .. }) =
        (automation.trigger(), &automation.rule.timing)
    else {
        return Ok(());
    };
    if !automation.active || !trigger.is_date() {
        return Ok(());
    }
    let studio = studios::store::get(tx).await?;
    let zone = TimeZone::get(&studio.time_zone).unwrap_or(TimeZone::UTC);
    let now: Date = date(&today(tx.now(), &studio.time_zone))?;
    let time = (*hour, *minute);
    let (mut day, mut at) = (now, on_day(now, time, &zone)?);
    if at <= tx.now() {
        day = now.checked_add(1.days()).map_err(Error::internal)?;
        at = on_day(day, time, &zone)?;
    }
    let before = day.checked_sub(1.days()).map_err(Error::internal)?;
    store::save_looked(tx, automation.id, &before.to_string()).await?;
    plan(tx, automation, day, at).await
}

async fn plan(
    tx: &mut StudioTx,
    automation: &Automation,
    day: Date,
    at: portico_wire::Timestamp,
) -> Result<()> {
    let job = Job::AutomationDates {
        automation: automation.id,
        version: automation.version,
        day: day.to_string(),
    };
    jobs::enqueue_at(tx, &job, at).await?;
    Ok(())
}

fn date(day: &str) -> Result<Date> {
    day.parse().map_err(Error::internal)
}

/// The work behind [`Job::AutomationDates`].
pub async fn look(
    app: &App,
    scope: StudioScope,
    (id, version): (AutomationId, i64),
    day: &str,
) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    let automation = store::get(&mut tx, id).await?;
    let (Some(Trigger::Comes(what)), &Timing::Day { days, hour, minute }) =
        (automation.trigger(), &automation.rule.timing)
    else {
        return Ok(Outcome::Done);
    };
    let looked = automation.looked_on.as_deref().unwrap_or_default();
    if !automation.active || automation.version != version || looked >= day {
        return Ok(Outcome::Done);
    }
    let studio = studios::store::get(&mut tx).await?;
    let zone = TimeZone::get(&studio.time_zone).unwrap_or(TimeZone::UTC);
    // A server that was off makes up for the days it missed, as far as anybody still wants that.
    let now = date(&today(tx.now(), &studio.time_zone))?.max(date(day)?);
    let oldest = now.saturating_sub((MADE_UP - 1).days());
    let mut next = date(looked)?
        .checked_add(1.days())
        .map_err(Error::internal)?
        .max(oldest);
    let paused = store::settings(&mut tx).await?.paused_at.is_some();
    while next <= now {
        if !paused {
            let of = next.checked_sub(days.days()).map_err(Error::internal)?;
            for happened in due(&mut tx, what, of).await? {
                begin(&mut tx, std::slice::from_ref(&automation), &happened).await?;
            }
        }
        next = next.checked_add(1.days()).map_err(Error::internal)?;
    }
    store::save_looked(&mut tx, id, &now.to_string()).await?;
    let at = on_day(next, (hour, minute), &zone)?;
    plan(&mut tx, &automation, next, at).await?;
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Everything whose date is this day. `what` of a happening is not asked for: these are about a date.
async fn due(tx: &mut StudioTx, what: DateOf, day: Date) -> Result<Vec<Happened<'static>>> {
    let text = day.to_string();
    Ok(match what {
        DateOf::Event => events_on(tx, day).await?,
        DateOf::Questionnaire => {
            let mut all = Vec::new();
            for (id, client, title) in found::questionnaires(tx, &text).await? {
                let asked = forms::store::asked_contacts(tx, id).await?;
                let asked = asked.iter().map(|one| one.id).collect();
                let item = Item::Questionnaire(id);
                all.push(one(What::FormAssigned, client, item, title, &text).to(asked));
            }
            all
        }
        DateOf::Contract => {
            let mut all = Vec::new();
            for (id, client, title) in found::contracts(tx, &text).await? {
                let signers = crate::contracts::store::signers(tx, id).await?;
                let waiting = signers.iter().filter(|one| one.is_outstanding());
                let waiting = waiting.filter_map(|one| one.contact_id).collect();
                let item = Item::Contract(id);
                all.push(one(What::ContractSent, client, item, title, &text).to(waiting));
            }
            all
        }
        DateOf::Quote => {
            let mut all = Vec::new();
            for (id, client, title) in found::quotes(tx, &text).await? {
                let named = quotes::store::named(tx, id).await?;
                let quote = quotes::store::get(tx, id).await?;
                let item = Item::Quote(id);
                all.push(
                    one(What::QuoteSent, client, item, title, &text)
                        .to(named.iter().map(|one| one.id).collect())
                        .amount(quote.total, &quote.terms.currency),
                );
            }
            all
        }
        DateOf::Invoice => {
            let mut all = Vec::new();
            for part in found::instalments(tx, &text).await? {
                let contacts = invoices::store::contacts(tx, part.invoice_id).await?;
                let item = Item::Invoice(part.invoice_id);
                all.push(
                    one(What::InvoiceIssued, part.client_id, item, part.title, &text)
                        .to(contacts.iter().map(|one| one.id).collect())
                        .amount(part.amount, &part.currency)
                        .again(part.id),
                );
            }
            all
        }
    })
}

fn one(
    what: What,
    client: portico_wire::ClientId,
    item: Item,
    title: String,
    day: &str,
) -> Happened<'static> {
    Happened::new(what, client, &Actor::System, item, title).day(Some(day.to_owned()))
}

/// The day of an event is the one where it takes place.
async fn events_on(tx: &mut StudioTx, day: Date) -> Result<Vec<Happened<'static>>> {
    let noon = on_day(day, (12, 0), &TimeZone::UTC)?;
    // Zones are at most fourteen hours from UTC.
    let (from, to) = (noon.plus_seconds(-27 * 3600), noon.plus_seconds(27 * 3600));
    let mut all = Vec::new();
    for id in found::events(tx, from, to).await? {
        let Some(event) = events::store::find(tx, id).await? else {
            continue;
        };
        if event.day() != day.to_string() {
            continue;
        }
        let named = events::store::named(tx, id).await?;
        for party in events::store::clients(tx, id).await? {
            let own = named.iter().filter(|one| one.client_id == party.client_id);
            let (client, item) = (party.client_id, Item::Event(id));
            all.push(
                one(
                    What::EventConfirmed,
                    client,
                    item,
                    event.title.clone(),
                    &event.day(),
                )
                .to(own.map(|one| one.id).collect()),
            );
        }
    }
    Ok(all)
}
