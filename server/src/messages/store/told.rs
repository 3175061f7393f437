//! What is still to be told by mail, and to whom.

use portico_wire::{ContactId, ConversationId, GroupId, Settings, StaffId, Timestamp};

use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_one, fetch_optional},
};

pub async fn is_from_studio(
    tx: &mut StudioTx,
    conversation: ConversationId,
    number: i64,
) -> Result<bool> {
    let row = fetch_optional!(
        tx,
        (bool,),
        "select contact_id is null from messages where studio_id = $1 and conversation_id = $2 and number = $3",
        conversation,
        number,
    )?;
    Ok(row.is_some_and(|(from_studio,)| from_studio))
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Untold {
    pub number: i64,
    pub by_name: String,
    pub body: String,
    pub created_at: Timestamp,
    /// How many documents went along.
    pub attached: i64,
}

/// Messages of one side behind a number, the oldest first; a mail holds no more.
pub async fn untold(
    tx: &mut StudioTx,
    conversation: ConversationId,
    from_studio: bool,
    behind: i64,
) -> Result<Vec<Untold>> {
    fetch_all!(
        tx,
        Untold,
        "select m.number, m.by_name, m.body, m.created_at,
                (select count(*) from message_documents a where a.studio_id = m.studio_id and a.message_id = m.id) as attached
         from messages m
         where m.studio_id = $1 and m.conversation_id = $2 and m.number > $3
           and case when $4 then m.contact_id is null else m.contact_id is not null end
         order by m.number limit 20",
        conversation,
        behind,
        from_studio,
    )
}

/// Of the studio's messages, or of the client's, everything up to a number is told.
pub async fn mark_told(
    tx: &mut StudioTx,
    conversation: ConversationId,
    from_studio: bool,
    number: i64,
) -> Result<()> {
    execute!(
        tx,
        "update conversations set told_client = case when $3 then $4 else told_client end,
                told_studio = case when $3 then told_studio else $4 end
         where studio_id = $1 and id = $2",
        conversation,
        from_studio,
        number,
    )?;
    Ok(())
}

/// Whose a conversation is.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct About {
    pub client_name: String,
    pub event_title: Option<String>,
    /// Whose staff are told: the event's, where it has some.
    pub group_id: Option<GroupId>,
}

pub async fn about(tx: &mut StudioTx, conversation: ConversationId) -> Result<About> {
    fetch_one!(
        tx,
        About,
        "select c.name as client_name, e.title as event_title, coalesce(e.group_id, c.group_id) as group_id
         from conversations v
         join clients c on c.studio_id = v.studio_id and c.id = v.client_id
         left join events e on e.studio_id = v.studio_id and e.id = v.event_id
         where v.studio_id = $1 and v.id = $2",
        conversation,
    )
}

/// Name and address of a staff member who still works for the studio.
pub async fn assignee(tx: &mut StudioTx, staff: StaffId) -> Result<Option<(String, String)>> {
    fetch_optional!(
        tx,
        (String, String),
        "select f.name, f.email from staff_roles r join staff f on f.id = r.staff_id
         where r.studio_id = $1 and r.staff_id = $2",
        staff,
    )
}

/// A contact that may see a conversation and has an address.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Recipient {
    pub id: ContactId,
    pub first_name: String,
    pub email: String,
    #[sqlx(json)]
    pub contact_rights: Settings,
    #[sqlx(json)]
    pub client_rights: Settings,
    /// Sees it only with the right to see everything.
    pub everything: bool,
    /// How far it has read.
    pub seen: i64,
}

/// Those that can come in.
pub async fn recipients(tx: &mut StudioTx, conversation: ConversationId) -> Result<Vec<Recipient>> {
    fetch_all!(
        tx,
        Recipient,
        "select k.id, k.first_name, k.email, k.rights as contact_rights, c.rights as client_rights, x.everything,
                coalesce(s.number, 0) as seen
         from conversation_viewers x
         join contacts k on k.studio_id = x.studio_id and k.id = x.contact_id
         join clients c on c.studio_id = k.studio_id and c.id = k.client_id
         left join conversation_seen s on s.studio_id = x.studio_id and s.conversation_id = x.conversation_id
              and s.contact_id = x.contact_id
         where x.studio_id = $1 and x.conversation_id = $2 and k.active and c.portal_enabled and k.email is not null
           and k.merged_into is null
         order by k.id",
        conversation,
    )
}
