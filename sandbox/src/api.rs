//! `/v1/…`: who calls, with what, and what is answered; the same again under the same idempotency key.

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
    routing::{any, get},
};
use futures_util::stream;
use serde_json::{Map, Value, json};

use crate::{
    API_VERSION, Sandbox, billing,
    desk::Desk,
    errors::ApiError,
    faults::Faults,
    objects,
    params::{self, EXPAND, Field, ID, Kind, may},
    payments, sessions,
    state::{Answer, text},
};

pub fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/v1/{*path}", any(answer))
        .route("/sandbox/faults", get(show_faults).post(set_faults))
        .route("/sandbox/books", get(show_books))
        .layer(DefaultBodyLimit::max(256 * 1024))
}

/// A call, read.
struct Call<'a> {
    method: &'a str,
    path: Vec<&'a str>,
    params: Value,
}

async fn answer(
    State(sandbox): State<Sandbox>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = sandbox.change(|state| format!("req_{}", state.random.word(14)));
    let mut response = match work(&sandbox, &request, &method, &uri, &headers, &body).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    };
    let version = headers
        .get("stripe-version")
        .cloned()
        .unwrap_or(HeaderValue::from_static(API_VERSION));
    response.headers_mut().insert("stripe-version", version);
    if let Ok(request) = request.parse() {
        response.headers_mut().insert("request-id", request);
    }
    response
}

async fn work(
    sandbox: &Sandbox,
    request: &str,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Response, ApiError> {
    let key = secret_key(headers)?;
    let faults = faults_of(sandbox, &key)?;
    if faults.api_slow_ms > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(faults.api_slow_ms)).await;
    }
    if faults.api_down {
        return Err(ApiError::provider(503));
    }
    let post = method == Method::POST;
    if post && !body.is_empty() && !is_form(headers) {
        return Err(ApiError::invalid(
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded).",
        ));
    }
    let mut form = uri.query().unwrap_or("").as_bytes().to_vec();
    if post {
        form.push(b'&');
        form.extend_from_slice(body);
    }
    let call = Call {
        method: method.as_str(),
        path: uri.path().trim_start_matches("/v1/").split('/').collect(),
        params: params::tree(&form)?,
    };
    let idempotency = if post {
        idempotency_key(headers)?
    } else {
        None
    };
    let replied = reply(sandbox, &key, request, call, idempotency)?;
    if post && sandbox.change(|state| state.random.happens(faults.lose_answer)) {
        return Ok(lost());
    }
    Ok(replied)
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// The work was done; the connection ends in the middle of the answer.
fn lost() -> Response {
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Response::new(Body::from_stream(stream::iter([Err::<Bytes, _>(broken)])))
}

fn reply(
    sandbox: &Sandbox,
    key: &str,
    request: &str,
    call: Call<'_>,
    idempotency: Option<String>,
) -> Result<Response, ApiError> {
    let print = format!(
        "{} /v1/{} {}",
        call.method,
        call.path.join("/"),
        call.params
    );
    sandbox.at(key, |desk| {
        if let Some(kept) = idempotency.as_ref().and_then(|key| fresh(desk, key)) {
            return replay(&kept, &print, idempotency.as_deref().unwrap_or(""));
        }
        desk.request = Some((request.to_owned(), idempotency.clone()));
        let (status, body) = match route(desk, call) {
            Ok(body) => (200, body),
            // What was refused before any work began is not remembered, as with Stripe.
            Err(error) => return Err(error),
        };
        if let Some(key) = idempotency {
            let at = desk.seconds();
            let answer = Answer {
                call: print,
                status,
                body: body.clone(),
                at,
                request: request.to_owned(),
            };
            desk.account.answers.insert(key, answer);
        }
        Ok(Json(body).into_response())
    })
}

/// What was answered within the last day.
fn fresh(desk: &Desk<'_>, key: &str) -> Option<Answer> {
    let now = desk.seconds();
    desk.account
        .answers
        .get(key)
        .filter(|kept| kept.at > now - 86_400)
        .cloned()
}

fn replay(kept: &Answer, print: &str, key: &str) -> Result<Response, ApiError> {
    if kept.call != print {
        return Err(ApiError::idempotency(format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{key}' if you meant to execute a different request."
        )));
    }
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response = (status, Json(kept.body.clone())).into_response();
    let headers = response.headers_mut();
    headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    if let Ok(original) = kept.request.parse() {
        headers.insert("original-request", original);
    }
    Ok(response)
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    match key.to_str() {
        Ok(key) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(ApiError::idempotency(
            "An idempotency key has 1 to 255 characters.",
        )),
    }
}

/// `Authorization: Bearer sk_test_…`, or Basic with the key as the user's name.
fn secret_key(headers: &HeaderMap) -> Result<String, ApiError> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let key = given.and_then(|value| match value.split_once(' ') {
        Some(("Bearer", key)) => Some(key.trim().to_owned()),
        Some(("Basic", coded)) => {
            let plain = base64(coded.trim())?;
            plain.split(':').next().map(ToOwned::to_owned)
        }
        _ => None,
    });
    key.filter(|key| !key.is_empty()).ok_or_else(|| {
        ApiError::key(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        )
    })
}

fn base64(coded: &str) -> Option<String> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for letter in coded.bytes().filter(|b| *b != b'=') {
        let value = LETTERS.iter().position(|l| *l == letter)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

fn faults_of(sandbox: &Sandbox, key: &str) -> Result<Faults, ApiError> {
    sandbox.at(key, |desk| Ok(desk.account.faults.clone()))
}

const GET: &[Field] = &[EXPAND];

fn route(desk: &mut Desk<'_>, call: Call<'_>) -> Result<Value, ApiError> {
    let (path, params) = (call.path.as_slice(), call.params);
    let mut expand = Vec::new();
    let mut asked = |fields: &[Field]| -> Result<Map<String, Value>, ApiError> {
        let typed = params::check(params.clone(), fields)?;
        expand = expansions(&typed);
        Ok(typed)
    };
    let object = match (call.method, path) {
        ("POST", ["checkout", "sessions"]) => {
            let asked = asked(sessions::CREATE)?;
            desk.create_session(&asked)?
        }
        ("POST", ["checkout", "sessions", id, "expire"]) => {
            asked(GET)?;
            desk.expire_session(id)?
        }
        ("GET", ["checkout", "sessions", id, "line_items"]) => {
            asked(LIST)?;
            let items = &desk.find("checkout.session", id, "session")?["_line_items"];
            let items = items.as_array().cloned().unwrap_or_default();
            objects::list(
                &format!("/v1/checkout/sessions/{id}/line_items"),
                items.iter().map(objects::public).collect(),
                false,
            )
        }
        ("POST", ["refunds"]) => {
            let asked = asked(payments::REFUND)?;
            desk.refund(&asked)?
        }
        ("POST", ["customers"]) => {
            let asked = asked(billing::CUSTOMER)?;
            desk.create_customer(&asked)
        }
        ("POST", ["billing_portal", "sessions"]) => {
            let asked = asked(billing::PORTAL)?;
            desk.create_portal(&asked)?
        }
        ("GET", ["account"]) => {
            asked(GET)?;
            account(desk)
        }
        ("GET", path) => {
            let Some((kind, fields)) = KINDS.iter().find_map(|(known, kind, fields)| {
                let rest = path.strip_prefix(*known)?;
                (rest.len() < 2).then_some((*kind, *fields))
            }) else {
                return Err(unrecognized(&call.method, path));
            };
            let listed = KINDS.iter().any(|(known, ..)| *known == path);
            if listed {
                let asked = asked(fields)?;
                list(desk, kind, &format!("/v1/{}", path.join("/")), &asked)?
            } else {
                asked(GET)?;
                let id = path.last().copied().unwrap_or("");
                desk.find(kind, id, parameter_of(kind))?.clone()
            }
        }
        (method, path) => return Err(unrecognized(&method, path)),
    };
    let mut shown = objects::public(&object);
    for path in &expand {
        let parts: Vec<&str> = path.split('.').collect();
        expand_at(desk, &mut shown, &object, &parts, path)?;
    }
    Ok(shown)
}

fn parameter_of(kind: &str) -> &'static str {
    match kind {
        "checkout.session" => "session",
        "payment_intent" => "intent",
        "charge" => "charge",
        "refund" => "refund",
        "dispute" => "dispute",
        _ => "id",
    }
}

fn unrecognized(method: &&str, path: &[&str]) -> ApiError {
    ApiError::invalid(format!(
        "Unrecognized request URL ({method}: /v1/{}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.",
        path.join("/")
    ))
    .status(404)
}

fn account(desk: &Desk<'_>) -> Value {
    json!({
        "id": desk.account.id,
        "object": "account",
        "business_profile": { "name": desk.account.name, "support_email": null, "url": null },
        "business_type": "company",
        "capabilities": { "card_payments": "active", "transfers": "active" },
        "charges_enabled": true,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": true,
        "email": null,
        "payouts_enabled": true,
        "settings": {
            "dashboard": { "display_name": desk.account.name, "timezone": "Etc/UTC" },
        },
        "type": "standard",
    })
}

const LIMIT: Field = may("limit", Kind::Int(1, 100));
const AFTER: Field = may("starting_after", ID);
const BEFORE: Field = may("ending_before", ID);
const CREATED: Field = may("created", Kind::Range);
const LIST: &[Field] = &[LIMIT, AFTER, BEFORE, EXPAND];

/// What can be fetched and listed: the path, the objects, the list's parameters.
const KINDS: &[(&[&str], &str, &[Field])] = &[
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
fn list(
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
        page.iter().map(|object| objects::public(object)).collect(),
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

fn expansions(asked: &Map<String, Value>) -> Vec<String> {
    let list = asked.get("expand").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(ToOwned::to_owned)
        .collect()
}

/// Replaces the id at a path by its object; in a list in each of its objects.
fn expand_at(
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
        shown["line_items"] =
            objects::list(&url, items.iter().map(objects::public).collect(), false);
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

// The sandbox's own

async fn show_faults(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
) -> Result<Json<Faults>, ApiError> {
    faults_of(&sandbox, &secret_key(&headers)?).map(Json)
}

/// What is not named goes right.
async fn set_faults(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Faults>, ApiError> {
    let key = secret_key(&headers)?;
    let faults: Faults =
        serde_json::from_slice(&body).map_err(|error| ApiError::invalid(error.to_string()))?;
    faults_of(&sandbox, &key)?;
    sandbox.faults(&key, faults.clone());
    Ok(Json(faults))
}

async fn show_books(
    State(sandbox): State<Sandbox>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let key = secret_key(&headers)?;
    faults_of(&sandbox, &key)?;
    Ok(Json(
        json!({ "books": sandbox.books(&key), "waiting": sandbox.waiting(&key) }),
    ))
}
