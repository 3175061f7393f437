//! The billing portal of a subscription: its card, its end, its receipts.

use axum::{
    extract::{Form, Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{day, esc, gone, notice, page, refused};
use crate::{
    Sandbox,
    cards::{self, Card},
    currency,
    desk::Desk,
    errors::ApiError,
    objects,
    state::{number, text},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    act: String,
    id: String,
    card: String,
}

/// `GET /p/session/{id}`
pub async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    draw(&sandbox, &id, None)
}

fn draw(sandbox: &Sandbox, id: &str, wrong: Option<&str>) -> Response {
    let Some(key) = sandbox.state().key_of(id) else {
        return gone();
    };
    let drawn = sandbox.at(&key, |desk| {
        let session = desk.find("billing_portal.session", id, "id")?.clone();
        Ok(portal(desk, &session, wrong))
    });
    let mut response = drawn.unwrap_or_else(|error| refused(&error));
    if wrong.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    response
}

/// `POST /p/session/{id}`
pub async fn act(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let Some(key) = sandbox.state().key_of(&id) else {
        return gone();
    };
    let done = sandbox.at(&key, |desk| {
        let customer = text(desk.find("billing_portal.session", &id, "id")?, "customer").to_owned();
        change(desk, &customer, &typed)
    });
    match done {
        Ok(()) => Redirect::to(&format!("/p/session/{id}")).into_response(),
        Err(error) => draw(&sandbox, &id, Some(&error.message)),
    }
}

fn change(desk: &mut Desk<'_>, customer: &str, typed: &Typed) -> Result<(), ApiError> {
    let own = |desk: &Desk<'_>, kind: &str| {
        desk.find(kind, &typed.id, "id")
            .is_ok_and(|object| object["customer"] == customer)
    };
    match typed.act.as_str() {
        "card" => {
            let digits: String = typed.card.chars().filter(char::is_ascii_digit).collect();
            if !cards::passes_luhn(&digits) || !cards::is_test_number(&digits) {
                return Err(ApiError::invalid(
                    "Enter one of the test cards, such as 4242 4242 4242 4242.",
                ));
            }
            let card = Card::test(&digits);
            card.taken_once()?;
            let method = desk.id("pm");
            let who = desk.find("customer", customer, "id")?.clone();
            let object = objects::payment_method(
                &method,
                desk.seconds(),
                "card",
                &objects::card_details(&card),
                &who,
            );
            desk.keep(object);
            desk.attach(customer, &method);
            Ok(())
        }
        "pay" if own(desk, "invoice") => desk.pay_invoice(&typed.id),
        "cancel" if own(desk, "subscription") => desk.cancel_at_end(&typed.id, true),
        "resume" if own(desk, "subscription") => desk.cancel_at_end(&typed.id, false),
        _ => Err(ApiError::invalid("This cannot be done here.")),
    }
}

fn portal(desk: &Desk<'_>, session: &Value, wrong: Option<&str>) -> Response {
    let customer = text(session, "customer");
    let mut plans = String::new();
    for subscription in desk
        .account
        .all("subscription")
        .rev()
        .filter(|s| s["customer"] == customer)
    {
        plans.push_str(&plan(desk, subscription));
    }
    if plans.is_empty() {
        plans.push_str("<p>No plan.</p>");
    }
    let mut bills = String::new();
    for invoice in desk
        .account
        .all("invoice")
        .rev()
        .filter(|i| i["customer"] == customer)
    {
        bills.push_str(&bill(invoice));
    }
    let back = session["return_url"].as_str().map_or_else(String::new, |url| {
        format!("<a class=\"back\" href=\"{}\"><span aria-hidden=\"true\">←</span> Return to {}</a>", esc(url), esc(&desk.account.name))
    });
    let who = desk
        .find("customer", customer, "id")
        .cloned()
        .unwrap_or_default();
    let alert = wrong.map_or_else(String::new, |text| {
        format!("<p class=\"alert\" role=\"alert\">{}</p>", esc(text))
    });
    let body = format!(
        "<main class=\"card wide\"><header class=\"top\">{back}<span class=\"test\">Test</span></header>\
         <h1>{} billing</h1><p class=\"muted\">{}</p>{alert}\
         <h2>Current plan</h2>{plans}<h2>Payment method</h2>{}\
         <h2>Invoice history</h2>{}</main>",
        esc(&desk.account.name),
        esc(text(&who, "email")),
        card_form(desk, &who),
        if bills.is_empty() {
            "<p>No invoices yet.</p>".to_owned()
        } else {
            format!(
                "<div class=\"scroll\"><table><thead><tr><th>Date</th><th>Number</th><th>State</th>\
                 <th class=\"sum\">Amount</th><th></th></tr></thead><tbody>{bills}</tbody></table></div>"
            )
        },
    );
    page(
        &format!("{} · Billing (test)", desk.account.name),
        "plain",
        &body,
    )
}

fn plan(desk: &Desk<'_>, subscription: &Value) -> String {
    let item = &subscription["items"]["data"][0];
    let (id, end) = (
        text(subscription, "id"),
        day(number(item, "current_period_end")),
    );
    let price = currency::written(
        number(&item["price"], "unit_amount"),
        text(subscription, "currency"),
    );
    let interval = text(&item["price"]["recurring"], "interval");
    let status = text(subscription, "status");
    let ends = subscription["cancel_at_period_end"] == true;
    let (line, button) = match (status, ends) {
        ("canceled", _) => ("The plan has ended.".to_owned(), String::new()),
        (_, true) => (
            format!("The plan ends on {end}."),
            one_button("resume", id, "Keep the plan"),
        ),
        ("past_due", _) => (
            "A payment did not go through.".into(),
            one_button("cancel", id, "Cancel plan"),
        ),
        _ => (
            format!("The plan renews on {end}."),
            one_button("cancel", id, "Cancel plan"),
        ),
    };
    format!(
        "<div class=\"row\"><div><strong>{}</strong><br>{price} per {interval}<br><small>{line}</small></div>{button}</div>",
        esc(&desk.product_of(&item["price"]))
    )
}

fn one_button(act: &str, id: &str, label: &str) -> String {
    format!(
        "<form method=\"post\"><input type=\"hidden\" name=\"id\" value=\"{}\">\
         <button class=\"quiet\" name=\"act\" value=\"{act}\">{label}</button></form>",
        esc(id)
    )
}

fn card_form(desk: &Desk<'_>, customer: &Value) -> String {
    let method = text(&customer["invoice_settings"], "default_payment_method");
    let now = desk.find("payment_method", method, "id").map_or_else(
        |_| "No card yet.".to_owned(),
        |method| {
            let card = &method["card"];
            format!(
                "{} •••• {}, expires {:02} / {}",
                esc(&text(card, "brand").to_uppercase()),
                esc(text(card, "last4")),
                number(card, "exp_month"),
                number(card, "exp_year")
            )
        },
    );
    format!(
        "<div class=\"row\"><div>{now}</div></div><form method=\"post\" class=\"inline\">\
         <div class=\"field\"><label for=\"card\">New card number</label>\
         <input id=\"card\" name=\"card\" inputmode=\"numeric\" autocomplete=\"off\" placeholder=\"4242 4242 4242 4242\"></div>\
         <button class=\"quiet\" name=\"act\" value=\"card\">Update card</button></form>"
    )
}

fn bill(invoice: &Value) -> String {
    let id = text(invoice, "id");
    let pay = if invoice["status"] == "open" {
        one_button("pay", id, "Pay now")
    } else {
        String::new()
    };
    let state = match text(invoice, "status") {
        "open" => "Open",
        "paid" => "Paid",
        other => other,
    };
    format!(
        "<tr><td>{}</td><td><a href=\"/i/{id}\">{}</a></td><td><span class=\"state {}\">{state}</span></td>\
         <td class=\"sum\">{}</td><td>{pay}</td></tr>",
        day(number(invoice, "created")),
        esc(text(invoice, "number")),
        esc(text(invoice, "status")),
        currency::written(number(invoice, "total"), text(invoice, "currency"))
    )
}

/// `GET /i/{id}`: the receipt of a period.
pub async fn show_invoice(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let Some(key) = sandbox.state().key_of(&id) else {
        return gone();
    };
    let Some(invoice) = sandbox.object(&key, &id) else {
        return gone();
    };
    let title = if invoice["status"] == "paid" {
        "Receipt"
    } else {
        "Invoice"
    };
    let line = &invoice["lines"]["data"][0];
    paper(
        title,
        &json!({
            "studio": invoice["account_name"],
            "number": invoice["number"],
            "who": invoice["customer_email"],
            "day": day(number(&invoice, "created")),
            "what": line["description"],
            "sum": currency::written(number(&invoice, "total"), text(&invoice, "currency")),
            "state": if invoice["status"] == "paid" { "Paid" } else { "Due" },
        }),
    )
}

/// `GET /receipts/{id}`: the receipt of a charge.
pub async fn show_receipt(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response {
    let Some(key) = sandbox.state().key_of(&id) else {
        return gone();
    };
    let Some(charge) = sandbox.object(&key, &id) else {
        return gone();
    };
    if charge["paid"] != true {
        return notice(
            StatusCode::NOT_FOUND,
            "No receipt",
            "This payment did not arrive.",
            None,
        );
    }
    let studio = sandbox
        .at(&key, |desk| Ok(desk.account.name.clone()))
        .unwrap_or_default();
    paper(
        "Receipt",
        &json!({
            "studio": studio,
            "number": id,
            "who": charge["billing_details"]["email"],
            "day": day(number(&charge, "created")),
            "what": charge["description"].as_str().unwrap_or("Payment"),
            "sum": currency::written(number(&charge, "amount"), text(&charge, "currency")),
            "state": "Paid",
        }),
    )
}

fn paper(title: &str, facts: &Value) -> Response {
    let fact = |name: &str| esc(text(facts, name));
    let body = format!(
        "<main class=\"card narrow\"><header class=\"top\"><strong>{}</strong><span class=\"test\">Test</span></header>\
         <h1>{title}</h1><p class=\"total\">{}</p><dl><dt>Number</dt><dd>{}</dd><dt>Date</dt><dd>{}</dd>\
         <dt>For</dt><dd>{}</dd><dt>To</dt><dd>{}</dd><dt>State</dt><dd>{}</dd></dl></main>",
        fact("studio"),
        fact("sum"),
        fact("number"),
        fact("day"),
        fact("what"),
        fact("who"),
        fact("state"),
    );
    page(&format!("{title} (test)"), "plain", &body)
}
