//! The studio's automations, the gallery, what Portico sends by itself, and what holds for all of them.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{AutomationId, Code};
use serde_json::{Value, json};

use super::{
    super::{Automation, MOST, Quiet, Settings, dates, gallery, store, store::Draft, timing},
    Offers, PAGE, facts, note, path, sentence, trouble,
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    db::StudioTx,
    error::Error,
    scope::{Manager, Member, StaffSession},
    staff::Role,
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// What goes out without any automation: what, when, and where it is said whether.
const OWN: &[(&str, &str, &str, &str)] = &[
    (
        "Events: confirmed, moved, cancelled",
        "At once, with a file for the calendar; you choose for each change whether it is told.",
        "/admin/events",
        "Events",
    ),
    (
        "Events: reminder",
        "Some days before the event, at nine where it takes place.",
        "/admin/settings/events",
        "Event settings",
    ),
    (
        "Invoices: the invoice itself",
        "When it is issued; you choose for each whether it is mailed. That of an accepted quote comes with the order’s mail.",
        "/admin/invoices",
        "Invoices",
    ),
    (
        "Payments: reminders",
        "Before and after the day something is due, at nine.",
        "/admin/settings/sales",
        "Sales settings",
    ),
    (
        "Payments: receipts and news",
        "When money comes, fails or goes back.",
        "/admin/settings/payments",
        "Payment settings",
    ),
    (
        "Questionnaires: request and reminders",
        "When one is sent; three days before its last day and the day after.",
        "/admin/forms",
        "Forms",
    ),
    (
        "Contracts: request and reminders",
        "When it is somebody’s turn to sign; after three and seven days, and before the last day. Switched in each contract.",
        "/admin/contracts",
        "Contracts",
    ),
    (
        "Quotes: request and reminder",
        "When one is sent; three days before its last day.",
        "/admin/quotes",
        "Quotes",
    ),
    (
        "Documents: shared, asked for, reminders",
        "A few minutes after you share; three days before the last day of what you ask for and the day after.",
        "/admin/documents",
        "Documents",
    ),
    (
        "Invitations, codes and passwords",
        "When somebody is invited or signs in.",
        "/admin/mail#portal",
        "Mail",
    ),
];

/// What was typed of the quiet hours.
struct Typed {
    on: bool,
    from: String,
    to: String,
}

async fn shown(
    tx: &mut StudioTx,
    session: &StaffSession,
    typed: Option<Typed>,
    errors: FieldErrors,
) -> Result<Value> {
    let studio = studios::store::get(tx).await?;
    let settings = store::settings(tx).await?;
    let offers = Offers::load(tx).await?;
    let all = store::list(tx).await?;
    let typed = typed.unwrap_or_else(|| Typed {
        on: settings.quiet().is_some(),
        from: settings
            .quiet_from
            .clone()
            .unwrap_or_else(|| "21:00".into()),
        to: settings.quiet_to.clone().unwrap_or_else(|| "08:00".into()),
    });
    let mut ready = Vec::new();
    for one in gallery::GALLERY {
        let used = all.iter().any(|automation| automation.name == one.name);
        let needs = gallery::needs(tx, one).await?;
        ready.push(json!({
            "key": one.key, "name": one.name, "about": one.about, "used": used,
            "needs": needs.map(gallery::Needs::said),
        }));
    }
    let lines: Vec<Value> = all
        .iter()
        .map(|one| {
            json!({
                "id": one.id,
                "name": one.name,
                "said": sentence(one.trigger(), &one.rule, &offers),
                "active": one.active,
                "trouble": trouble(one, &offers),
                "last": one.last_run_at.map(|at| admin::moment(at, &studio.time_zone)),
            })
        })
        .collect();
    let own: Vec<Value> = OWN
        .iter()
        .map(|(what, when, to, place)| {
            json!({ "what": what, "when": when, "to": to, "place": place })
        })
        .collect();
    Ok(json!({
        "automations": lines,
        "ready": ready,
        "own": own,
        "paused": settings.paused_at.map(|at| admin::moment(at, &studio.time_zone)),
        "version": settings.version,
        "quiet": { "on": typed.on, "from": typed.from, "to": typed.to },
        "zone": studio.time_zone.replace('_', " "),
        "may_edit": session.role >= Role::Manager,
        "errors": errors,
    }))
}

/// `GET /admin/automations`
pub async fn show_list(State(app): State<App>, Member(session): Member) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let body = shown(&mut tx, &session, None, FieldErrors::default()).await?;
    drop(tx);
    admin::page(&app, &session, "automations/list.html", body)
}

fn changed() -> Error {
    Error::refused(
        Code::Conflict,
        "Somebody else saved this while you were at it. Please open the page again.",
    )
}

async fn save(
    tx: &mut StudioTx,
    session: &StaffSession,
    before: &Settings,
    after: &Settings,
) -> Result<()> {
    if !store::save_settings(tx, after).await? {
        return Err(changed());
    }
    let said = |settings: &Settings| {
        json!({
            "paused": settings.paused_at.is_some(),
            "quiet": settings.quiet_from.as_ref().zip(settings.quiet_to.as_ref()),
        })
    };
    if let Some(change) = Change::between(&said(before), &said(after))? {
        let about = Subject("studio", None);
        audit::note(tx, session, "automation settings changed", about, change).await?;
    }
    Ok(())
}

/// `POST /admin/automations/quiet`
pub async fn save_quiet(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let typed = Typed {
        on: sent.is_ticked("quiet"),
        from: sent.text("quiet_from"),
        to: sent.text("quiet_to"),
    };
    let mut errors = FieldErrors::default();
    if typed.on {
        for (field, text) in [("quiet_from", &typed.from), ("quiet_to", &typed.to)] {
            if timing::time(text).is_none() {
                errors.add(field, "Please type a time of day, such as 21:00.");
            }
        }
        if errors.is_empty() && Quiet::read(&typed.from, &typed.to).is_none() {
            errors.add("quiet_to", "Choose another time than the beginning.");
        }
    }
    let mut tx = app.db.write(&session).await?;
    if !errors.is_empty() {
        let body = shown(&mut tx, &session, Some(typed), errors).await?;
        drop(tx);
        let page = admin::page(&app, &session, "automations/list.html", body)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let before = store::settings(&mut tx).await?;
    let hours = |text: &str| typed.on.then(|| text.trim().to_owned());
    let after = Settings {
        version: sent.text("version").parse().unwrap_or_default(),
        quiet_from: hours(&typed.from),
        quiet_to: hours(&typed.to),
        ..before.clone()
    };
    save(&mut tx, &session, &before, &after).await?;
    tx.commit().await?;
    Ok(redirect::see(PAGE, "Saved."))
}

/// `POST /admin/automations/pause`: all of them, or no longer.
pub async fn pause(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let before = store::settings(&mut tx).await?;
    let on = sent.is_ticked("pause");
    let after = Settings {
        paused_at: on.then(|| tx.now()),
        ..before.clone()
    };
    if before.paused_at.is_some() != on {
        save(&mut tx, &session, &before, &after).await?;
        tx.commit().await?;
    }
    let notice = if on {
        "All automations rest. What was planned until you go on is not done."
    } else {
        "Automations run again."
    };
    Ok(redirect::see(PAGE, notice))
}

/// Switched on or off, or put in place: a date is gone through from now on.
pub(super) async fn begin(tx: &mut StudioTx, id: AutomationId) -> Result<Automation> {
    let automation = store::get(tx, id).await?;
    dates::schedule(tx, &automation).await?;
    Ok(automation)
}

/// `POST /admin/automations/{id}/switch`
pub async fn switch(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<AutomationId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let before = store::get(&mut tx, id).await?;
    let on = sent.is_ticked("on");
    let offers = Offers::load(&mut tx).await?;
    if on
        && let Some(trouble) = trouble(&before, &offers)
        && before.trouble.is_none()
    {
        let notice = format!("“{}” cannot be switched on yet. {trouble}", before.name);
        return Ok(redirect::see(&path(id), &notice));
    }
    if store::save_active(&mut tx, id, on).await? {
        let action = if on {
            "automation switched on"
        } else {
            "automation switched off"
        };
        let change = Change::made(&json!({ "name": before.name }))?;
        note(&mut tx, &session, action, id, change).await?;
        begin(&mut tx, id).await?;
        tx.commit().await?;
    }
    let state = if on { "on" } else { "off" };
    Ok(redirect::see(
        PAGE,
        &format!("“{}” is {state}.", before.name),
    ))
}

/// `POST /admin/automations/{id}/remove`: its runs stay in the log; what was planned is not done.
pub async fn remove(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<AutomationId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let automation = store::get(&mut tx, id).await?;
    if store::remove(&mut tx, id).await? {
        let offers = Offers::load(&mut tx).await?;
        let (trigger, rule) = (automation.trigger(), &automation.rule);
        let was = facts(&automation.name, automation.active, trigger, rule, &offers);
        let change = Change::removed(&was)?;
        note(&mut tx, &session, "automation removed", id, change).await?;
        tx.commit().await?;
    }
    let notice = format!(
        "“{}” is removed. Its runs stay in the log.",
        automation.name
    );
    Ok(redirect::see(PAGE, &notice))
}

/// `POST /admin/automations/use`: one of the gallery, put to use as it is; what it needs and is not there is asked for.
pub async fn use_ready(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let key = sent.text("key");
    let ready = gallery::find(&key).ok_or_else(Error::not_found)?;
    let mut tx = app.db.write(&session).await?;
    check_room(&mut tx).await?;
    if let Some(needs) = gallery::needs(&mut tx, ready).await? {
        drop(tx);
        let notice = format!("One thing is missing. {}", needs.said());
        return Ok(redirect::see(&format!("{PAGE}/new?from={key}"), &notice));
    }
    let rule = gallery::rule(&mut tx, ready).await?;
    let draft = Draft {
        name: ready.name,
        starts_with: ready.trigger.name(),
        active: true,
        rule: &rule,
    };
    let id = store::insert(&mut tx, &draft).await?;
    let automation = begin(&mut tx, id).await?;
    let offers = Offers::load(&mut tx).await?;
    let made = facts(&automation.name, true, automation.trigger(), &rule, &offers);
    note(
        &mut tx,
        &session,
        "automation made",
        id,
        Change::made(&made)?,
    )
    .await?;
    tx.commit().await?;
    let notice = format!("“{}” is on. Change what you like.", ready.name);
    Ok(redirect::see(&path(id), &notice))
}

pub(super) async fn check_room(tx: &mut StudioTx) -> Result<()> {
    if store::count(tx).await? < MOST {
        return Ok(());
    }
    Err(Error::refused(
        Code::Conflict,
        format!("These are {MOST} automations already, which is the most. Remove one first."),
    ))
}
