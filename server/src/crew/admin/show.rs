//! A crew member's page, and the photo on it.

use axum::{
    extract::State as FromApp,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::CrewId;
use serde_json::{Value, json};

use super::{about, crew_path, list, member_face, roster_path};
use crate::{
    App, Result,
    audit::{self, Change},
    clients::show_phone,
    crew::{Held, State, Vehicle, check, files, store, times},
    sales::timeline::timeline,
    scope::{Member as Staff, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
        upload::Upload,
    },
};

/// What somebody typed on the page and could not be saved.
#[derive(Default)]
pub struct Typed {
    /// `photo`, `held`, `vehicle`, or the id of a certificate whose form it was.
    pub place: String,
    pub values: Value,
    pub errors: FieldErrors,
}

impl Typed {
    pub fn at(place: impl Into<String>, values: Value, errors: FieldErrors) -> Self {
        Self {
            place: place.into(),
            values,
            errors,
        }
    }
}

fn size(bytes: i64) -> String {
    if bytes >= 1_000_000 {
        format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
    } else {
        format!("{} kB", (bytes / 1000).max(1))
    }
}

fn held_row(one: &Held, (today, soon): &(String, String), typed: &Typed) -> Value {
    let ending = list::ending(one, today, soon);
    let mine = typed.place == one.id.to_string();
    json!({
        "id": one.id,
        "name": one.name,
        "tone": ending.as_ref().map_or("good", |(tone, _)| *tone),
        "state": match ending { Some(("bad", _)) => "Expired", Some(_) => "Ends soon", None => "Valid" },
        "from": one.valid_from.as_deref().map(check::day),
        "until": one.expires_on.as_deref().map(check::day),
        "file": one.file_name,
        "size": one.file_bytes.map(size),
        "open": mine,
        "valid_from": if mine { typed.values["valid_from"].clone() } else { json!(one.valid_from) },
        "expires_on": if mine { typed.values["expires_on"].clone() } else { json!(one.expires_on) },
        "errors": if mine { json!(typed.errors) } else { json!({}) },
    })
}

fn vehicle_row(one: &Vehicle) -> Value {
    json!({ "id": one.id, "plate": one.plate, "look": one.look() })
}

/// The page; with what could not be saved, where that is so.
pub async fn page(app: &App, session: &StaffSession, id: CrewId, typed: Typed) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let member = store::get(&mut tx, id).await?;
    let held = store::held(&mut tx, id).await?;
    let kinds = store::qualifications(&mut tx).await?;
    let vehicles = store::vehicles(&mut tx, id).await?;
    let coming = store::coming(&mut tx, id).await?;
    let timeline = timeline(&mut tx, about(id), &studio.time_zone).await?;
    let now = tx.now();
    drop(tx);
    let days = list::days(now, &studio.time_zone);
    let mut work = Vec::new();
    for one in &coming {
        let when = times::said(one.starts_at, one.ends_at, &one.time_zone)?;
        work.push(json!({
            "title": one.title, "role": one.role, "when": when, "link": roster_path(one.event_id),
        }));
    }
    let free = kinds
        .iter()
        .filter(|kind| !held.iter().any(|it| it.qualification_id == kind.id));
    let at = |place: &str| -> (Value, Value) {
        if typed.place == place {
            (typed.values.clone(), json!(typed.errors))
        } else {
            (json!({}), json!({}))
        }
    };
    let ((held_form, held_errors), (vehicle_form, vehicle_errors)) = (at("held"), at("vehicle"));
    let body = json!({
        "member": {
            "id": member.id,
            "name": member.name,
            "face": member_face(&member),
            "role": member.role,
            "phone": member.phone.as_deref().map(show_phone),
            "phone_link": member.phone,
            "email": member.email,
            "notes": member.notes,
            "left": member.state == State::Left,
        },
        "photo_error": typed.errors.get("file").filter(|_| typed.place == "photo"),
        "held": held.iter().map(|one| held_row(one, &days, &typed)).collect::<Vec<_>>(),
        "kinds": free.map(|kind| (kind.id.to_string(), kind.name.clone())).collect::<Vec<_>>(),
        "any_kind": !kinds.is_empty(),
        "held_form": held_form,
        "held_errors": held_errors,
        "vehicles": vehicles.iter().map(vehicle_row).collect::<Vec<_>>(),
        "vehicle_form": vehicle_form,
        "vehicle_errors": vehicle_errors,
        "work": work,
        "timeline": timeline,
        "problems": typed.errors,
    });
    admin::page(app, session, "crew/show.html", body)
}

pub async fn refuse(
    app: &App,
    session: &StaffSession,
    id: CrewId,
    typed: Typed,
) -> Result<Response> {
    let page = page(app, session, id, typed).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `GET /admin/crew/{id}`
pub async fn show_member(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<CrewId>,
) -> Result<Response> {
    page(&app, &session, id, Typed::default()).await
}

/// `GET /admin/crew/{id}/photo`
pub async fn show_photo(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<CrewId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let key = store::get(&mut tx, id).await?.photo_key;
    drop(tx);
    files::show_photo(&app, key, false).await
}

/// The file of a form, where there is one that can be used; noted at `file` otherwise.
pub fn given(bytes: Option<Vec<u8>>, errors: &mut FieldErrors) -> Option<bytes::Bytes> {
    match bytes {
        None => {
            errors.add(
                "file",
                "This file is too large. Please choose one of at most 20 MB.",
            );
            None
        }
        Some(bytes) if bytes.is_empty() => None,
        Some(bytes) => Some(bytes.into()),
    }
}

/// `POST /admin/crew/{id}/photo`
pub async fn upload_photo(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<CrewId>,
    upload: Upload,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    store::get(&mut tx, id).await?;
    drop(tx);
    let mut errors = FieldErrors::default();
    let studio = session.place.studio_id;
    let key = match given(upload.bytes, &mut errors) {
        Some(bytes) => errors.note("file", files::keep_photo(&app, studio, bytes).await)?,
        None => None,
    };
    let Some(key) = key else {
        errors.add("file", "Please choose a picture first.");
        let typed = Typed::at("photo", json!({}), errors);
        return refuse(&app, &session, id, typed).await;
    };
    let saved = replace_photo(&app, &session, id, Some(&key)).await;
    if saved.is_err() {
        files::clear(&app, Some(&key)).await?;
    }
    saved?;
    Ok(redirect::see(&crew_path(id), "The photo is saved."))
}

/// `POST /admin/crew/{id}/photo/remove`
pub async fn remove_photo(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<CrewId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    replace_photo(&app, &session, id, None).await?;
    Ok(redirect::see(&crew_path(id), "The photo is removed."))
}

/// Changes the photo and clears away the one before.
async fn replace_photo(
    app: &App,
    session: &StaffSession,
    id: CrewId,
    key: Option<&str>,
) -> Result<()> {
    let mut tx = app.db.write(session).await?;
    let before = store::get(&mut tx, id).await?.photo_key;
    store::save_photo(&mut tx, id, key).await?;
    let action = if key.is_some() {
        "photo changed"
    } else {
        "photo removed"
    };
    audit::note(&mut tx, session, action, about(id), Change::none()).await?;
    tx.commit().await?;
    files::clear(app, before.as_deref()).await
}
