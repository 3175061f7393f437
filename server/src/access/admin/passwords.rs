//! What a manager does about a contact's password: reset it, type one, or send a random one.

use axum::{
    extract::State as FromApp,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::ContactId;
use serde::Deserialize;

use super::{Doer, Shown, acts::Nothing, contact_page, contact_path, find};
use crate::{
    App, Result,
    access::{
        links, passwords,
        reach::{self, Generated},
        store::PortalUser,
    },
    scope::{Manager, StaffSession},
    studios::{self, Studio},
    web::{
        body::Id,
        form::{FieldErrors, Form},
        redirect,
    },
};

/// What stands against it is said at `field` of the contact's page.
async fn refuse(
    app: &App,
    session: &StaffSession,
    contact: ContactId,
    errors: FieldErrors,
) -> Result<Response> {
    let page = contact_page(app, session, contact, None, errors).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn look(
    app: &App,
    session: &StaffSession,
    contact: ContactId,
) -> Result<(PortalUser, Studio)> {
    let mut tx = app.db.read(session).await?;
    let user = find(&mut tx, contact).await?;
    Ok((user, studios::store::get(&mut tx).await?))
}

const OFF: &str = "Passwords are switched off in the settings: clients sign in with codes.";

/// `POST /admin/contacts/{id}/reset`: the old password dies, all sessions end, and a link that chooses a new
/// password is shown this once.
pub async fn reset(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(contact): Id<ContactId>,
    Form(_): Form<Nothing>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let user = find(&mut tx, contact).await?;
    let studio = studios::store::get(&mut tx).await?;
    let mut errors = FieldErrors::default();
    if let Some(why) = user.state.obstacle() {
        errors.add("reset", why);
    } else if !studio.passwords {
        errors.add("reset", OFF);
    }
    if !errors.is_empty() {
        drop(tx);
        return refuse(&app, &session, contact, errors).await;
    }
    let doer = Doer::of(&session);
    let secret = reach::reset(&mut tx, &user, &doer.by()).await?;
    tx.commit().await?;
    let shown = Shown {
        label: "Link to choose a new password",
        text: links::address(&app, &studio, &secret),
        hint: format!(
            "The old password is dead, and {} was signed out everywhere. Give this link to nobody else: it works once, within thirty days, and is shown this once.",
            user.name()
        ),
    };
    contact_page(&app, &session, contact, Some(shown), FieldErrors::default()).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    password: String,
    must_change: bool,
}

/// `POST /admin/contacts/{id}/password`: one that staff typed.
pub async fn type_password(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(contact): Id<ContactId>,
    Form(form): Form<Typed>,
) -> Result<Response> {
    let (user, studio) = look(&app, &session, contact).await?;
    let mut errors = FieldErrors::default();
    if !studio.passwords {
        errors.add("password", OFF);
    }
    let own = [
        user.email.as_deref().unwrap_or(""),
        &user.first_name,
        &user.last_name,
    ];
    errors.note("password", passwords::check(&form.password, &own))?;
    if !errors.is_empty() {
        return refuse(&app, &session, contact, errors).await;
    }
    let hash = app.passwords.hash(&form.password).await?;
    let doer = Doer::of(&session);
    let mut tx = app.db.write(&session).await?;
    let user = find(&mut tx, contact).await?;
    reach::set_password(
        &app,
        &mut tx,
        &studio,
        &user,
        &hash,
        form.must_change,
        &doer.by(),
    )
    .await?;
    tx.commit().await?;
    let notice = if form.must_change {
        "The password is set. It works once; a new one is chosen with it."
    } else {
        "The password is set, and every device was signed out."
    };
    Ok(redirect::see(&contact_path(contact), notice))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Send {
    /// `password`; anything else sends a link.
    what: String,
}

/// `POST /admin/contacts/{id}/credentials`: a link, or a random password.
pub async fn send_credentials(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Id(contact): Id<ContactId>,
    Form(form): Form<Send>,
) -> Result<Response> {
    let (user, studio) = look(&app, &session, contact).await?;
    let wants_password = form.what == "password";
    let mut errors = FieldErrors::default();
    if let Some(why) = user.state.obstacle() {
        errors.add("what", why);
    } else if wants_password && !studio.passwords {
        errors.add("what", OFF);
    }
    if !errors.is_empty() {
        return refuse(&app, &session, contact, errors).await;
    }
    let doer = Doer::of(&session);
    let generated = if wants_password {
        Some(Generated::make(&app).await?)
    } else {
        None
    };
    let mut tx = app.db.write(&session).await?;
    let user = find(&mut tx, contact).await?;
    let notice = match &generated {
        Some(generated) => {
            reach::send_password(&app, &mut tx, &studio, &user, generated, &doer.by()).await?;
            "A random password is on its way. It works once."
        }
        None => {
            reach::invite(&app, &mut tx, &studio, &user, &doer.by()).await?;
            "A link is on its way."
        }
    };
    tx.commit().await?;
    Ok(redirect::see(&contact_path(contact), notice))
}
