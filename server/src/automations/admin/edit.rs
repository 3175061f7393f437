//! The editor: one automation as a sentence. When … if … then …

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use jiff::tz::TimeZone;
use portico_wire::AutomationId;
use serde::Deserialize;
use serde_json::json;

use super::{
    super::{Automation, gallery, store, store::Draft},
    Offers, PAGE, facts,
    list::{begin, check_room},
    note, path, sentence, trouble,
    typed::Typed,
};
use crate::{
    App, Result,
    audit::Change,
    db::StudioTx,
    error::Error,
    jobs::{self, Job},
    scope::{Manager, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

struct Shown<'a> {
    automation: Option<&'a Automation>,
    typed: &'a Typed,
    offers: &'a Offers,
    errors: FieldErrors,
    conflict: bool,
    planned: usize,
    needs: Option<&'static str>,
}

fn page(app: &App, session: &StaffSession, shown: &Shown<'_>) -> Result<Response> {
    let &Shown {
        automation, offers, ..
    } = shown;
    let wrong = !shown.errors.is_empty();
    let body = json!({
        "automation": automation.map(|one| json!({
            "id": one.id, "name": one.name, "active": one.active,
            "said": sentence(one.trigger(), &one.rule, offers),
            "trouble": trouble(one, offers),
        })),
        "action": automation.map_or_else(|| format!("{PAGE}/new"), |one| path(one.id)),
        "version": automation.map_or(0, |one| one.version),
        "typed": shown.typed,
        "offered": Typed::offered(offers),
        "errors": shown.errors,
        "conflict": shown.conflict,
        "planned": shown.planned,
        "needs": shown.needs,
    });
    let page = admin::page(app, session, "automations/edit.html", body)?;
    Ok(match (shown.conflict, wrong) {
        (true, _) => (StatusCode::CONFLICT, page).into_response(),
        (_, true) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        _ => page,
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct From {
    from: String,
}

/// `GET /admin/automations/new`: blank, or one of the gallery.
pub async fn show_new(
    State(app): State<App>,
    Manager(session): Manager,
    Query(asked): Query<From>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    // The others are put to use by a button; they bring a mail.
    let ready = gallery::find(&asked.from).filter(|one| one.asks());
    let (typed, needs) = match ready {
        Some(ready) => {
            let rule = gallery::rule(&mut tx, ready).await?;
            let needs = gallery::needs(&mut tx, ready).await?;
            (Typed::ready(ready, &rule), needs)
        }
        None => (Typed::default(), None),
    };
    let offers = Offers::load(&mut tx).await?;
    drop(tx);
    let shown = Shown {
        automation: None,
        typed: &typed,
        offers: &offers,
        errors: FieldErrors::default(),
        conflict: false,
        planned: 0,
        needs: needs.map(gallery::Needs::said),
    };
    page(&app, &session, &shown)
}

/// `POST /admin/automations/new`
pub async fn create(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let typed = Typed::sent(&sent);
    let mut errors = FieldErrors::default();
    let mut tx = app.db.write(&session).await?;
    check_room(&mut tx).await?;
    let offers = Offers::load(&mut tx).await?;
    let Some((name, trigger, rule)) = typed.read(&offers, &mut errors) else {
        drop(tx);
        let shown = Shown {
            automation: None,
            typed: &typed,
            offers: &offers,
            errors,
            conflict: false,
            planned: 0,
            needs: None,
        };
        return page(&app, &session, &shown);
    };
    let draft = Draft {
        name: &name,
        starts_with: trigger.name(),
        active: typed.active,
        rule: &rule,
    };
    let id = store::insert(&mut tx, &draft).await?;
    begin(&mut tx, id).await?;
    let made = facts(&name, typed.active, Some(trigger), &rule, &offers);
    note(
        &mut tx,
        &session,
        "automation made",
        id,
        Change::made(&made)?,
    )
    .await?;
    tx.commit().await?;
    let state = if typed.active {
        "is on"
    } else {
        "is saved and off"
    };
    Ok(redirect::see(PAGE, &format!("“{name}” {state}.")))
}

/// `GET /admin/automations/{id}`
pub async fn show(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<AutomationId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let automation = there(&mut tx, id).await?;
    let offers = Offers::load(&mut tx).await?;
    let planned = store::planned(&mut tx, id).await?.len();
    drop(tx);
    let typed = Typed::of(&automation, &offers.names.currency);
    let shown = Shown {
        automation: Some(&automation),
        typed: &typed,
        offers: &offers,
        errors: FieldErrors::default(),
        conflict: false,
        planned,
        needs: None,
    };
    page(&app, &session, &shown)
}

async fn there(tx: &mut StudioTx, id: AutomationId) -> Result<Automation> {
    let automation = store::get(tx, id).await?;
    match automation.removed_at {
        None => Ok(automation),
        Some(_) => Err(Error::not_found()),
    }
}

/// `POST /admin/automations/{id}`: what is planned already follows the new version, at its time.
pub async fn save(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<AutomationId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let typed = Typed::sent(&sent);
    let mut errors = FieldErrors::default();
    let mut tx = app.db.write(&session).await?;
    let before = there(&mut tx, id).await?;
    let offers = Offers::load(&mut tx).await?;
    let read = typed.read(&offers, &mut errors);
    let version: i64 = sent.text("version").parse().unwrap_or_default();
    let saved = match &read {
        Some((name, trigger, rule)) => {
            let draft = Draft {
                name,
                starts_with: trigger.name(),
                active: typed.active,
                rule,
            };
            store::save(&mut tx, id, version, &draft).await?
        }
        None => false,
    };
    let (Some((name, trigger, rule)), true) = (&read, saved) else {
        drop(tx);
        let shown = Shown {
            automation: Some(&before),
            typed: &typed,
            offers: &offers,
            conflict: read.is_some(),
            errors,
            planned: 0,
            needs: None,
        };
        return page(&app, &session, &shown);
    };
    if before.rule.timing != rule.timing {
        retime(&mut tx, id).await?;
    }
    begin(&mut tx, id).await?;
    let was = facts(
        &before.name,
        before.active,
        before.trigger(),
        &before.rule,
        &offers,
    );
    let is = facts(name, typed.active, Some(*trigger), rule, &offers);
    if let Some(change) = Change::between(&was, &is)? {
        note(&mut tx, &session, "automation changed", id, change).await?;
    }
    tx.commit().await?;
    Ok(redirect::see(PAGE, &format!("“{name}” is saved.")))
}

/// Gives what is planned the time the automation says now.
async fn retime(tx: &mut StudioTx, id: AutomationId) -> Result<()> {
    let automation = store::get(tx, id).await?;
    let zone = TimeZone::get(&studios::store::get(tx).await?.time_zone).unwrap_or(TimeZone::UTC);
    let quiet = store::settings(tx).await?.quiet();
    for run in store::planned(tx, id).await? {
        let due = automation.rule.timing.after(run.happened_at, &zone)?;
        let due = due.max(tx.now());
        let at = match quiet {
            Some(quiet) => quiet.after(due, &zone)?,
            None => due,
        };
        store::save_run_at(tx, run.id, at).await?;
        jobs::enqueue_at(tx, &Job::Automation { run: run.id }, at).await?;
    }
    Ok(())
}
