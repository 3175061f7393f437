//! What a crew member is qualified for, with dates and the certificate's file.

use axum::{
    extract::{Path, State as FromApp},
    response::Response,
};
use portico_wire::{CertificateId, CrewId, QualificationId};
use serde_json::json;

use super::{
    about, crew_path,
    show::{Typed, given, refuse},
};
use crate::{
    App, Result,
    audit::{self, Change},
    crew::{Held, files, store},
    error::{Error, ResultExt as _},
    scope::{Member as Staff, StaffSession},
    web::{
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
        upload::Upload,
    },
};

fn two(path: &(String, String)) -> Result<(CrewId, CertificateId)> {
    let crew = path.0.parse().map_err(|_| Error::not_found())?;
    Ok((crew, path.1.parse().map_err(|_| Error::not_found())?))
}

/// A day that may be left open.
fn day(sent: &Sent, field: &'static str, errors: &mut FieldErrors) -> Option<String> {
    let typed = sent.text(field).trim().to_owned();
    if typed.is_empty() {
        return None;
    }
    if !portico_wire::time::is_day(&typed) {
        errors.add(field, "This day does not exist.");
    }
    Some(typed)
}

/// The days as they were typed.
fn days(sent: &Sent, errors: &mut FieldErrors) -> (Option<String>, Option<String>) {
    let from = day(sent, "valid_from", errors);
    let until = day(sent, "expires_on", errors);
    if let (Some(from), Some(until)) = (&from, &until)
        && until < from
    {
        errors.add("expires_on", "It ends before it begins.");
    }
    (from, until)
}

fn typed(place: impl Into<String>, sent: &Sent, errors: FieldErrors) -> Typed {
    let values = json!({
        "qualification": sent.text("qualification"),
        "valid_from": sent.text("valid_from"),
        "expires_on": sent.text("expires_on"),
    });
    Typed::at(place, values, errors)
}

/// The certificate's file, kept, where one was given and nothing else is wrong.
async fn keep(
    app: &App,
    session: &StaffSession,
    name: &str,
    bytes: Option<Vec<u8>>,
    errors: &mut FieldErrors,
) -> Result<Option<files::Kept>> {
    let Some(bytes) = given(bytes, errors) else {
        return Ok(None);
    };
    if !errors.is_empty() {
        errors.add("file", "Please choose the file again.");
        return Ok(None);
    }
    let kept = files::keep_certificate(app, session.place.studio_id, name, bytes).await;
    errors.note("file", kept)
}

/// `POST /admin/crew/{id}/qualifications`
pub async fn add(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(crew): Id<CrewId>,
    upload: Upload,
) -> Result<Response> {
    let sent = upload.fields;
    let mut tx = app.db.read(&session).await?;
    store::get(&mut tx, crew).await?;
    let kinds = store::qualifications(&mut tx).await?;
    let held = store::held(&mut tx, crew).await?;
    drop(tx);
    let mut errors = FieldErrors::default();
    let asked: Option<QualificationId> = sent.text("qualification").parse().ok();
    let kind = kinds.into_iter().find(|kind| Some(kind.id) == asked);
    if kind.is_none() {
        errors.add("qualification", "Please choose one from the list.");
    } else if held.iter().any(|it| Some(it.qualification_id) == asked) {
        errors.add(
            "qualification",
            "This is on the list already. Change it there.",
        );
    }
    let (valid_from, expires_on) = days(&sent, &mut errors);
    let kept = keep(&app, &session, &upload.name, upload.bytes, &mut errors).await?;
    let Some(kind) = kind.filter(|_| errors.is_empty()) else {
        return refuse(&app, &session, crew, typed("held", &sent, errors)).await;
    };
    let one = Held {
        id: app.clock.id(),
        crew_id: crew,
        qualification_id: kind.id,
        name: kind.name,
        valid_from,
        expires_on,
        file_name: None,
        file_kind: None,
        file_bytes: None,
        storage_key: None,
    };
    let one = match kept {
        Some(kept) => kept.into_held(one),
        None => one,
    };
    let saved = insert(&app, &session, &one).await;
    if saved.is_err() {
        files::clear(&app, one.storage_key.as_deref()).await?;
    }
    saved?;
    let notice = format!("{} is saved.", one.name);
    Ok(redirect::see(
        &format!("{}#qualifications", crew_path(crew)),
        &notice,
    ))
}

async fn insert(app: &App, session: &StaffSession, one: &Held) -> Result<()> {
    let mut tx = app.db.write(session).await?;
    store::insert_held(&mut tx, one).await.on_unique(|| {
        Error::invalid(
            "qualification",
            "This is on the list already. Change it there.",
        )
    })?;
    let change = Change::made(&one.logged())?;
    audit::note(
        &mut tx,
        session,
        "qualification added",
        about(one.crew_id),
        change,
    )
    .await?;
    tx.commit().await
}

/// `POST /admin/crew/{id}/qualifications/{certificate}`
pub async fn save(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Path(path): Path<(String, String)>,
    upload: Upload,
) -> Result<Response> {
    let (crew, id) = two(&path)?;
    let sent = upload.fields;
    let mut tx = app.db.read(&session).await?;
    let before = store::find_held(&mut tx, crew, id).await?;
    let before = before.ok_or_else(Error::not_found)?;
    drop(tx);
    let mut errors = FieldErrors::default();
    let (valid_from, expires_on) = days(&sent, &mut errors);
    let kept = keep(&app, &session, &upload.name, upload.bytes, &mut errors).await?;
    if !errors.is_empty() {
        return refuse(&app, &session, crew, typed(id.to_string(), &sent, errors)).await;
    }
    let new_file = kept.is_some();
    let after = Held {
        valid_from,
        expires_on,
        ..before.clone()
    };
    let after = match kept {
        Some(kept) => kept.into_held(after),
        None => after,
    };
    let saved = replace(&app, &session, &before, &after).await;
    let unused = match (&saved, new_file) {
        (Ok(()), true) => before.storage_key.as_deref(),
        (Err(_), true) => after.storage_key.as_deref(),
        _ => None,
    };
    files::clear(&app, unused).await?;
    saved?;
    let notice = format!("{} is saved.", after.name);
    Ok(redirect::see(
        &format!("{}#qualifications", crew_path(crew)),
        &notice,
    ))
}

async fn replace(app: &App, session: &StaffSession, before: &Held, after: &Held) -> Result<()> {
    let mut tx = app.db.write(session).await?;
    store::save_held(&mut tx, after).await?;
    // A new file of the same name is a change as well.
    let change = Change::between(&before.logged(), &after.logged())?.unwrap_or_default();
    audit::note(
        &mut tx,
        session,
        "qualification changed",
        about(before.crew_id),
        change,
    )
    .await?;
    tx.commit().await
}

/// `POST /admin/crew/{id}/qualifications/{certificate}/remove`
pub async fn remove(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Path(path): Path<(String, String)>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let (crew, id) = two(&path)?;
    let mut tx = app.db.write(&session).await?;
    let held = store::find_held(&mut tx, crew, id).await?;
    let held = held.ok_or_else(Error::not_found)?;
    store::delete_held(&mut tx, id).await?;
    let change = Change::removed(&held.logged())?;
    audit::note(
        &mut tx,
        &session,
        "qualification removed",
        about(crew),
        change,
    )
    .await?;
    tx.commit().await?;
    files::clear(&app, held.storage_key.as_deref()).await?;
    let notice = format!("{} is removed.", held.name);
    Ok(redirect::see(
        &format!("{}#qualifications", crew_path(crew)),
        &notice,
    ))
}

/// `GET /admin/crew/{id}/certificates/{certificate}`: the file, to be saved.
pub async fn download(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Path(path): Path<(String, String)>,
) -> Result<Response> {
    let (crew, id) = two(&path)?;
    let mut tx = app.db.read(&session).await?;
    let held = store::find_held(&mut tx, crew, id).await?;
    drop(tx);
    files::send_certificate(&app, held).await
}
