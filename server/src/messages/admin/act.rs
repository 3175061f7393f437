//! What staff do with a conversation: whose it is, whether it is done, and beginning one.

use axum::{extract::State, response::Response};
use portico_wire::{ClientId, ConversationId, EventId, StaffId};
use serde_json::json;

use super::{about, hold};
use crate::{
    App, Result,
    audit::{self, Change},
    clients,
    error::Error,
    messages::{State as Stand, path, store},
    notifications::{self, StaffKind},
    scope::Member,
    web::{
        body::Id,
        form::{Form, Sent},
        redirect,
    },
};

/// `POST /admin/messages/{id}/assign`
pub async fn assign(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ConversationId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let wanted: Option<StaffId> = sent.text("staff").parse().ok();
    let mut tx = app.db.write(&session).await?;
    let held = hold(&mut tx, id).await?;
    let team = store::team(&mut tx).await?;
    let name = |id: Option<StaffId>| {
        let found = team.iter().find(|one| Some(one.id) == id);
        found.map(|one| one.name.as_str())
    };
    if wanted.is_some() && name(wanted).is_none() {
        return Err(Error::invalid(
            "staff",
            "This person does not work for the studio any more. Please choose somebody else.",
        ));
    }
    if wanted == held.assigned_to {
        return Ok(redirect::see(&path(id), "Nothing changed."));
    }
    store::assign(&mut tx, id, wanted).await?;
    let change = Change {
        before: Some(json!({ "assigned_to": name(held.assigned_to) })),
        after: Some(json!({ "assigned_to": name(wanted) })),
    };
    audit::note(
        &mut tx,
        &session,
        "conversation assigned",
        about(held.client_id),
        change,
    )
    .await?;
    if let Some(staff) = wanted.filter(|staff| *staff != session.staff) {
        let client = clients::store::get_client(&mut tx, held.client_id)
            .await?
            .name;
        let title = format!("{} assigned a conversation to you", session.name);
        let told = (title.as_str(), client.as_str());
        notifications::to_staff(&mut tx, &[staff], StaffKind::Message, &path(id), told).await?;
    }
    let said = match name(wanted) {
        Some(name) => format!("Assigned to {name}."),
        None => "Assigned to nobody.".to_owned(),
    };
    tx.commit().await?;
    Ok(redirect::see(&path(id), &said))
}

/// `POST /admin/messages/{id}/state`
pub async fn set_state(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ConversationId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let (state, action, said) = match sent.text("state").as_str() {
        "done" => (
            Stand::Done,
            "conversation done",
            "Done. A new message of the client opens it again.",
        ),
        _ => (Stand::Open, "conversation opened", "Open again."),
    };
    let mut tx = app.db.write(&session).await?;
    let held = hold(&mut tx, id).await?;
    if held.state != state {
        store::set_state(&mut tx, id, state).await?;
        audit::note(
            &mut tx,
            &session,
            action,
            about(held.client_id),
            Change::none(),
        )
        .await?;
        tx.commit().await?;
    }
    Ok(redirect::see(&path(id), said))
}

/// `POST /admin/clients/{id}/messages`: with `event`, the conversation about it.
pub async fn begin(
    State(app): State<App>,
    Member(session): Member,
    Id(client): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    clients::store::get_client(&mut tx, client).await?;
    let Ok(event) = sent.text("event").parse::<EventId>() else {
        return Ok(redirect::go(&path(crate::messages::own(client))));
    };
    let parties = crate::events::store::clients(&mut tx, event).await?;
    if parties.iter().all(|one| one.client_id != client) {
        return Err(Error::not_found());
    }
    let mut found = store::about_event(&mut tx, client, event).await?;
    if found.is_none() {
        let id = tx.id();
        store::insert_conversation(&mut tx, id, client, Some(event)).await?;
        found = store::about_event(&mut tx, client, event).await?;
        tx.commit().await?;
    }
    let id = found.ok_or_else(Error::not_found)?;
    Ok(redirect::go(&path(id)))
}
