//! `/v1/…`: who calls, with what, and what is answered; the same again under the same idempotency key.

mod lists;

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
    API_VERSION, Sandbox,
    api::lists::{KINDS, LIST, expand_at, expansions, list},
    billing,
    desk::Desk,
    errors::ApiError,
    faults::Faults,
    objects,
    params::{self, EXPAND, Field},
    refunds, sessions,
    state::Answer,
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
                &items.iter().map(objects::public).collect::<Vec<_>>(),
                false,
            )
        }
        ("POST", ["refunds"]) => {
            let asked = asked(refunds::REFUND)?;
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
