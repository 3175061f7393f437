//! Sending: what goes out and to whom, once more to look at; and the acts on what was sent.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{Code, ContractId, contracts::ContractState};
use serde_json::{Value, json};

use super::{
    super::{
        MOST_REASON, paper,
        send::{self as sending, Doer},
        store, text, work,
    },
    path,
};
use crate::{
    App, Result, clients,
    error::Error,
    forms::texts,
    papers::{self, html::html},
    scope::{Manager, Member, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

async fn confirm(
    app: &App,
    session: &StaffSession,
    id: ContractId,
    said: Option<&str>,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let contract = store::get(&mut tx, id).await?;
    if contract.state != ContractState::Draft {
        return Ok(redirect::go(&path(id)));
    }
    let studio = studios::store::get(&mut tx).await?;
    let prepared = sending::prepare(&mut tx, &studio, &contract).await?;
    let signers = store::signers(&mut tx, id).await?;
    drop(tx);
    let people: Vec<Value> = prepared
        .people
        .iter()
        .map(|one| {
            let role = signers.iter().find(|signer| signer.id == one.signer_id);
            json!({
                "name": clients::full_name(&one.first_name, &one.last_name),
                "email": one.email,
                "role": role.map(|signer| signer.role.as_str()),
                "new": one.access_state == crate::access::reach::State::NotInvited,
            })
        })
        .collect();
    let nodes = text::paper(&prepared.text).unwrap_or_default();
    let body = json!({
        "path": path(id),
        "title": contract.title,
        "version": contract.version,
        "client": { "id": contract.client_id, "name": contract.client_name },
        "obstacles": prepared.obstacles,
        "said": said,
        "people": people,
        "in_order": contract.in_order && people.len() > 1,
        "countersign": contract.countersign,
        "asks_code": contract.asks_code,
        "reminds": contract.reminds,
        "activates": studio.activates_portal,
        "last_day": contract.last_day.as_deref().map(texts::date),
        "replaces": contract.replaces.map(path),
        "html": html(&nodes),
    });
    admin::page(app, session, "contracts/send.html", body)
}

/// `GET /admin/contracts/{id}/send`
pub async fn show_send(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContractId>,
) -> Result<Response> {
    confirm(&app, &session, id, None).await
}

/// `POST /admin/contracts/{id}/send`
pub async fn send_contract(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContractId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let version = sent.text("version").parse().unwrap_or(0);
    let doer = Doer::staff(&session);
    match sending::send(&app, &mut tx, &studio, id, Some(version), &doer).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(redirect::see(
                &path(id),
                "Sent. It stands in the portal now, and a mail is on its way to whoever signs first.",
            ))
        }
        Err(Error::Refused(refusal)) if refusal.code != Code::NotFound => {
            drop(tx);
            let page = confirm(&app, &session, id, Some(&refusal.detail)).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(other) => Err(other),
    }
}

/// `POST /admin/contracts/{id}/remind`
pub async fn remind_signers(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContractId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let contract = store::get(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let doer = Doer::staff(&session);
    let count = work::remind_now(&app, &mut tx, &studio, id, &doer).await?;
    let notice = match count {
        0 => "Nobody was reminded: it is signed or closed, they cannot get into the portal, or they were reminded within half a day."
            .to_owned(),
        1 => "A reminder is on its way.".to_owned(),
        many => format!("{many} reminders are on their way."),
    };
    if count > 0 {
        doer.note(&mut tx, "contract reminded", &contract).await?;
        tx.commit().await?;
    }
    Ok(redirect::see(&path(id), &notice))
}

/// `POST /admin/contracts/{id}/void`
pub async fn void_contract(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContractId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let reason = errors.required("reason", &sent.text("reason"), MOST_REASON);
    if let Some(wrong) = errors.get("reason") {
        let said = format!("Nothing was withdrawn. Reason: {wrong}");
        return Ok(redirect::see(&format!("{}#void", path(id)), &said));
    }
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    sending::void(&app, &mut tx, &studio, id, &reason, &Doer::staff(&session)).await?;
    tx.commit().await?;
    let notice = "Withdrawn. Nobody can sign it any more, and its signers hear of it.";
    Ok(redirect::see(&path(id), notice))
}

/// `POST /admin/contracts/{id}/version`
pub async fn new_version(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContractId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let new = sending::new_version(&mut tx, id, &Doer::staff(&session)).await?;
    tx.commit().await?;
    let notice = "This is the new version. The earlier one stays as it is until you send this one.";
    Ok(redirect::see(&path(new), notice))
}

/// `POST /admin/contracts/{id}/countersign`
pub async fn countersign(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<ContractId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let back = path(id);
    if !sent.is_ticked("agreed") {
        let notice = "Nothing was signed: please tick that you sign for the studio.";
        return Ok(redirect::see(&format!("{back}#own"), notice));
    }
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let name = sent.text("name");
    match sending::countersign(&app, &mut tx, &studio, id, &name, &session).await {
        Ok(()) => tx.commit().await?,
        Err(Error::Refused(refusal)) if refusal.field.is_some() => {
            let said = format!("Nothing was signed. {}", refusal.detail);
            return Ok(redirect::see(&format!("{back}#own"), &said));
        }
        Err(other) => return Err(other),
    }
    Ok(redirect::see(
        &back,
        "Signed. Everybody gets the complete contract.",
    ))
}

/// `GET /admin/contracts/{id}/pdf`
pub async fn save_pdf(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContractId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let contract = store::get(&mut tx, id).await?;
    let made = paper::newest(&mut tx, &contract).await?;
    drop(tx);
    papers::files::send(&app, made.map(|(_, made)| made)).await
}
