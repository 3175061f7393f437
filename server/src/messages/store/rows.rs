//! Conversations, their messages, and how far each side has read.

use portico_wire::{
    ClientId, ContactId, ConversationId, DocumentId, EventId, MessageId, StaffId, Timestamp,
};

use super::super::Conversation;
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional, insert_many, scalar},
};

/// A message on its way into the database.
#[derive(Debug)]
pub struct NewMessage<'a> {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub number: i64,
    pub contact: Option<ContactId>,
    pub staff: Option<StaffId>,
    pub by_name: &'a str,
    pub body: &'a str,
    pub once: &'a str,
    /// As a list shows it.
    pub line: &'a str,
}

pub async fn conversation(tx: &mut StudioTx, id: ConversationId) -> Result<Option<Conversation>> {
    fetch_optional!(
        tx,
        Conversation,
        "select id, client_id, event_id, state, assigned_to, newest, last_at, newest_client, newest_studio, seen_studio,
                told_studio, told_client
         from conversations where studio_id = $1 and id = $2",
        id,
    )
}

/// As [`conversation`], held until the transaction ends: of two who write at once one is after the other.
pub async fn hold_conversation(
    tx: &mut StudioTx,
    id: ConversationId,
) -> Result<Option<Conversation>> {
    fetch_optional!(
        tx,
        Conversation,
        "update conversations set newest = newest where studio_id = $1 and id = $2
         returning id, client_id, event_id, state, assigned_to, newest, last_at, newest_client, newest_studio, seen_studio,
                   told_studio, told_client",
        id,
    )
}

/// Writes down a conversation; nothing happens where it is there.
pub async fn insert_conversation(
    tx: &mut StudioTx,
    id: ConversationId,
    client: ClientId,
    event: Option<EventId>,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into conversations (studio_id, id, client_id, event_id, state, newest, last_at, last_text, last_by,
                last_from_studio, newest_client, newest_studio, seen_studio, told_studio, told_client, created_at)
         values ($1, $2, $3, $4, 'open', 0, $5, '', '', false, 0, 0, 0, 0, 0, $5) on conflict do nothing",
        id,
        client,
        event,
        now,
    )?;
    Ok(())
}

/// The conversation of a client about an event.
pub async fn about_event(
    tx: &mut StudioTx,
    client: ClientId,
    event: EventId,
) -> Result<Option<ConversationId>> {
    let row = fetch_optional!(
        tx,
        (ConversationId,),
        "select id from conversations where studio_id = $1 and client_id = $2 and event_id = $3",
        client,
        event,
    )?;
    Ok(row.map(|(id,)| id))
}

pub async fn insert_message(tx: &mut StudioTx, new: &NewMessage<'_>) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into messages (studio_id, id, conversation_id, number, contact_id, staff_id, by_name, body, once, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.conversation,
        new.number,
        new.contact,
        new.staff,
        new.by_name,
        new.body,
        new.once,
        now,
    )?;
    // What a client writes opens the conversation again.
    execute!(
        tx,
        "update conversations set newest = $3, last_at = $4, last_text = $5, last_by = $6, last_from_studio = $7,
                newest_client = case when $7 then newest_client else $3 end,
                newest_studio = case when $7 then $3 else newest_studio end,
                state = case when $7 then state else 'open' end
         where studio_id = $1 and id = $2",
        new.conversation,
        new.number,
        now,
        new.line,
        new.by_name,
        new.contact.is_none(),
    )?;
    Ok(())
}

/// What somebody sent with this key before.
pub async fn sent_before(tx: &mut StudioTx, once: &str) -> Result<Option<(ConversationId, i64)>> {
    fetch_optional!(
        tx,
        (ConversationId, i64),
        "select conversation_id, number from messages where studio_id = $1 and once = $2",
        once,
    )
}

pub async fn attach(
    tx: &mut StudioTx,
    conversation: ConversationId,
    message: MessageId,
    documents: &[DocumentId],
) -> Result<()> {
    for (place, document) in (0_i64..).zip(documents) {
        execute!(
            tx,
            "insert into message_documents (studio_id, message_id, document_id, conversation_id, place)
             values ($1, $2, $3, $4, $5) on conflict do nothing",
            message,
            document,
            conversation,
            place,
        )?;
    }
    Ok(())
}

/// The conversation is found by these words.
pub async fn insert_words(
    tx: &mut StudioTx,
    conversation: ConversationId,
    words: &[Vec<u8>],
) -> Result<()> {
    insert_many!(
        tx,
        "insert into conversation_words (studio_id, word, conversation_id) values ($1, $2, $3) on conflict do nothing",
        words,
        |word| [word, conversation]
    );
    Ok(())
}

/// Messages of a contact since a moment.
pub async fn count_since(tx: &mut StudioTx, contact: ContactId, since: Timestamp) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from messages where studio_id = $1 and contact_id = $2 and created_at > $3",
        contact,
        since,
    )
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Message {
    pub id: MessageId,
    pub number: i64,
    pub contact_id: Option<ContactId>,
    pub by_name: String,
    pub body: String,
    pub created_at: Timestamp,
    pub seen_at: Option<Timestamp>,
}

/// What a page of messages holds; one more tells that there is another.
pub const PAGE: usize = 50;

/// The newest before a number, the newest first.
pub async fn messages_before(
    tx: &mut StudioTx,
    conversation: ConversationId,
    before: i64,
) -> Result<Vec<Message>> {
    fetch_all!(
        tx,
        Message,
        "select id, number, contact_id, by_name, body, created_at, seen_at from messages
         where studio_id = $1 and conversation_id = $2 and number < $3 order by number desc limit 51",
        conversation,
        before,
    )
}

/// The number of a message of this conversation.
pub async fn number_of(
    tx: &mut StudioTx,
    conversation: ConversationId,
    message: MessageId,
) -> Result<Option<i64>> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "select number from messages where studio_id = $1 and conversation_id = $2 and id = $3",
        conversation,
        message,
    )?;
    Ok(row.map(|(number,)| number))
}

/// A document that went along with a message.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Attached {
    pub message_id: MessageId,
    pub id: DocumentId,
    pub name: String,
    pub kind: String,
    pub bytes: i64,
    pub source: portico_wire::documents::DocumentSource,
}

/// What went along with messages of a range of numbers; removed documents are gone.
pub async fn attached(
    tx: &mut StudioTx,
    conversation: ConversationId,
    (first, last): (i64, i64),
) -> Result<Vec<Attached>> {
    fetch_all!(
        tx,
        Attached,
        "select a.message_id, d.id, d.name, v.kind, v.bytes, v.source
         from messages m
         join message_documents a on a.studio_id = m.studio_id and a.message_id = m.id
         join documents d on d.studio_id = a.studio_id and d.id = a.document_id
         join document_versions v on v.studio_id = d.studio_id and v.document_id = d.id and v.number = d.current
         where m.studio_id = $1 and m.conversation_id = $2 and m.number >= $3 and m.number <= $4 and d.removed_at is null
         order by m.number, a.place",
        conversation,
        first,
        last,
    )
}

/// Contacts of other clients that see it.
pub async fn guests(tx: &mut StudioTx, conversation: ConversationId) -> Result<Vec<ContactId>> {
    let rows = fetch_all!(
        tx,
        (ContactId,),
        "select contact_id from conversation_guests where studio_id = $1 and conversation_id = $2",
        conversation,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// How far a contact has read; 0: nothing yet.
pub async fn seen_by_contact(
    tx: &mut StudioTx,
    conversation: ConversationId,
    contact: ContactId,
) -> Result<i64> {
    let row = fetch_optional!(
        tx,
        (i64,),
        "select number from conversation_seen where studio_id = $1 and conversation_id = $2 and contact_id = $3",
        conversation,
        contact,
    )?;
    Ok(row.map_or(0, |(number,)| number))
}

/// A contact has read up to a number, further than before.
pub async fn mark_contact_seen(
    tx: &mut StudioTx,
    conversation: ConversationId,
    contact: ContactId,
    (before, number): (i64, i64),
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into conversation_seen (studio_id, conversation_id, contact_id, number, seen_at) values ($1, $2, $3, $4, $5)
         on conflict (studio_id, conversation_id, contact_id) do update set number = excluded.number, seen_at = excluded.seen_at
         where conversation_seen.number < excluded.number",
        conversation,
        contact,
        number,
        now,
    )?;
    execute!(
        tx,
        "update messages set seen_at = $5
         where studio_id = $1 and conversation_id = $2 and number > $3 and number <= $4 and contact_id is null
           and seen_at is null",
        conversation,
        before,
        number,
        now,
    )?;
    Ok(())
}

/// Staff have read up to a number; false where they had before.
pub async fn mark_studio_seen(
    tx: &mut StudioTx,
    conversation: ConversationId,
    number: i64,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update conversations set seen_studio = $3 where studio_id = $1 and id = $2 and seen_studio < $3",
        conversation,
        number,
    )?;
    if rows == 0 {
        return Ok(false);
    }
    execute!(
        tx,
        "update messages set seen_at = $4
         where studio_id = $1 and conversation_id = $2 and number <= $3 and contact_id is not null and seen_at is null",
        conversation,
        number,
        now,
    )?;
    Ok(true)
}

/// A contact is being merged: what it wrote and read is the other one's, who goes on seeing what it saw. Before anything else of
/// it moves.
pub async fn move_to_contact(tx: &mut StudioTx, from: ContactId, to: ContactId) -> Result<()> {
    execute!(
        tx,
        "insert into conversation_guests (studio_id, conversation_id, contact_id)
         select distinct x.studio_id, x.conversation_id, $3
         from conversation_viewers x
         join conversations v on v.studio_id = x.studio_id and v.id = x.conversation_id
         where x.studio_id = $1 and x.contact_id = $2 and not x.everything and v.newest > 0
           and not exists (select 1 from contacts k where k.studio_id = $1 and k.id = $3 and k.client_id = v.client_id)
         on conflict do nothing",
        from,
        to,
    )?;
    execute!(
        tx,
        "delete from conversation_guests where studio_id = $1 and contact_id = $2",
        from,
    )?;
    execute!(
        tx,
        "insert into conversation_seen (studio_id, conversation_id, contact_id, number, seen_at)
         select studio_id, conversation_id, $3, number, seen_at from conversation_seen where studio_id = $1 and contact_id = $2
         on conflict do nothing",
        from,
        to,
    )?;
    execute!(
        tx,
        "update messages set contact_id = $3 where studio_id = $1 and contact_id = $2",
        from,
        to,
    )?;
    Ok(())
}
