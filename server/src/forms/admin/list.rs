//! `/admin/forms`: the forms of the studio.

use axum::{
    extract::{Query, State},
    response::Response,
};
use portico_wire::{Code, FormId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{gallery, store},
    LIST, about, may_edit, note, path,
};
use crate::{
    App, Result,
    audit::Change,
    db::StudioTx,
    error::Error,
    scope::{Manager, Member},
    studios,
    web::{
        admin,
        body::Id,
        form::{Form, Sent},
        redirect,
    },
};

/// Beyond this nobody finds one again.
const MOST: i64 = 500;

/// Refuses one more where there are very many.
pub(super) async fn check_room(tx: &mut StudioTx) -> Result<()> {
    if store::count_forms(tx).await? >= MOST {
        return Err(Error::refused(
            Code::Conflict,
            "These are very many forms. Please change one that you have instead.",
        ));
    }
    Ok(())
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    show: String,
}

/// `GET /admin/forms`
pub async fn show_forms(
    State(app): State<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let archived = asked.show == "archived";
    let mut tx = app.db.read(&session).await?;
    let forms = store::forms(&mut tx, archived).await?;
    let zone = studios::store::get(&mut tx).await?.time_zone;
    drop(tx);
    let rows: Vec<Value> = forms
        .iter()
        .map(|form| {
            json!({
                "id": form.id,
                "name": form.name,
                "title": (form.title != form.name).then_some(&form.title),
                "in_portal": form.in_portal,
                "default_update": form.default_update,
                "sent": form.sent,
                "many": form.sent >= store::COUNTED,
                "last_sent": form.last_sent_at.map(|at| admin::day(at, &zone)),
                "changed": admin::day(form.updated_at, &zone),
            })
        })
        .collect();
    let body = json!({
        "archived": archived,
        "forms": rows,
        "ready": gallery::READY,
        "may_edit": may_edit(&session),
    });
    admin::page(&app, &session, "forms/list.html", body)
}

/// `POST /admin/forms/{id}/duplicate`
pub async fn duplicate(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<FormId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    check_room(&mut tx).await?;
    let copy = super::super::duplicate(&mut tx, id).await?;
    let name = store::get_form(&mut tx, copy).await?.name;
    let change = Change::made(&json!({ "name": name }))?;
    note(&mut tx, &session, "form added", about(copy), change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &path(copy),
        "This is the copy. Clients do not see it yet.",
    ))
}

/// `POST /admin/forms/{id}/archive`: puts a form away, or takes it back into use.
pub async fn archive(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<FormId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let away = match sent.text("on").as_str() {
        "true" => true,
        "false" => false,
        _ => {
            return Err(Error::refused(
                Code::Malformed,
                "The form does not say whether to archive.",
            ));
        }
    };
    let mut tx = app.db.write(&session).await?;
    let mut form = store::get_form(&mut tx, id).await?;
    if form.archived_at.is_some() != away {
        form.archived_at = away.then(|| tx.now());
        // Another may be chosen meanwhile; this one does not take its place unasked.
        form.default_update = false;
        store::save_form(&mut tx, &form).await?;
        let action = if away {
            "form archived"
        } else {
            "form restored"
        };
        let change = Change::made(&json!({ "name": form.name }))?;
        note(&mut tx, &session, action, about(id), change).await?;
        tx.commit().await?;
    }
    let notice = if away {
        format!("{} is archived. What was sent stays readable.", form.name)
    } else {
        format!("{} is in use again.", form.name)
    };
    Ok(if away {
        redirect::see(LIST, &notice)
    } else {
        redirect::see(&path(id), &notice)
    })
}
