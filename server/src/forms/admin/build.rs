//! The builder: a form's words and its fields on one page.

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{
    Code, FormId,
    forms::{self as wire, Fault, Field, Flaw, Kind, limits},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{StoredForm, flaws, gallery, store, texts},
    LIST, about, facts, frame, list, look, may_edit, note, path,
};
use crate::{
    App, Result,
    audit::Change,
    clients::{self, fields::Field as ClientField},
    error::Error,
    scope::{Manager, Member, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

/// A form as it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    pub name: String,
    pub in_portal: bool,
    pub default_update: bool,
    pub form: wire::Form,
}

fn some(text: &str) -> Option<String> {
    // Browsers send line ends of text areas as CR LF.
    let text = text.replace("\r\n", "\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn tidy(mut field: Field) -> Field {
    field.label = field.label.trim().to_owned();
    field.help = field.help.as_deref().and_then(some);
    field.placeholder = field.placeholder.as_deref().and_then(some);
    field.required &= field.kind.asks();
    let options = match &mut field.kind {
        Kind::One(one) | Kind::DropDown(one) => Some(&mut one.options),
        Kind::Many(many) => Some(&mut many.options),
        Kind::Number(limits) => {
            limits.unit = limits.unit.as_deref().and_then(some);
            None
        }
        _ => None,
    };
    if let Some(options) = options {
        let kept = options.iter().filter_map(|option| some(option)).collect();
        *options = kept;
    }
    field
}

impl Typed {
    pub fn read(sent: &Sent) -> Result<Self> {
        let fields: Vec<Field> = serde_json::from_str(&sent.text("fields")).map_err(|error| {
            tracing::info!(%error, "a form could not be read");
            Error::refused(
                Code::Malformed,
                "The list of fields could not be read. Please go back, reload the page and try again.",
            )
        })?;
        let title = some(&sent.text("title")).unwrap_or_default();
        Ok(Self {
            name: some(&sent.text("name")).unwrap_or_else(|| title.clone()),
            in_portal: sent.is_ticked("in_portal"),
            default_update: sent.is_ticked("default_update"),
            form: wire::Form {
                title,
                intro: some(&sent.text("intro")),
                thanks: some(&sent.text("thanks")),
                fields: fields.into_iter().map(tidy).collect(),
            },
        })
    }

    fn of(form: &StoredForm) -> Self {
        Self {
            name: form.name.clone(),
            in_portal: form.in_portal,
            default_update: form.default_update,
            form: form.definition.clone(),
        }
    }

    /// The form, for the log.
    fn logged(&self) -> Value {
        let questions: Vec<&str> = self
            .form
            .fields
            .iter()
            .filter(|field| field.kind.asks())
            .map(|field| field.label.as_str())
            .collect();
        let questions: String = questions.join("; ").chars().take(2_000).collect();
        json!({
            "name": self.name, "title": self.form.title, "in the portal": self.in_portal,
            "update form": self.default_update, "questions": questions,
        })
    }

    /// What differs, for whoever was not the only one.
    fn differing(&self, other: &Self) -> Vec<&'static str> {
        let (mine, theirs) = (&self.form, &other.form);
        [
            (self.name != other.name, "name"),
            (mine.title != theirs.title, "title"),
            (mine.intro != theirs.intro, "introduction"),
            (mine.thanks != theirs.thanks, "thanks"),
            (
                self.in_portal != other.in_portal,
                "Include in client portal",
            ),
            (
                self.default_update != other.default_update,
                "Default update form",
            ),
            (mine.fields != theirs.fields, "fields"),
        ]
        .into_iter()
        .filter_map(|(differs, label)| differs.then_some(label))
        .collect()
    }
}

#[derive(Default)]
struct Found {
    errors: FieldErrors,
    flaws: Vec<Flaw>,
}

/// All that is to be mended: at the page's own fields, and in the list.
fn check(typed: &Typed, own: &[ClientField]) -> Found {
    let mut found = Found::default();
    if typed.name.chars().count() > limits::LABEL {
        found
            .errors
            .add("name", "Please use at most 200 characters.");
    }
    if typed.name.chars().any(char::is_control) {
        found
            .errors
            .add("name", "This contains characters that cannot be shown.");
    }
    for flaw in flaws(&typed.form, own) {
        match flaw.fault {
            Fault::EmptyTitle => found.errors.add("title", texts::flaw(&flaw)),
            _ => found.flaws.push(flaw),
        }
    }
    found
}

impl Found {
    fn is_empty(&self) -> bool {
        self.errors.is_empty() && self.flaws.is_empty()
    }

    /// The flaws in words, with what they are about.
    fn said(&self, form: &wire::Form) -> Vec<Value> {
        let said = self.flaws.iter().map(|flaw| {
            let field = flaw.at.and_then(|at| form.fields.get(at));
            json!({
                "at": flaw.at,
                "id": field.map(|field| field.id.as_str()),
                "label": field.map(|field| match field.label.as_str() {
                    "" => facts::kind_label(&field.kind),
                    label => label,
                }),
                "text": texts::flaw(flaw),
            })
        });
        said.collect()
    }
}

struct Shown<'a> {
    stored: Option<&'a StoredForm>,
    typed: &'a Typed,
    found: Found,
    conflict: Vec<&'static str>,
    unsaved: bool,
}

async fn page(app: &App, session: &StaffSession, shown: Shown<'_>) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let own = clients::store::fields(&mut tx).await?;
    drop(tx);
    let typed = shown.typed;
    let said = shown.found.said(&typed.form);
    let body = json!({
        "frame": shown.stored.map(|form| frame(form, session)),
        "path": shown.stored.map_or_else(|| format!("{LIST}/new"), |form| path(form.id)),
        "version": shown.stored.map_or(0, |form| form.version),
        "name": typed.name,
        "title": typed.form.title,
        "intro": typed.form.intro,
        "thanks": typed.form.thanks,
        "in_portal": typed.in_portal,
        "default_update": typed.default_update,
        "fields": serde_json::to_string(&typed.form.fields)?,
        "facts": facts::facts(&studio, &own).to_string(),
        "flaws_json": serde_json::to_string(&said)?,
        "flaws": said,
        "errors": shown.found.errors,
        "palette": facts::palette(),
        "conflict": shown.conflict,
        "unsaved": shown.unsaved,
    });
    admin::page(app, session, "forms/edit.html", body)
}

/// From where a new form begins.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct From {
    from: String,
}

/// `GET /admin/forms/new`: blank, or one of the gallery.
pub async fn show_new(
    State(app): State<App>,
    Manager(session): Manager,
    Query(asked): Query<From>,
) -> Result<Response> {
    let mut typed = Typed {
        name: String::new(),
        in_portal: false,
        default_update: false,
        form: wire::Form::default(),
    };
    if !asked.from.is_empty() {
        let ready = gallery::find(&asked.from).ok_or_else(Error::not_found)?;
        let mut tx = app.db.read(&session).await?;
        let studio = studios::store::get(&mut tx).await?;
        drop(tx);
        typed.form = ready.form(&studio)?;
        typed.name = ready.label.into();
    }
    let shown = Shown {
        stored: None,
        typed: &typed,
        found: Found::default(),
        conflict: Vec::new(),
        unsaved: !asked.from.is_empty(),
    };
    page(&app, &session, shown).await
}

/// `POST /admin/forms/new`
pub async fn create(
    State(app): State<App>,
    Manager(session): Manager,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let typed = Typed::read(&sent)?;
    let mut tx = app.db.write(&session).await?;
    let own = clients::store::fields(&mut tx).await?;
    let found = check(&typed, &own);
    if !found.is_empty() {
        drop(tx);
        let shown = Shown {
            stored: None,
            typed: &typed,
            found,
            conflict: Vec::new(),
            unsaved: true,
        };
        let page = page(&app, &session, shown).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    list::check_room(&mut tx).await?;
    let id = store::insert_form(&mut tx, &typed.name, &typed.form).await?;
    if typed.in_portal || typed.default_update {
        let stored = store::get_form(&mut tx, id).await?;
        let switched = StoredForm {
            in_portal: typed.in_portal,
            default_update: typed.default_update,
            ..stored
        };
        store::save_form(&mut tx, &switched).await?;
    }
    let change = Change::made(&typed.logged())?;
    note(&mut tx, &session, "form added", about(id), change).await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), "The form is saved."))
}

/// `GET /admin/forms/{id}`: to change it, or to look at it for who may not.
pub async fn show(
    State(app): State<App>,
    Member(session): Member,
    Id(id): Id<FormId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let stored = store::get_form(&mut tx, id).await?;
    drop(tx);
    if !may_edit(&session) {
        let body =
            json!({ "frame": frame(&stored, &session), "form": look::pages(&stored.definition) });
        return admin::page(&app, &session, "forms/look.html", body);
    }
    let shown = Shown {
        stored: Some(&stored),
        typed: &Typed::of(&stored),
        found: Found::default(),
        conflict: Vec::new(),
        unsaved: false,
    };
    page(&app, &session, shown).await
}

/// `POST /admin/forms/{id}`
pub async fn save(
    State(app): State<App>,
    Manager(session): Manager,
    Id(id): Id<FormId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut typed = Typed::read(&sent)?;
    let mut tx = app.db.write(&session).await?;
    let stored = store::get_form(&mut tx, id).await?;
    let own = clients::store::fields(&mut tx).await?;
    // What is put away is nobody's update form.
    typed.default_update &= stored.archived_at.is_none();
    let before = Typed::of(&stored);
    let found = check(&typed, &own);
    let shown = |found, conflict| Shown {
        stored: Some(&stored),
        typed: &typed,
        found,
        conflict,
        unsaved: true,
    };
    if !found.is_empty() {
        drop(tx);
        let page = page(&app, &session, shown(found, Vec::new())).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    if typed == before {
        return Ok(redirect::see(&path(id), "Nothing was changed."));
    }
    let after = StoredForm {
        version: sent.text("version").parse().unwrap_or(0),
        name: typed.name.clone(),
        in_portal: typed.in_portal,
        default_update: typed.default_update,
        definition: typed.form.clone(),
        ..stored.clone()
    };
    if !store::save_form(&mut tx, &after).await? {
        drop(tx);
        let shown = shown(Found::default(), typed.differing(&before));
        let page = page(&app, &session, shown).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    // A change that is none of names and questions is still one.
    let change = match Change::between(&before.logged(), &typed.logged())? {
        Some(change) => change,
        None => Change::made(&json!({ "name": typed.name, "changed": "settings of fields" }))?,
    };
    note(&mut tx, &session, "form changed", about(id), change).await?;
    tx.commit().await?;
    Ok(redirect::see(&path(id), "The form is saved."))
}
