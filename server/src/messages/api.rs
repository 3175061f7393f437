//! Messages, for the widget.

use std::collections::HashMap;

use axum::{extract::State, http::StatusCode};
use portico_wire::{
    Code, ContactId, ConversationId, EventId, MessageId, Right, Rights,
    messages::{
        Attachment, Conversation, Conversations, LastMessage, ListedConversation, MarkSeen,
        Message, Pulse, SendMessage,
    },
};
use serde::Deserialize;

use super::{
    Reader, live, own, say,
    store::{self, Place, Seen},
};
use crate::{
    App, Result,
    db::StudioTx,
    documents::{self, kinds},
    error::Error,
    events,
    scope::{PortalSession, Reading},
    web::body::{Id, IdempotencyKey, Json, LongBody, Params},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Page {
    before: Option<String>,
}

fn few(count: i64) -> u32 {
    u32::try_from(count).unwrap_or_default()
}

fn listed(seen: Seen) -> ListedConversation {
    ListedConversation {
        id: seen.id,
        title: seen.title,
        event: seen.event_id,
        last: (seen.newest > 0).then_some(LastMessage {
            text: seen.last_text,
            by: seen.last_by,
            from_studio: seen.last_from_studio,
            at: seen.last_at,
        }),
        unread: few(seen.unread),
    }
}

/// A conversation in which nobody wrote yet.
const fn empty(id: ConversationId) -> ListedConversation {
    ListedConversation {
        id,
        title: None,
        event: None,
        last: None,
        unread: 0,
    }
}

/// The section Messages: the client's own conversation with the studio, and those about events.
#[utoipa::path(get, path = "/messages", tag = "messages",
    params(("studio" = String, Path), ("before" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = Conversations)), security(("session" = [])))]
pub async fn list_conversations(
    Reading { session, mut tx }: Reading,
    Params(page): Params<Page>,
) -> Result<Json<Conversations>> {
    session.section(Right::Messages)?;
    let behind = match &page.before {
        None => Place::first(),
        Some(text) => Place::read(text).ok_or_else(Error::not_found)?,
    };
    let reader = Reader::from(&session);
    let mut found = store::seen_by(&mut tx, &reader, behind).await?;
    let unread = store::unread(&mut tx, &reader).await?;
    let begun = store::conversation(&mut tx, own(session.client)).await?;
    drop(tx);
    let more = found.len() > store::PAGE;
    found.truncate(store::PAGE);
    let next = found.last().filter(|_| more).map(|last| {
        let (at, id) = (last.last_at, last.id);
        Place { at, id }.write()
    });
    let mut conversations: Vec<_> = found.into_iter().map(listed).collect();
    if page.before.is_none() && begun.is_none_or(|own| own.newest == 0) {
        conversations.insert(0, empty(own(session.client)));
    }
    Ok(Json(Conversations {
        conversations,
        unread: few(unread),
        next,
    }))
}

/// What this contact reads of some messages, which come the newest first.
async fn told(
    tx: &mut StudioTx,
    (contact, rights): (ContactId, Rights),
    conversation: ConversationId,
    mut found: Vec<store::Message>,
) -> Result<Vec<Message>> {
    found.reverse();
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return Ok(Vec::new());
    };
    let range = (first.number, last.number);
    let mut attachments: HashMap<MessageId, Vec<Attachment>> = HashMap::new();
    for one in store::attached(tx, conversation, range).await? {
        let open = documents::open::may_open(rights, one.source);
        let attachment = Attachment {
            id: one.id,
            has_preview: open && kinds::preview(&one.kind, one.bytes).is_some(),
            name: one.name,
            kind: one.kind,
            bytes: u64::try_from(one.bytes).unwrap_or_default(),
            open,
        };
        attachments
            .entry(one.message_id)
            .or_default()
            .push(attachment);
    }
    let message = |one: store::Message| {
        let attachments = attachments.remove(&one.id).unwrap_or_default();
        Message {
            id: one.id,
            from_studio: one.contact_id.is_none(),
            own: one.contact_id == Some(contact),
            by: one.by_name,
            text: super::shown(one.body, attachments.is_empty()),
            at: one.created_at,
            attachments,
            seen: one.seen_at,
        }
    };
    Ok(found.into_iter().map(message).collect())
}

/// A page of a conversation.
async fn page(
    tx: &mut StudioTx,
    session: &PortalSession,
    seen: ListedConversation,
    before: i64,
) -> Result<Conversation> {
    let mut found = store::messages_before(tx, seen.id, before).await?;
    let more = found.len() > store::PAGE;
    found.truncate(store::PAGE);
    let next = found
        .last()
        .filter(|_| more)
        .map(|first| first.number.to_string());
    let rights = session.rights;
    let messages = told(tx, (session.contact, rights), seen.id, found).await?;
    let attaches =
        rights.has(Right::Upload) && documents::open::section(rights, seen.event).is_ok();
    let upload = match attaches {
        true => Some(documents::store::settings(tx).await?.rules()),
        false => None,
    };
    Ok(Conversation {
        id: seen.id,
        title: seen.title,
        event: seen.event,
        messages,
        next,
        unread: seen.unread,
        upload,
    })
}

/// The conversation, if this contact sees it; its own even before anybody wrote.
async fn find(
    tx: &mut StudioTx,
    session: &PortalSession,
    id: ConversationId,
) -> Result<ListedConversation> {
    let seen = store::seen_one(tx, &Reader::from(session), id).await?;
    match seen {
        Some(seen) => Ok(listed(seen)),
        None if id == own(session.client) => Ok(empty(id)),
        None => Err(Error::not_found()),
    }
}

/// The newest messages of a conversation, or those before. Looking marks nothing as seen.
#[utoipa::path(get, path = "/messages/{id}", tag = "messages",
    params(("studio" = String, Path), ("id" = inline(ConversationId), Path),
        ("before" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = Conversation)), security(("session" = [])))]
pub async fn get_conversation(
    Reading { session, mut tx }: Reading,
    Id(id): Id<ConversationId>,
    Params(asked): Params<Page>,
) -> Result<Json<Conversation>> {
    session.section(Right::Messages)?;
    let before = match asked.before.as_deref().map(str::parse) {
        None => i64::MAX,
        Some(Ok(before)) if before > 0 => before,
        Some(_) => return Err(Error::not_found()),
    };
    let seen = find(&mut tx, &session, id).await?;
    page(&mut tx, &session, seen, before).await.map(Json)
}

/// The conversation about an event, begun where there is none yet.
#[utoipa::path(post, path = "/messages/of/{id}", tag = "messages",
    params(("studio" = String, Path), ("id" = inline(EventId), Path)),
    responses((status = 200, body = Conversation)), security(("session" = [])))]
pub async fn begin_conversation(
    State(app): State<App>,
    session: PortalSession,
    Id(event): Id<EventId>,
) -> Result<Json<Conversation>> {
    session.section(Right::Messages)?;
    session.section(Right::Events)?;
    let reader = Reader::from(&session);
    let mut tx = app.db.write(&session).await?;
    if !events::store::sees(&mut tx, event, reader.who).await? {
        return Err(Error::not_found());
    }
    let id = begin(&mut tx, &session, event).await?;
    let seen = find(&mut tx, &session, id).await?;
    let reply = page(&mut tx, &session, seen, i64::MAX).await?;
    tx.commit().await?;
    Ok(Json(reply))
}

async fn begin(
    tx: &mut StudioTx,
    session: &PortalSession,
    event: EventId,
) -> Result<ConversationId> {
    if let Some(id) = store::about_event(tx, session.client, event).await? {
        return Ok(id);
    }
    let id = tx.id();
    store::insert_conversation(tx, id, session.client, Some(event)).await?;
    // Of two who begin it at once the second finds the first one's.
    let found = store::about_event(tx, session.client, event).await?;
    found.ok_or_else(Error::not_found)
}

/// Writes a message.
#[utoipa::path(post, path = "/messages/{id}", tag = "messages",
    params(("studio" = String, Path), ("id" = inline(ConversationId), Path),
        ("Idempotency-Key" = String, Header, description = "New for each message: the same once more writes nothing.", min_length = 8, max_length = 80)),
    request_body = SendMessage, responses((status = 201, body = Message)), security(("session" = [])))]
pub async fn send_message(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<ConversationId>,
    key: IdempotencyKey,
    message: Result<LongBody<SendMessage>>,
) -> Result<(StatusCode, Json<Message>)> {
    session.section(Right::Messages)?;
    let LongBody(message) = message.map_err(|error| match error.code() {
        Some(Code::TooLarge) => Error::refused(
            Code::TooLarge,
            "A message has at most 5,000 characters. Please attach what is longer.",
        )
        .field("text"),
        _ => error,
    })?;
    let (held, number) = say::from_contact(&app, &session, id, &message, key.as_str()).await?;
    let mut tx = app.db.read(&session).await?;
    let mut found = store::messages_before(&mut tx, held.id, number + 1).await?;
    found.truncate(1);
    let told = told(&mut tx, (session.contact, session.rights), id, found).await?;
    let message = told.into_iter().next().ok_or_else(Error::not_found)?;
    Ok((StatusCode::CREATED, Json(message)))
}

/// Says how far this contact has read.
#[utoipa::path(post, path = "/messages/{id}/seen", tag = "messages",
    params(("studio" = String, Path), ("id" = inline(ConversationId), Path)),
    request_body = MarkSeen, responses((status = 200, body = Pulse)), security(("session" = [])))]
pub async fn mark_seen(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<ConversationId>,
    LongBody(seen): LongBody<MarkSeen>,
) -> Result<Json<Pulse>> {
    session.section(Right::Messages)?;
    let reader = Reader::from(&session);
    let mut tx = app.db.write(&session).await?;
    let found = store::seen_one(&mut tx, &reader, id).await?;
    if found.is_none() {
        return Err(Error::not_found());
    }
    let number = store::number_of(&mut tx, id, seen.last).await?;
    let number = number.ok_or_else(Error::not_found)?;
    let before = store::seen_by_contact(&mut tx, id, session.contact).await?;
    if number > before {
        store::mark_contact_seen(&mut tx, id, session.contact, (before, number)).await?;
        // Its other pages count anew.
        store::insert_pulse(&mut tx, None, Some(session.contact), Some(id)).await?;
    }
    let mut pulse = live::pulse(&mut tx, &reader).await?;
    pulse.conversation = Some(id);
    tx.commit().await?;
    Ok(Json(pulse))
}
