//! The settings of one studio, for its managers.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::Right;
use serde_json::json;

use super::{
    settings::{self, SettingsForm},
    store, website,
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    clients::rights::{hint, label},
    db::StudioTx,
    embed,
    scope::{Manager, StaffSession},
    web::{
        admin,
        form::{FieldErrors, Form},
        redirect,
    },
};

const SETTINGS: &str = "/admin/settings";

// Settings

/// What the page shows beside the stored settings.
#[derive(Default)]
struct Typed<'a> {
    form: Option<&'a SettingsForm>,
    errors: FieldErrors,
    /// Somebody else saved in the meantime: the labels of what differs.
    conflict: Vec<&'static str>,
}

async fn settings_page(app: &App, session: &StaffSession, typed: Typed<'_>) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let studio = store::get(&mut tx).await?;
    let pages = embed::store::pages(&mut tx).await?;
    drop(tx);
    let stored = SettingsForm::of(&studio);
    let form = typed.form.unwrap_or(&stored);
    let boxes = |rights: &[Right], on: &[Right]| -> Vec<_> {
        rights
            .iter()
            .map(|&right| {
                json!({ "value": right, "label": label(right), "hint": hint(right), "on": on.contains(&right) })
            })
            .collect()
    };
    let page = json!({
        "form": form,
        "version": if typed.conflict.is_empty() { form.version } else { studio.version },
        "errors": typed.errors,
        "conflict": typed.conflict,
        "may": boxes(Right::CHOICES, &form.may),
        "languages": settings::LANGUAGES,
        "countries": *settings::COUNTRIES,
        "currencies": *settings::CURRENCIES,
        "time_zones": *settings::TIME_ZONES,
        "pages": website::seen_addresses(&pages),
        "hosted": studio.hosted_url(&app.origin),
        "logo": studio.settings(&app.origin).logo_url,
    });
    admin::page(app, session, "studios/settings.html", page)
}

/// The page with what is wrong with one of its small forms.
pub(super) async fn settings_page_with(
    app: &App,
    session: &StaffSession,
    errors: FieldErrors,
) -> Result<Response> {
    let typed = Typed {
        errors,
        ..Typed::default()
    };
    settings_page(app, session, typed).await
}

/// `GET /admin/settings`
pub async fn show_settings(State(app): State<App>, Manager(session): Manager) -> Result<Response> {
    settings_page(&app, &session, Typed::default()).await
}

/// `POST /admin/settings`
pub async fn save_settings(
    State(app): State<App>,
    Manager(session): Manager,
    Form(form): Form<SettingsForm>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let before = store::get(&mut tx).await?;
    let origins = store::origins(&mut tx).await?;
    let after = match form.apply(&before, &origins)? {
        Ok(after) => after,
        Err(errors) => {
            drop(tx);
            let typed = Typed {
                form: Some(&form),
                errors,
                ..Typed::default()
            };
            let page = settings_page(&app, &session, typed).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let change = Change::between(
        &SettingsForm::logged(&before),
        &SettingsForm::logged(&after),
    )?;
    let Some(change) = change else {
        return Ok(redirect::see(SETTINGS, "Nothing was changed."));
    };
    if !store::save_settings(&mut tx, &after).await? {
        drop(tx);
        let typed = Typed {
            form: Some(&form),
            conflict: differing(&change),
            ..Typed::default()
        };
        let page = settings_page(&app, &session, typed).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    note(&mut tx, &session, "settings changed", change).await?;
    tx.commit().await?;
    Ok(redirect::see(SETTINGS, "The settings are saved."))
}

pub(super) async fn note(
    tx: &mut StudioTx,
    session: &StaffSession,
    action: &'static str,
    change: Change,
) -> Result<()> {
    audit::note(tx, session, action, Subject("studio", None), change).await
}

/// The labels of the fields a change touches, in the order of the page.
fn differing(change: &Change) -> Vec<&'static str> {
    const LABELS: &[(&str, &str)] = &[
        ("portal_enabled", "the master switch"),
        ("name", "name"),
        ("welcome", "welcome text"),
        ("support_email", "support email"),
        ("support_phone", "support phone"),
        ("passwords", "passwords"),
        ("private_wording", "private wording"),
        ("generate_passwords", "passwords for new contacts"),
        ("activates_portal", "letting clients in"),
        ("portal_url", "portal page"),
        ("may", "what clients may do"),
        ("language", "language"),
        ("time_zone", "time zone"),
        ("country", "country"),
        ("currency", "currency"),
    ];
    let after = change.after.as_ref();
    LABELS
        .iter()
        .filter(|(field, _)| after.is_some_and(|after| after.get(field).is_some()))
        .map(|(_, label)| *label)
        .collect()
}
