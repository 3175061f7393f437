//! Some hundred clients or contacts at once, in as many statements as for one.

use std::collections::HashMap;

use portico_wire::ClientId;

use super::{
    super::{Client, Contact, search::Words},
    people::contact_words,
};
use crate::{
    Result,
    db::{StudioTx, fetch_among, insert_many},
};

/// Clients by their ids; the staff's test clients are left out.
pub async fn clients_among(tx: &mut StudioTx, ids: &[ClientId]) -> Result<Vec<Client>> {
    Ok(fetch_among!(
        tx,
        Client,
        "select c.id, c.version, c.kind, c.name, c.group_id, g.name as group_name, c.portal_enabled, c.phone, c.address,
                c.rights, c.fields, c.last_active_at, c.created_at
         from clients c left join groups g on g.studio_id = c.studio_id and g.id = c.group_id
         where c.studio_id = $1 and c.test_of is null and c.id in ($2)",
        [],
        ids,
    ))
}

/// Clients by what their names are sorted by.
pub async fn clients_called(tx: &mut StudioTx, sort_names: &[Vec<u8>]) -> Result<Vec<Client>> {
    Ok(fetch_among!(
        tx,
        Client,
        "select c.id, c.version, c.kind, c.name, c.group_id, g.name as group_name, c.portal_enabled, c.phone, c.address,
                c.rights, c.fields, c.last_active_at, c.created_at
         from clients c left join groups g on g.studio_id = c.studio_id and g.id = c.group_id
         where c.studio_id = $1 and c.test_of is null and c.sort_name in ($2)",
        [],
        sort_names,
    ))
}

pub async fn contacts_among(tx: &mut StudioTx, clients: &[ClientId]) -> Result<Vec<Contact>> {
    Ok(fetch_among!(
        tx,
        Contact,
        "select id, client_id, version, first_name, last_name, email, mobile, language, active, rights, fields,
                invited_at, accepted_at, last_sign_in_at
         from contacts where studio_id = $1 and merged_into is null and client_id in ($2)
         order by first_name, id",
        [],
        clients,
    ))
}

pub async fn contacts_by_email(tx: &mut StudioTx, emails: &[String]) -> Result<Vec<Contact>> {
    Ok(fetch_among!(
        tx,
        Contact,
        "select k.id, k.client_id, k.version, k.first_name, k.last_name, k.email, k.mobile, k.language, k.active, k.rights,
                k.fields, k.invited_at, k.accepted_at, k.last_sign_in_at
         from contacts k join clients c on c.studio_id = k.studio_id and c.id = k.client_id
         where k.studio_id = $1 and k.merged_into is null and c.test_of is null and k.email in ($2)",
        [],
        emails,
    ))
}

/// [`super::index`] for some hundred clients.
pub async fn index_among(tx: &mut StudioTx, clients: &[ClientId]) -> Result<()> {
    let mut words: HashMap<ClientId, Words> = HashMap::new();
    for client in clients_among(tx, clients).await? {
        let words = words.entry(client.id).or_default();
        words.name(&client.name);
        if let Some(phone) = &client.phone {
            words.phone(phone);
        }
    }
    for contact in contacts_among(tx, clients).await? {
        if let Some(words) = words.get_mut(&contact.client_id) {
            contact_words(
                words,
                &contact.name(),
                contact.email.as_deref(),
                contact.mobile.as_deref(),
            );
        }
    }
    let _: Vec<(ClientId,)> = fetch_among!(
        tx,
        (ClientId,),
        "delete from client_words where studio_id = $1 and client_id in ($2) returning client_id",
        [],
        clients,
    );
    let mut rows: Vec<(ClientId, Vec<u8>)> = words
        .iter()
        .flat_map(|(client, words)| words.list().into_iter().map(|word| (*client, word)))
        .collect();
    // In the order of the key: neighbours go into one page of it.
    rows.sort_by(|a, b| a.1.cmp(&b.1));
    insert_many!(
        tx,
        "insert into client_words (studio_id, client_id, word) values ($1, $2, $3)
         on conflict (studio_id, word, client_id) do nothing",
        rows,
        |row| [row.0, &row.1]
    );
    Ok(())
}
