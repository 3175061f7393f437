//! Writing and changing a template.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{Code, ContactId, MailTemplateId, access::Channel};
use serde::Deserialize;
use serde_json::json;

use super::{
    super::{Purpose, Template, Words, compose, forms::Faults, gallery, store, tokens::Values},
    LIST, main_token, offered, people, words,
};
use crate::{
    App, Result,
    access::{self, Email},
    audit::{self, Change, Subject},
    db::StudioTx,
    error::{Error, ResultExt as _},
    mail::{self, Message},
    scope::{Manager, StaffSession},
    studios::{self, Studio},
    web::{
        admin,
        body::Id,
        form::{Form, Sent},
        redirect,
    },
};

/// Beyond this somebody is collecting, not writing to clients.
const MOST: i64 = 500;
/// People offered to preview as, before anything is typed.
const PEOPLE: i64 = 20;

fn path(id: MailTemplateId) -> String {
    format!("{LIST}/{id}")
}

struct Shown<'a> {
    /// Absent: a new one.
    stored: Option<&'a Template>,
    purpose: Purpose,
    words: &'a Words,
    version: i64,
    /// Whom the preview shows it to.
    to: &'a str,
    faults: Faults,
    /// Somebody else saved in the meantime: what differs.
    conflict: Vec<&'static str>,
    /// What is shown is not what is stored.
    unsaved: bool,
}

impl<'a> Shown<'a> {
    fn of(template: &'a Template, words: &'a Words) -> Self {
        Self {
            stored: Some(template),
            purpose: template.purpose,
            words,
            version: template.version,
            to: "",
            faults: Faults::default(),
            conflict: Vec::new(),
            unsaved: false,
        }
    }

    fn new(purpose: Purpose, words: &'a Words) -> Self {
        Self {
            stored: None,
            purpose,
            words,
            version: 1,
            to: "",
            faults: Faults::default(),
            conflict: Vec::new(),
            unsaved: true,
        }
    }
}

async fn page(app: &App, session: &StaffSession, shown: Shown<'_>) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let people = people(&mut tx, "", PEOPLE).await?;
    drop(tx);
    let emails: Vec<_> = people
        .iter()
        .filter_map(|user| Some(json!({ "email": user.email.as_ref()?, "name": user.name() })))
        .collect();
    let first = emails.first().and_then(|one| one["email"].as_str());
    let body = json!({
        "id": shown.stored.map(|template| template.id),
        "path": shown.stored.map_or_else(|| format!("{LIST}/new"), |template| path(template.id)),
        "purpose": shown.purpose,
        "title": shown.purpose.title(),
        "occasion": shown.purpose.occasion(),
        "letter": shown.purpose == Purpose::Letter,
        "stored_name": shown.stored.map(|template| template.name.as_str()),
        "words": shown.words,
        "version": shown.version,
        "as": if shown.to.is_empty() { first.unwrap_or("") } else { shown.to },
        "people": emails,
        "errors": shown.faults.errors,
        "subject_problems": shown.faults.subject,
        "body_problems": shown.faults.body,
        "conflict": shown.conflict,
        "unsaved": shown.unsaved,
        "tokens": offered(shown.purpose),
        "main_token": main_token(shown.purpose),
        "staff_email": session.email,
    });
    admin::page(app, session, "mail/letters/edit.html", body)
}

async fn find(tx: &mut StudioTx, id: MailTemplateId) -> Result<Template> {
    store::template(tx, id).await?.ok_or_else(Error::not_found)
}

async fn note(
    tx: &mut StudioTx,
    session: &StaffSession,
    action: &'static str,
    id: MailTemplateId,
    change: Change,
) -> Result<()> {
    let about = Subject("mail template", Some(id.into_uuid()));
    audit::note(tx, session, action, about, change).await
}

/// From where a new template begins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct From {
    /// A template of the gallery.
    from: String,
    /// One of the portal's own mails.
    purpose: String,
}

/// `GET /admin/mail/new`
pub async fn show_new(
    State(app): State<App>,
    Manager(session): Manager,
    Query(asked): Query<From>,
) -> Result<Response> {
    let purpose = Purpose::parse(&asked.purpose).unwrap_or(Purpose::Letter);
    let ready = gallery::find(&asked.from).or_else(|| gallery::wording(purpose));
    let words = ready.map_or_else(Words::default, |ready| Words {
        name: ready.name.into(),
        subject: ready.subject.into(),
        body: ready.body.into(),
    });
    let purpose = ready.map_or(purpose, |ready| ready.purpose);
    if purpose != Purpose::Letter {
        let mut tx = app.db.read(&session).await?;
        if let Some(own) = store::wording(&mut tx, purpose).await? {
            return Ok(redirect::go(&path(own.id)));
        }
    }
    let shown = Shown {
        unsaved: false,
        ..Shown::new(purpose, &words)
    };
    page(&app, &session, shown).await
}

/// `POST /admin/mail/new`
pub async fn create(
    State(app): State<App>,
    Manager(mut session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let purpose = Purpose::parse(&sent.text("purpose")).unwrap_or(Purpose::Letter);
    let words = words(&sent).tidy();
    let faults = words.check(purpose);
    let to = sent.text("as");
    if !faults.is_empty() {
        let shown = Shown {
            faults,
            to: &to,
            ..Shown::new(purpose, &words)
        };
        let page = page(&app, &session, shown).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    if sent.text("act") == "test" {
        send_test(&app, &mut session, purpose, &words, &to).await?;
        let shown = Shown {
            to: &to,
            ..Shown::new(purpose, &words)
        };
        return page(&app, &session, shown).await;
    }
    let mut tx = app.db.write(&session).await?;
    let id = insert(&mut tx, &session, purpose, &words).await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), "The template is saved."))
}

async fn insert(
    tx: &mut StudioTx,
    session: &StaffSession,
    purpose: Purpose,
    words: &Words,
) -> Result<MailTemplateId> {
    if store::count(tx).await? >= MOST {
        return Err(Error::refused(
            Code::Conflict,
            "These are very many templates. Please delete one first.",
        ));
    }
    let id = store::insert(tx, purpose, words).await.on_unique(|| {
        Error::refused(
            Code::Conflict,
            "Somebody worded this mail a moment ago. Please go back and look at the list.",
        )
    })?;
    note(tx, session, "mail template added", id, Change::made(words)?).await?;
    Ok(id)
}

/// `GET /admin/mail/{id}`
pub async fn show(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<MailTemplateId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let template = find(&mut tx, id).await?;
    drop(tx);
    let words = Words::of(&template);
    page(&app, &session, Shown::of(&template, &words)).await
}

/// `POST /admin/mail/{id}`
pub async fn save(
    State(app): State<App>,
    Manager(mut session): Manager,
    Id(id): Id<MailTemplateId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let stored = find(&mut tx, id).await?;
    let mut words = words(&sent).tidy();
    if stored.purpose != Purpose::Letter {
        words.name.clone_from(&stored.name);
    }
    let to = sent.text("as");
    let version = sent.text("version").parse().unwrap_or(0);
    let typed = |faults: Faults| Shown {
        version,
        to: &to,
        faults,
        unsaved: true,
        ..Shown::of(&stored, &words)
    };
    let faults = words.check(stored.purpose);
    if !faults.is_empty() {
        drop(tx);
        let page = page(&app, &session, typed(faults)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    if sent.text("act") == "test" {
        drop(tx);
        send_test(&app, &mut session, stored.purpose, &words, &to).await?;
        return page(&app, &session, typed(Faults::default())).await;
    }
    let Some(change) = Change::between(&Words::of(&stored), &words)? else {
        return Ok(redirect::see(&path(id), "Nothing was changed."));
    };
    if !store::save(&mut tx, id, version, &words).await? {
        drop(tx);
        let shown = Shown {
            version: stored.version,
            conflict: differing(&change),
            ..typed(Faults::default())
        };
        let page = page(&app, &session, shown).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    note(&mut tx, &session, "mail template changed", id, change).await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), "The template is saved."))
}

fn differing(change: &Change) -> Vec<&'static str> {
    let after = change.after.as_ref();
    [("name", "name"), ("subject", "subject"), ("body", "text")]
        .into_iter()
        .filter(|(field, _)| after.is_some_and(|after| after.get(field).is_some()))
        .map(|(_, label)| label)
        .collect()
}

/// `POST /admin/mail/{id}/duplicate`
pub async fn duplicate(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<MailTemplateId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let stored = find(&mut tx, id).await?;
    if stored.purpose != Purpose::Letter {
        return Err(Error::not_found());
    }
    let mut words = Words::of(&stored);
    let short: String = words
        .name
        .chars()
        .take(super::super::MOST_NAME - 7)
        .collect();
    words.name = format!("{short} (copy)");
    let copy = insert(&mut tx, &session, Purpose::Letter, &words).await?;
    tx.commit().await?;
    Ok(redirect::see(&path(copy), "This is the copy."))
}

/// `POST /admin/mail/{id}/delete`
pub async fn delete(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<MailTemplateId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let stored = find(&mut tx, id).await?;
    store::delete(&mut tx, id).await?;
    let change = Change::removed(&Words::of(&stored))?;
    note(&mut tx, &session, "mail template deleted", id, change).await?;
    tx.commit().await?;
    let notice = match stored.purpose {
        Purpose::Letter => format!("“{}” is deleted.", stored.name),
        _ => "From now on this mail goes out in the portal's own words.".to_owned(),
    };
    Ok(redirect::see(LIST, &notice))
}

/// The mail as it is typed, to whoever types it. Links and codes in it are samples: nobody enters as
/// somebody else by a test.
async fn send_test(
    app: &App,
    session: &mut StaffSession,
    purpose: Purpose,
    words: &Words,
    to: &str,
) -> Result<()> {
    let mut tx = app.db.write(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let (about, values) = sample(app, &mut tx, &studio, to).await?;
    let subject = compose::subject(&words.subject, purpose, &values)
        .map_err(|stopped| Error::invalid("subject", stopped.for_people()))?;
    let message = Message {
        contact: None,
        channel: Channel::Email,
        recipient: &session.email,
        template: "letter",
        params: json!({
            "subject": format!("Test: {subject}"),
            "body": words.body,
            "about": about,
            "purpose": purpose,
        }),
        secrets: serde_json::Value::Null,
        expires_at: None,
    };
    mail::send(app, &mut tx, &studio, message).await?;
    tx.commit().await?;
    session.notice = Some(format!("A test is on its way to {}.", session.email));
    Ok(())
}

/// The values of whoever the preview is for.
pub async fn sample(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    search: &str,
) -> Result<(Option<ContactId>, Values)> {
    let exact = match Email::parse(search) {
        Ok(email) => access::store::candidates(tx, &email).await?,
        Err(_) => Vec::new(),
    };
    let found = match exact.first() {
        Some(one) => access::store::portal_user(tx, one.id).await?,
        None if search.trim().is_empty() => None,
        None => people(tx, search, 1).await?.into_iter().next(),
    };
    let person = found.as_ref().map(super::person);
    let now = tx.now();
    Ok((
        found.map(|user| user.id),
        compose::values(app, studio, person.as_ref(), now),
    ))
}
