//! Lists and their parameters, and `expand[]`.

use serde_json::{Map, Value};

use crate::{
    desk::Desk,
    errors::ApiError,
    objects,
    params::{EXPAND, Field, ID, Kind, may},
    state::text,
};

const LIMIT: Field = may("limit", Kind::Int(1, 100));
const AFTER: Field = may("starting_after", ID);
const BEFORE: Field = may("ending_before", ID);
const CREATED: Field = may("created", Kind::Range);
pub const LIST: &[Field] = &[LIMIT, AFTER, BEFORE, EXPAND];

/// What can be fetched and listed: the path, the objects, the list's parameters.
pub const KINDS: &[(&[&str], &str, &[Field])] = &[
    (
        &["checkout", "sessions"],
        "checkout.session",
        &[
            may("status", Kind::OneOf(&["complete", "expired", "open"])),
            may("payment_intent", ID),
            may("customer", ID),
            may("subscription", ID),
            CREATED,
            LIMIT,
            AFTER,
            BEFORE,
            EXPAND,
        ],
    ),
    (
        &["payment_intents"],
        "payment_intent",
        &[may("customer", ID), CREATED, LIMIT, AFTER, BEFORE, EXPAND],
    ),
    (
        &["charges"],
        "charge",
        &[
            may("customer", ID),
            may("payment_intent", ID),
            CREATED,
            LIMIT,
            AFTER,
            BEFORE,
            EXPAND,
        ],
    ),
    (
        &["refunds"],
        "refund",
        &[
            may("charge", ID),
            may("payment_intent", ID),
            CREATED,
            LIMIT,
            AFTER,
            BEFORE,
            EXPAND,
        ],
    ),
    (
        &["disputes"],
        "dispute",
        &[
            may("charge", ID),
            may("payment_intent", ID),
            CREATED,
            LIMIT,
            AFTER,
            BEFORE,
            EXPAND,
        ],
    ),
    (
        &["events"],
        "event",
        &[
            may("type", ID),
            may("types", Kind::List(&ID)),
            may("delivery_success", Kind::Flag),
            CREATED,
            LIMIT,
            AFTER,
            BEFORE,
            EXPAND,
        ],
    ),
    (
        &["customers"],
        "customer",
        &[
            may("email", Kind::Email),
            CREATED,
            LIMIT,
            AFTER,
            BEFORE,
            EXPAND,
        ],
    ),
    (
        &["subscriptions"],
        "subscription",
        &[
            may("customer", ID),
            may(
                "status",
                Kind::OneOf(&["active", "all", "canceled", "ended", "past_due", "unpaid"]),
            ),
            CREATED,
            LIMIT,
            AFTER,
            BEFORE,
            EXPAND,
        ],
    ),
    (
        &["invoices"],
        "invoice",
        &[
            may("customer", ID),
            may("subscription", ID),
            may(
                "status",
                Kind::OneOf(&["draft", "open", "paid", "uncollectible", "void"]),
            ),
            CREATED,
            LIMIT,
            AFTER,
            BEFORE,
            EXPAND,
        ],
    ),
    (&["prices"], "price", LIST),
    (
        &["payment_methods"],
        "payment_method",
        &[may("customer", ID), LIMIT, AFTER, BEFORE, EXPAND],
    ),
];

/// A page of a list, the newest first.
pub fn list(
    desk: &Desk<'_>,
    kind: &str,
    url: &str,
    asked: &Map<String, Value>,
) -> Result<Value, ApiError> {
    let limit = asked.get("limit").and_then(Value::as_u64).unwrap_or(10);
    let limit = usize::try_from(limit).unwrap_or(10);
    let found: Vec<&Value> = desk
        .account
        .all(kind)
        .rev()
        .filter(|object| {
            asked
                .iter()
                .all(|(name, wanted)| matches(object, name, wanted))
        })
        .collect();
    let place = |name: &str| -> Result<Option<usize>, ApiError> {
        let Some(id) = asked.get(name).and_then(Value::as_str) else {
            return Ok(None);
        };
        let at = found.iter().position(|object| object["id"] == id);
        at.map(Some)
            .ok_or_else(|| ApiError::no_such(kind, id, name).status(400))
    };
    let (from, to) = match (place("starting_after")?, place("ending_before")?) {
        (Some(after), _) => (after + 1, found.len()),
        (None, Some(before)) => (before.saturating_sub(limit), before),
        (None, None) => (0, found.len()),
    };
    let page = &found[from..to.min(from + limit)];
    let has_more = from + page.len() < to;
    Ok(objects::list(
        url,
        &page
            .iter()
            .map(|object| objects::public(object))
            .collect::<Vec<_>>(),
        has_more,
    ))
}

fn matches(object: &Value, name: &str, wanted: &Value) -> bool {
    match name {
        "limit" | "starting_after" | "ending_before" | "expand" | "delivery_success" => true,
        "created" => {
            let created = object["created"].as_i64().unwrap_or(0);
            let end = |name: &str| wanted[name].as_i64();
            wanted.as_i64().is_none_or(|at| created == at)
                && end("gt").is_none_or(|at| created > at)
                && end("gte").is_none_or(|at| created >= at)
                && end("lt").is_none_or(|at| created < at)
                && end("lte").is_none_or(|at| created <= at)
        }
        "type" => {
            let wanted = wanted.as_str().unwrap_or("");
            let kind = text(object, "type");
            wanted
                .strip_suffix('*')
                .map_or(kind == wanted, |start| kind.starts_with(start))
        }
        "types" => wanted
            .as_array()
            .is_some_and(|types| types.contains(&object["type"])),
        "subscription" if object["object"] == "invoice" => {
            object["parent"]["subscription_details"]["subscription"] == *wanted
        }
        "status" if object["object"] == "subscription" => match wanted.as_str() {
            Some("all") => true,
            Some("ended") => object["status"] == "canceled",
            _ => object["status"] == *wanted,
        },
        name => object[name] == *wanted,
    }
}

pub fn expansions(asked: &Map<String, Value>) -> Vec<String> {
    let list = asked.get("expand").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(ToOwned::to_owned)
        .collect()
}

/// Replaces the id at a path by its object; in a list in each of its objects.
pub fn expand_at(
    desk: &Desk<'_>,
    shown: &mut Value,
    whole: &Value,
    parts: &[&str],
    path: &str,
) -> Result<(), ApiError> {
    let Some((first, rest)) = parts.split_first() else {
        return Ok(());
    };
    if *first == "data" && shown["object"] == "list" {
        for item in shown["data"].as_array_mut().into_iter().flatten() {
            let whole = desk
                .account
                .objects
                .get(text(item, "id"))
                .cloned()
                .unwrap_or_default();
            expand_at(desk, item, &whole, rest, path)?;
        }
        return Ok(());
    }
    if *first == "line_items" && shown["object"] == "checkout.session" {
        let items = whole["_line_items"].as_array().cloned().unwrap_or_default();
        let url = format!("/v1/checkout/sessions/{}/line_items", text(shown, "id"));
        shown["line_items"] = objects::list(
            &url,
            &items.iter().map(objects::public).collect::<Vec<_>>(),
            false,
        );
        return Ok(());
    }
    let Some(place) = shown.get_mut(*first) else {
        return Err(
            ApiError::invalid(format!("This property cannot be expanded ({path})."))
                .param("expand"),
        );
    };
    if let Some(id) = place.as_str() {
        match desk.account.objects.get(id) {
            Some(object) => *place = objects::public(object),
            None => {
                return Err(ApiError::invalid(format!(
                    "This property cannot be expanded ({path})."
                ))
                .param("expand"));
            }
        }
    }
    let whole = desk
        .account
        .objects
        .get(text(place, "id"))
        .cloned()
        .unwrap_or_default();
    if place.is_null() {
        Ok(())
    } else {
        expand_at(desk, place, &whole, rest, path)
    }
}
