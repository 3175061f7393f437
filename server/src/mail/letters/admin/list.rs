//! `/admin/mail`: the studio's templates, its words for the portal's own mails, and the gallery.

use axum::{extract::State, response::Response};
use serde_json::json;

use super::super::{Purpose, gallery, store};
use crate::{App, Result, scope::Member, staff::Role, web::admin};

/// `GET /admin/mail`
pub async fn show_list(State(app): State<App>, Member(session): Member) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let templates = store::templates(&mut tx).await?;
    drop(tx);
    let own: Vec<_> = templates
        .iter()
        .filter(|template| template.purpose == Purpose::Letter)
        .map(|template| json!({ "id": template.id, "name": template.name, "subject": template.subject }))
        .collect();
    let portal: Vec<_> = Purpose::ALL[1..]
        .iter()
        .map(|&purpose| {
            let words = templates
                .iter()
                .find(|template| template.purpose == purpose);
            json!({
                "purpose": purpose,
                "title": purpose.title(),
                "occasion": purpose.occasion(),
                "id": words.map(|template| template.id),
                "subject": words.map(|template| template.subject.as_str()),
            })
        })
        .collect();
    let ready: Vec<_> = gallery::GALLERY
        .iter()
        .filter(|ready| ready.purpose == Purpose::Letter)
        .map(|ready| json!({ "key": ready.key, "name": ready.name, "about": ready.about }))
        .collect();
    let body = json!({
        "own": own,
        "portal": portal,
        "ready": ready,
        "may_edit": session.role >= Role::Manager,
    });
    admin::page(&app, &session, "mail/letters/list.html", body)
}
