//! "Events" of the settings: how clients book, roles and resources; types have pages of their own.

pub mod kinds;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{CrewRoleId, ResourceId};
use serde_json::{Value, json};

use super::{
    super::store::{self, Resource, Role, Settings},
    colour_label,
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    clients,
    db::StudioTx,
    scope::{Manager, StaffSession},
    web::{
        admin,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

pub(super) const PAGE: &str = "/admin/settings/events";
/// Roles, or resources, of one studio.
const MOST: usize = 100;

/// The page's fields of bookings, as they are typed.
struct Typed {
    version: i64,
    ahead_days: String,
    notice_hours: String,
    group: String,
    remind_days: String,
}

impl Typed {
    fn of(settings: &Settings) -> Self {
        Self {
            version: settings.version,
            ahead_days: settings.ahead_days.to_string(),
            notice_hours: settings.notice_hours.to_string(),
            group: settings
                .group_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            remind_days: settings
                .remind_days
                .map(|days| days.to_string())
                .unwrap_or_default(),
        }
    }

    fn sent(sent: &Sent) -> Self {
        Self {
            version: sent.text("version").parse().unwrap_or(0),
            ahead_days: sent.text("ahead_days"),
            notice_hours: sent.text("notice_hours"),
            group: sent.text("group"),
            remind_days: sent.text("remind_days"),
        }
    }
}

/// A row of a list that is edited as a whole.
#[derive(Clone)]
struct Row {
    id: String,
    name: String,
    most: String,
    bookable: bool,
    used: bool,
}

/// The rows of a list as they were sent; the last ones may be new.
fn rows_sent(sent: &Sent, kind: &str) -> Vec<Row> {
    let ids = sent.all(kind);
    ids.iter()
        .take(MOST)
        .map(|id| Row {
            id: (*id).to_owned(),
            name: sent.text(&format!("name-{id}")),
            most: sent.text(&format!("most-{id}")),
            bookable: sent.is_ticked(&format!("book-{id}")),
            used: sent.is_ticked(&format!("used-{id}")),
        })
        .collect()
}

fn told(rows: &[Row]) -> Vec<Value> {
    let row = |row: &Row| json!({ "id": row.id, "name": row.name, "most": row.most, "bookable": row.bookable, "used": row.used });
    rows.iter().map(row).collect()
}

fn role_rows(roles: &[Role]) -> Vec<Row> {
    let row = |role: &Role| Row {
        id: role.id.to_string(),
        name: role.name.clone(),
        most: String::new(),
        bookable: role.bookable,
        used: role.archived_at.is_none(),
    };
    roles.iter().map(row).collect()
}

fn resource_rows(resources: &[Resource]) -> Vec<Row> {
    let row = |one: &Resource| Row {
        id: one.id.to_string(),
        name: one.name.clone(),
        most: one.most.map(|most| most.to_string()).unwrap_or_default(),
        bookable: one.bookable,
        used: one.archived_at.is_none(),
    };
    resources.iter().map(row).collect()
}

/// What was typed and refused, of one of the page's forms.
#[derive(Default)]
struct Refused {
    typed: Option<Typed>,
    roles: Option<Vec<Row>>,
    resources: Option<Vec<Row>>,
    errors: FieldErrors,
    conflict: bool,
}

async fn page(app: &App, session: &StaffSession, refused: Refused) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let settings = store::settings(&mut tx).await?;
    let kinds = store::kinds(&mut tx).await?;
    let roles = store::roles(&mut tx).await?;
    let resources = store::resources(&mut tx).await?;
    let groups = clients::store::groups(&mut tx).await?;
    drop(tx);
    let mut typed = refused.typed.unwrap_or_else(|| Typed::of(&settings));
    typed.version = settings.version;
    let kinds: Vec<Value> = kinds
        .iter()
        .map(|kind| {
            json!({
                "path": format!("{PAGE}/types/{}", kind.id),
                "name": kind.name,
                "colour": kind.colour,
                "colour_label": colour_label(kind.colour),
                "length": kinds::length(kind.minutes),
                "archived": kind.archived_at.is_some(),
                "who": match (kind.bookable, kind.for_everybody) {
                    (false, _) => "Staff only",
                    (true, true) => "Clients book it",
                    (true, false) => "Chosen clients book it",
                },
                "questions": kind.form_title,
            })
        })
        .collect();
    let groups: Vec<(String, &str)> = groups
        .iter()
        .map(|group| (group.id.to_string(), group.name.as_str()))
        .collect();
    let wrong = !refused.errors.is_empty();
    let body = json!({
        "version": typed.version,
        "ahead_days": typed.ahead_days,
        "notice_hours": typed.notice_hours,
        "group": typed.group,
        "remind_days": typed.remind_days,
        "groups": groups,
        "kinds": kinds,
        "roles": told(&refused.roles.unwrap_or_else(|| role_rows(&roles))),
        "resources": told(&refused.resources.unwrap_or_else(|| resource_rows(&resources))),
        "errors": refused.errors,
        "conflict": refused.conflict,
    });
    let page = admin::page(app, session, "events/settings.html", body)?;
    Ok(if refused.conflict {
        (StatusCode::CONFLICT, page).into_response()
    } else if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    } else {
        page
    })
}

/// `GET /admin/settings/events`
pub async fn show_settings(State(app): State<App>, Manager(session): Manager) -> Result<Response> {
    page(&app, &session, Refused::default()).await
}

fn number(
    field: &'static str,
    text: &str,
    range: std::ops::RangeInclusive<i64>,
    errors: &mut FieldErrors,
) -> i64 {
    let found = text.trim().parse().ok().filter(|n| range.contains(n));
    found.unwrap_or_else(|| {
        let (from, to) = (range.start(), range.end());
        errors.add(field, format!("A number from {from} to {to}."));
        *from
    })
}

/// `POST /admin/settings/events`
pub async fn save_settings(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let typed = Typed::sent(&sent);
    let mut errors = FieldErrors::default();
    let ahead_days = number("ahead_days", &typed.ahead_days, 1..=3650, &mut errors);
    let notice_hours = number("notice_hours", &typed.notice_hours, 0..=8760, &mut errors);
    let remind_days = match typed.remind_days.trim() {
        "" => None,
        text => Some(number("remind_days", text, 1..=60, &mut errors)),
    };
    let mut tx = app.db.write(&session).await?;
    let groups = clients::store::groups(&mut tx).await?;
    let group = groups.iter().find(|it| it.id.to_string() == typed.group);
    let before = store::settings(&mut tx).await?;
    let next = Settings {
        version: typed.version,
        ahead_days,
        notice_hours,
        group_id: group.map(|group| group.id),
        remind_days,
    };
    if !errors.is_empty() {
        drop(tx);
        let refused = Refused {
            typed: Some(typed),
            errors,
            ..Refused::default()
        };
        return page(&app, &session, refused).await;
    }
    if !store::save_settings(&mut tx, &next).await? {
        drop(tx);
        let refused = Refused {
            typed: Some(typed),
            conflict: true,
            ..Refused::default()
        };
        return page(&app, &session, refused).await;
    }
    let said = |it: &Settings| {
        json!({ "days ahead": it.ahead_days, "hours of notice": it.notice_hours, "group": it.group_id,
                "reminder days": it.remind_days })
    };
    if let Some(change) = Change::between(&said(&before), &said(&next))? {
        let about = Subject("studio", None);
        audit::note(&mut tx, &session, "event settings changed", about, change).await?;
    }
    tx.commit().await?;
    Ok(redirect::see(PAGE, "Saved."))
}

/// A name for each row that is in use or was there before, each only once.
fn check_names(rows: &[Row], errors: &mut FieldErrors) {
    let mut seen: Vec<String> = Vec::new();
    for row in rows {
        let name = row.name.trim();
        let field = format!("name-{}", row.id);
        if name.is_empty() {
            if !row.id.starts_with("new") {
                errors.add(
                    field,
                    "Please fill this in. To give it up, untick “In use”.",
                );
            }
            continue;
        }
        if name.chars().count() > 60 || name.chars().any(char::is_control) {
            errors.add(field, "At most 60 characters.");
        } else if seen.contains(&name.to_lowercase()) {
            errors.add(field, "This name is there twice.");
        }
        seen.push(name.to_lowercase());
    }
}

async fn note(
    tx: &mut StudioTx,
    session: &StaffSession,
    action: &'static str,
    before: &[Row],
    after: &[Row],
) -> Result<()> {
    let names = |rows: &[Row]| {
        let used = rows.iter().filter(|row| row.used && !row.name.is_empty());
        let named = used.map(|row| match row.most.as_str() {
            "" => row.name.clone(),
            most => format!("{} ({most})", row.name),
        });
        json!({ "list": named.collect::<Vec<_>>().join(", ") })
    };
    if let Some(change) = Change::between(&names(before), &names(after))? {
        audit::note(tx, session, action, Subject("studio", None), change).await?;
    }
    Ok(())
}

/// `POST /admin/settings/events/roles`
pub async fn save_roles(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let rows = rows_sent(&sent, "role");
    let mut errors = FieldErrors::default();
    check_names(&rows, &mut errors);
    if !errors.is_empty() {
        let refused = Refused {
            roles: Some(rows),
            errors,
            ..Refused::default()
        };
        return page(&app, &session, refused).await;
    }
    let mut tx = app.db.write(&session).await?;
    let before = store::roles(&mut tx).await?;
    let now = tx.now();
    for (position, row) in rows.iter().enumerate() {
        let id: Option<CrewRoleId> = row.id.parse().ok();
        let old = before.iter().find(|role| Some(role.id) == id);
        let role = Role {
            id: old.map_or_else(|| tx.id(), |role| role.id),
            name: row.name.trim().to_owned(),
            position: i64::try_from(position).unwrap_or(i64::MAX),
            bookable: row.bookable,
            archived_at: (!row.used).then(|| old.and_then(|it| it.archived_at).unwrap_or(now)),
        };
        match old {
            Some(_) => store::save_role(&mut tx, &role).await?,
            None if role.name.is_empty() => {}
            None => store::insert_role(&mut tx, &role).await?,
        }
    }
    note(
        &mut tx,
        &session,
        "roles changed",
        &role_rows(&before),
        &rows,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        &format!("{PAGE}#roles"),
        "The roles are saved.",
    ))
}

/// `POST /admin/settings/events/resources`
pub async fn save_resources(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let rows = rows_sent(&sent, "resource");
    let mut errors = FieldErrors::default();
    check_names(&rows, &mut errors);
    let mut most = Vec::new();
    for row in &rows {
        let text = row.most.trim();
        let number = text.parse::<i64>().ok().filter(|n| (1..=9_999).contains(n));
        if !text.is_empty() && number.is_none() {
            errors.add(format!("most-{}", row.id), "A number from 1 to 9999.");
        }
        most.push(number);
    }
    if !errors.is_empty() {
        let refused = Refused {
            resources: Some(rows),
            errors,
            ..Refused::default()
        };
        return page(&app, &session, refused).await;
    }
    let mut tx = app.db.write(&session).await?;
    let before = store::resources(&mut tx).await?;
    let now = tx.now();
    for (position, (row, most)) in rows.iter().zip(most).enumerate() {
        let id: Option<ResourceId> = row.id.parse().ok();
        let old = before.iter().find(|one| Some(one.id) == id);
        let resource = Resource {
            id: old.map_or_else(|| tx.id(), |one| one.id),
            name: row.name.trim().to_owned(),
            position: i64::try_from(position).unwrap_or(i64::MAX),
            most,
            bookable: row.bookable,
            archived_at: (!row.used).then(|| old.and_then(|it| it.archived_at).unwrap_or(now)),
        };
        match old {
            Some(_) => store::save_resource(&mut tx, &resource).await?,
            None if resource.name.is_empty() => {}
            None => store::insert_resource(&mut tx, &resource).await?,
        }
    }
    let was = resource_rows(&before);
    note(&mut tx, &session, "resources changed", &was, &rows).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &format!("{PAGE}#resources"),
        "The resources are saved.",
    ))
}
