//! Trying the portal: a test client of one's own, and looking at it as a contact sees it.

use axum::{extract::State as FromApp, response::Response};
use portico_wire::{Code, ContactId, Settings, clients::ClientKind};
use serde_json::json;

use super::{Doer, acts::Nothing, contact_path, find};
use crate::{
    App, Result,
    access::{
        VIEW_HANDOVER_SECONDS,
        store::{self, View},
    },
    audit::{self, Change, Subject},
    clients::{self, NewClient, NewContact},
    db::StudioTx,
    error::Error,
    scope::{Member, StaffSession},
    secrets::Secret,
    staff::Role,
    studios,
    web::{body::Id, form::Form, redirect},
};

/// `POST /admin/test-client`: makes it the first time, and leads to it.
pub async fn open_test_client(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Form(_): Form<Nothing>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let contact = match store::test_contact(&mut tx, session.staff).await? {
        Some(contact) => contact,
        None => make_test_client(&mut tx, &session).await?,
    };
    tx.commit().await?;
    Ok(redirect::see(
        &contact_path(contact),
        "This is your own test client. Nobody else is touched by what you try with it.",
    ))
}

async fn make_test_client(tx: &mut StudioTx, session: &StaffSession) -> Result<ContactId> {
    let client = NewClient {
        id: tx.id(),
        kind: ClientKind::Person,
        name: format!("Test client of {}", session.name),
        group: None,
        portal_enabled: true,
        phone: None,
        address: portico_wire::clients::Address::default(),
        rights: Settings::default(),
        fields: clients::Values::default(),
    };
    let (first, last) = session
        .name
        .split_once(' ')
        .unwrap_or((&session.name, "Test"));
    let contact = NewContact {
        id: tx.id(),
        client: client.id,
        first_name: first.into(),
        last_name: last.into(),
        // The staff member's own address may stand on a client already, who then could not sign in any more.
        email: None,
        mobile: None,
        language: None,
        active: true,
        rights: Settings::default(),
        fields: clients::Values::default(),
    };
    clients::store::insert_client(tx, &client).await?;
    clients::store::insert_contact(tx, &contact).await?;
    store::mark_test_client(tx, client.id, session.staff).await?;
    audit::note(
        tx,
        session,
        "test client made",
        Subject("contact", Some(contact.id.into_uuid())),
        Change::made(&json!({ "client": client.name }))?,
    )
    .await?;
    Ok(contact.id)
}

/// `POST /admin/contacts/{id}/view-as`: leads to the hosted portal with a hand-over that works once. A member may
/// look at the own test client, a manager at everybody's.
pub async fn view_as(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Id(contact): Id<ContactId>,
    Form(_): Form<Nothing>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let user = find(&mut tx, contact).await?;
    if session.role < Role::Manager && user.test_of != Some(session.staff) {
        return Err(Error::refused(
            Code::Forbidden,
            "Looking at a client's portal is for the role Manager and above. Your own test client is open to you.",
        ));
    }
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
        contact_id: contact,
        staff_id: session.staff,
        staff_name: session.name.clone(),
        shows_draft: false,
    };
    store::insert_view(&mut tx, &view, &secret.hash(), VIEW_HANDOVER_SECONDS).await?;
    let doer = Doer::of(&session);
    doer.by()
        .note(&mut tx, &user, "viewed as contact", Change::none())
        .await?;
    tx.commit().await?;
    // Always the hosted page: the session is bound to it, and no other website learns of it.
    let hosted = studio.hosted_url(&app.origin);
    Ok(redirect::go(&format!(
        "{hosted}#portico={}",
        secret.reveal()
    )))
}
