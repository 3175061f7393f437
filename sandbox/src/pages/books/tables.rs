//! The tables of the books, and what can happen to each row.

use std::fmt::Write as _;

use serde_json::Value;

use crate::{
    currency,
    deliver::{Delivery, Signed, Stage},
    pages::{esc, moment},
    state::{Account, number, text},
};

/// So many of each table's rows are shown.
const SHOWN: usize = 50;

pub fn sums(account: &Account) -> String {
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

pub fn payments(account: &Account) -> String {
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

pub fn disputes(account: &Account) -> String {
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

pub fn subscriptions(account: &Account) -> String {
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

pub fn webhooks(account: &Account) -> String {
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
