//! Contacts as staff see them: the list of portal users, and one contact's access.

use portico_wire::{ClientId, ContactId, ImportId, StaffId, Timestamp};

use super::super::reach::{Filter, State};
use crate::{
    Result,
    clients::search,
    db::{StudioTx, execute, fetch_all, fetch_optional, scalar},
};

/// A row of the view `portal_users`, which leaves merged contacts out.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PortalUser {
    pub id: ContactId,
    pub client_id: ClientId,
    pub client_name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub mobile: Option<String>,
    pub language: Option<String>,
    pub active: bool,
    pub portal_enabled: bool,
    pub has_password: bool,
    pub password_must_change: bool,
    pub invited_at: Option<Timestamp>,
    pub accepted_at: Option<Timestamp>,
    pub last_sign_in_at: Option<Timestamp>,
    /// The staff member who tries the portal as this contact.
    pub test_of: Option<StaffId>,
    pub state: State,
}

impl PortalUser {
    pub fn name(&self) -> String {
        crate::clients::full_name(&self.first_name, &self.last_name)
    }
}

pub async fn portal_user(tx: &mut StudioTx, contact: ContactId) -> Result<Option<PortalUser>> {
    fetch_optional!(
        tx,
        PortalUser,
        "select id, client_id, client_name, first_name, last_name, email, mobile, language, active, portal_enabled,
                has_password, password_must_change, invited_at, accepted_at, last_sign_in_at, test_of, state
         from portal_users where studio_id = $1 and id = $2",
        contact,
    )
}

/// The contact this one was merged into, if it was.
pub async fn merged_into(tx: &mut StudioTx, contact: ContactId) -> Result<Option<ContactId>> {
    let row = fetch_optional!(
        tx,
        (Option<ContactId>,),
        "select merged_into from contacts where studio_id = $1 and id = $2",
        contact,
    )?;
    Ok(row.and_then(|(into,)| into))
}

/// Where a contact stands in the list's order.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Place {
    pub sort_name: Vec<u8>,
    pub id: ContactId,
}

impl Place {
    /// Before everybody.
    pub fn start() -> Self {
        Self {
            sort_name: Vec::new(),
            id: ContactId::from_bytes([0; 16]),
        }
    }
}

pub async fn place(tx: &mut StudioTx, contact: ContactId) -> Result<Option<Place>> {
    fetch_optional!(
        tx,
        Place,
        "select sort_name, id from contacts where studio_id = $1 and id = $2",
        contact,
    )
}

/// Portal users after a place in the order of their names; test clients are left out. Somebody is found by any
/// word the client is found by.
pub async fn portal_users(
    tx: &mut StudioTx,
    filter: &Filter,
    after: &Place,
    limit: i64,
) -> Result<Vec<PortalUser>> {
    let words = search::ranges(&filter.search);
    if !words.is_empty() {
        return search_users(tx, filter, &words, after, limit).await;
    }
    let Some(state) = filter.state else {
        return fetch_all!(
            tx,
            PortalUser,
            "select id, client_id, client_name, first_name, last_name, email, mobile, language, active,
                    portal_enabled, has_password, password_must_change, invited_at, accepted_at, last_sign_in_at,
                    test_of, state
             from portal_users
             where studio_id = $1 and test_of is null and (sort_name, id) > ($2, $3)
             order by sort_name, id limit $4",
            &after.sort_name,
            after.id,
            limit,
        );
    };
    fetch_all!(
        tx,
        PortalUser,
        "select id, client_id, client_name, first_name, last_name, email, mobile, language, active,
                portal_enabled, has_password, password_must_change, invited_at, accepted_at, last_sign_in_at,
                test_of, state
         from portal_users
         where studio_id = $1 and test_of is null and state = $2 and (sort_name, id) > ($3, $4)
         order by sort_name, id limit $5",
        state.name(),
        &after.sort_name,
        after.id,
        limit,
    )
}

async fn search_users(
    tx: &mut StudioTx,
    filter: &Filter,
    words: &[search::Range],
    after: &Place,
    limit: i64,
) -> Result<Vec<PortalUser>> {
    let low = |at: usize| words.get(at).map(|(low, _)| low);
    let high = |at: usize| words.get(at).map(|(_, high)| high);
    fetch_all!(
        tx,
        PortalUser,
        "select u.id, u.client_id, u.client_name, u.first_name, u.last_name, u.email, u.mobile, u.language, u.active,
                u.portal_enabled, u.has_password, u.password_must_change, u.invited_at, u.accepted_at,
                u.last_sign_in_at, u.test_of, u.state
         from (select distinct w.client_id from client_words w
               where w.studio_id = $1 and w.word >= $2 and w.word < $3) found
         cross join portal_users u
         where u.studio_id = $1 and u.client_id = found.client_id and u.test_of is null
           and (u.client_id in (select w.client_id from client_words w
                where w.studio_id = $1 and w.word >= $4 and w.word < $5) or $4 is null)
           and (u.client_id in (select w.client_id from client_words w
                where w.studio_id = $1 and w.word >= $6 and w.word < $7) or $6 is null)
           and (u.sort_name, u.id) > ($8, $9) and ($10 = '' or u.state = $10)
         order by u.sort_name, u.id limit $11",
        low(0),
        high(0),
        low(1),
        high(1),
        low(2),
        high(2),
        &after.sort_name,
        after.id,
        filter.state.map_or("", State::name),
        limit,
    )
}

/// The new contacts of an import that was done.
pub async fn users_of_import(tx: &mut StudioTx, import: ImportId) -> Result<Vec<PortalUser>> {
    fetch_all!(
        tx,
        PortalUser,
        "select u.id, u.client_id, u.client_name, u.first_name, u.last_name, u.email, u.mobile, u.language, u.active,
                u.portal_enabled, u.has_password, u.password_must_change, u.invited_at, u.accepted_at,
                u.last_sign_in_at, u.test_of, u.state
         from import_rows r cross join portal_users u
         where r.studio_id = $1 and r.import_id = $2 and r.outcome = 'new'
           and u.studio_id = $1 and u.id = r.contact_id",
        import,
    )
}

/// Emails that keep their contacts from signing in, as more than one has them.
pub async fn duplicate_emails(tx: &mut StudioTx) -> Result<i64> {
    scalar!(
        tx,
        i64,
        "select count(distinct email) from contacts where studio_id = $1 and access_state = 'duplicate'",
    )
}

/// The contacts of such emails, together by email.
pub async fn duplicates(tx: &mut StudioTx, after: &str, limit: i64) -> Result<Vec<PortalUser>> {
    fetch_all!(
        tx,
        PortalUser,
        "select id, client_id, client_name, first_name, last_name, email, mobile, language, active,
                portal_enabled, has_password, password_must_change, invited_at, accepted_at, last_sign_in_at,
                test_of, state
         from portal_users
         where studio_id = $1 and email in (select distinct email from contacts
                where studio_id = $1 and access_state = 'duplicate' and email > $2 order by email limit $3)
         order by email, id",
        after,
        limit,
    )
}

pub async fn save_active(tx: &mut StudioTx, contact: ContactId, active: bool) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update contacts set active = $3, updated_at = $4 where studio_id = $1 and id = $2",
        contact,
        active,
        now,
    )?;
    Ok(())
}

pub async fn clear_email(tx: &mut StudioTx, contact: ContactId) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update contacts set email = null, updated_at = $3, version = version + 1 where studio_id = $1 and id = $2",
        contact,
        now,
    )?;
    Ok(())
}

// Test clients

/// The contact with which this staff member tries the portal.
pub async fn test_contact(tx: &mut StudioTx, staff: StaffId) -> Result<Option<ContactId>> {
    let row = fetch_optional!(
        tx,
        (ContactId,),
        "select c.id from clients cl join contacts c on c.studio_id = cl.studio_id and c.client_id = cl.id
         where cl.studio_id = $1 and cl.test_of = $2 and c.merged_into is null order by c.id limit 1",
        staff,
    )?;
    Ok(row.map(|(id,)| id))
}

pub async fn mark_test_client(tx: &mut StudioTx, client: ClientId, staff: StaffId) -> Result<()> {
    execute!(
        tx,
        "update clients set test_of = $3 where studio_id = $1 and id = $2",
        client,
        staff,
    )?;
    Ok(())
}
