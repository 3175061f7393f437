//! The books, for the demo's reader: every payment with what can happen to it, and every webhook.

mod tables;

use axum::{
    extract::{Form, Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{esc, gone, page, refused};
use crate::{
    Sandbox, currency,
    errors::ApiError,
    faults::Faults,
    state::{Account, text},
};
use tables::{disputes, payments, subscriptions, sums, webhooks};

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
