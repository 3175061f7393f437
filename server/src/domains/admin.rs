//! `/admin/website/address`: the hosted portal at a name of the studio's own.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{below, lookup, name, store};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    error::Error,
    scope::{Manager, StaffSession},
    secrets::Secret,
    studios,
    web::{
        admin,
        form::{FieldErrors, Form},
        origin::Origin,
        redirect,
    },
};

const PATH: &str = "/admin/website/address";

async fn page(
    app: &App,
    session: &StaffSession,
    typed: Option<&str>,
    errors: FieldErrors,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let domain = store::get(&mut tx).await?;
    drop(tx);
    let body = json!({
        "hosted": studio.hosted_url(&app.origin),
        "below": below(app, &studio.slug).map(|origin| format!("{origin}/client-portal")),
        "typed": typed.unwrap_or_default(),
        "errors": errors,
        "domain": domain.map(|domain| json!({
            "name": domain.name,
            "address": domain.address(),
            "on": domain.on_since.is_some(),
            "checked": domain.checked_at.map(|at| admin::moment(at, &studio.time_zone)),
            "problem": domain.problem,
            "records": domain.records(&app.origin),
        })),
    });
    admin::page(app, session, "domains/address.html", body)
}

/// `GET /admin/website/address`
pub async fn show_address(State(app): State<App>, Manager(session): Manager) -> Result<Response> {
    page(&app, &session, None, FieldErrors::default()).await
}

#[derive(Deserialize)]
pub struct Named {
    #[serde(default)]
    name: String,
}

/// Whatever was switched on before is switched off with it.
async fn forget(app: &App, tx: &mut crate::db::StudioTx) -> Result<Option<String>> {
    let Some(before) = store::get(tx).await? else {
        return Ok(None);
    };
    if before.on_since.is_some() {
        studios::store::remove_origin(tx, &before.address()).await?;
        app.origins.invalidate_all();
    }
    Ok(Some(before.name))
}

/// `POST /admin/website/address`: another name, to be checked.
pub async fn save_address(
    State(app): State<App>,
    Manager(session): Manager,
    Form(form): Form<Named>,
) -> Result<Response> {
    let name = match name(&form.name, &app.origin) {
        Ok(name) => name,
        Err(error) => {
            let mut errors = FieldErrors::default();
            errors.note::<()>("name", Err(error))?;
            let page = page(&app, &session, Some(&form.name), errors).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let mut tx = app.db.write(&session).await?;
    let before = forget(&app, &mut tx).await?;
    if before.as_deref() == Some(name.as_str()) {
        return Ok(redirect::see(PATH, "This is the name already."));
    }
    store::put(&mut tx, &name, &Secret::random().reveal()[..24]).await?;
    let change = Change {
        before: before.map(|name| json!({ "name": name })),
        after: Some(json!({ "name": name })),
    };
    audit::note(
        &mut tx,
        &session,
        "own address chosen",
        Subject("studio", None),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        PATH,
        "Saved. Set the two records now, then check.",
    ))
}

/// `POST /admin/website/address/check`: looks the records up, and switches the address on where they are right.
pub async fn check_address(
    State(app): State<App>,
    Manager(session): Manager,
    Form(_): Form<serde_json::Value>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let domain = store::get(&mut tx).await?.ok_or_else(Error::not_found)?;
    drop(tx);
    // No transaction is open while others are asked.
    let mut problem = lookup::check(&app, &domain).await;
    let mut tx = app.db.system_read().await?;
    let taken = store::studio_at(&mut tx, &domain.name).await?;
    drop(tx);
    let mut tx = app.db.write(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    if taken.is_some_and(|slug| slug != studio.slug) {
        problem = Some("Another studio uses this name already.".to_owned());
    }
    let turns_on = problem.is_none() && domain.on_since.is_none();
    if !store::note_check(&mut tx, &domain.name, problem.as_deref()).await? {
        return Ok(redirect::see(PATH, "The name was changed in the meantime."));
    }
    if turns_on {
        let origin = Origin::parse(&domain.address()).ok_or_else(Error::not_found)?;
        studios::store::add_origin(&mut tx, &origin).await?;
        let change = Change {
            before: None,
            after: Some(json!({ "name": domain.name })),
        };
        audit::note(
            &mut tx,
            &session,
            "own address switched on",
            Subject("studio", None),
            change,
        )
        .await?;
    }
    tx.commit().await?;
    app.origins.invalidate_all();
    let said = if problem.is_none() {
        "Everything is right: your portal is there."
    } else {
        "Not yet: see what is missing below."
    };
    Ok(redirect::see(PATH, said))
}

/// `POST /admin/website/address/remove`
pub async fn remove_address(
    State(app): State<App>,
    Manager(session): Manager,
    Form(_): Form<serde_json::Value>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let Some(name) = forget(&app, &mut tx).await? else {
        return Ok(redirect::see(PATH, "There is no own address."));
    };
    store::delete(&mut tx).await?;
    let change = Change {
        before: Some(json!({ "name": name })),
        after: None,
    };
    audit::note(
        &mut tx,
        &session,
        "own address removed",
        Subject("studio", None),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        PATH,
        "Removed. The portal is at the host's address alone.",
    ))
}
