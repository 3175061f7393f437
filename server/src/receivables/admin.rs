//! The money desk: what is owed, overdue and received, reminders, statements.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use jiff::civil::Date;
use portico_wire::{ClientId, InvoiceId, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Open, Owed, begins, money, months, open, owed,
    plot::{self, Month},
    remind, statement, store,
};
use crate::{
    App, Result,
    audit::{Change, Subject, note},
    clients,
    clock::today,
    db::StudioTx,
    error::Error,
    money::say,
    papers,
    scope::{Manager, Member, StaffSession},
    studios::{self, Studio},
    web::{admin, form::Form, redirect},
};

const PATH: &str = "/admin/money";
const BACK: i32 = 8;
const AHEAD: i32 = 3;
/// So many overdue invoices are shown.
const SHOWN: usize = 100;

/// `GET /admin/money`
pub async fn show(State(app): State<App>, Member(session): Member) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let day = today(tx.now(), &studio.time_zone);
    let now: Date = day.parse().map_err(Error::internal)?;
    let soon = now.saturating_add(jiff::Span::new().days(31)).to_string();
    let open = open(&mut tx).await?;
    let sums = owed(&open, &day, &soon);
    let over = over_time(&mut tx, &studio, now, &open).await?;
    let reminded: BTreeMap<InvoiceId, Timestamp> =
        store::reminded(&mut tx).await?.into_iter().collect();
    drop(tx);
    let currencies: BTreeSet<&String> = sums.keys().chain(over.keys()).collect();
    let shown: Vec<Value> = currencies
        .into_iter()
        .map(|code| {
            currency(
                code,
                sums.get(code).copied().unwrap_or_default(),
                over.get(code),
            )
        })
        .collect();
    let (overdue, more) = overdue(&open, &day, &reminded, &studio);
    let body = json!({
        "currencies": shown,
        "overdue": overdue,
        "more": more,
        "zone": studio.time_zone,
    });
    admin::page(&app, &session, "receivables/money.html", body)
}

/// The months of each currency in which something is due or came in.
async fn over_time(
    tx: &mut StudioTx,
    studio: &Studio,
    now: Date,
    open: &[Open],
) -> Result<BTreeMap<String, Vec<Month>>> {
    let days = months(now, BACK, AHEAD)?;
    let (first, last) = (days[0].to_string(), days[days.len() - 1].to_string());
    let mut all: BTreeMap<String, Vec<Month>> = BTreeMap::new();
    let empty: Vec<Month> = days[..days.len() - 1]
        .iter()
        .map(|day| empty_month(*day, now))
        .collect();
    let at = |month: &str| {
        days.iter()
            .position(|day| day.to_string().starts_with(month))
    };
    for sum in store::due_by_month(tx, &first, &last).await? {
        let months = all.entry(sum.currency).or_insert_with(|| empty.clone());
        if let Some(month) = at(&sum.month).and_then(|at| months.get_mut(at)) {
            month.due += sum.amount;
        }
    }
    let today = now.to_string();
    for one in open {
        for part in one
            .parts
            .iter()
            .filter(|part| part.due < today && part.left.balance > 0)
        {
            let months = all
                .entry(one.row.currency.clone())
                .or_insert_with(|| empty.clone());
            let month = part.due.get(..7).and_then(at);
            if let Some(month) = month.and_then(|at| months.get_mut(at)) {
                month.overdue += part.left.balance;
            }
        }
    }
    for (at, pair) in days.windows(2).enumerate() {
        let (from, to) = (
            begins(pair[0], &studio.time_zone)?,
            begins(pair[1], &studio.time_zone)?,
        );
        for (currency, amount) in store::received(tx, from, to).await? {
            let months = all.entry(currency).or_insert_with(|| empty.clone());
            months[at].received += amount;
        }
    }
    Ok(all)
}

fn empty_month(day: Date, now: Date) -> Month {
    let long = say::words("en").date(day);
    // "1 November 2026" without its day.
    let long = long.trim_start_matches("1 ").to_owned();
    Month {
        short: long.chars().take(3).collect(),
        long,
        is_now: day == now.first_of_month(),
        ..Month::default()
    }
}

fn currency(code: &str, sums: Owed, months: Option<&Vec<Month>>) -> Value {
    let months = months.cloned().unwrap_or_default();
    let now = months
        .iter()
        .find(|month| month.is_now)
        .cloned()
        .unwrap_or_default();
    let rows: Vec<Value> = months
        .iter()
        .map(|month| {
            json!({
                "month": month.long,
                "due": money(month.due, code),
                "overdue": (month.overdue > 0).then(|| money(month.overdue, code)),
                "received": money(month.received, code),
                "now": month.is_now,
            })
        })
        .collect();
    json!({
        "code": code,
        "owed": money(sums.all, code),
        "overdue": money(sums.overdue, code),
        "is_overdue": sums.overdue > 0,
        "soon": money(sums.soon, code),
        "pending": (sums.pending > 0).then(|| money(sums.pending, code)),
        "received": money(now.received, code),
        "month": now.long,
        "plot": plot::draw(&months, code, &format!("plot-{}", code.to_lowercase())),
        "rows": rows,
    })
}

fn overdue(
    open: &[Open],
    day: &str,
    reminded: &BTreeMap<InvoiceId, Timestamp>,
    studio: &Studio,
) -> (Vec<Value>, bool) {
    let mut late: Vec<(&str, i64, &Open)> = open
        .iter()
        .filter_map(|one| one.overdue(day).map(|(amount, since)| (since, amount, one)))
        .collect();
    late.sort_by(|a, b| a.0.cmp(b.0).then(a.2.row.id.cmp(&b.2.row.id)));
    let more = late.len() > SHOWN;
    let words = say::words("en");
    let days = |since: &str| -> i32 {
        let (since, day): (Option<Date>, Option<Date>) = (since.parse().ok(), day.parse().ok());
        since
            .zip(day)
            .map_or(0, |(since, day)| (day - since).get_days())
    };
    let shown = late
        .into_iter()
        .take(SHOWN)
        .map(|(since, amount, one)| {
            json!({
                "id": one.row.id,
                "number": one.row.number,
                "title": one.row.title,
                "client": one.row.client_name,
                "client_id": one.row.client_id,
                "since": words.day(since),
                "days": days(since),
                "amount": money(amount, &one.row.currency),
                "pending": one.row.sums.pending > 0,
                "reminded": reminded.get(&one.row.id).map(|at| admin::day(*at, &studio.time_zone)),
            })
        })
        .collect();
    (shown, more)
}

#[derive(Deserialize)]
pub struct Which {
    invoice: InvoiceId,
}

/// `POST /admin/money/remind`
pub async fn remind_now(
    State(app): State<App>,
    Member(session): Member,
    Form(which): Form<Which>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let told = remind::by_hand(&app, &mut tx, &studio, which.invoice).await?;
    let text = match told {
        None => "A reminder of this went out today already.".to_owned(),
        Some(0) => {
            "Nobody this invoice names has an email address, or nothing is owed on it.".to_owned()
        }
        Some(count) => {
            let subject = Subject("invoice", Some(which.invoice.into_uuid()));
            note(
                &mut tx,
                &session,
                "invoice reminded",
                subject,
                Change::none(),
            )
            .await?;
            let people = if count == 1 { "person" } else { "people" };
            format!("A reminder is on its way to {count} {people}.")
        }
    };
    if matches!(told, Some(1..)) {
        tx.commit().await?;
    }
    Ok(redirect::see(PATH, &text))
}

// Settings

/// What the settings page shows of reminders.
pub async fn settings(tx: &mut StudioTx) -> Result<Value> {
    let moments = remind::moments(tx).await?;
    Ok(json!({
        "before": remind::write_days(&moments.before),
        "after": remind::write_days(&moments.after),
    }))
}

#[derive(Deserialize)]
pub struct Days {
    #[serde(default)]
    before: String,
    #[serde(default)]
    after: String,
}

/// `POST /admin/settings/sales/reminders`
pub async fn save_settings(
    State(app): State<App>,
    Manager(session): Manager,
    Form(days): Form<Days>,
) -> Result<Response> {
    let back = "/admin/settings/sales#reminders";
    let (Some(before), Some(after)) = (
        remind::read_days(&days.before),
        remind::read_days(&days.after),
    ) else {
        return Ok(redirect::see(
            back,
            "Nothing was saved: write up to six numbers of days from 1 to 120, such as 7, 1.",
        ));
    };
    let mut tx = app.db.write(&session).await?;
    let was = settings(&mut tx).await?;
    let (before, after) = (remind::write_days(&before), remind::write_days(&after));
    store::save_settings(&mut tx, &before, &after).await?;
    let studio = studios::store::get(&mut tx).await?;
    remind::ensure(&mut tx, &studio).await?;
    let Some(change) = Change::between(&was, &settings(&mut tx).await?)? else {
        return Ok(redirect::see(back, "Nothing was changed."));
    };
    note(
        &mut tx,
        &session,
        "reminders changed",
        Subject("studio", None),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(back, "Saved."))
}

// Statements

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    from: String,
    to: String,
}

async fn page(
    app: &App,
    session: &StaffSession,
    id: ClientId,
    asked: &Asked,
    make: bool,
) -> Result<Response> {
    let mut tx = app.db.write(session).await?;
    let client = clients::store::get_client(&mut tx, id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let day = today(tx.now(), &studio.time_zone);
    let (from, to) = statement::period(&asked.from, &asked.to, &day)?;
    let mut pdf = None;
    if make {
        let made = statement::ask(&mut tx, id, store::SeenBy::All, (&from, &to)).await?;
        pdf = papers::files::staff_address(&mut tx, statement::which(made)).await?;
        tx.commit().await?;
    }
    let working = make && pdf.is_none();
    let body = json!({
        "id": id, "client": client.name, "from": from, "to": to, "pdf": pdf, "working": working,
    });
    let mut response = admin::page(app, session, "receivables/statement.html", body)?;
    if working {
        let headers = response.headers_mut();
        headers.insert("refresh", axum::http::HeaderValue::from_static("2"));
    }
    Ok(response)
}

/// `GET /admin/clients/{id}/statement`; with a period it is made.
pub async fn show_statement(
    State(app): State<App>,
    Member(session): Member,
    Path(id): Path<ClientId>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let make = !asked.from.is_empty() || !asked.to.is_empty();
    page(&app, &session, id, &asked, make).await
}
