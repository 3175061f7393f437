//! What a member does to one contact: invite, make and revoke links, disable and enable, sign devices out.

use axum::{
    extract::{Query, State as FromApp},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ContactId, LinkId, SessionId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Doer, Shown, StateView, contact_page, contact_path, find};
use crate::{
    App, Result,
    access::{links, reach, store},
    audit::Change,
    clients,
    error::Error,
    scope::{Member, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form},
        redirect,
    },
};

/// Where somebody came from and goes back to: a page of the admin.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Back {
    back: String,
}

impl Back {
    fn path(&self, contact: ContactId) -> String {
        redirect::local(&self.back).map_or_else(|| contact_path(contact), ToOwned::to_owned)
    }
}

/// `GET /admin/contacts/{id}/invite`: asks before a mail goes out.
pub async fn confirm_invite(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Id(contact): Id<ContactId>,
    Query(back): Query<Back>,
) -> Result<Response> {
    invite_page(&app, &session, contact, &back).await
}

async fn invite_page(
    app: &App,
    session: &StaffSession,
    contact: ContactId,
    back: &Back,
) -> Result<Response> {
    #[derive(Serialize)]
    struct Page {
        id: ContactId,
        name: String,
        email: Option<String>,
        client: String,
        state: StateView,
        invited: Option<String>,
        open: bool,
        back: String,
    }
    let mut tx = app.db.read(session).await?;
    let user = find(&mut tx, contact).await?;
    let studio = studios::store::get(&mut tx).await?;
    drop(tx);
    let page = Page {
        id: user.id,
        name: user.name(),
        state: user.state.into(),
        invited: user
            .invited_at
            .map(|at| admin::moment(at, &studio.time_zone)),
        email: user.email,
        client: user.client_name,
        open: studio.check_open().is_ok(),
        back: back.path(contact),
    };
    admin::page(app, session, "access/invite.html", page)
}

/// `POST /admin/contacts/{id}/invite`: the invitation goes out; older links of this contact end.
pub async fn invite(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Id(contact): Id<ContactId>,
    Form(back): Form<Back>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let user = find(&mut tx, contact).await?;
    let studio = studios::store::get(&mut tx).await?;
    if user.state.obstacle().is_some() {
        drop(tx);
        let page = invite_page(&app, &session, contact, &back).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let doer = Doer::of(&session);
    reach::invite(&app, &mut tx, &studio, &user, &doer.by()).await?;
    tx.commit().await?;
    let notice = format!("The invitation to {} is on its way.", user.name());
    Ok(redirect::see(&back.path(contact), &notice))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Nothing {}

/// `POST /admin/contacts/{id}/link`: a new personal link, shown this once.
pub async fn make_link(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Id(contact): Id<ContactId>,
    Form(_): Form<Nothing>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let user = find(&mut tx, contact).await?;
    if let Some(why) = user.state.obstacle() {
        drop(tx);
        let mut errors = FieldErrors::default();
        errors.add("link", why);
        let page = contact_page(&app, &session, contact, None, errors).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let studio = studios::store::get(&mut tx).await?;
    let secret = links::create(&mut tx, contact).await?;
    let doer = Doer::of(&session);
    doer.by()
        .note(&mut tx, &user, "link copied", Change::none())
        .await?;
    tx.commit().await?;
    let shown = Shown {
        label: "Personal link",
        text: links::address(&app, &studio, &secret),
        hint: format!(
            "For {} alone. It works for thirty days and is shown this once; you can make another at any time.",
            user.name()
        ),
    };
    contact_page(&app, &session, contact, Some(shown), FieldErrors::default()).await
}

#[derive(Deserialize)]
pub struct WhichLink {
    link: String,
}

/// `POST /admin/contacts/{id}/link/revoke`
pub async fn revoke_link(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Id(contact): Id<ContactId>,
    Form(form): Form<WhichLink>,
) -> Result<Response> {
    let link: LinkId = form.link.parse().map_err(|_| Error::not_found())?;
    let mut tx = app.db.write(&session).await?;
    let user = find(&mut tx, contact).await?;
    if !store::revoke_link(&mut tx, contact, link).await? {
        return Err(Error::not_found());
    }
    let doer = Doer::of(&session);
    let change = Change::removed(&json!({ "link": link }))?;
    doer.by()
        .note(&mut tx, &user, "link revoked", change)
        .await?;
    tx.commit().await?;
    Ok(redirect::see(
        &contact_path(contact),
        "The link no longer works.",
    ))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Switch {
    on: bool,
    /// The page it was pressed on: the contact's own, or its client's.
    from: From,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum From {
    #[default]
    Contact,
    Client,
}

/// `POST /admin/contacts/{id}/access`: in one click, and counts at the contact's next request.
pub async fn switch_access(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Id(contact): Id<ContactId>,
    Form(form): Form<Switch>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let user = find(&mut tx, contact).await?;
    let doer = Doer::of(&session);
    let notice = if form.on {
        reach::enable(&mut tx, &user, &doer.by()).await?;
        format!(
            "{} can sign in again. Links made before stay void.",
            user.name()
        )
    } else {
        reach::disable(&mut tx, &user, &doer.by()).await?;
        format!(
            "{} is out: every device was signed out, and all links are void.",
            user.name()
        )
    };
    tx.commit().await?;
    let page = match form.from {
        From::Contact => contact_path(contact),
        From::Client => format!("{}#contact-{contact}", clients::client_path(user.client_id)),
    };
    Ok(redirect::see(&page, &notice))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct WhichDevice {
    /// One session; empty for all of them.
    device: String,
}

/// `POST /admin/contacts/{id}/devices/sign-out`
pub async fn sign_out_devices(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Id(contact): Id<ContactId>,
    Form(form): Form<WhichDevice>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let user = find(&mut tx, contact).await?;
    if form.device.is_empty() {
        store::delete_sessions(&mut tx, contact, None).await?;
    } else {
        let device: SessionId = form.device.parse().map_err(|_| Error::not_found())?;
        if !store::delete_session(&mut tx, contact, device).await? {
            return Err(Error::not_found());
        }
    }
    let doer = Doer::of(&session);
    doer.by()
        .note(&mut tx, &user, "device signed out", Change::none())
        .await?;
    tx.commit().await?;
    Ok(redirect::see(&contact_path(contact), "Signed out there."))
}
