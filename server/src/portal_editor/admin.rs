//! `/admin/portal`: the portal editor.

use axum::{
    extract::{Path, Query, State as FromApp},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use portico_wire::{ContactId, Right, portal::ActionIcon};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    By, Layout, MOST_ACTIONS, Target,
    form::{Deed, Known, Typed, value},
    store::{self, Stored},
};
use crate::{
    App, Result,
    access::{
        reach::{Filter, State},
        store::{Place, PortalUser, portal_users},
    },
    clients::rights::label,
    db::StudioTx,
    error::Error,
    scope::{Manager, StaffSession},
    studios::{self, Studio},
    web::{
        admin,
        body::Json,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

const PAGE: &str = "/admin/portal";
/// Contacts to choose from at once.
const PEOPLE: i64 = 12;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A contact's name, to preview the portal as.
    q: String,
    /// The contact it is previewed as.
    #[serde(rename = "as")]
    contact: Option<String>,
}

/// What the page shows beside what is stored.
#[derive(Default)]
struct Shown {
    typed: Option<Typed>,
    errors: FieldErrors,
    /// Who saved another draft in the meantime, and when.
    conflict: Option<(String, String)>,
    asked: Asked,
}

/// All the editor works with.
struct Desk {
    studio: Studio,
    stored: Option<Stored>,
    known: Known,
}

impl Desk {
    async fn load(tx: &mut StudioTx) -> Result<Self> {
        let studio = studios::store::get(tx).await?;
        let stored = store::get(tx).await?;
        let mut known = Known {
            forms: store::forms(tx).await?,
            documents: store::documents(tx).await?,
            stored: Vec::new(),
        };
        if let Some(stored) = &stored {
            let targets = stored.draft.actions.iter();
            known.stored = targets.map(|one| one.target.clone()).collect();
            let older: Vec<_> = known
                .stored
                .iter()
                .filter_map(|target| match target {
                    Target::Document { document } => Some(*document),
                    _ => None,
                })
                .filter(|id| known.documents.iter().all(|(listed, _)| listed != id))
                .collect();
            let older = store::document_names(tx, &older).await?;
            known.documents.extend(older);
        }
        Ok(Self {
            studio,
            stored,
            known,
        })
    }

    fn draft(&self) -> Layout {
        Layout::whole(self.stored.as_ref().map(|it| &it.draft), &self.studio)
    }

    /// What contacts see.
    fn published(&self) -> Layout {
        let published = self.stored.as_ref().and_then(|it| it.published.as_ref());
        Layout::whole(published, &self.studio)
    }

    fn version(&self) -> i64 {
        self.stored.as_ref().map_or(0, |it| it.version)
    }

    /// Who saved the draft last, and when.
    fn saved(&self) -> Option<(String, String)> {
        let stored = self.stored.as_ref()?;
        let at = admin::moment(stored.drafted_at, &self.studio.time_zone);
        Some((stored.drafted_by.clone(), at))
    }
}

/// The strokes of a button's picture, in a square of 24.
const fn strokes(icon: ActionIcon) -> &'static str {
    match icon {
        ActionIcon::Calendar => "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4",
        ActionIcon::Card => "M3 6h18v12H3zM3 10h18M7 15h3",
        ActionIcon::Message => "M4 5h16v11H10l-4 4v-4H4z",
        ActionIcon::Form => "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
        ActionIcon::Document => "M3 6h6l2 2h10v11H3z",
        ActionIcon::Upload => "M12 16V5M7 10l5-5 5 5M5 20h14",
        ActionIcon::Link => "M10 14 20 4M13 4h7v7M18 14v6H4V6h6",
        ActionIcon::Phone => {
            "M6 3h4l2 5-3 2a11 11 0 0 0 5 5l2-3 5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z"
        }
        ActionIcon::Mail => "M3 6h18v12H3zM3 7l9 7 9-7",
        ActionIcon::Star => {
            "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z"
        }
        ActionIcon::Heart => "M12 20S4 15 4 9a4 4 0 0 1 8-1.500A4 4 0 0 1 20 9c0 6-8 11-8 11z",
        ActionIcon::Camera => "M3 7h4l2-3h6l2 3h4v13H3zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
        ActionIcon::Gift => {
            "M4 11h16v10H4zM3 7h18v4H3zM12 7v14M12 7S7 7 7 4.500 10.500 3 12 7c1.500-4 5-3 5-.5S12 7 12 7z"
        }
    }
}

const fn icon_name(icon: ActionIcon) -> &'static str {
    match icon {
        ActionIcon::Calendar => "Calendar",
        ActionIcon::Card => "Card",
        ActionIcon::Message => "Message",
        ActionIcon::Form => "Form",
        ActionIcon::Document => "Folder",
        ActionIcon::Upload => "Upload",
        ActionIcon::Link => "Link",
        ActionIcon::Phone => "Telephone",
        ActionIcon::Mail => "Mail",
        ActionIcon::Star => "Star",
        ActionIcon::Heart => "Heart",
        ActionIcon::Camera => "Camera",
        ActionIcon::Gift => "Gift",
    }
}

#[derive(Serialize)]
struct Group {
    name: &'static str,
    options: Vec<(String, String)>,
}

/// Where buttons can lead, as the list shows it.
fn targets(known: &Known) -> Vec<Group> {
    let said = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let sections = Right::SECTIONS.iter().filter(|it| **it != Right::Home);
    let forms = known.forms.iter();
    let documents = known.documents.iter();
    let groups = [
        Group {
            name: "Do",
            options: vec![
                said("book", "Book an event"),
                said("pay", "Pay what is owed"),
                said("message", "Write a message"),
                said("upload", "Send a file"),
            ],
        },
        Group {
            name: "Open a section",
            options: sections
                .map(|it| (format!("section:{}", it.name()), label(*it).to_owned()))
                .collect(),
        },
        Group {
            name: "Fill in a form",
            options: forms
                .map(|(id, name)| (format!("form:{id}"), name.clone()))
                .collect(),
        },
        Group {
            name: "Read a document",
            options: documents
                .map(|(id, name)| (format!("document:{id}"), name.clone()))
                .collect(),
        },
        Group {
            name: "Elsewhere",
            options: vec![said(
                "link",
                "A page, an email address or a telephone number",
            )],
        },
    ];
    let some = groups.into_iter().filter(|it| !it.options.is_empty());
    some.collect()
}

fn sections(typed: &Typed, errors: &FieldErrors) -> Vec<Value> {
    let last = typed.sections.len().saturating_sub(1);
    let rows = typed.sections.iter().enumerate();
    rows.map(|(at, one)| {
        let name = one.section.name();
        json!({
            "value": name,
            "label": label(one.section),
            "name": one.name,
            "on": one.on,
            "first": at == 0,
            "last": at == last,
            "error": errors.get(&format!("name-{name}")),
        })
    })
    .collect()
}

fn actions(typed: &Typed, known: &Known, errors: &FieldErrors) -> Vec<Value> {
    let last = typed.actions.len().saturating_sub(1);
    let is_gone = |text: &str| {
        let stored = known.stored.iter().find(|it| value(it) == text);
        stored.is_some_and(|it| !known.is_there(it))
    };
    let rows = typed.actions.iter().enumerate();
    rows.map(|(at, one)| {
        let error = |field: &str| errors.get(&format!("{field}-{}", one.id));
        let icon = ActionIcon::ALL.iter().find(|it| it.name() == one.icon);
        json!({
            "id": one.id,
            "label": one.label,
            "icon": one.icon,
            "strokes": strokes(icon.copied().unwrap_or(ActionIcon::Star)),
            "target": one.target,
            "url": one.url,
            "gone": is_gone(&one.target),
            "first": at == 0,
            "last": at == last,
            "label_error": error("label").or(error("icon")),
            "target_error": error("target"),
            "url_error": error("url"),
        })
    })
    .collect()
}

/// Whom the portal can be previewed as: who is looked for, or who has been there.
async fn people(tx: &mut StudioTx, asked: &Asked) -> Result<(Vec<PortalUser>, Option<ContactId>)> {
    let accepted = (asked.q.is_empty()).then_some(State::Accepted);
    let mut found = Vec::new();
    for state in [accepted, None] {
        let filter = Filter {
            state,
            search: asked.q.clone(),
        };
        if found.is_empty() {
            found = portal_users(tx, &filter, &Place::start(), PEOPLE).await?;
            found.retain(|one| one.active && one.portal_enabled);
        }
    }
    // Whoever was there last has most to show.
    found.sort_by_key(|one| std::cmp::Reverse(one.last_sign_in_at));
    let chosen = asked.contact.as_ref().and_then(|text| text.parse().ok());
    if let Some(id) = chosen.filter(|id| found.iter().all(|one| one.id != *id)) {
        let user = crate::access::store::portal_user(tx, id).await?;
        found.extend(user.filter(|one| one.active && one.portal_enabled));
    }
    let there = chosen.filter(|id| found.iter().any(|one| one.id == *id));
    let chosen = there.or_else(|| found.first().map(|one| one.id));
    Ok((found, chosen))
}

async fn page(app: &App, session: &StaffSession, shown: Shown) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let desk = Desk::load(&mut tx).await?;
    let versions = store::versions(&mut tx).await?;
    let (people, chosen) = people(&mut tx, &shown.asked).await?;
    drop(tx);
    let draft = desk.draft();
    let stored = Typed::of(&draft, desk.version());
    let typed = shown.typed.as_ref().unwrap_or(&stored);
    let current = desk.stored.as_ref().and_then(|it| it.number);
    let zone = &desk.studio.time_zone;
    let versions: Vec<Value> = versions
        .iter()
        .map(|one| {
            json!({
                "number": one.number,
                "again": one.again,
                "by": one.published_by,
                "at": admin::moment(one.published_at, zone),
                "current": Some(one.number) == current,
            })
        })
        .collect();
    let people: Vec<Value> = people
        .iter()
        .map(|one| json!({ "id": one.id, "name": one.name(), "client": one.client_name }))
        .collect();
    let icons: Vec<Value> = ActionIcon::ALL
        .iter()
        .map(|&icon| json!({ "value": icon.name(), "label": icon_name(icon), "strokes": strokes(icon) }))
        .collect();
    let body = json!({
        "version": if shown.conflict.is_some() { desk.version() } else { typed.version },
        "conflict": shown.conflict,
        "errors": shown.errors,
        "unsaved": shown.typed.is_some(),
        "welcome": typed.welcome,
        "sections": sections(typed, &shown.errors),
        "actions": actions(typed, &desk.known, &shown.errors),
        "full": typed.actions.len() >= MOST_ACTIONS,
        "has_forms": !desk.known.forms.is_empty(),
        "has_documents": !desk.known.documents.is_empty(),
        "targets": targets(&desk.known),
        "icons": icons,
        "dirty": draft != desk.published(),
        "saved": desk.saved(),
        "versions": versions,
        "people": people,
        "chosen": chosen,
        "q": shown.asked.q,
        "open": desk.studio.portal_enabled,
    });
    admin::page(app, session, "portal_editor/editor.html", body)
}

/// `GET /admin/portal`
pub async fn show(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let shown = Shown {
        asked,
        ..Shown::default()
    };
    page(&app, &session, shown).await
}

/// The script saves while somebody types, and reads what became of it.
fn is_scripted(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT);
    accepts.is_some_and(|value| value == "application/json")
}

async fn refuse(
    app: &App,
    session: &StaffSession,
    scripted: bool,
    status: StatusCode,
    shown: Shown,
) -> Result<Response> {
    if scripted {
        let body = json!({ "errors": shown.errors, "conflict": shown.conflict });
        return Ok((status, Json(body)).into_response());
    }
    let page = page(app, session, shown).await?;
    Ok((status, page).into_response())
}

/// `POST /admin/portal`: saves the draft, after what the pressed button does to it; "Publish" shows it to everybody.
pub async fn save(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let scripted = is_scripted(&headers);
    let deed = Deed::read(&sent);
    let mut typed = Typed::read(&sent)?;
    let mut tx = app.db.write(&session).await?;
    let mut desk = Desk::load(&mut tx).await?;
    let row = typed.act(&deed, &desk.known);
    let mut errors = FieldErrors::default();
    let mut layout = typed.check(&desk.known, &mut errors)?;
    layout.complete(&desk.studio.rights);
    let contact = Some(sent.text("as")).filter(|it| !it.is_empty());
    let shown = |typed, errors, conflict| Shown {
        typed: Some(typed),
        errors,
        conflict,
        asked: Asked {
            contact: contact.clone(),
            ..Asked::default()
        },
    };
    if !errors.is_empty() {
        drop(tx);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return refuse(&app, &session, scripted, status, shown(typed, errors, None)).await;
    }
    let is_new = desk.stored.is_none() || layout != desk.draft();
    let version = desk.version() + i64::from(is_new);
    if is_new && !store::save_draft(&mut tx, typed.version, &layout, &session.name).await? {
        drop(tx);
        let shown = shown(typed, errors, desk.saved());
        return refuse(&app, &session, scripted, StatusCode::CONFLICT, shown).await;
    }
    let mut notice = "";
    if deed == Deed::Publish {
        notice = if publish(&mut tx, &session, &mut desk, &layout, None).await? {
            "Published. Your clients see it from now on."
        } else {
            "Your clients see this already: nothing has changed since it was published."
        };
    }
    let dirty = layout != desk.published();
    tx.commit().await?;
    if scripted {
        return Ok(Json(json!({ "version": version, "dirty": dirty })).into_response());
    }
    Ok(back(contact.as_deref(), row.as_deref(), notice))
}

/// Back to the page, at a row.
fn back(contact: Option<&str>, row: Option<&str>, notice: &str) -> Response {
    let contact = contact.map(|it| format!("?as={}", redirect::escape(it)));
    let row = row.map(|it| format!("#{it}"));
    let path = format!(
        "{PAGE}{}{}",
        contact.unwrap_or_default(),
        row.unwrap_or_default()
    );
    if notice.is_empty() {
        redirect::go(&path)
    } else {
        redirect::see(&path, notice)
    }
}

/// As [`super::publish`]; the desk then has what is published.
async fn publish(
    tx: &mut StudioTx,
    session: &StaffSession,
    desk: &mut Desk,
    layout: &Layout,
    again: Option<i64>,
) -> Result<bool> {
    let by = By {
        name: &session.name,
        actor: &session.actor(),
        reference: &session.visitor.reference,
    };
    let stored = desk.stored.as_ref();
    let is_new = super::publish(tx, &mut desk.studio, stored, layout, again, &by).await?;
    if is_new {
        desk.stored = store::get(tx).await?;
    }
    Ok(is_new)
}

#[derive(Deserialize)]
pub struct Version {
    #[serde(default)]
    version: i64,
}

/// `POST /admin/portal/discard`: the draft is what is published again.
pub async fn discard(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Form(form): Form<Version>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let desk = Desk::load(&mut tx).await?;
    let published = desk.published();
    if desk.stored.is_none() || desk.draft() == published {
        return Ok(redirect::see(PAGE, "There is nothing to discard."));
    }
    if !store::save_draft(&mut tx, form.version, &published, &session.name).await? {
        drop(tx);
        let shown = Shown {
            conflict: desk.saved(),
            ..Shown::default()
        };
        return refuse(&app, &session, false, StatusCode::CONFLICT, shown).await;
    }
    tx.commit().await?;
    Ok(redirect::see(
        PAGE,
        "The draft is as your clients see the portal again.",
    ))
}

/// `POST /admin/portal/versions/{number}`: an earlier version is shown again, as a new one. A draft with changes of its own stays.
pub async fn go_back(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Path(number): Path<i64>,
    Form(_): Form<Version>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let mut desk = Desk::load(&mut tx).await?;
    let layout = store::version(&mut tx, number).await?;
    let layout = Layout::whole(Some(&layout.ok_or_else(Error::not_found)?), &desk.studio);
    let has_changes = desk.draft() != desk.published();
    if !publish(&mut tx, &session, &mut desk, &layout, Some(number)).await? {
        return Ok(redirect::see(
            PAGE,
            "Your clients see this version already.",
        ));
    }
    if !has_changes {
        store::save_draft(&mut tx, desk.version(), &layout, &session.name).await?;
    }
    tx.commit().await?;
    let said = format!("Your clients see version {number} again.");
    let said = if has_changes {
        said + " Your draft is kept, with what you changed in it."
    } else {
        said
    };
    Ok(redirect::see(PAGE, &said))
}
