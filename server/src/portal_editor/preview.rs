//! The editor's preview: the portal as a contact will see it once the draft is published.

use axum::{extract::State, response::Response};
use portico_wire::{Code, ContactId};
use serde::Deserialize;

use crate::{
    App, Result,
    access::{
        VIEW_HANDOVER_SECONDS,
        store::{self, View},
    },
    audit::{self, Change, Subject},
    error::Error,
    scope::Manager,
    secrets::Secret,
    studios,
    web::{form::Form, redirect},
};

#[derive(Deserialize)]
pub struct Whom {
    contact: ContactId,
}

/// `POST /admin/portal/preview`: leads to the portal in a frame, with a hand-over that works once. As with "View as this contact",
/// nothing can be changed there, and it is logged.
pub async fn open(
    State(app): State<App>,
    Manager(session): Manager,
    Form(whom): Form<Whom>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let user = store::portal_user(&mut tx, whom.contact)
        .await?
        .ok_or_else(Error::not_found)?;
    let studio = studios::store::get(&mut tx).await?;
    studio.check_open()?;
    if !user.active || !user.portal_enabled {
        return Err(Error::refused(
            Code::Conflict,
            "The access of this contact is switched off: there is nothing to see.",
        ));
    }
    let secret = Secret::presented(format!("view.{}", Secret::random().reveal()));
    let view = View {
        contact_id: whom.contact,
        staff_id: session.staff,
        staff_name: session.name.clone(),
        shows_draft: true,
    };
    store::insert_view(&mut tx, &view, &secret.hash(), VIEW_HANDOVER_SECONDS).await?;
    audit::note(
        &mut tx,
        &session,
        "viewed as contact",
        Subject("contact", Some(whom.contact.into_uuid())),
        Change::none(),
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::go(&format!(
        "/{}/preview#portico={}",
        studio.slug,
        secret.reveal()
    )))
}
