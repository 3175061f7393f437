//! The inbox: conversations of all clients, and what staff do with them.

use portico_wire::{ClientId, ConversationId, EventId, SavedReplyId, StaffId, Timestamp};

use super::{super::State, Place};
use crate::{
    Result,
    clients::search::Range,
    db::{StudioTx, execute, fetch_all, fetch_one, fetch_optional},
};

/// Which part of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    Open,
    Mine,
    Unassigned,
    Done,
    All,
}

impl Show {
    pub const ALL: &[Self] = &[
        Self::Open,
        Self::Mine,
        Self::Unassigned,
        Self::Done,
        Self::All,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Mine => "mine",
            Self::Unassigned => "unassigned",
            Self::Done => "done",
            Self::All => "all",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == text)
    }
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    pub id: ConversationId,
    pub state: State,
    pub last_at: Timestamp,
    pub last_text: String,
    pub last_by: String,
    pub last_from_studio: bool,
    /// Nobody of the studio has seen the newest of the client's.
    pub unseen: bool,
    pub client_name: String,
    pub event_title: Option<String>,
    pub assigned_name: Option<String>,
}

/// A page of the inbox, the latest first; one more than a page tells that there is another.
pub async fn inbox(
    tx: &mut StudioTx,
    show: Show,
    staff: StaffId,
    behind: Place,
) -> Result<Vec<Line>> {
    match show {
        Show::All => fetch_all!(
            tx,
            Line,
            "select v.id, v.state, v.last_at, v.last_text, v.last_by, v.last_from_studio, v.newest_client > v.seen_studio as unseen,
                    c.name as client_name, e.title as event_title, f.name as assigned_name
             from conversations v
             join clients c on c.studio_id = v.studio_id and c.id = v.client_id
             left join events e on e.studio_id = v.studio_id and e.id = v.event_id
             left join staff f on f.id = v.assigned_to
             where v.studio_id = $1 and v.newest > 0 and (v.last_at, v.id) < ($2, $3)
             order by v.last_at desc, v.id desc limit $4",
            behind.at,
            behind.id,
            51_i64,
        ),
        Show::Mine => fetch_all!(
            tx,
            Line,
            "select v.id, v.state, v.last_at, v.last_text, v.last_by, v.last_from_studio, v.newest_client > v.seen_studio as unseen,
                    c.name as client_name, e.title as event_title, f.name as assigned_name
             from conversations v
             join clients c on c.studio_id = v.studio_id and c.id = v.client_id
             left join events e on e.studio_id = v.studio_id and e.id = v.event_id
             left join staff f on f.id = v.assigned_to
             where v.studio_id = $1 and v.newest > 0 and v.state = 'open' and v.assigned_to = $5 and (v.last_at, v.id) < ($2, $3)
             order by v.last_at desc, v.id desc limit $4",
            behind.at,
            behind.id,
            51_i64,
            staff,
        ),
        Show::Unassigned => fetch_all!(
            tx,
            Line,
            "select v.id, v.state, v.last_at, v.last_text, v.last_by, v.last_from_studio, v.newest_client > v.seen_studio as unseen,
                    c.name as client_name, e.title as event_title, f.name as assigned_name
             from conversations v
             join clients c on c.studio_id = v.studio_id and c.id = v.client_id
             left join events e on e.studio_id = v.studio_id and e.id = v.event_id
             left join staff f on f.id = v.assigned_to
             where v.studio_id = $1 and v.newest > 0 and v.state = 'open' and v.assigned_to is null and (v.last_at, v.id) < ($2, $3)
             order by v.last_at desc, v.id desc limit $4",
            behind.at,
            behind.id,
            51_i64,
        ),
        Show::Open | Show::Done => fetch_all!(
            tx,
            Line,
            "select v.id, v.state, v.last_at, v.last_text, v.last_by, v.last_from_studio, v.newest_client > v.seen_studio as unseen,
                    c.name as client_name, e.title as event_title, f.name as assigned_name
             from conversations v
             join clients c on c.studio_id = v.studio_id and c.id = v.client_id
             left join events e on e.studio_id = v.studio_id and e.id = v.event_id
             left join staff f on f.id = v.assigned_to
             where v.studio_id = $1 and v.newest > 0 and v.state = $5 and (v.last_at, v.id) < ($2, $3)
             order by v.last_at desc, v.id desc limit $4",
            behind.at,
            behind.id,
            51_i64,
            show.name(),
        ),
    }
}

/// As [`inbox`], with each of these words in a message, or in a name or an address of the client's.
pub async fn search(
    tx: &mut StudioTx,
    show: Show,
    staff: StaffId,
    words: &[Range],
    behind: Place,
) -> Result<Vec<Line>> {
    let low = |at: usize| words.get(at).map(|(low, _)| low);
    let high = |at: usize| words.get(at).map(|(_, high)| high);
    fetch_all!(
        tx,
        Line,
        "select v.id, v.state, v.last_at, v.last_text, v.last_by, v.last_from_studio, v.newest_client > v.seen_studio as unseen,
                c.name as client_name, e.title as event_title, f.name as assigned_name
         from (select w.conversation_id as id from conversation_words w where w.studio_id = $1 and w.word >= $2 and w.word < $3
               union
               select o.id from client_words w join conversations o on o.studio_id = w.studio_id and o.client_id = w.client_id
               where w.studio_id = $1 and w.word >= $2 and w.word < $3) found
         join conversations v on v.studio_id = $1 and v.id = found.id
         join clients c on c.studio_id = v.studio_id and c.id = v.client_id
         left join events e on e.studio_id = v.studio_id and e.id = v.event_id
         left join staff f on f.id = v.assigned_to
         where v.newest > 0 and (v.last_at < $10 or v.last_at = $10 and v.id < $11)
           and ($4 is null or v.id in (select w.conversation_id from conversation_words w
                    where w.studio_id = $1 and w.word >= $4 and w.word < $5)
                or v.client_id in (select w.client_id from client_words w where w.studio_id = $1 and w.word >= $4 and w.word < $5))
           and ($6 is null or v.id in (select w.conversation_id from conversation_words w
                    where w.studio_id = $1 and w.word >= $6 and w.word < $7)
                or v.client_id in (select w.client_id from client_words w where w.studio_id = $1 and w.word >= $6 and w.word < $7))
           and ($8 = 'all' or $8 = v.state or $8 = 'mine' and v.state = 'open' and v.assigned_to = $9
                or $8 = 'unassigned' and v.state = 'open' and v.assigned_to is null)
         order by v.last_at desc, v.id desc limit 51",
        low(0),
        high(0),
        low(1),
        high(1),
        low(2),
        high(2),
        show.name(),
        staff,
        behind.at,
        behind.id,
    )
}

/// The latest conversations of a client, or about an event.
pub async fn of_client(tx: &mut StudioTx, client: ClientId) -> Result<Vec<Line>> {
    fetch_all!(
        tx,
        Line,
        "select v.id, v.state, v.last_at, v.last_text, v.last_by, v.last_from_studio, v.newest_client > v.seen_studio as unseen,
                c.name as client_name, e.title as event_title, f.name as assigned_name
         from conversations v
         join clients c on c.studio_id = v.studio_id and c.id = v.client_id
         left join events e on e.studio_id = v.studio_id and e.id = v.event_id
         left join staff f on f.id = v.assigned_to
         where v.studio_id = $1 and v.client_id = $2 and v.newest > 0 order by v.last_at desc, v.id desc limit 5",
        client,
    )
}

pub async fn of_event(tx: &mut StudioTx, event: EventId) -> Result<Vec<Line>> {
    fetch_all!(
        tx,
        Line,
        "select v.id, v.state, v.last_at, v.last_text, v.last_by, v.last_from_studio, v.newest_client > v.seen_studio as unseen,
                c.name as client_name, e.title as event_title, f.name as assigned_name
         from conversations v
         join clients c on c.studio_id = v.studio_id and c.id = v.client_id
         left join events e on e.studio_id = v.studio_id and e.id = v.event_id
         left join staff f on f.id = v.assigned_to
         where v.studio_id = $1 and v.event_id = $2 and v.newest > 0 order by v.last_at desc, v.id desc limit 20",
        event,
    )
}

/// Something of the inbox changed when this does.
pub async fn inbox_mark(tx: &mut StudioTx) -> Result<String> {
    let (open, last, seen) = fetch_one!(
        tx,
        (i64, Option<Timestamp>, i64),
        "select (select count(*) from (select 1 as one from conversations
                    where studio_id = $1 and newest_client > seen_studio limit 100) few),
                (select max(last_at) from conversations where studio_id = $1 and newest > 0),
                (select count(*) from (select 1 as one from conversations
                    where studio_id = $1 and newest > 0 and state = 'open' and assigned_to is null limit 100) few)",
    )?;
    let last = last.map_or(0, Timestamp::micros);
    Ok(format!("{open}.{last}.{seen}"))
}

/// Something of a conversation changed when this does: a message, or that somebody read one.
pub async fn conversation_mark(tx: &mut StudioTx, id: ConversationId) -> Result<String> {
    let row = fetch_optional!(
        tx,
        (i64, i64, i64),
        "select v.newest, coalesce((select max(s.number) from conversation_seen s
                    where s.studio_id = v.studio_id and s.conversation_id = v.id), 0),
                (select count(*) from conversation_seen s where s.studio_id = v.studio_id and s.conversation_id = v.id)
         from conversations v where v.studio_id = $1 and v.id = $2",
        id,
    )?;
    let (newest, seen, readers) = row.unwrap_or_default();
    Ok(format!("{newest}.{seen}.{readers}"))
}

/// Who of the studio, but this one, wrote behind a number.
pub async fn studio_wrote_since(
    tx: &mut StudioTx,
    id: ConversationId,
    number: i64,
    but: StaffId,
) -> Result<Option<String>> {
    let row = fetch_optional!(
        tx,
        (String,),
        "select by_name from messages
         where studio_id = $1 and conversation_id = $2 and number > $3 and contact_id is null
           and (staff_id is null or staff_id <> $4)
         order by number desc limit 1",
        id,
        number,
        but,
    )?;
    Ok(row.map(|(name,)| name))
}

/// How far a contact has read.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReaderOf {
    pub name: String,
    pub number: i64,
}

pub async fn readers_of(tx: &mut StudioTx, id: ConversationId) -> Result<Vec<ReaderOf>> {
    fetch_all!(
        tx,
        ReaderOf,
        "select k.first_name as name, s.number from conversation_seen s
         join contacts k on k.studio_id = s.studio_id and k.id = s.contact_id
         where s.studio_id = $1 and s.conversation_id = $2 and k.merged_into is null order by k.first_name, k.id limit 20",
        id,
    )
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Colleague {
    pub id: StaffId,
    pub name: String,
}

/// Everybody of the studio.
pub async fn team(tx: &mut StudioTx) -> Result<Vec<Colleague>> {
    fetch_all!(
        tx,
        Colleague,
        "select f.id, f.name from staff_roles r join staff f on f.id = r.staff_id
         where r.studio_id = $1 order by lower(f.name), f.id limit 500",
    )
}

pub async fn assign(tx: &mut StudioTx, id: ConversationId, staff: Option<StaffId>) -> Result<()> {
    execute!(
        tx,
        "update conversations set assigned_to = $3 where studio_id = $1 and id = $2",
        id,
        staff,
    )?;
    Ok(())
}

pub async fn set_state(tx: &mut StudioTx, id: ConversationId, state: State) -> Result<()> {
    execute!(
        tx,
        "update conversations set state = $3 where studio_id = $1 and id = $2",
        id,
        state,
    )?;
    Ok(())
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SavedReply {
    pub id: SavedReplyId,
    pub title: String,
    pub body: String,
    pub version: i64,
}

pub async fn saved_replies(tx: &mut StudioTx) -> Result<Vec<SavedReply>> {
    fetch_all!(
        tx,
        SavedReply,
        "select id, title, body, version from saved_replies where studio_id = $1 order by lower(title), id limit 200",
    )
}

pub async fn saved_reply(tx: &mut StudioTx, id: SavedReplyId) -> Result<Option<SavedReply>> {
    fetch_optional!(
        tx,
        SavedReply,
        "select id, title, body, version from saved_replies where studio_id = $1 and id = $2",
        id,
    )
}

pub async fn insert_reply(
    tx: &mut StudioTx,
    id: SavedReplyId,
    title: &str,
    body: &str,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into saved_replies (studio_id, id, title, body, version, updated_at) values ($1, $2, $3, $4, 1, $5)",
        id,
        title,
        body,
        now,
    )?;
    Ok(())
}

/// False where somebody changed it meanwhile.
pub async fn save_reply(
    tx: &mut StudioTx,
    id: SavedReplyId,
    version: i64,
    title: &str,
    body: &str,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update saved_replies set title = $4, body = $5, version = version + 1, updated_at = $6
         where studio_id = $1 and id = $2 and version = $3",
        id,
        version,
        title,
        body,
        now,
    )?;
    Ok(rows == 1)
}

pub async fn delete_reply(tx: &mut StudioTx, id: SavedReplyId) -> Result<()> {
    execute!(
        tx,
        "delete from saved_replies where studio_id = $1 and id = $2",
        id,
    )?;
    Ok(())
}
