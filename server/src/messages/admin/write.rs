//! `POST /admin/messages/{id}`: the studio's answer, with what is attached.

use axum::{
    extract::{Request, State},
    response::Response,
};
use futures_util::TryStreamExt as _;
use portico_wire::{ConversationId, DocumentId, messages::DOCUMENTS};

use super::{
    hold,
    show::{self, Typed},
};
use crate::{
    App, Result, documents,
    documents::{Sender, Target, receive},
    error::Error,
    messages::{
        Conversation, checked, path,
        say::{Author, Said, say},
        store,
    },
    scope::{Member, StaffSession},
    web::{
        body::Id,
        form::{FieldErrors, Sent},
        redirect, upload,
    },
};

/// A colleague who answered since this page was made.
async fn answered_by(
    app: &App,
    session: &StaffSession,
    id: ConversationId,
    last: i64,
) -> Result<Option<String>> {
    let mut tx = app.db.read(session).await?;
    store::studio_wrote_since(&mut tx, id, last, session.staff).await
}

/// Takes the files of the form; what is refused is said at their field.
async fn take(
    app: &App,
    session: &StaffSession,
    found: &Conversation,
    form: &mut axum::extract::Multipart,
    typed: &mut Typed,
) -> Result<()> {
    let sender = Sender::staff(session, found.client_id);
    while let Some(file) = form.next_field().await.map_err(upload::broken)? {
        let name = file.file_name().unwrap_or_default().to_owned();
        if name.is_empty() {
            continue;
        }
        if typed.documents.len() >= DOCUMENTS {
            typed.errors.add(
                "file",
                "A message takes at most 10 attachments. Please send the others with another one.",
            );
            return Ok(());
        }
        let target = Target {
            event: found.event_id,
            ..Target::default()
        };
        let content = file.map_err(upload::broken);
        let made = receive::whole(app, &session.scope, &sender, target, &name, content).await;
        let made = typed.errors.note("file", made)?;
        if let Some(document) = made.and_then(|made| made.document_id)
            && !typed.documents.contains(&document)
        {
            typed.documents.push(document);
        }
    }
    Ok(())
}

fn first<T>(result: Result<T>, errors: &mut FieldErrors) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::Refused(refusal)) => {
            let field = refusal.field.clone().unwrap_or("text".into());
            errors.add(field, refusal.detail);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// What was attached before belongs to this client.
async fn kept(
    app: &App,
    session: &StaffSession,
    found: &Conversation,
    sent: &Sent,
) -> Result<Vec<DocumentId>> {
    let mut kept = Vec::new();
    let mut tx = app.db.read(session).await?;
    for id in sent.all("documents").into_iter().take(DOCUMENTS) {
        let Ok(id) = id.parse::<DocumentId>() else {
            continue;
        };
        let document = documents::store::document(&mut tx, id).await?;
        if document.is_some_and(|document| document.client_id == found.client_id) {
            kept.push(id);
        }
    }
    Ok(kept)
}

pub async fn send(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ConversationId>,
    request: Request,
) -> Result<Response> {
    let (sent, mut form) = upload::fields_before_files(request, &app).await?;
    let mut tx = app.db.read(&session).await?;
    let found = show::find(&mut tx, id).await?;
    let once = format!("{}:{}", session.staff, sent.text("key"));
    let before = store::sent_before(&mut tx, &once).await?;
    let reply = match sent.text("reply").parse() {
        Ok(reply) => store::saved_reply(&mut tx, reply).await?,
        Err(_) => None,
    };
    drop(tx);
    if before.is_some() {
        return Ok(redirect::see(&path(id), "The message is sent."));
    }
    let mut typed = Typed {
        text: sent.text("text").replace("\r\n", "\n"),
        documents: kept(&app, &session, &found, &sent).await?,
        ..Typed::default()
    };
    // Without a script a saved reply is put in by the server.
    if sent.text("do") == "insert" {
        if let Some(reply) = reply {
            typed.text = join(&typed.text, &reply.body);
        }
        return show::page(&app, &session, id, None, typed).await;
    }
    let last = sent.text("last").parse().unwrap_or(i64::MAX);
    typed.answered_by = answered_by(&app, &session, id, last).await?;
    if typed.answered_by.is_some() {
        return show::page(&app, &session, id, None, typed).await;
    }
    take(&app, &session, &found, &mut form, &mut typed).await?;
    let text = first(checked(&typed.text, &typed.documents), &mut typed.errors)?;
    let Some(text) = text.filter(|_| typed.errors.is_empty()) else {
        return show::page(&app, &session, id, None, typed).await;
    };
    let mut tx = app.db.write(&session).await?;
    let held = hold(&mut tx, id).await?;
    // Somebody may have answered while the files came in.
    typed.answered_by = store::studio_wrote_since(&mut tx, id, last, session.staff).await?;
    if typed.answered_by.is_some() {
        drop(tx);
        return show::page(&app, &session, id, None, typed).await;
    }
    let said = Said {
        author: Author::Staff {
            id: Some(session.staff),
            name: &session.name,
        },
        text: &text,
        documents: &typed.documents,
        once,
    };
    say(&mut tx, &held, &said).await?;
    // Whoever answers has read what was there when the page was made.
    store::mark_studio_seen(&mut tx, id, last.min(held.newest)).await?;
    if sent.text("do") == "done" {
        store::set_state(&mut tx, id, crate::messages::State::Done).await?;
    }
    tx.commit().await?;
    Ok(redirect::see(&path(id), "The message is sent."))
}

/// A saved reply behind what is typed.
fn join(text: &str, reply: &str) -> String {
    match text.trim_end() {
        "" => reply.to_owned(),
        text => format!("{text}\n\n{reply}"),
    }
}
