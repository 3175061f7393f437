//! Conversations as a contact sees them: `conversation_viewers` says which.

use portico_wire::{ConversationId, DocumentId, EventId, Timestamp};

use super::super::Reader;
use crate::{
    Result,
    db::{StudioTx, fetch_all, fetch_optional, scalar},
};

/// A conversation in a contact's list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Seen {
    pub id: ConversationId,
    pub event_id: Option<EventId>,
    pub title: Option<String>,
    pub newest: i64,
    pub last_at: Timestamp,
    pub last_text: String,
    pub last_by: String,
    pub last_from_studio: bool,
    /// At most 100.
    pub unread: i64,
}

/// Where a page of the list begins: behind this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub at: Timestamp,
    pub id: ConversationId,
}

impl Place {
    pub fn read(text: &str) -> Option<Self> {
        let (micros, id) = text.split_once('.')?;
        let micros: i64 = micros.parse().ok()?;
        let within = (0..=253_402_300_799_000_000).contains(&micros);
        Some(Self {
            at: within.then(|| Timestamp::from_micros(micros))?,
            id: id.parse().ok()?,
        })
    }

    pub fn write(self) -> String {
        format!("{}.{}", self.at.micros(), self.id)
    }

    /// Before every conversation.
    pub const fn first() -> Self {
        Self {
            at: Timestamp::from_micros(253_402_300_799_000_000),
            id: ConversationId::from_bytes([0xff; 16]),
        }
    }
}

/// A page of what a contact sees and somebody wrote in, the latest first; one more tells that there is another.
pub async fn seen_by(tx: &mut StudioTx, reader: &Reader, behind: Place) -> Result<Vec<Seen>> {
    fetch_all!(
        tx,
        Seen,
        "select v.id, v.event_id, e.title, v.newest, v.last_at, v.last_text, v.last_by, v.last_from_studio,
                (select count(*) from (select 1 as one from messages m
                    where m.studio_id = v.studio_id and m.conversation_id = v.id and m.contact_id is null
                      and m.number > coalesce(s.number, 0) limit 100) few) as unread
         from (select distinct x.conversation_id as id from conversation_viewers x
               where x.studio_id = $1 and x.contact_id = $2 and (not x.everything or $3) and (x.event_id is null or $4)) mine
         join conversations v on v.studio_id = $1 and v.id = mine.id
         left join events e on e.studio_id = v.studio_id and e.id = v.event_id
         left join conversation_seen s on s.studio_id = v.studio_id and s.conversation_id = v.id and s.contact_id = $2
         where v.newest > 0 and (v.last_at < $5 or v.last_at = $5 and v.id < $6)
         order by v.last_at desc, v.id desc limit 51",
        reader.who.contact,
        reader.who.everything,
        reader.events(),
        behind.at,
        behind.id,
    )
}

/// One of them, even with nothing in it.
pub async fn seen_one(
    tx: &mut StudioTx,
    reader: &Reader,
    id: ConversationId,
) -> Result<Option<Seen>> {
    fetch_optional!(
        tx,
        Seen,
        "select v.id, v.event_id, e.title, v.newest, v.last_at, v.last_text, v.last_by, v.last_from_studio,
                (select count(*) from (select 1 as one from messages m
                    where m.studio_id = v.studio_id and m.conversation_id = v.id and m.contact_id is null
                      and m.number > coalesce(s.number, 0) limit 100) few) as unread
         from conversations v
         left join events e on e.studio_id = v.studio_id and e.id = v.event_id
         left join conversation_seen s on s.studio_id = v.studio_id and s.conversation_id = v.id and s.contact_id = $2
         where v.studio_id = $1 and v.id = $5
           and exists (select 1 from conversation_viewers x
               where x.studio_id = $1 and x.conversation_id = $5 and x.contact_id = $2 and (not x.everything or $3)
                 and (x.event_id is null or $4))",
        reader.who.contact,
        reader.who.everything,
        reader.events(),
        id,
    )
}

/// Messages of the studio this contact has not seen, wherever; at most 100.
pub async fn unread(tx: &mut StudioTx, reader: &Reader) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(*) from (select 1 as one
         from (select distinct x.conversation_id as id from conversation_viewers x
               where x.studio_id = $1 and x.contact_id = $2 and (not x.everything or $3) and (x.event_id is null or $4)) mine
         join conversations v on v.studio_id = $1 and v.id = mine.id
         left join conversation_seen s on s.studio_id = v.studio_id and s.conversation_id = v.id and s.contact_id = $2
         join messages m on m.studio_id = v.studio_id and m.conversation_id = v.id
         where v.newest_studio > coalesce(s.number, 0) and m.number > coalesce(s.number, 0) and m.contact_id is null
         limit 100) few",
        reader.who.contact,
        reader.who.everything,
        reader.events(),
    )
}

/// Whether this contact sees the document in one of its conversations.
pub async fn sees_attached(
    tx: &mut StudioTx,
    reader: &Reader,
    document: DocumentId,
) -> Result<bool> {
    let found = scalar!(
        tx,
        i64,
        "select count(*) from message_documents a
         where a.studio_id = $1 and a.document_id = $5
           and exists (select 1 from conversation_viewers x
               where x.studio_id = $1 and x.conversation_id = a.conversation_id and x.contact_id = $2
                 and (not x.everything or $3) and (x.event_id is null or $4))",
        reader.who.contact,
        reader.who.everything,
        reader.events(),
        document,
    )?;
    Ok(found > 0)
}
