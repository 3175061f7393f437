//! A client's page: what is known, who its contacts are, what they may do, what happened.

use std::collections::HashMap;

use axum::{
    extract::{Path, Query as InAddress, State},
    response::Response,
};
use portico_wire::{AuditId, ClientId, ContactId, Right};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    super::{
        Client, Contact, Values, cloud,
        fields::Owner,
        forms::{self, Choices},
        kind_label, rights, show_phone, since,
        store::{self, Entry, Twin},
        undo,
    },
    about_client, about_contact, client_path, note,
};
use crate::{
    App, Result,
    audit::Change,
    clock::today,
    contracts,
    db::StudioTx,
    documents,
    error::Error,
    events, forms as asking, invoices,
    mail::letters::{self, send::SentLine},
    messages, orders, quotes,
    scope::Member,
    studios,
    web::{
        admin,
        body::Id,
        form::{Form, Sent},
        redirect,
    },
};

/// Entries of the timeline on one page.
const ENTRIES: usize = 30;
/// The newest mails, and what became of them.
const MAILS: i64 = 12;
/// The newest contracts.
const CONTRACTS: i64 = 50;
/// The newest documents.
const DOCUMENTS: usize = 6;
/// The newest quotes, and the newest orders.
const SALES: i64 = 8;

#[derive(Serialize)]
struct Fact {
    label: String,
    value: String,
}

fn own_facts(values: &Values, choices: &Choices, owner: Owner) -> Vec<Fact> {
    choices
        .of(owner)
        .filter_map(|field| {
            values.0.get(&field.id).map(|value| Fact {
                label: field.label.clone(),
                value: field.shown(value),
            })
        })
        .collect()
}

fn contact_card(
    contact: &Contact,
    client: &Client,
    twins: &[Twin],
    choices: &Choices,
    zone: &str,
) -> Value {
    let day = |at| admin::moment(at, zone);
    let twins: Vec<Value> = twins
        .iter()
        .filter(|twin| twin.contact_id == contact.id)
        .map(|twin| {
            json!({
                "name": super::super::full_name(&twin.first_name, &twin.last_name),
                "client": twin.client_name,
                "same": twin.twin_client_id == contact.client_id,
                "link": format!("{}#contact-{}", client_path(twin.twin_client_id), twin.twin_id),
            })
        })
        .collect();
    let state = match () {
        () if !contact.active => ("Switched off", "bad"),
        () if !client.portal_enabled => ("Portal switched off", "bad"),
        () if contact.accepted_at.is_some() => ("Has been in", "good"),
        () if contact.invited_at.is_some() => ("Invited", "good"),
        () => ("Not invited yet", ""),
    };
    json!({
        "id": contact.id,
        "name": contact.name(),
        "email": contact.email,
        "mobile": contact.mobile.as_deref().map(show_phone),
        "mobile_link": contact.mobile,
        "active": contact.active,
        "state": state.0,
        "tone": state.1,
        "invited": contact.invited_at.map(day),
        "accepted": contact.accepted_at.map(day),
        "last_sign_in": contact.last_sign_in_at.map(day),
        "own": own_facts(&contact.fields, choices, Owner::Contact),
        "rights": rights::said(&contact.rights),
        "twins": twins,
    })
}

/// What an entry of the log says, in words.
fn told(entry: &Entry, names: &HashMap<ContactId, String>, zone: &str) -> Value {
    let of = |side: &Option<Value>, key: &str| {
        side.as_ref().and_then(|fields| fields.get(key)).map(word)
    };
    let mut keys: Vec<&String> = [&entry.before, &entry.after]
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(serde_json::Map::keys)
        .collect();
    keys.sort();
    keys.dedup();
    // A mail's subject stands beside what happened.
    let mail = (entry.action == "mail sent").then(|| of(&entry.after, "subject"));
    let changes: Vec<Value> = keys
        .into_iter()
        .filter(|key| mail.is_none() || *key != "subject")
        .map(|key| {
            let right = Right::named(key);
            let label = match right {
                Some(right) => rights::label(right).into(),
                None => forms::label(key),
            };
            // A right that is not named is inherited; any other field is empty.
            let nothing = if right.is_some() {
                "inherited"
            } else {
                "empty"
            };
            let show = |value: Option<String>| value.unwrap_or_else(|| nothing.to_owned());
            json!({
                "label": label,
                "before": entry.before.as_ref().map(|_| show(of(&entry.before, key))),
                "after": entry.after.as_ref().map(|_| show(of(&entry.after, key))),
            })
        })
        .filter(|change| change["before"] != change["after"])
        .collect();
    let mut action = entry.action.clone();
    if let Some(first) = action.get(..1) {
        action = first.to_uppercase() + &action[1..];
    }
    json!({
        "when": admin::moment(entry.at, zone),
        "who": entry.actor_name,
        "what": action,
        "whom": match &mail {
            Some(subject) => subject.as_ref(),
            None => entry.contact_id.and_then(|id| names.get(&id)),
        },
        "changes": changes,
    })
}

/// A change of a contact's that still stands.
fn can_be_undone(entry: &Entry, client: &Client, contacts: &[Contact]) -> Result<bool> {
    let Some(change) = &entry.undo else {
        return Ok(false);
    };
    match entry.contact_id {
        None => undo::client_can_be_undone(client, change),
        Some(id) => match contacts.iter().find(|contact| contact.id == id) {
            Some(contact) => undo::contact_can_be_undone(contact, change),
            None => Ok(false),
        },
    }
}

/// `POST /admin/clients/{id}/undo/{entry}`: puts back what a contact changed, where it still stands.
pub async fn undo_change(
    State(app): State<App>,
    Member(session): Member,
    Path((id, entry)): Path<(String, String)>,
) -> Result<Response> {
    let id: ClientId = id.parse().map_err(|_| Error::not_found())?;
    let entry: AuditId = entry.parse().map_err(|_| Error::not_found())?;
    let mut tx = app.db.write(&session).await?;
    let found = store::entry(&mut tx, id, entry).await?;
    let found = found.ok_or_else(Error::not_found)?;
    let client = store::get_client(&mut tx, id).await?;
    let contacts = store::contacts_of(&mut tx, id).await?;
    let choices = Choices {
        country: String::new(),
        groups: Vec::new(),
        fields: store::fields(&mut tx).await?,
    };
    let Some(change) = found
        .undo
        .as_ref()
        .filter(|_| can_be_undone(&found, &client, &contacts).unwrap_or_default())
    else {
        return Ok(redirect::see(
            &format!("{}#timeline", client_path(id)),
            "This was changed again since, and stays as it is now.",
        ));
    };
    let (subject, change, saved) =
        match contacts.iter().find(|one| Some(one.id) == found.contact_id) {
            Some(contact) => {
                let before = undo::contact_undone(contact, change)?;
                let change = Change::between(
                    &forms::logged_contact(contact, &choices),
                    &forms::logged_contact(&before, &choices),
                )?;
                let saved = store::save_contact(&mut tx, &before).await?;
                (about_contact(before.id), change, saved)
            }
            None => {
                let before = undo::client_undone(&client, change)?;
                let change = Change::between(
                    &forms::logged_client(&client, &choices),
                    &forms::logged_client(&before, &choices),
                )?;
                (
                    about_client(id),
                    change,
                    store::save_client(&mut tx, &before).await?,
                )
            }
        };
    if !saved {
        return Err(Error::refused(
            portico_wire::Code::Conflict,
            "Somebody changed these details in this very moment. Please try again.",
        ));
    }
    note(
        &mut tx,
        &session,
        "details put back",
        subject,
        change.unwrap_or_default(),
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        &format!("{}#timeline", client_path(id)),
        "The details are as they were before.",
    ))
}

fn word(value: &Value) -> String {
    match value {
        Value::Null => "empty".into(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) if text.is_empty() => "empty".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The newest quotes and orders of a client.
async fn sold(tx: &mut StudioTx, client: ClientId, today: &str, zone: &str) -> Result<Value> {
    let filter = quotes::store::Filter {
        client: Some(client),
        ..quotes::store::Filter::default()
    };
    let offered = quotes::store::list(tx, &filter, SALES).await?;
    let bought = orders::store::list(tx, Some(client), None, SALES).await?;
    let offered = offered
        .iter()
        .map(|one| quotes::listed::line(one, today, zone));
    Ok(json!({
        "quotes": offered.collect::<Vec<_>>(),
        "orders": bought.iter().map(|one| orders::listed::line(one, zone)).collect::<Vec<_>>(),
    }))
}

/// The newest invoices of a client, with where each stands.
async fn billed(tx: &mut StudioTx, client: ClientId, today: &str) -> Result<Vec<Value>> {
    let filter = invoices::store::Filter {
        client: Some(client),
        ..invoices::store::Filter::default()
    };
    let found = invoices::store::list(tx, &filter, SALES).await?;
    let standings = invoices::listed::standings(tx, &found, today).await?;
    let shown = |one: &invoices::store::ListedInvoice| {
        invoices::listed::with_standing(one, standings.get(&one.id).copied())
    };
    Ok(found.iter().map(shown).collect())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Since {
    /// The timeline before this entry.
    earlier: Option<AuditId>,
}

/// `GET /admin/clients/{id}`
pub async fn show_client(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    InAddress(since_when): InAddress<Since>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let client = store::get_client(&mut tx, id).await?;
    let contacts = store::contacts_of(&mut tx, id).await?;
    let twins = store::twins(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let until = since_when
        .earlier
        .unwrap_or(AuditId::from_bytes([0xff; 16]));
    let most = i64::try_from(ENTRIES + 1).unwrap_or(i64::MAX);
    let entries = store::timeline(&mut tx, id, until, most).await?;
    let mails = letters::store::sent(&mut tx, id, MAILS).await?;
    let asked = asking::store::assignments_of(&mut tx, id).await?;
    let people = asking::store::asked_of_client(&mut tx, id).await?;
    let signed = contracts::store::of_client(&mut tx, id, CONTRACTS).await?;
    let now = tx.now();
    let today = today(now, &studio.time_zone);
    let papers = documents::store::lines_of(&mut tx, id).await?;
    let talks = messages::store::of_client(&mut tx, id).await?;
    let sales = sold(&mut tx, id, &today, &studio.time_zone).await?;
    let bills = billed(&mut tx, id, &today).await?;
    let events = events::listed::coming_of(&mut tx, id).await?;
    let choices = Choices {
        country: studio.country.clone(),
        groups: Vec::new(),
        fields: store::fields(&mut tx).await?,
    };
    drop(tx);
    let zone = &studio.time_zone;
    let names: HashMap<ContactId, String> = contacts
        .iter()
        .map(|contact| (contact.id, contact.name()))
        .collect();
    let shown = &entries[..entries.len().min(ENTRIES)];
    let earlier = shown.last().filter(|_| entries.len() > ENTRIES);
    let body = json!({
        "client": {
            "id": client.id,
            "name": client.name,
            "kind": kind_label(client.kind),
            "group": client.group_name,
            "portal_enabled": client.portal_enabled,
            "phone": client.phone.as_deref().map(show_phone),
            "phone_link": client.phone,
            "address": forms::lines(&client.address),
            "own": own_facts(&client.fields, &choices, Owner::Client),
            "rights": rights::said(&client.rights),
            "last_active": since(client.last_active_at).map(|at| admin::moment(at, zone)),
            "since": admin::day(client.created_at, zone),
        },
        "cloud": cloud(
            client.portal_enabled,
            contacts.iter().map(|contact| (contact.active, contact.invited_at.is_some())),
        ),
        "contacts": contacts
            .iter()
            .map(|contact| contact_card(contact, &client, &twins, &choices, zone))
            .collect::<Vec<_>>(),
        "today": today,
        "asked": asked
            .iter()
            .filter(|one| one.withdrawn_at.is_none())
            .map(|one| asking::ask::line(one, &people, &today, zone))
            .collect::<Vec<_>>(),
        "contracts": signed
            .iter()
            .map(|one| contracts::line(one, zone, now))
            .collect::<Vec<_>>(),
        "sales": sales,
        "invoices": bills,
        "messages": talks.iter().map(|one| messages::line(one, zone)).collect::<Vec<Value>>(),
        "messages_path": messages::path(messages::own(id)),
        "documents": papers
            .iter()
            .take(DOCUMENTS)
            .map(|one| documents::line(one, zone))
            .collect::<Vec<_>>(),
        "events": events,
        "mails": mails.iter().map(|sent| SentLine::of(&app, &studio, sent)).collect::<Vec<_>>(),
        "timeline": shown
            .iter()
            .map(|entry| {
                let mut said = told(entry, &names, zone);
                if can_be_undone(entry, &client, &contacts)? {
                    said["undo"] = json!(format!("{}/undo/{}", client_path(id), entry.id));
                }
                Ok(said)
            })
            .collect::<Result<Vec<_>>>()?,
        "earlier": earlier.map(|entry| format!("{}?earlier={}#timeline", client_path(id), entry.id)),
        "latest": since_when.earlier.map(|_| format!("{}#timeline", client_path(id))),
    });
    admin::page(&app, &session, "clients/client.html", body)
}

fn on_or_off(sent: &Sent) -> Result<bool> {
    match sent.text("on").as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Error::refused(
            portico_wire::Code::Malformed,
            "The form does not say whether to switch on or off.",
        )),
    }
}

/// `POST /admin/clients/{id}/portal`: lets a client in or out; effective at the next request of its contacts.
pub async fn switch_portal(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let on = on_or_off(&sent)?;
    let mut tx = app.db.write(&session).await?;
    let client = store::get_client(&mut tx, id).await?;
    if store::save_portal(&mut tx, id, on).await? {
        let change = switched("portal", on)?;
        let action = if on {
            "portal switched on"
        } else {
            "portal switched off"
        };
        note(&mut tx, &session, action, about_client(id), change).await?;
        tx.commit().await?;
    }
    let notice = if on {
        format!("The portal is on for {}.", client.name)
    } else {
        format!(
            "The portal is off for {}. Whoever was in is out with the next click.",
            client.name
        )
    };
    Ok(redirect::see(&client_path(id), &notice))
}

fn switched(field: &str, on: bool) -> Result<Change> {
    let say = |on: bool| json!({ field: if on { "on" } else { "off" } });
    Ok(Change::between(&say(!on), &say(on))?.unwrap_or_default())
}
