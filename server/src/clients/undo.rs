//! Undoing what a contact changed of its client or itself: the values as they were stored stand with the entry of the log, and are
//! put back where nobody changed them since.

use serde_json::{Map, Value, json};

use super::{Client, Contact, Values};
use crate::{Result, audit::Change};

/// What a contact may change of its client, as it is stored.
fn of_client(client: &Client) -> Result<Map<String, Value>> {
    flat(
        json!({ "phone": client.phone, "address": client.address }),
        &client.fields,
    )
}

/// What a contact may change of itself. The email address is not among it: changing that takes a proof.
fn of_contact(contact: &Contact) -> Result<Map<String, Value>> {
    let own = json!({
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "mobile": contact.mobile,
        "language": contact.language,
    });
    flat(own, &contact.fields)
}

/// With each field of the studio's own beside the others.
fn flat(own: Value, fields: &Values) -> Result<Map<String, Value>> {
    let (Value::Object(mut all), Value::Object(fields)) = (own, serde_json::to_value(fields)?)
    else {
        return Ok(Map::new());
    };
    all.extend(fields);
    Ok(all)
}

fn put_back(all: &mut Map<String, Value>, change: &Change) {
    let (Some(Value::Object(before)), Some(Value::Object(after))) = (&change.before, &change.after)
    else {
        return;
    };
    for key in after.keys() {
        match before.get(key) {
            None | Some(Value::Null) => all.remove(key),
            Some(value) => all.insert(key.clone(), value.clone()),
        };
    }
}

/// Everything the change made is still as it made it.
fn is_there(all: &Map<String, Value>, change: &Change) -> bool {
    let Some(Value::Object(after)) = &change.after else {
        return false;
    };
    let now = |key: &str| all.get(key).unwrap_or(&Value::Null);
    !after.is_empty() && after.iter().all(|(key, value)| now(key) == value)
}

fn between(before: &Map<String, Value>, after: &Map<String, Value>) -> Option<Change> {
    let keys = before.keys().chain(after.keys());
    let differ = |key: &&String| {
        before.get(*key).unwrap_or(&Value::Null) != after.get(*key).unwrap_or(&Value::Null)
    };
    let side = |of: &Map<String, Value>| -> Map<String, Value> {
        keys.clone()
            .filter(differ)
            .map(|key| (key.clone(), of.get(key).cloned().unwrap_or(Value::Null)))
            .collect()
    };
    let (old, new) = (side(before), side(after));
    (!new.is_empty()).then_some(Change {
        before: Some(old.into()),
        after: Some(new.into()),
    })
}

macro_rules! undo {
    ($of:ident, $noun:ty, $between:ident, $can:ident, $undone:ident, $take:expr) => {
        /// The values a change replaces and those it makes; none where none of them differs.
        pub fn $between(before: &$noun, after: &$noun) -> Result<Option<Change>> {
            Ok(between(&$of(before)?, &$of(after)?))
        }
        /// Whether all of a change can be undone: it is still as it was made.
        pub fn $can(now: &$noun, change: &Change) -> Result<bool> {
            Ok(is_there(&$of(now)?, change))
        }
        /// As it was before the change.
        pub fn $undone(now: &$noun, change: &Change) -> Result<$noun> {
            let mut all = $of(now)?;
            put_back(&mut all, change);
            let mut before = now.clone();
            let take: fn(&mut $noun, &mut Map<String, Value>) -> Result<()> = $take;
            take(&mut before, &mut all)?;
            // The fields of the studio's own are what is left.
            before.fields = serde_json::from_value(all.into())?;
            Ok(before)
        }
    };
}

fn text(all: &mut Map<String, Value>, key: &str) -> Option<String> {
    match all.remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

undo!(
    of_client,
    Client,
    client_change,
    client_can_be_undone,
    client_undone,
    |client, all| {
        client.phone = text(all, "phone");
        client.address =
            serde_json::from_value(all.remove("address").unwrap_or_else(|| json!({})))?;
        Ok(())
    }
);

undo!(
    of_contact,
    Contact,
    contact_change,
    contact_can_be_undone,
    contact_undone,
    |contact, all| {
        contact.first_name = text(all, "first_name").unwrap_or_default();
        contact.last_name = text(all, "last_name").unwrap_or_default();
        contact.mobile = text(all, "mobile");
        contact.language = text(all, "language");
        Ok(())
    }
);
