//! Certificates, for the widget.

use axum::extract::{Path, State};
use portico_wire::{CertificateId, EventId, Right, crew::CertificateAddress};

use super::{files, store};
use crate::{App, Result, error::Error, forms::store::Viewer, scope::Reading, web::body::Json};

/// Where the certificate of somebody on this event's roster is saved from, for ten minutes and as long as the session
/// lives.
#[utoipa::path(get, path = "/events/{id}/certificates/{certificate}", tag = "events",
    params(("studio" = String, Path), ("id" = inline(EventId), Path), ("certificate" = inline(CertificateId), Path)),
    responses((status = 200, body = CertificateAddress)), security(("session" = [])))]
pub async fn get_certificate(
    State(app): State<App>,
    Reading { session, mut tx }: Reading,
    Path(path): Path<(String, String, String)>,
) -> Result<Json<CertificateAddress>> {
    for part in [
        Right::Events,
        Right::Roster,
        Right::Qualifications,
        Right::Certificates,
    ] {
        session.section(part)?;
    }
    let (_, event, certificate) = path;
    let event: EventId = event.parse().map_err(|_| Error::not_found())?;
    let certificate: CertificateId = certificate.parse().map_err(|_| Error::not_found())?;
    files::check_seen(&mut tx, event, Viewer::from(&session)).await?;
    let found = store::certificate_on(&mut tx, event, certificate).await?;
    found.ok_or_else(Error::not_found)?;
    Ok(Json(CertificateAddress {
        address: files::certificate_address(&app, &session, event, certificate),
    }))
}
