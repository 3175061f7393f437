//! The contact's own devices, and signing out.

use axum::{extract::State, http::StatusCode};
use portico_wire::{
    SessionId,
    access::{Device, Devices, SignOut},
};

use crate::{
    App, Result,
    access::{sessions, store},
    error::Error,
    scope::{PortalSession, Reading},
    web::body::{Body, Id, Json},
};

/// Ends this session, or all of the contact's.
#[utoipa::path(post, path = "/sign-out", tag = "session", params(("studio" = String, Path)), request_body = SignOut,
    responses((status = 204)), security(("session" = [])))]
pub async fn sign_out(
    State(app): State<App>,
    session: PortalSession,
    Body(how): Body<SignOut>,
) -> Result<StatusCode> {
    let mut tx = app.db.write(&session).await?;
    if how.everywhere {
        store::delete_sessions(&mut tx, session.contact, None).await?;
    } else {
        store::delete_session(&mut tx, session.contact, session.session).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The contact's own signed-in devices.
#[utoipa::path(get, path = "/devices", tag = "session", params(("studio" = String, Path)),
    responses((status = 200, body = Devices)), security(("session" = [])))]
pub async fn list_devices(Reading { session, mut tx }: Reading) -> Result<Json<Devices>> {
    let rows = store::devices(&mut tx, session.contact).await?;
    let device = |row: store::DeviceRow| Device {
        id: row.id,
        name: sessions::device_name(&row.user_agent),
        origin: row.origin,
        address: row.address,
        signed_in_at: row.created_at,
        last_used_at: row.last_used_at,
        here: row.id == session.session,
        stays_signed_in: row.stay,
    };
    Ok(Json(Devices {
        devices: rows.into_iter().map(device).collect(),
    }))
}

/// Signs one of the contact's own devices out.
#[utoipa::path(delete, path = "/devices/{id}", tag = "session", params(("studio" = String, Path), ("id" = SessionId, Path)),
    responses((status = 204)), security(("session" = [])))]
pub async fn sign_out_device(
    State(app): State<App>,
    session: PortalSession,
    Id(device): Id<SessionId>,
) -> Result<StatusCode> {
    let mut tx = app.db.write(&session).await?;
    if !store::delete_session(&mut tx, session.contact, device).await? {
        return Err(Error::not_found());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
