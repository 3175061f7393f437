//! Writing a message: one transaction for whatever side it comes from.

use portico_wire::{
    Code, ContactId, ConversationId, DocumentId, MessageId, Right, StaffId,
    messages::{A_MINUTE, SendMessage},
};

use super::{
    Conversation, Reader, checked, one_line, own,
    store::{self, NewMessage},
    tell,
};
use crate::{
    App, Result,
    audit::Actor,
    clients::search::Words,
    db::StudioTx,
    documents,
    error::Error,
    happenings::{self, Happened, Item, What},
    jobs::{self, Job},
    notifications,
    scope::PortalSession,
};

#[derive(Debug, Clone, Copy)]
pub enum Author<'a> {
    Contact {
        id: ContactId,
        name: &'a str,
    },
    /// A rule of the product has no id.
    Staff {
        id: Option<StaffId>,
        name: &'a str,
    },
}

/// What somebody says; the text as [`checked`] leaves it.
pub struct Said<'a> {
    pub author: Author<'a>,
    pub text: &'a str,
    pub documents: &'a [DocumentId],
    /// Who sends it with which key: the same once more is the same message.
    pub once: String,
}

/// Adds a message to a conversation whose row the caller holds, and lets both sides know.
pub async fn say(
    tx: &mut StudioTx,
    conversation: &Conversation,
    said: &Said<'_>,
) -> Result<MessageId> {
    let (contact, staff, by_name) = match said.author {
        Author::Contact { id, name } => (Some(id), None, name),
        Author::Staff { id, name } => (None, id, name),
    };
    let mut line = one_line(said.text);
    if line.is_empty() {
        let names = documents::store::names(tx, said.documents).await?;
        line = one_line(&names.join(", "));
    }
    let new = NewMessage {
        id: tx.id(),
        conversation: conversation.id,
        number: conversation.newest + 1,
        contact,
        staff,
        by_name,
        body: said.text,
        once: &said.once,
        line: &line,
    };
    store::insert_message(tx, &new).await?;
    store::attach(tx, conversation.id, new.id, said.documents).await?;
    let mut words = Words::default();
    words.name(said.text);
    store::insert_words(tx, conversation.id, &words.list()).await?;
    wake(tx, conversation).await?;
    let (by, what) = match said.author {
        Author::Contact { id, name } => {
            notifications::note::of_message(tx, conversation, name, new.line).await?;
            let name = name.to_owned();
            (Actor::Contact { id, name }, What::MessageReceived)
        }
        Author::Staff { id: Some(id), name } => {
            let name = name.to_owned();
            (Actor::Staff { id, name }, What::MessageSent)
        }
        Author::Staff { id: None, .. } => (Actor::System, What::MessageSent),
    };
    let item = Item::Conversation(conversation.id.into_uuid());
    let happened = Happened::new(what, conversation.client_id, &by, item, new.line);
    happenings::tell(tx, &happened.again(new.number)).await?;
    let job = Job::TellMessages {
        conversation: conversation.id,
        number: new.number,
    };
    let at = tx.now().plus_seconds(tell::QUIET);
    jobs::enqueue_at(tx, &job, at).await?;
    Ok(new.id)
}

/// The open pages of whoever sees the conversation are to look.
pub async fn wake(tx: &mut StudioTx, conversation: &Conversation) -> Result<()> {
    let id = Some(conversation.id);
    store::insert_pulse(tx, Some(conversation.client_id), None, id).await?;
    for guest in store::guests(tx, conversation.id).await? {
        store::insert_pulse(tx, None, Some(guest), id).await?;
    }
    Ok(())
}

/// The conversation, held; the client's own is written down where it is not there yet.
pub async fn hold(tx: &mut StudioTx, reader: &Reader, id: ConversationId) -> Result<Conversation> {
    if id == own(reader.who.client) {
        store::insert_conversation(tx, id, reader.who.client, None).await?;
    } else if store::seen_one(tx, reader, id).await?.is_none() {
        return Err(Error::not_found());
    }
    let held = store::hold_conversation(tx, id).await?;
    held.ok_or_else(Error::not_found)
}

/// Attachments are documents this contact sees.
async fn check_documents(tx: &mut StudioTx, reader: &Reader, named: &[DocumentId]) -> Result<()> {
    for &id in named {
        let seen = documents::store::seen_one(tx, reader.who, id).await?;
        let there = match &seen {
            Some(seen) => documents::open::section(reader.rights, seen.event_id).is_ok(),
            None => false,
        };
        if !there {
            return Err(Error::invalid(
                "documents",
                "One of the attachments is no longer there. Please take it out and attach it again.",
            ));
        }
    }
    Ok(())
}

async fn check_rate(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let since = tx.now().plus_seconds(-60);
    if store::count_since(tx, contact, since).await? < A_MINUTE {
        return Ok(());
    }
    Err(Error::refused(
        Code::RateLimited,
        "That were many messages within a minute. Please wait a moment; what you typed is still there.",
    )
    .retry_after(60))
}

/// A contact writes; the message's place, which a request that is sent again finds too.
pub async fn from_contact(
    app: &App,
    session: &PortalSession,
    id: ConversationId,
    message: &SendMessage,
    key: &str,
) -> Result<(Conversation, i64)> {
    session.section(Right::Messages)?;
    let reader = Reader::from(session);
    let text = checked(&message.text, &message.documents)?;
    let mut tx = app.db.write(session).await?;
    let held = hold(&mut tx, &reader, id).await?;
    let once = format!("{}:{key}", session.contact);
    if let Some((conversation, number)) = store::sent_before(&mut tx, &once).await? {
        return match conversation == id {
            true => Ok((held, number)),
            false => Err(Error::refused(
                Code::Conflict,
                "This key was used for another message.",
            )),
        };
    }
    check_rate(&mut tx, session.contact).await?;
    check_documents(&mut tx, &reader, &message.documents).await?;
    let said = Said {
        author: Author::Contact {
            id: session.contact,
            name: &session.contact_name,
        },
        text: &text,
        documents: &message.documents,
        once,
    };
    say(&mut tx, &held, &said).await?;
    tx.commit().await?;
    let number = held.newest + 1;
    Ok((held, number))
}
