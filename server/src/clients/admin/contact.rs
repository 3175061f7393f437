//! Adding a contact to a client, and changing one.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, ContactId, Settings};
use serde_json::{Value, json};

use super::{
    super::{
        Client, Contact, NewContact,
        fields::Owner,
        forms::{self, Choices, ContactForm},
        store,
    },
    about_contact, choices, client_path, differing, note,
};
use crate::{
    App, Result,
    access::{
        self,
        reach::{self, By, Generated},
    },
    audit::Change,
    db::StudioTx,
    scope::{Member, StaffSession},
    studios::{self, settings::LANGUAGES},
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

pub fn offered(form: &ContactForm, choices: &Choices) -> Value {
    let mut languages: Vec<(&str, &str)> = LANGUAGES.to_vec();
    languages.insert(0, ("", "As the studio's"));
    json!({ "languages": languages, "own": form.own.drawn(choices, Owner::Contact) })
}

/// A contact that was just stored.
pub struct Added {
    pub id: ContactId,
    /// Somebody else has its email address already.
    pub twin: bool,
}

/// Stores a new contact.
pub async fn insert(
    tx: &mut StudioTx,
    session: &StaffSession,
    contact: &Contact,
    choices: &Choices,
) -> Result<Added> {
    let new = NewContact {
        id: tx.id(),
        client: contact.client_id,
        first_name: contact.first_name.clone(),
        last_name: contact.last_name.clone(),
        email: contact.email.clone(),
        mobile: contact.mobile.clone(),
        language: contact.language.clone(),
        active: true,
        rights: Settings::default(),
        fields: contact.fields.clone(),
    };
    store::insert_contact(tx, &new).await?;
    let change = Change::made(&forms::without_empty(forms::logged_contact(
        contact, choices,
    )))?;
    note(tx, session, "contact added", about_contact(new.id), change).await?;
    let twin = is_twin(tx, contact.email.as_deref(), new.id).await?;
    Ok(Added { id: new.id, twin })
}

/// Where the studio generates a password for every new contact, this one gets its own by mail. After the
/// contact's own transaction: no password is hashed while one is open.
pub async fn send_generated_password(
    app: &App,
    session: &StaffSession,
    contact: ContactId,
) -> Result<()> {
    let mut tx = app.db.read(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let user = access::store::portal_user(&mut tx, contact).await?;
    drop(tx);
    let wanted = studio.generate_passwords && studio.passwords;
    if !wanted || user.is_none_or(|user| user.state.obstacle().is_some()) {
        return Ok(());
    }
    let generated = Generated::make(app).await?;
    let mut tx = app.db.write(session).await?;
    let Some(user) = access::store::portal_user(&mut tx, contact).await? else {
        return Ok(());
    };
    let actor = session.actor();
    let by = By {
        actor: &actor,
        reference: &session.visitor.reference,
    };
    reach::send_password(app, &mut tx, &studio, &user, &generated, &by).await?;
    tx.commit().await
}

async fn is_twin(tx: &mut StudioTx, email: Option<&str>, id: ContactId) -> Result<bool> {
    match email {
        Some(email) => store::email_is_taken(tx, email, id).await,
        None => Ok(false),
    }
}

/// What is said after saving; the page itself names the other contact.
pub fn notice(saved: String, twin: bool) -> String {
    if twin {
        format!("{saved} But somebody else has the same email address: please look below.")
    } else {
        saved
    }
}

struct Shown<'a> {
    client: &'a Client,
    /// Absent: a new one.
    contact: Option<&'a Contact>,
    form: &'a ContactForm,
    choices: &'a Choices,
    errors: &'a FieldErrors,
    conflict: &'a [String],
}

fn page(app: &App, session: &StaffSession, shown: &Shown<'_>) -> Result<Response> {
    let version = match shown.contact {
        Some(stored) if !shown.conflict.is_empty() => stored.version,
        _ => shown.form.version,
    };
    let body = json!({
        "client": { "id": shown.client.id, "name": shown.client.name },
        "known": shown.contact.map(|contact| json!({ "id": contact.id, "name": contact.name() })),
        "contact": shown.form,
        "version": version,
        "contact_offered": offered(shown.form, shown.choices),
        "errors": shown.errors,
        "conflict": shown.conflict,
    });
    admin::page(app, session, "clients/contact.html", body)
}

fn with_status(status: StatusCode, page: Response) -> Response {
    (status, page).into_response()
}

/// `GET /admin/clients/{id}/contacts/new`
pub async fn show_new_contact(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let client = store::get_client(&mut tx, id).await?;
    let choices = choices(&mut tx).await?;
    drop(tx);
    let form = ContactForm::of(&Contact::blank(), &choices);
    let shown = Shown {
        client: &client,
        contact: None,
        form: &form,
        choices: &choices,
        errors: &FieldErrors::default(),
        conflict: &[],
    };
    page(&app, &session, &shown)
}

/// `POST /admin/clients/{id}/contacts/new`
pub async fn add_contact(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let client = store::get_client(&mut tx, id).await?;
    let choices = choices(&mut tx).await?;
    let form = ContactForm::read(&sent, &choices);
    let (mut contact, errors) = form.apply(&Contact::blank(), &choices)?;
    if !errors.is_empty() {
        drop(tx);
        let shown = Shown {
            client: &client,
            contact: None,
            form: &form,
            choices: &choices,
            errors: &errors,
            conflict: &[],
        };
        let page = page(&app, &session, &shown)?;
        return Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    contact.client_id = id;
    let added = insert(&mut tx, &session, &contact, &choices).await?;
    tx.commit().await?;
    send_generated_password(&app, &session, added.id).await?;
    let notice = notice(format!("{} is saved.", contact.name()), added.twin);
    if sent.text("next") == "contact" {
        return Ok(redirect::see(
            &format!("{}/contacts/new", client_path(id)),
            &notice,
        ));
    }
    Ok(redirect::see(&client_path(id), &notice))
}

/// `GET /admin/clients/contacts/{id}/edit`
pub async fn show_edit_contact(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContactId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let contact = store::get_contact(&mut tx, id).await?;
    let client = store::get_client(&mut tx, contact.client_id).await?;
    let choices = choices(&mut tx).await?;
    drop(tx);
    let form = ContactForm::of(&contact, &choices);
    let shown = Shown {
        client: &client,
        contact: Some(&contact),
        form: &form,
        choices: &choices,
        errors: &FieldErrors::default(),
        conflict: &[],
    };
    page(&app, &session, &shown)
}

/// `POST /admin/clients/contacts/{id}/edit`
pub async fn save_contact(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<ContactId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let before = store::get_contact(&mut tx, id).await?;
    let client = store::get_client(&mut tx, before.client_id).await?;
    let choices = choices(&mut tx).await?;
    let form = ContactForm::read(&sent, &choices);
    let (after, errors) = form.apply(&before, &choices)?;
    let mut shown = Shown {
        client: &client,
        contact: Some(&before),
        form: &form,
        choices: &choices,
        errors: &errors,
        conflict: &[],
    };
    if !errors.is_empty() {
        drop(tx);
        let page = page(&app, &session, &shown)?;
        return Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    let change = Change::between(
        &forms::logged_contact(&before, &choices),
        &forms::logged_contact(&after, &choices),
    )?;
    let to = format!("{}#contact-{id}", client_path(client.id));
    let Some(change) = change else {
        return Ok(redirect::see(&to, "Nothing was changed."));
    };
    if !store::save_contact(&mut tx, &after).await? {
        drop(tx);
        let conflict = differing(&change);
        shown.conflict = &conflict;
        let page = page(&app, &session, &shown)?;
        return Ok(with_status(StatusCode::CONFLICT, page));
    }
    note(
        &mut tx,
        &session,
        "contact changed",
        about_contact(id),
        change,
    )
    .await?;
    let twin = is_twin(&mut tx, after.email.as_deref(), id).await?;
    tx.commit().await?;
    let notice = notice(format!("{} is saved.", after.name()), twin);
    Ok(redirect::see(&to, &notice))
}
