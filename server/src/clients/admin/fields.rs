//! The fields of clients and contacts: the studio's own, and what contacts see of all of them.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::FieldId;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    super::{
        fields::{BuiltIn, BuiltIns, Field, Kind, Owner, Switches},
        store,
    },
    note,
};
use crate::{
    App, Result,
    audit::{Change, Subject},
    db::StudioTx,
    error::Error,
    scope::{Manager, StaffSession},
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

const PAGE: &str = "/admin/fields";
/// Beyond this nobody fills a form in.
const MOST: usize = 60;
const MOST_CHOICES: usize = 50;

/// The form of a field as it is sent and shown.
#[derive(Debug, Default, Serialize)]
struct FieldForm {
    owner: String,
    label: String,
    kind: String,
    /// One a line.
    choices: String,
    in_portal: bool,
    changeable: bool,
}

impl FieldForm {
    fn read(sent: &Sent) -> Self {
        Self {
            owner: sent.text("owner"),
            label: sent.text("label"),
            kind: sent.text("kind"),
            choices: sent.text("choices"),
            in_portal: sent.is_ticked("in_portal"),
            changeable: sent.is_ticked("changeable"),
        }
    }

    fn of(field: &Field) -> Self {
        Self {
            owner: field.owner.name().into(),
            label: field.label.clone(),
            kind: field.kind.name().into(),
            choices: field.choices.join("\n"),
            in_portal: field.in_portal,
            changeable: field.changeable,
        }
    }

    /// The field, new where `known` is absent; whom it is about and its kind never change.
    fn apply(
        &self,
        known: Option<&Field>,
        all: &[Field],
        id: FieldId,
    ) -> (Option<Field>, FieldErrors) {
        let mut errors = FieldErrors::default();
        let owner = known.map_or_else(|| Owner::parse(&self.owner), |field| Some(field.owner));
        let kind = known.map_or_else(|| Kind::parse(&self.kind), |field| Some(field.kind));
        if owner.is_none() {
            errors.add("owner", "Please choose whom the field is about.");
        }
        if kind.is_none() {
            errors.add("kind", "Please choose one from the list.");
        }
        let label = errors.required("label", &self.label, 60);
        let same = |other: &str| other.to_lowercase() == label.to_lowercase();
        let taken = all
            .iter()
            .any(|field| field.id != id && Some(field.owner) == owner && same(&field.label));
        const BUILT_IN: &[&str] = &[
            "First name",
            "Last name",
            "Kind",
            "Group",
            "Portal",
            "Access",
        ];
        let built_in = BuiltIn::ALL.iter().any(|field| same(field.label()))
            || BUILT_IN.iter().any(|known| same(known))
            || portico_wire::Right::ALL
                .iter()
                .any(|right| same(right.name()));
        if taken || built_in {
            errors.add("label", "There is a field of this name already.");
        }
        if all.len() >= MOST && known.is_none() {
            errors.add(
                "label",
                "These are very many fields. Please remove one first.",
            );
        }
        let mut choices: Vec<String> = Vec::new();
        if kind == Some(Kind::Choice) {
            for choice in self.choices.lines().map(str::trim) {
                if !choice.is_empty() && !choices.iter().any(|known| known == choice) {
                    choices.push(choice.to_owned());
                }
            }
            if choices.len() < 2 {
                errors.add("choices", "Write at least two choices, one on each line.");
            }
            let long = choices.iter().any(|choice| choice.chars().count() > 100);
            if choices.len() > MOST_CHOICES || long {
                errors.add(
                    "choices",
                    "Please use at most 50 choices of at most 100 characters.",
                );
            }
        }
        let field = owner.zip(kind).filter(|_| errors.is_empty());
        let last = all.iter().map(|field| field.position).max().unwrap_or(0);
        let field = field.map(|(owner, kind)| Field {
            id,
            owner,
            label,
            kind,
            choices,
            position: known.map_or(last + 1, |field| field.position),
            in_portal: self.in_portal,
            // What is not seen cannot be changed.
            changeable: self.in_portal && self.changeable,
        });
        (field, errors)
    }
}

fn offered() -> Value {
    json!({
        "owners": Owner::ALL.iter().map(|one| (one.name(), one.label())).collect::<Vec<_>>(),
        "kinds": Kind::ALL.iter().map(|one| (one.name(), one.label())).collect::<Vec<_>>(),
    })
}

async fn list_page(
    app: &App,
    session: &StaffSession,
    form: &FieldForm,
    errors: &FieldErrors,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let fields = store::fields(&mut tx).await?;
    let built_in = store::built_in(&mut tx).await?;
    drop(tx);
    let owners: Vec<Value> = Owner::ALL
        .iter()
        .map(|&owner| {
            let own: Vec<&Field> = fields.iter().filter(|field| field.owner == owner).collect();
            let rows: Vec<Value> = own
                .iter()
                .enumerate()
                .map(|(at, field)| {
                    json!({
                        "id": field.id, "label": field.label, "kind": field.kind.label(),
                        "in_portal": field.in_portal, "changeable": field.changeable,
                        "first": at == 0, "last": at + 1 == own.len(),
                    })
                })
                .collect();
            json!({ "label": owner.label(), "fields": rows })
        })
        .collect();
    let built_in: Vec<Value> = BuiltIn::ALL
        .iter()
        .map(|&field| {
            let said = built_in.get(field);
            json!({
                "name": field.name(), "label": field.label(), "in_portal": said.in_portal,
                "changeable": said.changeable, "always": field == BuiltIn::Name,
            })
        })
        .collect();
    let body = json!({
        "owners": owners,
        "any": !fields.is_empty(),
        "built_in": built_in,
        "form": form,
        "errors": errors,
        "offered": offered(),
    });
    admin::page(app, session, "clients/fields.html", body)
}

/// What a form for a new field begins with.
fn blank() -> FieldForm {
    FieldForm {
        owner: Owner::Client.name().into(),
        kind: Kind::Text.name().into(),
        ..FieldForm::default()
    }
}

/// `GET /admin/fields`
pub async fn show_fields(State(app): State<App>, Manager(session): Manager) -> Result<Response> {
    list_page(&app, &session, &blank(), &FieldErrors::default()).await
}

fn about(field: FieldId) -> Subject {
    Subject("field", Some(field.into_uuid()))
}

fn logged(field: &Field) -> Value {
    json!({
        "name": field.label, "about": field.owner.name(), "kind": field.kind.label(),
        "choices": field.choices.join(", "), "shown in portal": field.in_portal,
        "client may change": field.changeable,
    })
}

/// `POST /admin/fields`
pub async fn add_field(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let all = store::fields(&mut tx).await?;
    let form = FieldForm::read(&sent);
    let (field, errors) = form.apply(None, &all, tx.id());
    let Some(field) = field else {
        drop(tx);
        let page = list_page(&app, &session, &form, &errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    store::insert_field(&mut tx, &field).await?;
    let change = Change::made(&logged(&field))?;
    note(&mut tx, &session, "field added", about(field.id), change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        PAGE,
        &format!("The field {} is there now.", field.label),
    ))
}

async fn find(tx: &mut StudioTx, id: FieldId) -> Result<(Field, Vec<Field>)> {
    let all = store::fields(tx).await?;
    let field = all.iter().find(|field| field.id == id).cloned();
    Ok((field.ok_or_else(Error::not_found)?, all))
}

fn edit_page(
    app: &App,
    session: &StaffSession,
    field: &Field,
    form: &FieldForm,
    errors: &FieldErrors,
) -> Result<Response> {
    let body = json!({
        "field": {
            "id": field.id, "label": field.label, "kind": field.kind.label(),
            "owner": field.owner.label(), "choice": field.kind == Kind::Choice,
        },
        "form": form,
        "errors": errors,
    });
    admin::page(app, session, "clients/field.html", body)
}

/// `GET /admin/fields/{id}`
pub async fn show_field(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<FieldId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let (field, _) = find(&mut tx, id).await?;
    let form = FieldForm::of(&field);
    edit_page(&app, &session, &field, &form, &FieldErrors::default())
}

/// `POST /admin/fields/{id}`
pub async fn save_field(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<FieldId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let (before, all) = find(&mut tx, id).await?;
    let form = FieldForm::read(&sent);
    let (after, errors) = form.apply(Some(&before), &all, id);
    let Some(after) = after else {
        let page = edit_page(&app, &session, &before, &form, &errors)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let Some(change) = Change::between(&logged(&before), &logged(&after))? else {
        return Ok(redirect::see(PAGE, "Nothing was changed."));
    };
    store::save_field(&mut tx, &after).await?;
    note(&mut tx, &session, "field changed", about(id), change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        PAGE,
        &format!("The field {} is saved.", after.label),
    ))
}

/// `POST /admin/fields/{id}/move`: up or down among its like.
pub async fn move_field(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<FieldId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let (field, all) = find(&mut tx, id).await?;
    let mut like: Vec<Field> = all
        .into_iter()
        .filter(|one| one.owner == field.owner)
        .collect();
    let at = like.iter().position(|one| one.id == id).unwrap_or(0);
    let (to, way) = match sent.text("way").as_str() {
        "up" => (at.checked_sub(1), "up"),
        _ => (Some(at + 1).filter(|&to| to < like.len()), "down"),
    };
    if let Some(to) = to {
        like.swap(at, to);
        for (position, one) in (1i64..).zip(&mut like) {
            if one.position != position {
                one.position = position;
                store::save_field(&mut tx, one).await?;
            }
        }
        let change = Change::made(&json!({ "name": field.label, "moved": way }))?;
        note(&mut tx, &session, "field moved", about(id), change).await?;
        tx.commit().await?;
    }
    let to = format!("{PAGE}#{id}");
    Ok(redirect::see(&to, &format!("{} moved {way}.", field.label)))
}

/// `POST /admin/fields/{id}/remove`
pub async fn remove_field(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<FieldId>,
    Form(_): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let (field, _) = find(&mut tx, id).await?;
    store::remove_field(&mut tx, id).await?;
    let change = Change::removed(&logged(&field))?;
    note(&mut tx, &session, "field removed", about(id), change).await?;
    tx.commit().await?;
    Ok(redirect::see(
        PAGE,
        &format!("The field {} is removed.", field.label),
    ))
}

fn logged_built_in(said: &BuiltIns) -> Value {
    let words = |said: Switches| match (said.in_portal, said.changeable) {
        (true, true) => "shown, may be changed",
        (true, false) => "shown",
        (false, _) => "hidden",
    };
    let fields: Map<String, Value> = BuiltIn::ALL
        .iter()
        .map(|&field| (field.name().to_owned(), words(said.get(field)).into()))
        .collect();
    Value::Object(fields)
}

/// `POST /admin/fields/built-in`: what contacts see and change of the fields every client has.
pub async fn save_built_in(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let before = store::built_in(&mut tx).await?;
    let (shown, changeable) = (sent.all("in_portal"), sent.all("changeable"));
    let said = BuiltIn::ALL.iter().map(|&field| {
        let in_portal = field == BuiltIn::Name || shown.contains(&field.name());
        let changeable = in_portal && changeable.contains(&field.name());
        (
            field,
            Switches {
                in_portal,
                changeable,
            },
        )
    });
    let after = BuiltIns(said.collect());
    let change = Change::between(&logged_built_in(&before), &logged_built_in(&after))?;
    let Some(change) = change else {
        return Ok(redirect::see(PAGE, "Nothing was changed."));
    };
    for (&field, &said) in &after.0 {
        store::save_built_in(&mut tx, field, said).await?;
    }
    note(
        &mut tx,
        &session,
        "built-in fields changed",
        Subject("studio", None),
        change,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::see(
        PAGE,
        "What clients see of their details is saved.",
    ))
}
