//! A quote's editor.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, ContactId, QuoteId};
use serde_json::{Value, json};

use super::{
    super::{
        Act, Quote,
        act::note,
        check, price,
        store::{self, Draft},
    },
    Acting, path,
};
use crate::{
    App, Result,
    audit::Change,
    clients,
    clock::today,
    db::StudioTx,
    sales::{
        self, desk,
        editor::{self, Read, Typed},
    },
    scope::{Manager, StaffSession},
    studios::{self, Studio},
    web::{
        admin,
        body::{Id, Json},
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// What is edited: a new quote of a client, or a draft.
struct Place<'a> {
    client: ClientId,
    quote: Option<&'a Quote>,
}

impl Place<'_> {
    fn path(&self) -> String {
        match self.quote {
            Some(quote) => format!("{}/edit", path(quote.id)),
            None => format!("/admin/clients/{}/quotes/new", self.client),
        }
    }
}

async fn page(
    app: &App,
    session: &StaffSession,
    place: &Place<'_>,
    typed: &Typed,
    errors: FieldErrors,
    conflict: bool,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let to = Some(typed.to.as_slice()).filter(|to| place.quote.is_some() || !to.is_empty());
    let mut body = desk::page(&mut tx, place.client, typed, to, (errors, conflict)).await?;
    drop(tx);
    body["quote"] = place.quote.map_or(
        Value::Null,
        |quote| json!({ "id": quote.id, "title": quote.terms.title }),
    );
    body["path"] = place.path().into();
    let back = place.quote.map(|quote| path(quote.id));
    body["back"] = back
        .unwrap_or_else(|| clients::client_path(place.client))
        .into();
    body["version"] = place.quote.map_or(0, |quote| quote.version).into();
    body["kind"] = "quote".into();
    admin::page(app, session, "quotes/edit.html", body)
}

/// `GET /admin/clients/{id}/quotes/new`
pub async fn show_new(
    State(app): State<App>,
    Manager(session): Manager,
    Id(client): Id<ClientId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let settings = sales::store::settings(&mut tx).await?;
    let rates = sales::store::tax_rates(&mut tx).await?;
    let until = settings
        .valid_days
        .map(|days| today(tx.now().plus_seconds(days * 86_400), &studio.time_zone));
    drop(tx);
    let typed = Typed::begin(
        &settings,
        &studio.currency,
        until.unwrap_or_default(),
        &rates,
    );
    let place = Place {
        client,
        quote: None,
    };
    page(
        &app,
        &session,
        &place,
        &typed,
        FieldErrors::default(),
        false,
    )
    .await
}

/// `GET /admin/quotes/{id}/edit`
pub async fn show_edit(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<QuoteId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let quote = store::get(&mut tx, id).await?;
    check(quote.state, Act::Edit)?;
    let lines = store::lines(&mut tx, id).await?;
    let named = store::named(&mut tx, id).await?;
    drop(tx);
    let to = named.iter().map(|one| one.id.to_string()).collect();
    let typed = Typed::of(&quote.terms, &lines, quote.valid_until.as_deref(), to);
    let place = Place {
        client: quote.client_id,
        quote: Some(&quote),
    };
    page(
        &app,
        &session,
        &place,
        &typed,
        FieldErrors::default(),
        false,
    )
    .await
}

async fn read(
    tx: &mut StudioTx,
    studio: &Studio,
    client: ClientId,
    typed: &Typed,
    errors: &mut FieldErrors,
) -> Result<Option<(Read, Vec<ContactId>)>> {
    let contacts = desk::chosen(tx, client, typed, "quote", errors).await?;
    let now = today(tx.now(), &studio.time_zone);
    if !typed.valid_until.is_empty() && typed.valid_until < now {
        errors.add("valid_until", "This day is over. Choose a later one.");
    }
    let read = typed.read(tx, errors);
    Ok(read.map(|read| (read, contacts)))
}

fn draft<'a>(read: &'a Read, contacts: &'a [ContactId]) -> Result<Draft<'a>> {
    Ok(Draft {
        terms: &read.terms,
        valid_until: read.valid_until.as_deref(),
        total: price(&read.terms, &read.lines, None)?.sums.total,
        lines: &read.lines,
        contacts,
    })
}

/// `POST /admin/clients/{id}/quotes/new`
pub async fn create(
    State(app): State<App>,
    Manager(session): Manager,
    Id(client): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let (typed, mut errors) = (Typed::sent(&sent), FieldErrors::default());
    let mut tx = app.db.write(&session).await?;
    clients::store::get_client(&mut tx, client).await?;
    let studio = studios::store::get(&mut tx).await?;
    let Some((read, contacts)) = read(&mut tx, &studio, client, &typed, &mut errors).await? else {
        drop(tx);
        let place = Place {
            client,
            quote: None,
        };
        let page = page(&app, &session, &place, &typed, errors, false).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let id = store::insert(&mut tx, client, None, &draft(&read, &contacts)?).await?;
    let acting = Acting::new(&session);
    let change = Change::made(&json!({ "title": read.terms.title }))?;
    note(&mut tx, &acting.by(), "quote begun", id, change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &path(id),
        "Saved as a draft. Look at it once more, then send it.",
    ))
}

/// `POST /admin/quotes/{id}/edit`
pub async fn save(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<QuoteId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let (typed, mut errors) = (Typed::sent(&sent), FieldErrors::default());
    let mut tx = app.db.write(&session).await?;
    let quote = store::get(&mut tx, id).await?;
    check(quote.state, Act::Edit)?;
    let studio = studios::store::get(&mut tx).await?;
    let place = Place {
        client: quote.client_id,
        quote: Some(&quote),
    };
    let Some((read, contacts)) = read(&mut tx, &studio, place.client, &typed, &mut errors).await?
    else {
        drop(tx);
        let page = page(&app, &session, &place, &typed, errors, false).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let began = Quote {
        version: sent.text("version").parse().unwrap_or(0),
        ..quote.clone()
    };
    if !store::save(&mut tx, &began, &draft(&read, &contacts)?).await? {
        drop(tx);
        let page = page(&app, &session, &place, &typed, errors, true).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let acting = Acting::new(&session);
    let facts = |title: &str, total: String| json!({ "title": title, "total": total });
    let total = price(&read.terms, &read.lines, None)?.sums.total;
    let change = Change::between(
        &facts(&quote.terms.title, quote.terms.money(quote.total)),
        &facts(&read.terms.title, read.terms.money(total)),
    )?;
    note(
        &mut tx,
        &acting.by(),
        "quote changed",
        id,
        change.unwrap_or_default(),
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), "Saved."))
}

/// `POST /admin/quotes/preview`: what the fields come to. Nothing is stored.
pub async fn preview(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Json<Value>> {
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let day = sales::day(tx.now(), &studio)?;
    editor::preview(&tx, &Typed::sent(&sent), day).map(Json)
}
