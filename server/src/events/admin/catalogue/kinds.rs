//! A type of events, and which of them a client may book.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{ClientId, EventTypeId, events::EventColour};
use serde_json::{Value, json};

use super::{
    super::super::{
        line,
        store::{self, Kind},
        text,
    },
    PAGE, colour_label,
};
use crate::{
    App, Result,
    audit::{self, Change, Subject},
    clients,
    error::Error,
    forms,
    scope::{Manager, StaffSession},
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// "2 h 30 min"
pub(super) fn length(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// The page's fields, as they are typed.
struct Typed {
    name: String,
    colour: String,
    hours: String,
    minutes: String,
    description: String,
    form: String,
    position: String,
    bookable: bool,
    for_everybody: bool,
    most_staff: String,
    archived: bool,
}

impl Typed {
    fn begin() -> Self {
        Self {
            name: String::new(),
            colour: EventColour::Blue.name().into(),
            hours: "2".into(),
            minutes: "0".into(),
            description: String::new(),
            form: String::new(),
            position: "1".into(),
            bookable: true,
            for_everybody: true,
            most_staff: String::new(),
            archived: false,
        }
    }

    fn of(kind: &Kind) -> Self {
        Self {
            name: kind.name.clone(),
            colour: kind.colour.name().into(),
            hours: (kind.minutes / 60).to_string(),
            minutes: (kind.minutes % 60).to_string(),
            description: kind.description.clone().unwrap_or_default(),
            form: kind.form_id.map(|id| id.to_string()).unwrap_or_default(),
            position: kind.position.to_string(),
            bookable: kind.bookable,
            for_everybody: kind.for_everybody,
            most_staff: kind.most_staff.map(|n| n.to_string()).unwrap_or_default(),
            archived: kind.archived_at.is_some(),
        }
    }

    fn sent(sent: &Sent) -> Self {
        Self {
            name: sent.text("name"),
            colour: sent.text("colour"),
            hours: sent.text("hours"),
            minutes: sent.text("minutes"),
            description: sent.text("description"),
            form: sent.text("form"),
            position: sent.text("position"),
            bookable: sent.is_ticked("bookable"),
            for_everybody: sent.is_ticked("for_everybody"),
            most_staff: sent.text("most_staff"),
            archived: sent.is_ticked("archived"),
        }
    }
}

async fn page(
    app: &App,
    session: &StaffSession,
    kind: Option<&Kind>,
    typed: &Typed,
    errors: FieldErrors,
    conflict: bool,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let forms = forms::store::form_names(&mut tx, false).await?;
    drop(tx);
    let forms: Vec<(String, String)> = forms
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect();
    let colours: Vec<(&str, &str)> = EventColour::ALL
        .iter()
        .map(|&colour| (colour.name(), colour_label(colour)))
        .collect();
    let wrong = !errors.is_empty();
    let body = json!({
        "kind": kind.map(|kind| json!({ "id": kind.id, "name": kind.name })),
        "path": kind.map_or_else(|| format!("{PAGE}/types/new"), |kind| format!("{PAGE}/types/{}", kind.id)),
        "version": kind.map_or(0, |kind| kind.version),
        "name": typed.name, "colour": typed.colour, "hours": typed.hours, "minutes": typed.minutes,
        "description": typed.description, "form": typed.form, "position": typed.position,
        "bookable": typed.bookable, "for_everybody": typed.for_everybody, "most_staff": typed.most_staff,
        "archived": typed.archived,
        "forms": forms,
        "colours": colours,
        "errors": errors,
        "conflict": conflict,
    });
    let page = admin::page(app, session, "events/type.html", body)?;
    Ok(if conflict {
        (StatusCode::CONFLICT, page).into_response()
    } else if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    } else {
        page
    })
}

/// `GET /admin/settings/events/types/new`
pub async fn show_new(State(app): State<App>, Manager(session): Manager) -> Result<Response> {
    let typed = Typed::begin();
    page(&app, &session, None, &typed, FieldErrors::default(), false).await
}

/// `GET /admin/settings/events/types/{id}`
pub async fn show(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<EventTypeId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let kinds = store::kinds(&mut tx).await?;
    drop(tx);
    let kind = kinds.iter().find(|kind| kind.id == id);
    let kind = kind.ok_or_else(Error::not_found)?;
    let typed = Typed::of(kind);
    page(
        &app,
        &session,
        Some(kind),
        &typed,
        FieldErrors::default(),
        false,
    )
    .await
}

fn number(text: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    text.trim().parse().ok().filter(|n| range.contains(n))
}

/// What was typed, over what is there.
fn read(
    typed: &Typed,
    old: &Kind,
    others: &[Kind],
    known_forms: &[portico_wire::FormId],
    errors: &mut FieldErrors,
) -> Result<Kind> {
    let name = errors.note("name", line("name", &typed.name, 60))?;
    let name = name.unwrap_or_default();
    let twice = others
        .iter()
        .any(|it| it.id != old.id && it.name.to_lowercase() == name.to_lowercase());
    if name.is_empty() {
        errors.add("name", "Please fill this in.");
    } else if twice {
        errors.add("name", "There is a type of this name already.");
    }
    let colour = EventColour::ALL.iter().find(|it| it.name() == typed.colour);
    let minutes = number(&typed.hours, 0..=1_440)
        .zip(number(&typed.minutes, 0..=59))
        .map(|(hours, minutes)| hours * 60 + minutes)
        .filter(|minutes| *minutes > 0);
    if minutes.is_none() {
        errors.add("hours", "At least a minute, at most 1440 hours.");
    }
    let description = text("description", &typed.description, 2000);
    let description = errors.note("description", description)?;
    let form = known_forms.iter().find(|id| id.to_string() == typed.form);
    if !typed.form.is_empty() && form.is_none() {
        errors.add(
            "form",
            "This form is no longer there. Please choose another.",
        );
    }
    let most_staff = match typed.most_staff.trim() {
        "" => None,
        text => {
            let most = number(text, 0..=9_999);
            if most.is_none() {
                errors.add("most_staff", "A number from 0 to 9999, or nothing.");
            }
            most
        }
    };
    Ok(Kind {
        name,
        colour: colour.copied().unwrap_or(EventColour::Blue),
        minutes: minutes.unwrap_or(60),
        description: description.filter(|text| !text.is_empty()),
        form_id: form.copied(),
        position: number(&typed.position, 0..=999).unwrap_or(old.position),
        bookable: typed.bookable,
        for_everybody: typed.for_everybody,
        most_staff,
        ..old.clone()
    })
}

fn said(kind: &Kind) -> Value {
    json!({
        "name": kind.name, "colour": kind.colour, "length": length(kind.minutes), "description": kind.description,
        "clients book it": kind.bookable, "for everybody": kind.for_everybody, "most staff": kind.most_staff,
        "in use": kind.archived_at.is_none(), "questions": kind.form_id,
    })
}

async fn store_kind(
    app: &App,
    session: &StaffSession,
    id: Option<EventTypeId>,
    sent: &Sent,
) -> Result<Response> {
    let typed = Typed::sent(sent);
    let mut errors = FieldErrors::default();
    let mut tx = app.db.write(session).await?;
    let kinds = store::kinds(&mut tx).await?;
    let known = forms::store::form_names(&mut tx, false).await?;
    let known: Vec<_> = known.iter().map(|(id, _)| *id).collect();
    let old = match id {
        Some(id) => {
            let found = kinds.iter().find(|kind| kind.id == id);
            Some(found.cloned().ok_or_else(Error::not_found)?)
        }
        None => None,
    };
    let blank = Kind {
        id: tx.id(),
        version: 1,
        name: String::new(),
        colour: EventColour::Blue,
        minutes: 60,
        description: None,
        form_id: None,
        form_title: None,
        position: 1,
        bookable: true,
        for_everybody: true,
        most_staff: None,
        archived_at: None,
    };
    let mut next = read(
        &typed,
        old.as_ref().unwrap_or(&blank),
        &kinds,
        &known,
        &mut errors,
    )?;
    if !errors.is_empty() {
        drop(tx);
        return page(app, session, old.as_ref(), &typed, errors, false).await;
    }
    next.archived_at = typed
        .archived
        .then(|| next.archived_at.unwrap_or_else(|| tx.now()));
    let about = Subject("event_type", Some(next.id.into_uuid()));
    match &old {
        Some(before) => {
            next.version = sent.text("version").parse().unwrap_or(0);
            if !store::save_kind(&mut tx, &next).await? {
                drop(tx);
                return page(app, session, Some(before), &typed, errors, true).await;
            }
            if let Some(change) = Change::between(&said(before), &said(&next))? {
                audit::note(&mut tx, session, "event type changed", about, change).await?;
            }
        }
        None => {
            store::insert_kind(&mut tx, &next).await?;
            let change = Change::made(&said(&next))?;
            audit::note(&mut tx, session, "event type made", about, change).await?;
        }
    }
    tx.commit().await?;
    let notice = format!("“{}” is saved.", next.name);
    Ok(redirect::see(&format!("{PAGE}#types"), &notice))
}

/// `POST /admin/settings/events/types/new`
pub async fn create(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    store_kind(&app, &session, None, &sent).await
}

/// `POST /admin/settings/events/types/{id}`
pub async fn save(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<EventTypeId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    store_kind(&app, &session, Some(id), &sent).await
}

/// `GET /admin/clients/{id}/event-types`: which ones this client may book.
pub async fn show_of_client(
    State(app): State<App>,
    Manager(session): Manager,
    Id(client): Id<ClientId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let found = clients::store::get_client(&mut tx, client).await?;
    let kinds = store::kinds(&mut tx).await?;
    let own = store::kinds_of_client(&mut tx, client).await?;
    drop(tx);
    let kinds: Vec<Value> = kinds
        .iter()
        .filter(|kind| kind.bookable && kind.archived_at.is_none())
        .map(|kind| {
            json!({
                "id": kind.id, "name": kind.name, "colour": kind.colour, "on": own.contains(&kind.id),
                "for_everybody": kind.for_everybody,
            })
        })
        .collect();
    let body = json!({
        "client": { "id": found.id, "name": found.name },
        "kinds": kinds,
        "own": !own.is_empty(),
    });
    admin::page(&app, &session, "events/client_types.html", body)
}

/// `POST /admin/clients/{id}/event-types`
pub async fn save_of_client(
    State(app): State<App>,
    Manager(session): Manager,
    Id(client): Id<ClientId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    clients::store::get_client(&mut tx, client).await?;
    let kinds = store::kinds(&mut tx).await?;
    let before = store::kinds_of_client(&mut tx, client).await?;
    let chosen = sent.all("kind");
    let own = sent.text("which") == "own";
    let next: Vec<EventTypeId> = kinds
        .iter()
        .filter(|kind| own && chosen.contains(&kind.id.to_string().as_str()))
        .map(|kind| kind.id)
        .collect();
    store::replace_kinds_of_client(&mut tx, client, &next).await?;
    let names = |ids: &[EventTypeId]| {
        let named = kinds.iter().filter(|kind| ids.contains(&kind.id));
        let names: Vec<&str> = named.map(|kind| kind.name.as_str()).collect();
        let all = if ids.is_empty() {
            "as everybody".into()
        } else {
            names.join(", ")
        };
        json!({ "may book": all })
    };
    if let Some(change) = Change::between(&names(&before), &names(&next))? {
        let about = Subject("client", Some(client.into_uuid()));
        audit::note(&mut tx, &session, "event types changed", about, change).await?;
    }
    tx.commit().await?;
    let notice = if own && next.is_empty() {
        "Nothing was chosen, so this client books what everybody books. To let it book nothing, change its rights."
    } else {
        "Saved."
    };
    let back = format!("{}#events", clients::client_path(client));
    Ok(redirect::see(&back, notice))
}
