//! A conversation's page: what was said, and the answer.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{
    ClientId, ConversationId, DocumentId, MessageId,
    messages::{DOCUMENTS, TEXT},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::live;
use crate::{
    App, Result, clients,
    db::StudioTx,
    documents::{self, kinds},
    messages::{Conversation, State as Stand, own, path, pieces, shown, store},
    scope::{Member, StaffSession},
    studios,
    web::{admin, body::Id, form::FieldErrors},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    before: Option<i64>,
}

/// What was typed and could not be sent.
#[derive(Debug, Default)]
pub struct Typed {
    pub text: String,
    /// Uploaded already.
    pub documents: Vec<DocumentId>,
    pub errors: FieldErrors,
    /// A colleague who answered meanwhile.
    pub answered_by: Option<String>,
}

/// The conversation; a client's own even before anybody wrote.
pub async fn find(tx: &mut StudioTx, id: ConversationId) -> Result<Conversation> {
    if let Some(found) = store::conversation(tx, id).await? {
        return Ok(found);
    }
    let client = ClientId::from_bytes(id.bytes());
    clients::store::get_client(tx, client).await?;
    let now = tx.now();
    Ok(Conversation {
        id: own(client),
        client_id: client,
        event_id: None,
        state: Stand::Open,
        assigned_to: None,
        newest: 0,
        last_at: now,
        newest_client: 0,
        newest_studio: 0,
        seen_studio: 0,
        told_studio: 0,
        told_client: 0,
    })
}

/// `GET /admin/messages/{id}`: looking at it is seeing it.
pub async fn show(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ConversationId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let found = find(&mut tx, id).await?;
    drop(tx);
    if found.newest_client > found.seen_studio {
        let mut tx = app.db.write(&session).await?;
        if store::mark_studio_seen(&mut tx, id, found.newest).await? {
            crate::messages::say::wake(&mut tx, &found).await?;
        }
        tx.commit().await?;
    }
    page(&app, &session, id, asked.before, Typed::default()).await
}

fn attachment(one: &store::Attached) -> Value {
    json!({
        "path": format!("/admin/documents/{}", one.id),
        "name": one.name,
        "kind": kinds::word(&one.kind),
        "size": kinds::size(one.bytes),
    })
}

/// What was said, the oldest first, and the number of the first of it where there is more before.
async fn thread(
    tx: &mut StudioTx,
    id: ConversationId,
    before: i64,
    zone: &str,
) -> Result<(Vec<Value>, Option<i64>)> {
    let mut found = store::messages_before(tx, id, before).await?;
    let more = found.len() > store::PAGE;
    found.truncate(store::PAGE);
    found.reverse();
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return Ok((Vec::new(), None));
    };
    let (first, last) = (first.number, last.number);
    let attached = store::attached(tx, id, (first, last)).await?;
    let readers = store::readers_of(tx, id).await?;
    let mut messages = Vec::new();
    let mut day = String::new();
    for one in &found {
        let files = |id: MessageId| attached.iter().filter(move |it| it.message_id == id);
        let files: Vec<Value> = files(one.id).map(attachment).collect();
        let text = shown(one.body.clone(), files.is_empty());
        let at = admin::day(one.created_at, zone);
        let moment = admin::moment(one.created_at, zone);
        let clock = moment.rsplit(' ').next().unwrap_or_default();
        let from_studio = one.contact_id.is_none();
        let read: Vec<&str> = readers
            .iter()
            .filter(|it| from_studio && it.number >= one.number)
            .map(|it| it.name.as_str())
            .collect();
        messages.push(json!({
            "day": (at != day).then_some(&at),
            "from_studio": from_studio,
            "by": one.by_name,
            "when": clock,
            "pieces": pieces(&text),
            "files": files,
            "read": read.join(", "),
        }));
        day = at;
    }
    Ok((messages, more.then_some(first)))
}

/// The page, with what was typed.
pub async fn page(
    app: &App,
    session: &StaffSession,
    id: ConversationId,
    before: Option<i64>,
    typed: Typed,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let found = find(&mut tx, id).await?;
    let client = clients::store::get_client(&mut tx, found.client_id).await?;
    let event = match found.event_id {
        Some(event) => crate::events::store::find(&mut tx, event).await?,
        None => None,
    };
    let studio = studios::store::get(&mut tx).await?;
    let zone = &studio.time_zone;
    let from = before.filter(|number| *number > 0);
    let (messages, earlier) = thread(&mut tx, id, from.unwrap_or(i64::MAX), zone).await?;
    let team = store::team(&mut tx).await?;
    let replies = store::saved_replies(&mut tx).await?;
    let rules = documents::store::settings(&mut tx).await?.rules();
    let kept = documents::store::names(&mut tx, &typed.documents).await?;
    let mark = live::mark(&mut tx, Some(id)).await?;
    drop(tx);
    let replies = replies.iter();
    let replies = replies.map(|one| json!({ "id": one.id, "title": one.title, "body": one.body }));
    let person = |one: &store::Colleague| json!([one.id, one.name]);
    let key: MessageId = app.clock.id();
    let refused = !typed.errors.is_empty() || typed.answered_by.is_some();
    let body = json!({
        "id": id,
        "path": path(id),
        "client": { "id": client.id, "name": client.name },
        "event": event.map(|one| json!({ "id": one.id, "title": one.title, "when": one.said() })),
        "messages": messages,
        "earlier": earlier.map(|number| format!("{}?before={number}", path(id))),
        "latest": from.map(|_| path(id)),
        "newest": found.newest,
        "mark": mark,
        "done": found.state == Stand::Done,
        "assigned_to": found.assigned_to,
        "team": team.iter().map(person).collect::<Vec<Value>>(),
        "replies": replies.collect::<Vec<Value>>(),
        "key": key,
        "text": typed.text,
        "kept": typed.documents,
        "kept_names": kept,
        "errors": typed.errors,
        "answered_by": typed.answered_by,
        "most_text": TEXT,
        "most_files": DOCUMENTS,
        "most_bytes": rules.most_bytes,
        "most_said": kinds::size(i64::try_from(rules.most_bytes).unwrap_or(i64::MAX)),
        "accept": rules.accept.join(","),
    });
    let page = admin::page(app, session, "messages/show.html", body)?;
    Ok(match refused {
        true => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        false => page,
    })
}
