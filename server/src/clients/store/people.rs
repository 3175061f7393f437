//! Clients, their contacts, and the words they are found by.

use portico_wire::{
    ClientId, ContactId, Settings, Timestamp,
    clients::{Address, ClientDetails, ClientKind, ContactDetails, Profile},
};
use sqlx::types::Json;

use super::super::{
    Client, Contact, NewClient, NewContact, Values,
    search::{self, Words},
};
use crate::{
    Result,
    db::{StudioTx, execute, fetch_all, fetch_optional, scalar},
    error::Error,
};

pub async fn insert_client(tx: &mut StudioTx, client: &NewClient) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into clients (studio_id, id, kind, name, sort_name, group_id, portal_enabled, phone, address, rights,
                fields, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
        client.id,
        client.kind,
        &client.name,
        search::sort_name(&client.name),
        client.group,
        client.portal_enabled,
        &client.phone,
        Json(&client.address),
        Json(&client.rights),
        Json(&client.fields),
        now,
    )?;
    let mut words = Words::default();
    words.name(&client.name);
    if let Some(phone) = &client.phone {
        words.phone(phone);
    }
    insert_words(tx, client.id, &words).await
}

pub async fn insert_contact(tx: &mut StudioTx, contact: &NewContact) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into contacts (studio_id, id, client_id, first_name, last_name, email, mobile, language, active, rights,
                fields, password_must_change, password_tries, password_tries_since, created_at, updated_at, sort_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $13, $13, $14)",
        contact.id,
        contact.client,
        &contact.first_name,
        &contact.last_name,
        &contact.email,
        &contact.mobile,
        &contact.language,
        contact.active,
        Json(&contact.rights),
        Json(&contact.fields),
        false,
        now,
        search::contact_sort_name(&contact.first_name, &contact.last_name),
    )?;
    let mut words = Words::default();
    contact_words(
        &mut words,
        &super::super::full_name(&contact.first_name, &contact.last_name),
        contact.email.as_deref(),
        contact.mobile.as_deref(),
    );
    insert_words(tx, contact.client, &words).await
}

pub(super) fn contact_words(
    words: &mut Words,
    name: &str,
    email: Option<&str>,
    mobile: Option<&str>,
) {
    words.name(name);
    if let Some(email) = email {
        words.email(email);
    }
    if let Some(mobile) = mobile {
        words.phone(mobile);
    }
}

/// Eight at a time: each statement is a round trip.
async fn insert_words(tx: &mut StudioTx, client: ClientId, words: &Words) -> Result<()> {
    for some in words.list().chunks(8) {
        // The last ones are few: the first stands in for those that are missing.
        let word = |at: usize| some.get(at).unwrap_or(&some[0]);
        execute!(
            tx,
            "insert into client_words (studio_id, client_id, word)
             values ($1, $2, $3), ($1, $2, $4), ($1, $2, $5), ($1, $2, $6), ($1, $2, $7), ($1, $2, $8), ($1, $2, $9),
                    ($1, $2, $10)
             on conflict (studio_id, word, client_id) do nothing",
            client,
            word(0),
            word(1),
            word(2),
            word(3),
            word(4),
            word(5),
            word(6),
            word(7),
        )?;
    }
    Ok(())
}

/// Finds a client by what it and its contacts are called now: after every change of a name, an email
/// address or a number.
pub async fn index(tx: &mut StudioTx, client: ClientId) -> Result<()> {
    let found = client_of(tx, client).await?.ok_or_else(Error::not_found)?;
    let mut words = Words::default();
    words.name(&found.name);
    if let Some(phone) = &found.phone {
        words.phone(phone);
    }
    for contact in contacts_of(tx, client).await? {
        contact_words(
            &mut words,
            &contact.name(),
            contact.email.as_deref(),
            contact.mobile.as_deref(),
        );
    }
    execute!(
        tx,
        "delete from client_words where studio_id = $1 and client_id = $2",
        client
    )?;
    insert_words(tx, client, &words).await
}

pub async fn client_of(tx: &mut StudioTx, client: ClientId) -> Result<Option<Client>> {
    fetch_optional!(
        tx,
        Client,
        "select c.id, c.version, c.kind, c.name, c.group_id, g.name as group_name, c.portal_enabled, c.phone, c.address,
                c.rights, c.fields, c.last_active_at, c.created_at
         from clients c left join groups g on g.studio_id = c.studio_id and g.id = c.group_id
         where c.studio_id = $1 and c.id = $2",
        client,
    )
}

/// The client; not found where there is none.
pub async fn get_client(tx: &mut StudioTx, client: ClientId) -> Result<Client> {
    client_of(tx, client).await?.ok_or_else(Error::not_found)
}

pub async fn contacts_of(tx: &mut StudioTx, client: ClientId) -> Result<Vec<Contact>> {
    fetch_all!(
        tx,
        Contact,
        "select id, client_id, version, first_name, last_name, email, mobile, language, active, rights, fields,
                invited_at, accepted_at, last_sign_in_at
         from contacts where studio_id = $1 and client_id = $2 and merged_into is null order by first_name, id",
        client,
    )
}

/// The contact; not found where there is none.
pub async fn get_contact(tx: &mut StudioTx, contact: ContactId) -> Result<Contact> {
    fetch_optional!(
        tx,
        Contact,
        "select id, client_id, version, first_name, last_name, email, mobile, language, active, rights, fields,
                invited_at, accepted_at, last_sign_in_at
         from contacts where studio_id = $1 and id = $2",
        contact,
    )?
    .ok_or_else(Error::not_found)
}

/// Saves what the form of a client holds if nobody saved another since `version` was read; false otherwise.
pub async fn save_client(tx: &mut StudioTx, client: &Client) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update clients set kind = $4, name = $5, sort_name = $6, group_id = $7, phone = $8, address = $9, fields = $10,
                updated_at = $11, version = version + 1
         where studio_id = $1 and id = $2 and version = $3",
        client.id,
        client.version,
        client.kind,
        &client.name,
        search::sort_name(&client.name),
        client.group_id,
        &client.phone,
        Json(&client.address),
        Json(&client.fields),
        now,
    )?;
    if rows == 1 {
        index(tx, client.id).await?;
    }
    Ok(rows == 1)
}

/// Saves what the form of a contact holds if nobody saved another since `version` was read; false otherwise.
pub async fn save_contact(tx: &mut StudioTx, contact: &Contact) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update contacts set first_name = $4, last_name = $5, email = $6, mobile = $7, language = $8, fields = $9,
                updated_at = $10, sort_name = $11, version = version + 1
         where studio_id = $1 and id = $2 and version = $3",
        contact.id,
        contact.version,
        &contact.first_name,
        &contact.last_name,
        &contact.email,
        &contact.mobile,
        &contact.language,
        Json(&contact.fields),
        now,
        search::contact_sort_name(&contact.first_name, &contact.last_name),
    )?;
    if rows == 1 {
        index(tx, contact.client_id).await?;
    }
    Ok(rows == 1)
}

/// The client's switch; false where it stood like that already.
pub async fn save_portal(tx: &mut StudioTx, client: ClientId, on: bool) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update clients set portal_enabled = $3, updated_at = $4
         where studio_id = $1 and id = $2 and portal_enabled <> $3",
        client,
        on,
        now
    )?;
    Ok(rows == 1)
}

pub async fn save_client_rights(
    tx: &mut StudioTx,
    client: ClientId,
    rights: &Settings,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update clients set rights = $3, updated_at = $4 where studio_id = $1 and id = $2",
        client,
        Json(rights),
        now
    )?;
    Ok(())
}

pub async fn save_contact_rights(
    tx: &mut StudioTx,
    contact: ContactId,
    rights: &Settings,
) -> Result<()> {
    let now = tx.now();
    execute!(
        tx,
        "update contacts set rights = $3, updated_at = $4 where studio_id = $1 and id = $2",
        contact,
        Json(rights),
        now
    )?;
    Ok(())
}

/// Somebody of the client was in the portal.
pub async fn note_activity(tx: &mut StudioTx, contact: ContactId, at: Timestamp) -> Result<()> {
    execute!(
        tx,
        "update clients set last_active_at = $3
         where studio_id = $1 and id = (select client_id from contacts where studio_id = $1 and id = $2)",
        contact,
        at
    )?;
    Ok(())
}

/// Another contact with the same email address: neither can sign in.
#[derive(Debug, sqlx::FromRow)]
pub struct Twin {
    pub contact_id: ContactId,
    pub email: String,
    pub twin_id: ContactId,
    pub twin_client_id: ClientId,
    pub first_name: String,
    pub last_name: String,
    pub client_name: String,
}

/// The contacts of a client whose email address somebody else of the studio has as well.
pub async fn twins(tx: &mut StudioTx, client: ClientId) -> Result<Vec<Twin>> {
    fetch_all!(
        tx,
        Twin,
        "select k.id as contact_id, o.email, o.id as twin_id, o.client_id as twin_client_id, o.first_name, o.last_name,
                c.name as client_name
         from contacts k
         join contacts o on o.studio_id = k.studio_id and o.email = k.email and o.id <> k.id
              and o.merged_into is null and k.merged_into is null
         join clients c on c.studio_id = o.studio_id and c.id = o.client_id
         where k.studio_id = $1 and k.client_id = $2 order by o.id limit 50",
        client,
    )
}

/// Whether anybody else of the studio has this email address.
pub async fn email_is_taken(tx: &mut StudioTx, email: &str, but: ContactId) -> Result<bool> {
    let others = scalar!(
        tx,
        i64,
        "select count(*) from contacts where studio_id = $1 and email = $2 and id <> $3 and merged_into is null",
        email,
        but,
    )?;
    Ok(others > 0)
}

#[derive(sqlx::FromRow)]
struct ProfileRow {
    first_name: String,
    last_name: String,
    email: Option<String>,
    mobile: Option<String>,
    language: Option<String>,
    #[sqlx(json)]
    contact_fields: Values,
    name: String,
    kind: ClientKind,
    phone: Option<String>,
    #[sqlx(json)]
    address: Address,
    #[sqlx(json)]
    client_fields: Values,
}

/// What is known of a contact and its client, and the values of the studio's own fields: the client's, the
/// contact's.
pub async fn profile(
    tx: &mut StudioTx,
    contact: ContactId,
) -> Result<Option<(Profile, Values, Values)>> {
    let row = fetch_optional!(
        tx,
        ProfileRow,
        "select c.first_name, c.last_name, c.email, c.mobile, c.language, c.fields as contact_fields, cl.name, cl.kind,
                cl.phone, cl.address, cl.fields as client_fields
         from contacts c join clients cl on cl.studio_id = c.studio_id and cl.id = c.client_id
         where c.studio_id = $1 and c.id = $2",
        contact,
    )?;
    Ok(row.map(|row| {
        let profile = Profile {
            contact: ContactDetails {
                first_name: row.first_name,
                last_name: row.last_name,
                email: row.email,
                mobile: row.mobile,
                language: row.language,
            },
            client: ClientDetails {
                name: row.name,
                kind: row.kind,
                phone: row.phone,
                address: row.address,
            },
            fields: Vec::new(),
            password: true,
            update_form: None,
            edit: false,
            email_changeable: false,
        };
        (profile, row.client_fields, row.contact_fields)
    }))
}
