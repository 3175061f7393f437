//! What workers do for an import: the work behind [`Job::Import`], a step at a time.

use std::collections::HashMap;

use portico_wire::{ClientId, ContactId, ImportId};
use serde_json::json;

use super::{
    super::{
        forms::Choices,
        search,
        store::{
            self as clients, clients_among, clients_called, contacts_among, contacts_by_email,
        },
    },
    columns::Mapping,
    decide::Decider,
    file,
    rows::{Known, Row, key},
    store::{self, Import, State},
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    clock::Clock,
    db::StudioTx,
    jobs::{self, Job, Outcome},
    scope::StudioScope,
};

/// Clients the search learns in one transaction.
const INDEXED_AT_ONCE: i64 = 500;

/// The next step of an import. Each is a transaction of its own: a worker that dies loses a step, and whoever comes
/// after it begins it again.
pub async fn go_on(app: &App, scope: StudioScope, id: ImportId, round: i64) -> Result<Outcome> {
    let mut tx = app.db.write(&scope).await?;
    if !store::hold(&mut tx, id, round).await? {
        return Ok(Outcome::Done);
    }
    let Some(import) = store::import(&mut tx, id).await? else {
        return Ok(Outcome::Done);
    };
    let more = match import.state {
        State::Checking => check_some(&app.clock, &mut tx, &import).await?,
        State::Importing => switch(&mut tx, &import).await?,
        State::Finishing => finish_some(&mut tx, &import).await?,
        State::Uploaded | State::Checked | State::Imported | State::Stopped => false,
    };
    if more {
        jobs::enqueue(&mut tx, &Job::Import { import: id, round }).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done)
}

/// Decides about one chunk; whether there may be more.
async fn check_some(clock: &Clock, tx: &mut StudioTx, import: &Import) -> Result<bool> {
    let Some((first_row, body)) = store::chunk(tx, import.id, import.after_row).await? else {
        store::step(tx, import.id, import.round, State::Checking, State::Checked).await?;
        return Ok(false);
    };
    let mapping = import.mapping.clone().unwrap_or_default();
    let choices = Choices::load(tx).await?;
    let delimiter = import.delimiter.chars().next().unwrap_or(',');
    let cells = file::rows(&body, delimiter, first_row)?;
    let rows: Vec<Row> = cells
        .iter()
        .map(|(no, cells)| Row::read(*no, cells, &mapping))
        .collect();
    let known = look_up(tx, import.id, &rows).await?;
    let mut decider = Decider {
        choices: &choices,
        mapping: &mapping,
        clock,
        known,
        batch: Default::default(),
    };
    for row in &rows {
        decider.decide(row)?;
    }
    store::save_batch(tx, import.id, &decider.batch).await?;
    let count = i64::try_from(rows.len()).unwrap_or(0);
    store::save_checked(tx, import.id, count, first_row).await?;
    Ok(true)
}

/// Whatever these rows could be about, in as many statements for five hundred as for one.
async fn look_up(tx: &mut StudioTx, id: ImportId, rows: &[Row]) -> Result<Known> {
    let mut known = Known::default();
    let distinct = |mut list: Vec<String>| {
        list.sort();
        list.dedup();
        list
    };
    let emails = distinct(rows.iter().filter_map(|row| row.email.clone()).collect());
    let names = distinct(
        rows.iter()
            .map(|row| key(&row.client_name))
            .filter(|name| !name.is_empty())
            .collect(),
    );
    let who = distinct(rows.iter().map(Row::who).collect());
    let mut sort_names: Vec<Vec<u8>> = names.iter().map(|name| search::sort_name(name)).collect();
    sort_names.sort();
    sort_names.dedup();

    for contact in contacts_by_email(tx, &emails).await? {
        let email = contact.email.clone().unwrap_or_default();
        known.by_email.entry(email).or_default().push(contact);
    }
    for client in clients_called(tx, &sort_names).await? {
        let same = known.by_name.entry(key(&client.name)).or_default();
        same.push(client.id);
        known.clients.insert(client.id, client);
    }
    let called: Vec<ClientId> = known.clients.keys().copied().collect();
    for contact in contacts_among(tx, &called).await? {
        known
            .contacts_of
            .entry(contact.client_id)
            .or_default()
            .push(contact);
    }
    let by_email = known.by_email.values().flatten();
    let others: Vec<ClientId> = by_email
        .map(|contact| contact.client_id)
        .filter(|client| !known.clients.contains_key(client))
        .collect();
    for client in clients_among(tx, &others).await? {
        known.clients.insert(client.id, client);
    }
    let contacts: Vec<ContactId> = known
        .by_email
        .values()
        .chain(known.contacts_of.values())
        .flatten()
        .map(|contact| contact.id)
        .collect();
    known.earlier = store::earlier(tx, id, &who).await?;
    known.touched = store::touched(tx, id, &contacts).await?;
    let ids: Vec<ClientId> = known.clients.keys().copied().collect();
    let mut staged: HashMap<ClientId, _> = HashMap::new();
    for (client, row, name) in store::staged(tx, id, &names, &ids).await? {
        known.staged_by_name.entry(name).or_insert(client.id);
        staged.entry(client.id).or_insert((client, row));
    }
    known.staged = staged;
    Ok(known)
}

/// All of it, or nothing: whatever fails here takes the whole transaction along.
async fn switch(tx: &mut StudioTx, import: &Import) -> Result<bool> {
    let since = import.looked_at.unwrap_or(import.created_at);
    if let Some(reason) = store::changed_meanwhile(tx, import.id, since).await? {
        let reason = format!(
            "{reason} Nothing was imported. Check the file again to see what would happen now."
        );
        store::stop(tx, import.id, &reason).await?;
        return Ok(false);
    }
    store::apply(tx, import.id).await?;
    store::log(tx, import).await?;
    let (clients, contacts) = store::new_ones(tx, import.id).await?;
    let counts = store::outcomes(tx, import.id).await?;
    let count = |name: &str| counts.get(name).copied().unwrap_or(0);
    let actor = Actor::Staff {
        id: import.staff_id,
        name: import.staff_name.clone(),
    };
    audit::append(
        tx,
        &actor,
        "clients imported",
        Subject("import", Some(import.id.into_uuid())),
        Change::made(&json!({
            "file": import.file_name, "rows": import.total, "new clients": clients, "new contacts": contacts,
            "updated": count("update"), "no change": count("same"), "duplicates left out": count("duplicate"),
            "errors left out": count("error"),
        }))?,
        &import.reference,
    )
    .await?;
    store::step(
        tx,
        import.id,
        import.round,
        State::Importing,
        State::Finishing,
    )
    .await
}

/// Lets the search learn some of the names; it is the longest part, and nobody waits for it.
async fn finish_some(tx: &mut StudioTx, import: &Import) -> Result<bool> {
    let some = store::to_index(tx, import, INDEXED_AT_ONCE).await?;
    let Some(&last) = some.last() else {
        store::finish(tx, import.id).await?;
        store::step(
            tx,
            import.id,
            import.round,
            State::Finishing,
            State::Imported,
        )
        .await?;
        return Ok(false);
    };
    clients::index_among(tx, &some).await?;
    let count = i64::try_from(some.len()).unwrap_or(0);
    store::save_indexed(tx, import.id, last, count).await?;
    Ok(true)
}

/// Begins to look at the rows by a mapping that was checked; false where it is imported already.
pub async fn begin_check(tx: &mut StudioTx, id: ImportId, mapping: &Mapping) -> Result<bool> {
    let Some(round) = store::begin_check(tx, id, mapping).await? else {
        return Ok(false);
    };
    jobs::enqueue(tx, &Job::Import { import: id, round }).await?;
    Ok(true)
}

/// Begins to import what was checked in this round; false where somebody did already, or checked anew.
pub async fn begin(tx: &mut StudioTx, id: ImportId, round: i64) -> Result<bool> {
    if !store::step(tx, id, round, State::Checked, State::Importing).await? {
        return Ok(false);
    }
    jobs::enqueue(tx, &Job::Import { import: id, round }).await?;
    Ok(true)
}
