//! Adding a client with its first contact, and changing a client.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, Settings, clients::ClientKind};
use serde_json::{Value, json};

use super::{
    super::{
        Client, Contact, NewClient,
        fields::Owner,
        forms::{self, Choices, ClientForm, ContactForm},
        kind_label, store,
    },
    about_client, choices, client_path, contact, differing, note,
};
use crate::{
    App, Result,
    audit::Change,
    happenings::{self, Happened, Item, What},
    scope::{Member, StaffSession},
    studios::settings::COUNTRIES,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// What the selects of the form offer.
fn offered(form: &ClientForm, choices: &Choices) -> Value {
    let mut groups: Vec<(String, String)> = choices
        .groups
        .iter()
        .map(|group| (group.id.to_string(), group.name.clone()))
        .collect();
    if !groups.iter().any(|(id, _)| *id == form.group) {
        groups.insert(0, (String::new(), "Please choose".into()));
    }
    let mut countries: Vec<(&str, &str)> = COUNTRIES.clone();
    countries.insert(0, ("", "–"));
    json!({
        "kinds": ClientKind::ALL.iter().map(|&kind| (kind.name(), kind_label(kind))).collect::<Vec<_>>(),
        "groups": groups,
        "countries": countries,
        "own": form.own.drawn(choices, Owner::Client),
    })
}

fn new_page(
    app: &App,
    session: &StaffSession,
    client: &ClientForm,
    first: &ContactForm,
    choices: &Choices,
    errors: &FieldErrors,
) -> Result<Response> {
    let body = json!({
        "form": client,
        "offered": offered(client, choices),
        "contact": first,
        "contact_offered": contact::offered(first, choices),
        "errors": errors,
        "conflict": Vec::<String>::new(),
    });
    admin::page(app, session, "clients/new.html", body)
}

/// `GET /admin/clients/new`
pub async fn show_new_client(State(app): State<App>, Member(session): Member) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let choices = choices(&mut tx).await?;
    drop(tx);
    let form = ClientForm::of(&Client::blank(&choices), &choices);
    let first = ContactForm::of(&Contact::blank(), &choices);
    new_page(
        &app,
        &session,
        &form,
        &first,
        &choices,
        &FieldErrors::default(),
    )
}

/// `POST /admin/clients/new`
pub async fn add_client(
    State(app): State<App>,
    Member(session): Member,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let choices = choices(&mut tx).await?;
    let mut form = ClientForm::read(&sent, &choices);
    let first = ContactForm::read(&sent, &choices);
    let (mut contact, mut errors) = first.apply(&Contact::blank(), &choices)?;
    if first.is_empty() {
        errors = FieldErrors::default();
    }
    // A person is called as its contact is.
    if form.name.trim().is_empty() && form.kind == ClientKind::Person.name() {
        form.name = contact.name();
    }
    let (mut client, wrong) = form.apply(&Client::blank(&choices), &choices)?;
    errors.merge(wrong);
    if !errors.is_empty() {
        drop(tx);
        let page = new_page(&app, &session, &form, &first, &choices, &errors)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    client.id = tx.id();
    let new = NewClient {
        id: client.id,
        kind: client.kind,
        name: client.name.clone(),
        group: client.group_id,
        portal_enabled: true,
        phone: client.phone.clone(),
        address: client.address.clone(),
        rights: Settings::default(),
        fields: client.fields.clone(),
    };
    store::insert_client(&mut tx, &new).await?;
    let change = Change::made(&forms::without_empty(forms::logged_client(
        &client, &choices,
    )))?;
    note(
        &mut tx,
        &session,
        "client added",
        about_client(client.id),
        change,
    )
    .await?;
    let mut added = None;
    if !first.is_empty() {
        contact.client_id = client.id;
        added = Some(contact::insert(&mut tx, &session, &contact, &choices).await?);
    }
    let (by, item) = (session.actor(), Item::Client(client.id));
    let happened = Happened::new(What::ClientAdded, client.id, &by, item, &client.name);
    happenings::tell(&mut tx, &happened).await?;
    tx.commit().await?;
    if let Some(added) = &added {
        contact::send_generated_password(&app, &session, added.id).await?;
    }
    let twin = added.is_some_and(|added| added.twin);
    if sent.text("next") == "contact" {
        let page = format!("{}/contacts/new", client_path(client.id));
        let notice = format!("{} is saved. Now the next contact.", client.name);
        return Ok(redirect::see(&page, &notice));
    }
    let notice = contact::notice(format!("{} is on your list.", client.name), twin);
    Ok(redirect::see(&client_path(client.id), &notice))
}

fn edit_page(
    app: &App,
    session: &StaffSession,
    client: &Client,
    form: &ClientForm,
    choices: &Choices,
    errors: &FieldErrors,
    conflict: &[String],
) -> Result<Response> {
    let version = if conflict.is_empty() {
        form.version
    } else {
        client.version
    };
    let body = json!({
        "client": { "id": client.id, "name": client.name },
        "form": form,
        "version": version,
        "offered": offered(form, choices),
        "errors": errors,
        "conflict": conflict,
    });
    admin::page(app, session, "clients/edit.html", body)
}

/// `GET /admin/clients/{id}/edit`
pub async fn show_edit_client(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let client = store::get_client(&mut tx, id).await?;
    let choices = choices(&mut tx).await?;
    drop(tx);
    let form = ClientForm::of(&client, &choices);
    edit_page(
        &app,
        &session,
        &client,
        &form,
        &choices,
        &FieldErrors::default(),
        &[],
    )
}

/// `POST /admin/clients/{id}/edit`
pub async fn save_client(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let before = store::get_client(&mut tx, id).await?;
    let choices = choices(&mut tx).await?;
    let form = ClientForm::read(&sent, &choices);
    let (after, errors) = form.apply(&before, &choices)?;
    if !errors.is_empty() {
        drop(tx);
        let page = edit_page(&app, &session, &before, &form, &choices, &errors, &[])?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let change = Change::between(
        &forms::logged_client(&before, &choices),
        &forms::logged_client(&after, &choices),
    )?;
    let Some(change) = change else {
        return Ok(redirect::see(&client_path(id), "Nothing was changed."));
    };
    if !store::save_client(&mut tx, &after).await? {
        drop(tx);
        let none = FieldErrors::default();
        let page = edit_page(
            &app,
            &session,
            &before,
            &form,
            &choices,
            &none,
            &differing(&change),
        )?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    note(
        &mut tx,
        &session,
        "client changed",
        about_client(id),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        &client_path(id),
        &format!("{} is saved.", after.name),
    ))
}
