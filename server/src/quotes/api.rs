//! Quotes and the section Quotes and Orders, for the widget.

use axum::extract::State;
use portico_wire::{
    QuoteId, Right,
    contracts::Decline,
    sales::{self as wire, Accept, Choose, ListedQuote, QuoteState, Sales},
};

use super::{
    Act, Priced, Quote, QuoteLine,
    act::{self, Who},
    check, price,
    store::{self, PortalQuote},
};
use crate::{
    App, Result,
    clock::today,
    db::StudioTx,
    error::Error,
    forms::store::Viewer,
    money, orders, papers,
    sales::{self, paper},
    scope::{PortalSession, Reading},
    studios::{self, Studio},
    web::body::{Body, Id, IdempotencyKey, Json},
};

fn listed(quote: PortalQuote, today: &str) -> ListedQuote {
    let late = quote.valid_until.as_deref().is_some_and(|day| day < today);
    let expired = late && quote.state.is_open();
    ListedQuote {
        id: quote.id,
        number: quote.number.unwrap_or_default(),
        title: quote.title,
        state: if expired {
            QuoteState::Expired
        } else {
            quote.state
        },
        total: money::wire(quote.total, &quote.currency),
        sent_at: quote.sent_at.unwrap_or(quote.created_at),
        valid_until: quote.valid_until,
    }
}

/// The section Quotes and Orders: what waits for an answer, what was answered, what was bought.
#[utoipa::path(get, path = "/quotes", tag = "sales", params(("studio" = String, Path)),
    responses((status = 200, body = Sales)), security(("session" = [])))]
pub async fn list_quotes(Reading { session, mut tx }: Reading) -> Result<Json<Sales>> {
    session.section(Right::QuotesAndOrders)?;
    let history = session.rights.has(Right::ShowHistory);
    let who = Viewer::from(&session);
    let studio = studios::store::get(&mut tx).await?;
    let today = today(tx.now(), &studio.time_zone);
    let quotes = store::seen(&mut tx, who, history).await?;
    let orders = orders::store::seen(&mut tx, who).await?;
    let mut quotes: Vec<ListedQuote> = quotes
        .into_iter()
        .map(|quote| listed(quote, &today))
        .filter(|quote| history || quote.state.is_open())
        .collect();
    // One whose last day just ended stands with the closed ones.
    quotes.sort_by_key(|quote| !quote.state.is_open());
    Ok(Json(Sales {
        quotes,
        orders: orders.into_iter().map(orders::told::listed).collect(),
    }))
}

/// A quote as it stands, with this choice.
async fn reply(
    tx: &mut StudioTx,
    studio: &Studio,
    quote: &Quote,
    lines: &[QuoteLine],
    priced: &Priced,
) -> Result<wire::Quote> {
    let terms = &quote.terms;
    let day = sales::day(tx.now(), studio)?;
    let state = quote.state_on(&day.to_string());
    let order = orders::store::of_quote(tx, quote.id).await?;
    // What was agreed is due as it was on that day.
    let agreed = match (state, quote.closed_at) {
        (QuoteState::Accepted, Some(at)) => sales::day(at, studio)?,
        _ => day,
    };
    let amount = |minor| money::wire(minor, &terms.currency);
    let shown = lines.iter().zip(priced.bought.iter().zip(&priced.amounts));
    let lines = shown.map(|(one, (bought, sum))| wire::QuoteLine {
        id: one.line.id,
        name: one.line.name.clone(),
        description: one.line.description.clone(),
        quantity: terms
            .words()
            .quantity(one.line.quantity, one.line.unit.as_deref()),
        unit_price: amount(one.line.unit_price),
        amount: amount(*sum),
        optional: one.optional,
        chosen: *bought,
    });
    Ok(wire::Quote {
        listed: ListedQuote {
            id: quote.id,
            number: quote.number().to_owned(),
            title: terms.title.clone(),
            state,
            total: amount(priced.sums.total),
            sent_at: quote.sent_at.unwrap_or(quote.created_at),
            valid_until: quote.valid_until.clone(),
        },
        intro: paper::prose(terms.intro.as_deref()),
        lines: lines.collect(),
        totals: paper::totals(terms, &priced.sums),
        plan: paper::instalments(terms, &terms.plan.parts(priced.sums.total, agreed)),
        terms: paper::prose(terms.terms.as_deref()),
        version: quote.version,
        reason: quote.reason.clone(),
        order,
        pdf: None,
        log: sales::log(tx, "quote", quote.id.into_uuid()).await?,
    })
}

async fn show(app: &App, session: &PortalSession, quote: &Quote) -> Result<Json<wire::Quote>> {
    let mut tx = app.db.read(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let lines = store::lines(&mut tx, quote.id).await?;
    let priced = price(&quote.terms, &lines, quote.chosen.as_deref())?;
    let mut shown = reply(&mut tx, &studio, quote, &lines, &priced).await?;
    shown.pdf = papers::files::address(app, &mut tx, session, sales::pdf::quote(quote.id)).await?;
    Ok(Json(shown))
}

/// A quote; the first look at it is noted.
#[utoipa::path(get, path = "/quotes/{id}", tag = "sales", params(("studio" = String, Path), ("id" = QuoteId, Path)),
    responses((status = 200, body = wire::Quote)), security(("session" = [])))]
pub async fn get_quote(
    State(app): State<App>,
    Reading { session, mut tx }: Reading,
    Id(id): Id<QuoteId>,
) -> Result<Json<wire::Quote>> {
    session.section(Right::QuotesAndOrders)?;
    let mut quote = act::find(&mut tx, Viewer::from(&session), id).await?;
    let studio = studios::store::get(&mut tx).await?;
    let open = quote
        .state_on(&today(tx.now(), &studio.time_zone))
        .is_open();
    drop(tx);
    if !open {
        session.section(Right::ShowHistory)?;
    } else {
        act::open(&app, &session, &mut quote).await?;
    }
    show(&app, &session, &quote).await
}

/// What a choice of lines comes to. Nothing is stored.
#[utoipa::path(post, path = "/quotes/{id}/price", tag = "sales", params(("studio" = String, Path), ("id" = QuoteId, Path)),
    request_body = Choose, responses((status = 200, body = wire::Quote)), security(("session" = [])))]
pub async fn price_quote(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<QuoteId>,
    Body(choice): Body<Choose>,
) -> Result<Json<wire::Quote>> {
    session.section(Right::QuotesAndOrders)?;
    let mut tx = app.db.read(&session).await?;
    let quote = act::find(&mut tx, Viewer::from(&session), id).await?;
    let studio = studios::store::get(&mut tx).await?;
    check(
        quote.state_on(&today(tx.now(), &studio.time_zone)),
        Act::Accept,
    )?;
    let lines = store::lines(&mut tx, id).await?;
    let priced = price(&quote.terms, &lines, Some(&choice.chosen))?;
    reply(&mut tx, &studio, &quote, &lines, &priced)
        .await
        .map(Json)
}

/// Accepts a quote, which makes the order and its invoice. The same once more gives the same order.
#[utoipa::path(post, path = "/quotes/{id}/accept", tag = "sales",
    params(("studio" = String, Path), ("id" = QuoteId, Path),
        ("Idempotency-Key" = String, Header, min_length = 8, max_length = 80, pattern = "^[A-Za-z0-9_-]{8,80}$")),
    request_body = Accept, responses((status = 200, body = wire::Order)), security(("session" = [])))]
pub async fn accept_quote(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<QuoteId>,
    key: IdempotencyKey,
    Body(sent): Body<Accept>,
) -> Result<Json<wire::Order>> {
    session.section(Right::QuotesAndOrders)?;
    let mut tx = app.db.write(&session).await?;
    let who = Who::from(&session);
    let order = act::accept(&app, &mut tx, who, id, &sent, key.as_str()).await?;
    tx.commit().await?;
    let mut tx = app.db.read(&session).await?;
    orders::told::order(&mut tx, order).await.map(Json)
}

/// Declines a quote.
#[utoipa::path(post, path = "/quotes/{id}/decline", tag = "sales", params(("studio" = String, Path), ("id" = QuoteId, Path)),
    request_body = Decline, responses((status = 200, body = wire::Quote)), security(("session" = [])))]
pub async fn decline_quote(
    State(app): State<App>,
    session: PortalSession,
    Id(id): Id<QuoteId>,
    Body(sent): Body<Decline>,
) -> Result<Json<wire::Quote>> {
    session.section(Right::QuotesAndOrders)?;
    let reason = sent.reason.trim();
    let plain = reason
        .chars()
        .all(|c| !c.is_control() || c == '\n' || c == '\t');
    if reason.is_empty() || reason.chars().count() > 2000 || !plain {
        return Err(Error::invalid(
            "reason",
            "Please write in a few words why, in at most 2000 characters.",
        ));
    }
    let mut tx = app.db.write(&session).await?;
    act::decline(&app, &mut tx, Who::from(&session), id, reason).await?;
    tx.commit().await?;
    let mut tx = app.db.read(&session).await?;
    let quote = act::find(&mut tx, Viewer::from(&session), id).await?;
    drop(tx);
    show(&app, &session, &quote).await
}
