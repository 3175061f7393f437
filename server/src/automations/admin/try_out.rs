//! What would happen, on a chosen contact: each condition, the time, and the mails as they would look. Nothing is sent.

use axum::{
    extract::{Query, State},
    response::Response,
};
use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use portico_wire::{AutomationId, ContactId, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        Action, Automation, DateOf, Timing, Trigger, act,
        check::Facts,
        store::{
            self,
            sample::{self, Sample},
        },
        timing::on_day,
    },
    Offers, action, sentence, trouble,
};
use crate::{
    App, Result,
    access::{
        self,
        reach::Filter,
        store::{Place, PortalUser},
    },
    db::StudioTx,
    error::Error,
    events,
    happenings::Item,
    mail::letters::{
        self, Purpose, Words,
        compose::{self, Letter},
        look,
        store::Recipient,
        tokens::Values,
    },
    scope::Member,
    studios::{self, Studio},
    web::{admin, body::Id},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    search: String,
    contact: String,
    /// Which of the actions.
    at: usize,
}

async fn there(tx: &mut StudioTx, id: AutomationId) -> Result<Automation> {
    let automation = store::get(tx, id).await?;
    match automation.removed_at {
        None => Ok(automation),
        Some(_) => Err(Error::not_found()),
    }
}

/// What it would be about, for this contact's client.
struct Trial {
    sample: Option<Sample>,
    facts: Facts,
}

async fn trial(tx: &mut StudioTx, automation: &Automation, user: &PortalUser) -> Result<Trial> {
    let sample = match automation.trigger() {
        Some(trigger) => sample::of(tx, trigger, user.client_id, user.id).await?,
        None => None,
    };
    let about = (user.client_id, Some(&[user.id][..]));
    let item = sample
        .as_ref()
        .map_or(Item::Client(user.client_id), |one| one.item);
    let amount = sample.as_ref().and_then(|one| one.amount.clone());
    let facts = Facts::load(tx, about, item, amount).await?;
    Ok(Trial { sample, facts })
}

/// When it would run, of what happens now or of the date there is.
async fn when(
    tx: &mut StudioTx,
    studio: &Studio,
    automation: &Automation,
    sample: Option<&Sample>,
) -> Result<Option<(Timestamp, bool)>> {
    let zone = TimeZone::get(&studio.time_zone).unwrap_or(TimeZone::UTC);
    let due = match &automation.rule.timing {
        Timing::Day { days, hour, minute } => {
            let day = sample.and_then(|one| one.day.as_deref());
            let Some(day) = day.and_then(|day| day.parse::<Date>().ok()) else {
                return Ok(None);
            };
            let day = day.checked_add(days.days()).map_err(Error::internal)?;
            on_day(day, (*hour, *minute), &zone)?
        }
        timing => timing.after(tx.now(), &zone)?,
    };
    let at = match store::settings(tx).await?.quiet() {
        Some(quiet) => quiet.after(due, &zone)?,
        None => due,
    };
    Ok(Some((at, at != due)))
}

async fn values(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    to: &Recipient,
    sample: Option<&Sample>,
) -> Result<Values> {
    let person = letters::store::person(tx, to.id).await?;
    let mut values = compose::values(app, studio, person.as_ref(), tx.now());
    compose::add_event(tx, &mut values, to.id).await?;
    if let Some(Item::Event(id)) = sample.map(|one| one.item)
        && let Some(event) = events::store::find(tx, id).await?
    {
        compose::set_event(&mut values, &event);
    }
    Ok(values)
}

/// What an action would do, with the text it would say.
async fn would(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    trial: &Trial,
    (at, one): (usize, &Action),
    offers: &Offers,
) -> Result<Value> {
    let (said, missing) = action(one, offers);
    let to = trial.facts.people.first();
    let text = match (one, to) {
        (
            Action::Sms { text } | Action::NotifyStaff { text } | Action::AddNote { text },
            Some(to),
        ) => {
            let values = values(app, tx, studio, to, trial.sample.as_ref()).await?;
            compose::subject(text, Purpose::Letter, &values).ok()
        }
        _ => None,
    };
    let mail = matches!(one, Action::Mail { .. }) && missing.is_none() && to.is_some();
    Ok(json!({ "at": at, "said": said, "missing": missing, "text": text, "mail": mail }))
}

/// `GET /admin/automations/{id}/try`
pub async fn show_try(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<AutomationId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let automation = there(&mut tx, id).await?;
    let offers = Offers::load(&mut tx).await?;
    let mut body = json!({
        "automation": { "id": id, "name": automation.name, "active": automation.active },
        "said": sentence(automation.trigger(), &automation.rule, &offers),
        "trouble": trouble(&automation, &offers),
        "search": asked.search,
    });
    let chosen: Option<ContactId> = asked.contact.parse().ok();
    let user = match chosen {
        Some(contact) => access::store::portal_user(&mut tx, contact).await?,
        None => None,
    };
    match user {
        None => body["found"] = found(&mut tx, &asked.search).await?,
        Some(user) => {
            body["contact"] =
                json!({ "id": user.id, "name": user.name(), "client": user.client_name });
            let trial = trial(&mut tx, &automation, &user).await?;
            let names = &offers.names;
            let holds = automation.rule.conditions.iter();
            let holds: Vec<Value> = holds
                .map(|one| json!({ "said": one.said(names), "holds": one.holds(&trial.facts, names) }))
                .collect();
            body["runs"] = holds.iter().all(|one| one["holds"] == true).into();
            body["conditions"] = holds.into();
            body["about"] = trial.sample.as_ref().map(|one| one.title.clone()).into();
            body["lacks"] = lacks(automation.trigger(), trial.sample.as_ref()).into();
            let at = when(&mut tx, &studio, &automation, trial.sample.as_ref()).await?;
            if let Some((at, moved)) = at {
                body["when"] = admin::moment(at, &studio.time_zone).into();
                body["moved"] = moved.into();
                body["past"] =
                    (automation.trigger().is_some_and(Trigger::is_date) && at < tx.now()).into();
            }
            let mut actions = Vec::new();
            for one in automation.rule.actions.iter().enumerate() {
                actions.push(would(&app, &mut tx, &studio, &trial, one, &offers).await?);
            }
            body["actions"] = actions.into();
        }
    }
    drop(tx);
    admin::page(&app, &session, "automations/try.html", body)
}

/// What there is nothing of, for the sentence that says so.
fn lacks(trigger: Option<Trigger>, sample: Option<&Sample>) -> Option<&'static str> {
    if sample.is_some() {
        return None;
    }
    match trigger?.family() {
        "Events" => Some("no event"),
        "Questionnaires" => Some("no questionnaire"),
        "Contracts" => Some("no contract"),
        "Quotes" => Some("no quote"),
        "Invoices and payments" => match trigger? {
            Trigger::Comes(DateOf::Invoice) => Some("nothing that is still to be paid"),
            _ => Some("no invoice"),
        },
        _ => None,
    }
}

async fn found(tx: &mut StudioTx, search: &str) -> Result<Value> {
    let filter = Filter {
        state: None,
        search: search.chars().take(100).collect(),
    };
    let users = access::store::portal_users(tx, &filter, &Place::start(), 12).await?;
    Ok(users
        .iter()
        .map(|user| {
            json!({
                "id": user.id, "name": user.name(), "client": user.client_name, "email": user.email,
            })
        })
        .collect::<Vec<_>>()
        .into())
}

/// `GET /admin/automations/{id}/try/mail`: one of its mails, in a frame.
pub async fn show_mail(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<AutomationId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let automation = there(&mut tx, id).await?;
    let contact: ContactId = asked.contact.parse().map_err(|_| Error::not_found())?;
    let user = access::store::portal_user(&mut tx, contact).await?;
    let user = user.ok_or_else(Error::not_found)?;
    let Some(Action::Mail { template }) = automation.rule.actions.get(asked.at) else {
        return Err(Error::not_found());
    };
    let template = act::template(&mut tx, *template).await?;
    let words = Words::of(&template.ok_or_else(Error::not_found)?);
    let trial = trial(&mut tx, &automation, &user).await?;
    let to = trial.facts.people.first().ok_or_else(Error::not_found)?;
    let values = values(&app, &mut tx, &studio, to, trial.sample.as_ref()).await?;
    drop(tx);
    let letter = Letter::written(Purpose::Letter, words.subject, words.body, values);
    let composed = compose::compose(&app, &studio, &letter)?;
    let body = json!({
        "from": studio.name,
        "whom": { "name": user.name(), "email": user.email },
        "accent": studio.accent,
        "subject_problems": [], "body_problems": [], "errors": {},
        "subject": composed.subject,
        "html": composed.html,
        "text": composed.text.trim(),
    });
    look::page(&app, body)
}
