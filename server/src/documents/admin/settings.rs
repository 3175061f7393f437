//! `/admin/settings/documents`: what is taken, and how much.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{Code, documents::FileGroup};
use serde_json::json;

use crate::{
    App, Result,
    audit::{self, Change, Subject},
    documents::{MOST_BYTES, Settings, kinds, store},
    error::Error,
    scope::{Manager, StaffSession},
    web::{
        admin,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

const MB: i64 = 1_000_000;
const GB: i64 = 1_000_000_000;

/// What was typed, or what is stored.
struct Typed {
    version: i64,
    kinds: Vec<FileGroup>,
    most: String,
    quota: String,
}

impl From<&Settings> for Typed {
    fn from(settings: &Settings) -> Self {
        Self {
            version: settings.version,
            kinds: settings.kinds.clone(),
            most: (settings.most_bytes / MB).to_string(),
            quota: (settings.quota_bytes / GB).to_string(),
        }
    }
}

async fn page(
    app: &App,
    session: &StaffSession,
    typed: Option<Typed>,
    errors: FieldErrors,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let settings = store::settings(&mut tx).await?;
    let used = store::used_bytes(&mut tx).await?;
    drop(tx);
    let typed = typed.unwrap_or_else(|| Typed::from(&settings));
    let share = i128::from(used) * 100 / i128::from(settings.quota_bytes);
    let body = json!({
        "version": typed.version,
        "kinds": FileGroup::ALL
            .iter()
            .map(|&group| json!({ "value": group.name(), "label": kinds::label(group), "on": typed.kinds.contains(&group) }))
            .collect::<Vec<_>>(),
        "most": typed.most,
        "quota": typed.quota,
        "used": kinds::size(used),
        "used_bytes": used,
        "quota_bytes": settings.quota_bytes,
        "quota_said": kinds::size(settings.quota_bytes),
        "share": share.to_string(),
        "tight": share >= 90,
        "errors": errors,
    });
    admin::page(app, session, "documents/settings.html", body)
}

/// `GET /admin/settings/documents`
pub async fn show_settings(State(app): State<App>, Manager(session): Manager) -> Result<Response> {
    page(&app, &session, None, FieldErrors::default()).await
}

fn number(errors: &mut FieldErrors, field: &'static str, text: &str, unit: i64, most: i64) -> i64 {
    let whole = text.trim().parse::<i64>().ok();
    let bytes = whole.and_then(|whole| whole.checked_mul(unit));
    match bytes {
        Some(bytes) if bytes >= unit && bytes <= most => bytes,
        _ => {
            errors.add(
                field,
                format!("Please type a whole number from 1 to {}.", most / unit),
            );
            unit
        }
    }
}

/// `POST /admin/settings/documents`
pub async fn save_settings(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut errors = FieldErrors::default();
    let ticked = sent.all("kinds");
    let groups: Vec<FileGroup> = FileGroup::ALL
        .iter()
        .copied()
        .filter(|group| ticked.contains(&group.name()))
        .collect();
    if groups.is_empty() {
        errors.add("kinds", "Please choose at least one kind.");
    }
    let after = Settings {
        version: sent.text("version").parse().unwrap_or_default(),
        kinds: groups,
        most_bytes: number(&mut errors, "most", &sent.text("most"), MB, MOST_BYTES),
        quota_bytes: number(&mut errors, "quota", &sent.text("quota"), GB, 100_000 * GB),
    };
    let typed = Typed {
        version: after.version,
        kinds: after.kinds.clone(),
        most: sent.text("most"),
        quota: sent.text("quota"),
    };
    if !errors.is_empty() {
        let page = page(&app, &session, Some(typed), errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let mut tx = app.db.write(&session).await?;
    let before = store::settings(&mut tx).await?;
    if !store::save_settings(&mut tx, &after).await? {
        return Err(Error::refused(
            Code::Conflict,
            "Somebody else saved these settings while you were at it. Please open the page again.",
        ));
    }
    if let Some(change) = Change::between(&before, &after)? {
        let subject = Subject("studio", None);
        audit::note(
            &mut tx,
            &session,
            "document settings changed",
            subject,
            change,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(redirect::see("/admin/settings/documents", "Saved."))
}
