//! Personal Info, for the widget.

use axum::{Json, extract::State};
use portico_wire::{Right, clients::Profile};

use super::store;
use crate::{App, Result, error::Error, scope::PortalSession};

/// The contact's own details and its client's.
#[utoipa::path(get, path = "/profile", tag = "portal", params(("studio" = String, Path)),
    responses((status = 200, body = Profile)), security(("session" = [])))]
pub async fn get_profile(State(app): State<App>, session: PortalSession) -> Result<Json<Profile>> {
    session.section(Right::PersonalInfo)?;
    let mut tx = app.db.read(&session).await?;
    store::profile(&mut tx, session.contact)
        .await?
        .map(Json)
        .ok_or_else(Error::not_found)
}
