//! What staff upload: many files at once and in parts by the page's script, or by a plain form.

use axum::{
    body::Body,
    extract::{Query, Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use futures_util::TryStreamExt as _;
use portico_wire::{ClientId, UploadId};
use serde::Deserialize;
use serde_json::json;

use super::{client, client_path, target};
use crate::{
    App, Result, clients,
    documents::{
        Sender, receive,
        store::{self, Upload},
    },
    error::Error,
    scope::{Member, StaffSession},
    web::{
        body::{Id, Json},
        form::{FieldErrors, Form, Scripted, Sent},
        redirect, upload,
    },
};

/// A reply for the page's script, which shows the sentence beside the file.
fn reply(result: Result<Upload>) -> Result<Response> {
    match result {
        Ok(upload) => Ok(Json(json!({
            "id": upload.id,
            "offset": upload.arrived,
            "done": upload.document_id.is_some(),
            "already": upload.already,
        }))
        .into_response()),
        Err(Error::Refused(refusal)) => {
            let status = StatusCode::from_u16(refusal.code.status());
            let status = status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            Ok((status, Json(json!({ "error": refusal.detail }))).into_response())
        }
        Err(other) => Err(other),
    }
}

fn first(errors: &FieldErrors) -> Result<()> {
    match errors.iter().next() {
        Some((field, text)) => Err(Error::invalid(field.to_owned(), text.to_owned())),
        None => Ok(()),
    }
}

async fn begin(app: &App, session: &StaffSession, id: ClientId, sent: &Sent) -> Result<Upload> {
    let mut tx = app.db.read(session).await?;
    clients::store::get_client(&mut tx, id).await?;
    let mut errors = FieldErrors::default();
    let target = target(&mut tx, id, sent, &mut errors).await?;
    drop(tx);
    first(&errors)?;
    let bytes = sent.text("bytes").parse().unwrap_or_default();
    let sender = Sender::staff(session, id);
    receive::start(
        app,
        &session.scope,
        &sender,
        target,
        &sent.text("name"),
        bytes,
    )
    .await
}

/// `POST /admin/clients/{id}/documents/begin`
pub async fn start(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    reply(begin(&app, &session, id, &sent).await)
}

#[derive(Debug, Deserialize)]
pub struct Offset {
    offset: u64,
}

/// The upload of this staff member, as its own client's.
async fn own(app: &App, session: &StaffSession, id: UploadId) -> Result<(Upload, Sender)> {
    let mut tx = app.db.read(session).await?;
    let found = store::upload(&mut tx, id, None, Some(session.staff)).await?;
    let found = found.ok_or_else(Error::not_found)?;
    let sender = Sender::staff(session, found.client_id);
    Ok((found, sender))
}

/// `POST /admin/documents/uploads/{id}?offset=`
pub async fn part(
    State(app): State<App>,
    Member(session): Member,
    _: Scripted,
    Id(id): Id<UploadId>,
    Query(at): Query<Offset>,
    content: Body,
) -> Result<Response> {
    let (_, sender) = own(&app, &session, id).await?;
    reply(receive::part(&app, &session.scope, &sender, id, at.offset, content).await)
}

/// `GET /admin/documents/uploads/{id}`: where to go on.
pub async fn look(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<UploadId>,
) -> Result<Response> {
    reply(own(&app, &session, id).await.map(|(upload, _)| upload))
}

/// `POST /admin/clients/{id}/documents/upload`: by a form without a script.
pub async fn upload_files(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    request: Request,
) -> Result<Response> {
    let (sent, mut form) = upload::fields_before_files(request, &app).await?;
    let mut tx = app.db.read(&session).await?;
    clients::store::get_client(&mut tx, id).await?;
    let mut errors = FieldErrors::default();
    let target = target(&mut tx, id, &sent, &mut errors).await?;
    drop(tx);
    if !errors.is_empty() {
        let typed = client::Typed {
            event: target.event,
            errors,
            ..client::Typed::default()
        };
        let page = client::page(&app, &session, id, typed).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let sender = Sender::staff(&session, id);
    let (mut kept, mut already, mut refused) = (0, 0, Vec::new());
    while let Some(field) = form.next_field().await.map_err(upload::broken)? {
        let name = field.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            continue;
        }
        let content = field.map_err(upload::broken);
        let made = receive::whole(
            &app,
            &session.scope,
            &sender,
            target.clone(),
            &name,
            content,
        );
        match made.await {
            Ok(upload) if upload.already => already += 1,
            Ok(_) => kept += 1,
            Err(Error::Refused(refusal)) => refused.push(refusal.detail.into_owned()),
            Err(other) => return Err(other),
        }
    }
    let back = match target.replaces {
        Some(document) => super::path(document),
        None => client_path(id),
    };
    Ok(redirect::see(&back, &told(kept, already, &refused)))
}

/// What became of the files, in a sentence or two.
fn told(kept: usize, already: usize, refused: &[String]) -> String {
    let mut said = Vec::new();
    match kept {
        0 if already == 0 && refused.is_empty() => said.push("Please choose a file.".to_owned()),
        0 => {}
        1 => said.push("The document is uploaded.".into()),
        _ => said.push(format!("{kept} documents are uploaded.")),
    }
    match already {
        0 => {}
        1 => said.push("One is here already, and was not added again.".into()),
        _ => said.push(format!(
            "{already} are here already, and were not added again."
        )),
    }
    said.extend(refused.iter().take(2).cloned());
    if refused.len() > 2 {
        said.push(format!("{} more were not taken.", refused.len() - 2));
    }
    said.join(" ").chars().take(290).collect()
}
