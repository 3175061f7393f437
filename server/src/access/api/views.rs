//! A staff member's look at the portal as a contact sees it.

use axum::extract::State;
use portico_wire::{
    Code,
    access::{SignIn, ViewAs},
};

use crate::{
    App, Result,
    access::{
        VIEW_SECONDS,
        store::{self, SignInTry},
    },
    error::Error,
    portal,
    scope::OpenEmbed,
    secrets::Secret,
    web::body::{Body, Json},
};

/// Opens a read-only session with a hand-over from the admin, on the host's own page alone.
#[utoipa::path(post, path = "/sign-in/view-as", tag = "sign-in", params(("studio" = String, Path)), request_body = ViewAs,
    responses((status = 200, body = SignIn)))]
pub async fn view_as(
    State(app): State<App>,
    OpenEmbed(embed): OpenEmbed,
    Body(view): Body<ViewAs>,
) -> Result<Json<SignIn>> {
    if embed.caller.origin != app.origin {
        return Err(Error::refused(
            Code::OriginRefused,
            "This opens on the hosted page of the portal alone.",
        ));
    }
    let gone = || {
        Error::refused(
            Code::LinkInvalid,
            "It was used already, or is too old. Please open the portal from the admin again.",
        )
    };
    let hash = Secret::presented(&*view.secret).hash();
    let mut tx = app.db.write(&embed).await?;
    let view = store::use_view(&mut tx, &hash).await?.ok_or_else(gone)?;
    let user = store::portal_user(&mut tx, view.contact_id)
        .await?
        .ok_or_else(gone)?;
    if !user.active || !user.portal_enabled {
        return Err(Error::refused(
            Code::AccessDisabled,
            "The access of this contact is switched off: there is nothing to see.",
        ));
    }
    let (token, session) = (Secret::random(), tx.id());
    let ends_at = tx.now().plus_seconds(VIEW_SECONDS);
    store::insert_view_session(&mut tx, session, &view, &embed.caller, ends_at).await?;
    store::insert_token(&mut tx, session, &token.hash()).await?;
    let entry = SignInTry {
        contact: Some(view.contact_id),
        email: user.email.as_deref().unwrap_or(""),
        way: "view_as",
        outcome: "in",
    };
    store::log_sign_in(&mut tx, entry, &embed.caller).await?;
    let edition = portal::Edition::of(view.shows_draft);
    let mut home = portal::first_home(&app, &mut tx, view.contact_id, edition).await?;
    home.viewed_by = Some(view.staff_name);
    tx.commit().await?;
    Ok(Json(SignIn::In {
        token: token.reveal().into(),
        home: Box::new(home),
    }))
}
