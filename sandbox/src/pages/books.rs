//! The books, for the demo's reader: every payment with what can happen to it, and every webhook.

use std::fmt::Write as _;

use axum::{
    extract::{Form, Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use serde_json::Value;

use super::{esc, gone, moment, page, refused};
use crate::{
    Sandbox, currency,
    deliver::{Delivery, Signed, Stage},
    errors::ApiError,
    faults::Faults,
    state::{Account, number, text},
};

/// So many of each table's rows are shown.
const SHOWN: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    act: String,
    amount: String,
}

/// `GET /books`: the accounts, or the one there is.
pub async fn index(State(sandbox): State<Sandbox>) -> Response {
    let accounts: Vec<(String, String)> = sandbox
        .state()
        .accounts
        .values()
        .map(|account| (account.id.clone(), account.name.clone()))
        .collect();
    if let [(only, _)] = accounts.as_slice() {
        return Redirect::to(&format!("/books/{only}")).into_response();
    }
    let list: String = accounts
        .iter()
        .map(|(id, name)| format!("<li><a href=\"/books/{id}\">{}</a></li>", esc(name)))
        .collect();
    let body = format!(
        "<main class=\"card narrow\"><p class=\"test\">Test</p><h1>The sandbox’s books</h1><ul>{list}</ul></main>"
    );
    page("The sandbox’s books", "plain", &body)
}

fn key_of(sandbox: &Sandbox, account: &str) -> Option<String> {
    sandbox
        .state()
        .accounts
        .values()
        .find(|a| a.id == account)
        .map(|a| a.key.clone())
}

/// `GET /books/{account}`
pub async fn show(State(sandbox): State<Sandbox>, Path(account): Path<String>) -> Response {
    let Some(key) = key_of(&sandbox, &account) else {
        return gone();
    };
    sandbox
        .at(&key, |desk| Ok(draw(desk.account)))
        .unwrap_or_else(|error| refused(&error))
}

/// `POST /books/{account}/{id}`: something happens to an object.
pub async fn act(
    State(sandbox): State<Sandbox>,
    Path((account, id)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Response {
    let Some(key) = key_of(&sandbox, &account) else {
        return gone();
    };
    match happen(&sandbox, &key, &id, &typed) {
        Ok(()) => Redirect::to(&format!("/books/{account}")).into_response(),
        Err(error) => refused(&error),
    }
}

fn happen(sandbox: &Sandbox, key: &str, id: &str, typed: &Typed) -> Result<(), ApiError> {
    match typed.act.as_str() {
        "arrive" => sandbox.settle_bank(key, id, true),
        "fail" => sandbox.settle_bank(key, id, false),
        "refund" => {
            let charge = sandbox.object(key, id).unwrap_or_default();
            let amount = typed_amount(&typed.amount, text(&charge, "currency"))?;
            sandbox.refund(key, id, amount).map(|_| ())
        }
        "refund_arrives" => sandbox.settle_refund(key, id, true),
        "refund_fails" => sandbox.settle_refund(key, id, false),
        "dispute" => sandbox.dispute(key, id).map(|_| ()),
        "won" => sandbox.close_dispute(key, id, true),
        "lost" => sandbox.close_dispute(key, id, false),
        "renew" => sandbox.renew(key, id, false),
        "renew_fails" => sandbox.renew(key, id, true),
        "end" => sandbox.end_subscription(key, id),
        "resend" => {
            sandbox.resend(key, id);
            Ok(())
        }
        _ => Err(ApiError::invalid("This cannot be done here.")),
    }
}

/// `12.50`; nothing typed means all that is left.
fn typed_amount(typed: &str, code: &str) -> Result<Option<i64>, ApiError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong =
        || ApiError::invalid("Type an amount such as 12.50, or nothing for all that is left.");
    let decimals = currency::decimals(code);
    let (whole, rest) = typed.split_once('.').unwrap_or((typed, ""));
    if rest.len() > decimals as usize {
        return Err(wrong());
    }
    let digits = format!("{whole}{rest:0<width$}", width = decimals as usize);
    digits.parse().map(Some).map_err(|_| wrong())
}

/// `POST /books/{account}/faults`
pub async fn set_faults(
    State(sandbox): State<Sandbox>,
    Path(account): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let Some(key) = key_of(&sandbox, &account) else {
        return gone();
    };
    let mut faults = Faults::default();
    for (name, value) in fields {
        let n: u64 = value.trim().parse().unwrap_or(0);
        let percent = u8::try_from(n.min(100)).unwrap_or(100);
        match name.as_str() {
            "duplicate" => faults.duplicate = percent,
            "reorder" => faults.reorder = percent,
            "delay_ms" => faults.delay_ms = i64::try_from(n).unwrap_or(0),
            "stop" => faults.stop = true,
            "sign_wrong" => faults.sign_wrong = percent,
            "sign_old" => faults.sign_old = percent,
            "sign_stale" => faults.sign_stale = percent,
            "forge" => faults.forge = percent,
            "lose_answer" => faults.lose_answer = percent,
            "api_down" => faults.api_down = true,
            "api_slow_ms" => faults.api_slow_ms = n.min(60_000),
            _ => {}
        }
    }
    sandbox.faults(&key, faults);
    Redirect::to(&format!("/books/{account}")).into_response()
}

fn draw(account: &Account) -> Response {
    let body = format!(
        "<main class=\"card books\"><header class=\"top\"><strong>Payment sandbox</strong><span class=\"test\">Test</span></header>\
         <h1>{}</h1><p class=\"muted\">What the provider’s own books say, and what can happen to a payment.</p>\
         {}{}{}{}{}{}</main>",
        esc(&account.name),
        sums(account),
        payments(account),
        disputes(account),
        subscriptions(account),
        webhooks(account),
        faults(account),
    );
    page(&format!("{} · Books (test)", account.name), "plain", &body)
}

fn sums(account: &Account) -> String {
    let mut rows = String::new();
    for (code, sums) in account.books() {
        let _ = write!(
            rows,
            "<tr><td>{}</td><td class=\"sum\">{}</td><td class=\"sum\">{}</td><td class=\"sum\">{}</td>\
             <td class=\"sum\">{}</td><td class=\"sum\"><strong>{}</strong></td></tr>",
            code.to_uppercase(),
            currency::written(sums.received, &code),
            currency::written(sums.pending, &code),
            currency::written(sums.refunded, &code),
            currency::written(sums.disputed, &code),
            currency::written(sums.net(), &code),
        );
    }
    table(
        "Balance",
        &[
            "Currency",
            "+Received",
            "+Pending",
            "+Refunded",
            "+Disputed",
            "+Kept",
        ],
        &rows,
        "No payment yet.",
    )
}

/// A heading whose name begins with `+` is over numbers.
fn table(title: &str, heads: &[&str], rows: &str, none: &str) -> String {
    if rows.is_empty() {
        return format!("<section><h2>{title}</h2><p class=\"muted\">{none}</p></section>");
    }
    let heads: String = heads
        .iter()
        .map(|head| match head.strip_prefix('+') {
            Some(head) => format!("<th class=\"sum\" scope=\"col\">{head}</th>"),
            None => format!("<th scope=\"col\">{head}</th>"),
        })
        .collect();
    format!(
        "<section><h2>{title}</h2><div class=\"scroll\"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>"
    )
}

fn form(account: &Account, id: &str, inner: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/books/{}/{}\">{inner}</form>",
        account.id,
        esc(id)
    )
}

fn button(act: &str, label: &str) -> String {
    format!("<button class=\"quiet\" name=\"act\" value=\"{act}\">{label}</button>")
}

fn payments(account: &Account) -> String {
    let mut rows = String::new();
    for charge in account.all("charge").rev().take(SHOWN) {
        let id = text(charge, "id");
        let code = text(charge, "currency");
        let refunded = number(charge, "amount_refunded");
        let state = match text(charge, "status") {
            "pending" => "Pending",
            "failed" => "Failed",
            _ if charge["disputed"] == true => "Disputed",
            _ if charge["refunded"] == true => "Refunded",
            _ if refunded > 0 => "Partly refunded",
            _ => "Succeeded",
        };
        let acts = match state {
            "Pending" => form(
                account,
                text(charge, "payment_intent"),
                &(button("arrive", "Complete") + &button("fail", "Fail")),
            ),
            "Succeeded" | "Partly refunded" => form(
                account,
                id,
                &format!(
                    "<input name=\"amount\" inputmode=\"decimal\" aria-label=\"Amount to refund, all that is left if empty\" placeholder=\"{}\">{}{}",
                    currency::written(number(charge, "amount") - refunded, code),
                    button("refund", "Refund"),
                    button("dispute", "Dispute")
                ),
            ),
            _ => String::new(),
        };
        let _ = write!(
            rows,
            "<tr><td>{}</td><td>{}<br><small>{}</small></td><td>{}</td><td><span class=\"state {}\">{state}</span></td>\
             <td class=\"sum\">{}</td><td class=\"acts\">{acts}</td></tr>",
            moment(number(charge, "created")),
            esc(charge["description"].as_str().unwrap_or("Payment")),
            esc(text(&charge["billing_details"], "email")),
            method(charge),
            state.to_lowercase().replace(' ', "-"),
            currency::written(number(charge, "amount"), code),
        );
    }
    let mut refunds = String::new();
    for refund in account.all("refund").rev().take(SHOWN) {
        let acts = if refund["status"] == "pending" {
            form(
                account,
                text(refund, "id"),
                &(button("refund_arrives", "Complete") + &button("refund_fails", "Fail")),
            )
        } else {
            String::new()
        };
        let _ = write!(
            refunds,
            "<tr><td>{}</td><td><span class=\"state {1}\">{1}</span></td><td class=\"sum\">{2}</td><td class=\"acts\">{acts}</td></tr>",
            moment(number(refund, "created")),
            esc(text(refund, "status")),
            currency::written(number(refund, "amount"), text(refund, "currency")),
        );
    }
    let shown = table(
        "Payments",
        &[
            "Time (UTC)",
            "For",
            "By",
            "State",
            "+Amount",
            "What happens next",
        ],
        &rows,
        "No payment yet.",
    );
    if refunds.is_empty() {
        return shown;
    }
    shown
        + &table(
            "Refunds",
            &["Time (UTC)", "State", "+Amount", "What happens next"],
            &refunds,
            "",
        )
}

fn method(charge: &Value) -> String {
    let details = &charge["payment_method_details"];
    let kind = text(details, "type");
    let name = if kind == "card" {
        text(&details["card"], "brand")
    } else {
        "bank"
    };
    format!("{} ••{}", esc(name), esc(text(&details[kind], "last4")))
}

fn disputes(account: &Account) -> String {
    let mut rows = String::new();
    for dispute in account.all("dispute").rev().take(SHOWN) {
        let status = text(dispute, "status");
        let acts = if matches!(status, "won" | "lost") {
            String::new()
        } else {
            form(
                account,
                text(dispute, "id"),
                &(button("won", "Studio wins") + &button("lost", "Payer wins")),
            )
        };
        let _ = write!(
            rows,
            "<tr><td>{}</td><td><span class=\"state {status}\">{}</span></td><td class=\"sum\">{}</td><td class=\"acts\">{acts}</td></tr>",
            moment(number(dispute, "created")),
            esc(&status.replace('_', " ")),
            currency::written(number(dispute, "amount"), text(dispute, "currency")),
        );
    }
    if rows.is_empty() {
        return String::new();
    }
    table(
        "Disputes",
        &["Time (UTC)", "State", "+Amount", "What happens next"],
        &rows,
        "",
    )
}

fn subscriptions(account: &Account) -> String {
    let mut rows = String::new();
    for subscription in account.all("subscription").rev().take(SHOWN) {
        let status = text(subscription, "status");
        let acts = if status == "canceled" {
            String::new()
        } else {
            let all = button("renew", "Renew")
                + &button("renew_fails", "Renewal fails")
                + &button("end", "End");
            form(account, text(subscription, "id"), &all)
        };
        let end = number(&subscription["items"]["data"][0], "current_period_end");
        let _ = write!(
            rows,
            "<tr><td>{}</td><td><span class=\"state {status}\">{}</span></td><td>{}</td><td class=\"acts\">{acts}</td></tr>",
            esc(text(subscription, "id")),
            esc(&status.replace('_', " ")),
            moment(end),
        );
    }
    if rows.is_empty() {
        return String::new();
    }
    table(
        "Subscriptions",
        &["Subscription", "State", "Paid until", "What happens next"],
        &rows,
        "",
    )
}

fn webhooks(account: &Account) -> String {
    let mut rows = String::new();
    for delivery in account.deliveries.iter().rev().take(SHOWN) {
        let _ = write!(
            rows,
            "<tr><td>{}<br><small>{}</small></td><td>{}</td><td>{}</td><td class=\"acts\">{}</td></tr>",
            esc(&delivery.kind),
            esc(&delivery.event),
            stage(delivery),
            tries(delivery),
            form(account, &delivery.event, &button("resend", "Send again")),
        );
    }
    let to = account.webhook_url.as_deref().unwrap_or("nowhere");
    let title = format!("Webhooks <small>to {}</small>", esc(to));
    table(
        &title,
        &["Event", "State", "Tries", "What happens next"],
        &rows,
        "Nothing was sent yet.",
    )
}

fn stage(delivery: &Delivery) -> String {
    let (class, word) = match delivery.stage {
        Stage::Waiting => ("pending", "Waiting"),
        Stage::UnderWay => ("pending", "Under way"),
        Stage::Delivered => ("succeeded", "Delivered"),
        Stage::GivenUp => ("failed", "Given up"),
    };
    let forged = if delivery.forged {
        " <small>forged</small>"
    } else {
        ""
    };
    format!("<span class=\"state {class}\">{word}</span>{forged}")
}

fn tries(delivery: &Delivery) -> String {
    delivery
        .tries
        .iter()
        .map(|one| {
            let status = one
                .status
                .map_or_else(|| "no answer".to_owned(), |s| s.to_string());
            let signed = match one.signed {
                Signed::Well => "",
                Signed::Wrong => " (wrong signature)",
                Signed::Old => " (old secret)",
                Signed::Stale => " (stale)",
            };
            format!("{} → {status}{signed}", moment(one.at / 1000))
        })
        .collect::<Vec<_>>()
        .join("<br>")
}

fn faults(account: &Account) -> String {
    let faults = &account.faults;
    let number = |name: &str, label: &str, value: i64| {
        format!(
            "<div class=\"field\"><label for=\"{name}\">{label}</label>\
             <input id=\"{name}\" name=\"{name}\" inputmode=\"numeric\" value=\"{value}\"></div>"
        )
    };
    let flag = |name: &str, label: &str, on: bool| {
        let checked = if on { " checked" } else { "" };
        format!(
            "<label class=\"way\"><input type=\"checkbox\" name=\"{name}\"{checked}> {label}</label>"
        )
    };
    let percent = |name: &str, label: &str, value: u8| number(name, label, i64::from(value));
    let fields = [
        percent("duplicate", "Sent twice, %", faults.duplicate),
        percent("reorder", "Out of order, %", faults.reorder),
        number("delay_ms", "Late by up to, ms", faults.delay_ms),
        percent("sign_wrong", "Wrong signature, %", faults.sign_wrong),
        percent("sign_old", "Old secret, %", faults.sign_old),
        percent("sign_stale", "Signed an hour ago, %", faults.sign_stale),
        percent("forge", "Forged beside it, %", faults.forge),
        percent("lose_answer", "API answer lost, %", faults.lose_answer),
        number(
            "api_slow_ms",
            "API slow by, ms",
            i64::try_from(faults.api_slow_ms).unwrap_or(0),
        ),
    ]
    .concat();
    let flags = flag("stop", "Hold all webhooks back", faults.stop)
        + &flag("api_down", "API is down", faults.api_down);
    format!(
        "<section><h2>What goes wrong</h2><form method=\"post\" action=\"/books/{}/faults\">\
         <div class=\"grid\">{fields}</div><div class=\"ways\">{flags}</div>\
         <button class=\"button\">Save</button></form></section>",
        account.id
    )
}
