//! The checkout: who is paid, how much, and by what.

mod typed;

use axum::{
    extract::{Form, Path, Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde_json::Value;

use super::{esc, gone, notice, page};
use crate::{
    Sandbox, currency,
    state::{number, text},
};
use typed::{Typed, Wrong, read};

struct Checkout {
    key: String,
    studio: String,
    session: Value,
}

fn find(sandbox: &Sandbox, id: &str) -> Option<Checkout> {
    let key = sandbox.state().key_of(id)?;
    sandbox
        .at(&key, |desk| {
            Ok(Checkout {
                key: key.clone(),
                studio: desk.account.name.clone(),
                session: desk.find("checkout.session", id, "session")?.clone(),
            })
        })
        .ok()
}

/// `GET /c/pay/{id}`; `?card=…` fills in a test card.
pub async fn show(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Query(query): Query<Typed>,
) -> Response {
    let Some(checkout) = find(&sandbox, &id) else {
        return gone();
    };
    if text(&checkout.session, "status") != "open" {
        return over(&checkout);
    }
    let mut typed = query;
    if !typed.card.is_empty() {
        typed.expiry = "12 / 34".into();
        typed.cvc = "123".into();
        typed.name = "Pat Payer".into();
    }
    typed.card = grouped(&typed.card);
    if typed.email.is_empty() {
        typed.email = known_email(&checkout.session).into();
    }
    draw(&checkout, &typed, &Wrong::default())
}

fn known_email(session: &Value) -> &str {
    session["customer_email"]
        .as_str()
        .or_else(|| session["customer_details"]["email"].as_str())
        .unwrap_or("")
}

/// `POST /c/pay/{id}`
pub async fn pay(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let Some(mut checkout) = find(&sandbox, &id) else {
        return gone();
    };
    if text(&checkout.session, "status") != "open" {
        return over(&checkout);
    }
    let year = 1970 + sandbox.0.clock.seconds() / 31_556_952;
    let payer = match read(&typed, year) {
        Ok(payer) => payer,
        Err(wrong) => {
            return with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                draw(&checkout, &typed, &wrong),
            );
        }
    };
    match sandbox.pay(&checkout.key, &id, &payer) {
        Ok(()) => {
            let back = text(&checkout.session, "success_url").replace("{CHECKOUT_SESSION_ID}", &id);
            Redirect::to(&back).into_response()
        }
        Err(error) if error.kind == "card_error" => {
            let mut wrong = Wrong::default();
            wrong.add("card", &error.message);
            with_status(
                StatusCode::PAYMENT_REQUIRED,
                draw(&checkout, &typed, &wrong),
            )
        }
        Err(_) => {
            // Somebody else was quicker: look again.
            checkout.session = sandbox.object(&checkout.key, &id).unwrap_or_default();
            over(&checkout)
        }
    }
}

fn with_status(status: StatusCode, mut response: Response) -> Response {
    *response.status_mut() = status;
    response
}

fn over(checkout: &Checkout) -> Response {
    let back = checkout.session["cancel_url"]
        .as_str()
        .or_else(|| checkout.session["success_url"].as_str())
        .map(|url| (url, "Go back"));
    let text = if checkout.session["status"] == "complete" {
        "You’re all done here. This payment was made already."
    } else {
        "This page has expired. Go back and start the payment once more."
    };
    notice(StatusCode::GONE, &checkout.studio, text, back)
}

fn grouped(card: &str) -> String {
    let digits: Vec<char> = card.chars().filter(char::is_ascii_digit).take(19).collect();
    digits
        .chunks(4)
        .map(|four| four.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

fn draw(checkout: &Checkout, typed: &Typed, wrong: &Wrong) -> Response {
    let body = format!(
        "<div class=\"checkout\">{}{}</div>",
        summary(checkout),
        form(checkout, typed, wrong)
    );
    page(
        &format!("{} · Checkout (test)", checkout.studio),
        "two",
        &body,
    )
}

fn summary(checkout: &Checkout) -> String {
    let session = &checkout.session;
    let code = text(session, "currency");
    let back = session["cancel_url"].as_str().map_or_else(String::new, |url| {
        format!(
            "<a class=\"back\" href=\"{}\" aria-label=\"Back to {}\"><span aria-hidden=\"true\">←</span> Back</a>",
            esc(url),
            esc(&checkout.studio)
        )
    });
    let initial: String = checkout.studio.chars().take(1).collect();
    let mut lines = String::new();
    for item in session["_line_items"].as_array().into_iter().flatten() {
        let note = item["_note"]
            .as_str()
            .map_or_else(String::new, |n| format!("<small>{}</small>", esc(n)));
        let times = match number(item, "quantity") {
            1 => String::new(),
            n => format!(
                "<small>{n} × {}</small>",
                currency::written(number(&item["price"], "unit_amount"), code)
            ),
        };
        lines.push_str(&format!(
            "<li><span>{}{times}{note}</span><span class=\"sum\">{}</span></li>",
            esc(text(item, "description")),
            currency::written(number(item, "amount_total"), code)
        ));
    }
    let total = currency::written(number(session, "amount_total"), code);
    let every = every(session);
    let verb = if every.is_empty() {
        "Pay"
    } else {
        "Subscribe to"
    };
    format!(
        "<section class=\"summary\" aria-label=\"What you pay for\"><div class=\"inner\">\
         <header>{back}<span class=\"seal\" aria-hidden=\"true\">{}</span><span class=\"studio\">{studio}</span>\
         <span class=\"test\">Test</span></header>\
         <h1><span class=\"verb\">{verb} {studio}</span> <span class=\"total\">{total}<small>{every}</small></span></h1>\
         <ul class=\"lines\">{lines}<li class=\"due\"><span>Total due today</span><span class=\"sum\">{total}</span></li></ul>\
         <p class=\"foot\">Portico’s payment sandbox. No real money moves here.</p></div></section>",
        esc(&initial),
        studio = esc(&checkout.studio),
    )
}

/// ` per month`, empty where nothing comes again.
pub fn every(session: &Value) -> String {
    session["_line_items"][0]["price"]["recurring"]["interval"]
        .as_str()
        .map_or_else(String::new, |interval| format!(" per {interval}"))
}

/// A labelled input, with what is wrong about it.
fn field(label: &str, name: &str, value: &str, more: &str, wrong: &Wrong) -> String {
    let (described, error) = wrong.of(name).map_or_else(Default::default, |text| {
        (
            format!(" aria-invalid=\"true\" aria-describedby=\"{name}-error\""),
            format!("<p class=\"error\" id=\"{name}-error\">{}</p>", esc(text)),
        )
    });
    format!(
        "<div class=\"field\"><label for=\"{name}\">{label}</label>\
         <input id=\"{name}\" name=\"{name}\" value=\"{}\" {more}{described}>{error}</div>",
        esc(value)
    )
}

fn form(checkout: &Checkout, typed: &Typed, wrong: &Wrong) -> String {
    let session = &checkout.session;
    let types = session["payment_method_types"].as_array();
    let offers = |kind: &str| types.is_some_and(|types| types.iter().any(|t| t == kind));
    let bank = types.is_some_and(|types| types.iter().any(|t| t != "card"));
    let by_bank = bank && (typed.method == "bank" || !offers("card"));
    let radio = |value: &str, label: &str, on: bool| {
        let checked = if on { " checked" } else { "" };
        format!(
            "<label class=\"way\"><input type=\"radio\" name=\"method\" id=\"by-{value}\" value=\"{value}\"{checked}> {label}</label>"
        )
    };
    let mut ways = String::new();
    if offers("card") {
        ways.push_str(&radio("card", "Card", !by_bank));
    }
    if bank {
        ways.push_str(&radio("bank", "Bank debit", by_bank));
    }
    let known = known_email(session);
    let readonly = if known.is_empty() { "" } else { " readonly" };
    let total = currency::written(number(session, "amount_total"), text(session, "currency"));
    let verb = if text(session, "mode") == "subscription" {
        "Subscribe"
    } else {
        "Pay"
    };
    let alert = if wrong.0.is_empty() {
        String::new()
    } else {
        "<p class=\"alert\" role=\"alert\">The payment was not made. Please look at what is marked below.</p>".into()
    };
    format!(
        "<main class=\"pay\"><form method=\"post\" class=\"inner\" novalidate>{alert}\
         {}<fieldset><legend>Payment method</legend><div class=\"ways\">{ways}</div></fieldset>\
         <div class=\"by-card\">{}<div class=\"pair\">{}{}</div></div>\
         <div class=\"by-bank\"><p>The money is taken from the test account ••6789. This takes some days: until then \
         the payment is pending. Complete or fail it in the <a href=\"/books\">sandbox’s books</a>.</p></div>\
         {}<button class=\"button wide\">{verb} {total}</button></form>{}</main>",
        field(
            "Email",
            "email",
            &typed.email,
            &format!("type=\"email\" autocomplete=\"email\" required{readonly}"),
            wrong
        ),
        field(
            "Card number",
            "card",
            &typed.card,
            "inputmode=\"numeric\" autocomplete=\"off\" placeholder=\"4242 4242 4242 4242\"",
            wrong
        ),
        field(
            "Expiry date",
            "expiry",
            &typed.expiry,
            "inputmode=\"numeric\" autocomplete=\"off\" placeholder=\"MM / YY\"",
            wrong
        ),
        field(
            "Security code",
            "cvc",
            &typed.cvc,
            "inputmode=\"numeric\" autocomplete=\"off\" placeholder=\"CVC\"",
            wrong
        ),
        field(
            "Name",
            "name",
            &typed.name,
            "autocomplete=\"name\" required",
            wrong
        ),
        test_cards(text(session, "id")),
    )
}

fn test_cards(id: &str) -> String {
    const CARDS: &[(&str, &str)] = &[
        ("4242424242424242", "is paid"),
        ("4000000000000002", "is declined"),
        ("4000000000009995", "has no money left"),
        ("4000000000000069", "has expired"),
        (
            "4000000000000341",
            "pays for the first period, not the next",
        ),
    ];
    let rows: String = CARDS
        .iter()
        .map(|(number, what)| {
            format!(
                "<li><a href=\"/c/pay/{id}?card={number}\">{}</a> <span>{what}</span></li>",
                grouped(number)
            )
        })
        .collect();
    format!("<details class=\"cards\" open><summary>Test cards</summary><ul>{rows}</ul></details>")
}
