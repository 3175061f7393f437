//! What people see: the checkout, the billing portal, receipts, and the books for the demo's reader.

mod books;
mod checkout;
mod portal;

use axum::{
    Router,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};

use crate::{Sandbox, errors::ApiError};

pub fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/books") }))
        .route("/style.css", get(style))
        .route("/c/pay/{id}", get(checkout::show).post(checkout::pay))
        .route("/p/session/{id}", get(portal::show).post(portal::act))
        .route("/i/{id}", get(portal::show_invoice))
        .route("/i/{id}/pdf", get(portal::show_invoice))
        .route("/receipts/{id}", get(portal::show_receipt))
        .route("/books", get(books::index))
        .route("/books/{account}", get(books::show))
        .route("/books/{account}/faults", post(books::set_faults))
        .route("/books/{account}/{id}", post(books::act))
}

async fn style() -> Response {
    (
        [
            (header::CONTENT_TYPE, "text/css; charset=utf-8"),
            (header::CACHE_CONTROL, "max-age=60"),
        ],
        include_str!("style.css"),
    )
        .into_response()
}

/// Text as HTML.
fn esc(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

fn page(title: &str, class: &str, body: &str) -> Response {
    let title = esc(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
         <link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/style.css\"></head>\
         <body class=\"{class}\">{body}</body></html>"
    );
    // Not form-action: after a payment the form leads to the studio's website.
    let policy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'";
    (
        [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::CACHE_CONTROL, "no-store"),
        ],
        Html(html),
    )
        .into_response()
}

/// A short page about something that is over or was never there.
fn notice(status: StatusCode, title: &str, text: &str, link: Option<(&str, &str)>) -> Response {
    let link = link.map_or_else(String::new, |(href, label)| {
        format!(
            "<p><a class=\"button\" href=\"{}\">{}</a></p>",
            esc(href),
            esc(label)
        )
    });
    let body = format!(
        "<main class=\"card narrow\"><p class=\"test\">Test</p><h1>{}</h1><p>{}</p>{link}</main>",
        esc(title),
        esc(text)
    );
    let mut response = page(title, "plain", &body);
    *response.status_mut() = status;
    response
}

fn refused(error: &ApiError) -> Response {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
    notice(status, "That did not work", &error.message, None)
}

fn gone() -> Response {
    notice(
        StatusCode::NOT_FOUND,
        "Nothing here",
        "This page of the payment sandbox does not exist, or its books were begun anew.",
        None,
    )
}

/// `22 Nov 2026, 07:28` of seconds since 1970, in UTC.
fn moment(seconds: i64) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    // Days since 1 March of the year 0: leap days come last.
    let days = seconds.div_euclid(86_400) + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let in_year = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * in_year + 2) / 153;
    let day = in_year - (153 * shifted + 2) / 5 + 1;
    let month = (shifted + 2) % 12;
    let year = year + era * 400 + i64::from(month < 2);
    let name = MONTHS[usize::try_from(month).unwrap_or(0)];
    let time = seconds.rem_euclid(86_400);
    format!(
        "{day} {name} {year}, {:02}:{:02}",
        time / 3600,
        time % 3600 / 60
    )
}

/// The day alone.
fn day(seconds: i64) -> String {
    moment(seconds).split(',').next().unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(moment(0), "1 Jan 1970, 00:00");
        assert_eq!(moment(951_782_399), "28 Feb 2000, 23:59");
        assert_eq!(moment(951_782_400), "29 Feb 2000, 00:00");
        assert_eq!(moment(1_709_164_800), "29 Feb 2024, 00:00");
        assert_eq!(moment(1_795_332_480), "22 Nov 2026, 07:28");
    }
}
