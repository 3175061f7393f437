//! A quote's page: as the client reads it, where it stands, and what can be done with it.

use axum::{extract::State, response::Response};
use portico_wire::{QuoteId, sales::QuoteState};
use serde_json::{Value, json};

use super::{
    super::{
        Act, Addressee, Quote, act, after, check,
        listed::label,
        paper, price,
        store::{self, Named},
        work,
    },
    Acting, LIST, path,
};
use crate::{
    App, Result,
    audit::{Change, Subject},
    clients::{self, full_name},
    clock::today,
    db::StudioTx,
    orders, papers,
    sales::{self, timeline::timeline},
    scope::{Manager, Member, StaffSession},
    staff::Role,
    studios::{self, Studio},
    web::{
        admin,
        body::Id,
        form::{Form, Sent},
        redirect,
    },
};

fn people(named: &[Named]) -> Vec<Value> {
    named
        .iter()
        .map(|one| {
            json!({ "id": one.id, "name": full_name(&one.first_name, &one.last_name), "reached": one.email.is_some() })
        })
        .collect()
}

/// The quote as the client reads it.
async fn shown(tx: &mut StudioTx, studio: &Studio, quote: &Quote, client: &str) -> Result<String> {
    let lines = store::lines(tx, quote.id).await?;
    let priced = price(&quote.terms, &lines, quote.chosen.as_deref())?;
    let day = sales::day(tx.now(), studio)?;
    let agreed = match (quote.state, quote.closed_at) {
        (QuoteState::Accepted, Some(at)) => sales::day(at, studio)?,
        _ => day,
    };
    let parts = quote.terms.plan.parts(priced.sums.total, agreed);
    let sent = quote.sent_at.map(|at| sales::day(at, studio)).transpose()?;
    let nodes = paper(quote, &lines, &priced, &parts, &Addressee { client, sent });
    Ok(papers::html::html(&nodes))
}

/// `GET /admin/quotes/{id}`
pub async fn show(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<QuoteId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let quote = store::get(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let client = clients::store::get_client(&mut tx, quote.client_id).await?;
    let named = store::named(&mut tx, id).await?;
    let html = shown(&mut tx, &studio, &quote, &client.name).await?;
    let order = match orders::store::of_quote(&mut tx, id).await? {
        Some(order) => Some(orders::store::get(&mut tx, order).await?),
        None => None,
    };
    let newer = store::replaced_by(&mut tx, id).await?;
    let zone = &studio.time_zone;
    let pdf = papers::files::staff_address(&mut tx, sales::pdf::quote(id)).await?;
    let entries = timeline(&mut tx, Subject("quote", Some(id.into_uuid())), zone).await?;
    let state = quote.state_on(&today(tx.now(), zone));
    drop(tx);
    let may = |act| session.role >= Role::Manager && after(state, act).is_some();
    let (label, tone) = label(state);
    let body = json!({
        "id": id,
        "number": quote.number,
        "title": quote.terms.title,
        "client": { "id": client.id, "name": client.name },
        "state": label,
        "tone": tone,
        "total": quote.terms.money(quote.total),
        "people": people(&named),
        "until": quote.valid_until.as_deref().map(|day| quote.terms.words().day(day)),
        "sent": quote.sent_at.map(|at| admin::moment(at, zone)),
        "opened": quote.opened_at.map(|at| admin::moment(at, zone)),
        "closed": quote.closed_at.map(|at| admin::moment(at, zone)),
        "reason": quote.reason,
        "order": order.map(|order| json!({ "id": order.id, "number": order.number })),
        "replaces": quote.replaces,
        "newer": newer,
        "paper": html,
        "pdf": pdf,
        "language": quote.terms.language,
        "timeline": entries,
        "may": {
            "edit": may(Act::Edit), "send": may(Act::Send), "remind": may(Act::Remind), "void": may(Act::Void),
            "version": session.role >= Role::Manager && !matches!(state, QuoteState::Draft | QuoteState::Accepted),
            "copy": session.role >= Role::Manager,
        },
    });
    admin::page(&app, &session, "quotes/show.html", body)
}

/// `GET /admin/quotes/{id}/send`: once more, before it leaves.
pub async fn confirm_send(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<QuoteId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let quote = store::get(&mut tx, id).await?;
    check(quote.state, Act::Send)?;
    let client = clients::store::get_client(&mut tx, quote.client_id).await?;
    let named = store::named(&mut tx, id).await?;
    let old = match quote.replaces {
        Some(old) => Some(store::get(&mut tx, old).await?),
        None => None,
    };
    drop(tx);
    let body = json!({
        "id": id,
        "version": quote.version,
        "title": quote.terms.title,
        "client": { "id": client.id, "name": client.name },
        "total": quote.terms.money(quote.total),
        "until": quote.valid_until.as_deref().map(|day| quote.terms.words().day(day)),
        "people": people(&named),
        "old": old.filter(|old| old.state.is_open()).map(|old| old.number),
    });
    admin::page(&app, &session, "quotes/send.html", body)
}

/// `POST /admin/quotes/{id}/send`
pub async fn send(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<QuoteId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let version = sent.text("version").parse().unwrap_or(0);
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let quote = act::send(&app, &mut tx, &studio, id, version, &acting.by()).await?;
    tx.commit().await?;
    let notice = format!(
        "{} is sent. It can be answered in the portal now.",
        quote.number()
    );
    Ok(redirect::see(&path(id), &notice))
}

/// `POST /admin/quotes/{id}/void`
pub async fn void(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<QuoteId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let reason = sent.cut("reason", 500);
    let reason = Some(reason.as_str()).filter(|reason| !reason.is_empty());
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    act::void(&mut tx, id, reason, &acting.by()).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &path(id),
        "Voided. It cannot be accepted any more.",
    ))
}

/// `POST /admin/quotes/{id}/remind`
pub async fn remind(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<QuoteId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let count = work::remind_now(&app, &mut tx, &studio, id, &acting.by()).await?;
    tx.commit().await?;
    let notice = match count {
        0 => "Nobody it names can get into the portal, so nobody was reminded.",
        1 => "A reminder is on its way.",
        _ => "Reminders are on their way.",
    };
    Ok(redirect::see(&path(id), notice))
}

async fn copy(
    app: &App,
    session: &StaffSession,
    id: QuoteId,
    version_of: bool,
) -> Result<Response> {
    let acting = Acting::new(session);
    let mut tx = app.db.write(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let made = act::copy(&mut tx, &studio, id, version_of, &acting.by()).await?;
    tx.commit().await?;
    let notice = if version_of {
        "This is the new version. The old one stays valid until this one is sent."
    } else {
        "This is the copy, as a draft."
    };
    Ok(redirect::see(&format!("{}/edit", path(made)), notice))
}

/// `POST /admin/quotes/{id}/duplicate`
pub async fn duplicate(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<QuoteId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    copy(&app, &session, id, false).await
}

/// `POST /admin/quotes/{id}/version`
pub async fn new_version(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<QuoteId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    copy(&app, &session, id, true).await
}

/// `POST /admin/quotes/{id}/delete`: of a draft.
pub async fn delete(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<QuoteId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let acting = Acting::new(&session);
    let mut tx = app.db.write(&session).await?;
    let quote = store::get(&mut tx, id).await?;
    check(quote.state, Act::Delete)?;
    if store::delete(&mut tx, id).await? {
        let change = Change::removed(&json!({ "title": quote.terms.title }))?;
        act::note(&mut tx, &acting.by(), "quote deleted", id, change).await?;
        tx.commit().await?;
    }
    Ok(redirect::see(LIST, "The draft is deleted."))
}
