//! Adding somebody to the crew, and changing what is known of them.

use axum::{
    extract::State as FromApp,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use portico_wire::{CrewId, CrewRoleId};
use serde::Serialize;
use serde_json::json;

use super::{LIST, about, crew_path};
use crate::{
    App, Result,
    access::Email,
    audit::{self, Change},
    clients::{phone, show_phone},
    crew::{Member, State, store},
    scope::{Member as Staff, StaffSession},
    studios,
    web::{
        admin,
        body::Id,
        form::{FieldErrors, Form, Sent},
        redirect,
    },
};

#[derive(Debug, Default, Serialize)]
struct MemberForm {
    version: i64,
    name: String,
    phone: String,
    email: String,
    role: String,
    notes: String,
    left: bool,
}

type Roles = Vec<(CrewRoleId, String)>;

impl MemberForm {
    fn of(one: &Member) -> Self {
        Self {
            version: one.version,
            name: one.name.clone(),
            phone: one.phone.as_deref().map(show_phone).unwrap_or_default(),
            email: one.email.clone().unwrap_or_default(),
            role: one.role_id.map(|id| id.to_string()).unwrap_or_default(),
            notes: one.notes.clone().unwrap_or_default(),
            left: one.state == State::Left,
        }
    }

    fn read(sent: &Sent) -> Self {
        Self {
            version: sent.text("version").parse().unwrap_or_default(),
            name: sent.text("name"),
            phone: sent.text("phone"),
            email: sent.text("email"),
            role: sent.text("role"),
            notes: sent.text("notes"),
            left: sent.is_ticked("left"),
        }
    }

    fn apply(
        &self,
        before: &Member,
        roles: &Roles,
        country: &str,
    ) -> Result<(Member, FieldErrors)> {
        let mut errors = FieldErrors::default();
        let name = errors.required("name", &self.name, 120);
        let number = match errors.optional("phone", &self.phone, 40) {
            None => None,
            Some(typed) => match &before.phone {
                Some(stored) if typed == show_phone(stored) => Some(stored.clone()),
                _ => errors.note("phone", phone(&typed, country))?,
            },
        };
        let email = match errors.optional("email", &self.email, 254) {
            None => None,
            Some(typed) => errors.note("email", Email::parse(&typed))?,
        };
        let role = match self.role.trim() {
            "" => None,
            text => {
                let known = text.parse().ok().and_then(|id: CrewRoleId| {
                    let same = before.role_id == Some(id);
                    let found = roles.iter().find(|(role, _)| *role == id);
                    let found = found.map(|(_, name)| name.clone());
                    // A role that is no longer offered stays with whoever has it.
                    found
                        .or_else(|| before.role.clone().filter(|_| same))
                        .map(|name| (id, name))
                });
                if known.is_none() {
                    errors.add("role", "Please choose one from the list.");
                }
                known
            }
        };
        let (role_id, role) = role.unzip();
        let after = Member {
            version: self.version,
            name,
            phone: number,
            email: email.map(|email| email.as_str().to_owned()),
            role_id,
            role,
            notes: errors.optional("notes", &self.notes, 4000),
            state: if self.left {
                State::Left
            } else {
                State::Active
            },
            ..before.clone()
        };
        Ok((after, errors))
    }
}

fn blank(id: CrewId) -> Member {
    Member {
        id,
        version: 1,
        name: String::new(),
        phone: None,
        email: None,
        role_id: None,
        role: None,
        photo_key: None,
        notes: None,
        state: State::Active,
    }
}

struct Asked<'a> {
    /// Whose form it is; absent: somebody new.
    member: Option<&'a Member>,
    form: &'a MemberForm,
    roles: &'a Roles,
    errors: &'a FieldErrors,
    conflict: bool,
}

fn page(app: &App, session: &StaffSession, asked: &Asked<'_>) -> Result<Response> {
    let mut roles = vec![(String::new(), "None".to_owned())];
    roles.extend(
        asked
            .roles
            .iter()
            .map(|(id, name)| (id.to_string(), name.clone())),
    );
    if let Some(Member {
        role_id: Some(id),
        role: Some(name),
        ..
    }) = asked.member
        && !asked.roles.iter().any(|(known, _)| known == id)
    {
        roles.push((id.to_string(), name.clone()));
    }
    let version = match asked.member {
        Some(one) if asked.conflict => one.version,
        _ => asked.form.version,
    };
    let body = json!({
        "member": asked.member.map(|one| json!({ "id": one.id, "name": one.name })),
        "form": asked.form,
        "version": version,
        "roles": roles,
        "errors": asked.errors,
        "conflict": asked.conflict,
    });
    admin::page(app, session, "crew/edit.html", body)
}

/// `GET /admin/crew/new`
pub async fn show_new(FromApp(app): FromApp<App>, Staff(session): Staff) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let roles = store::roles(&mut tx).await?;
    drop(tx);
    let asked = Asked {
        member: None,
        form: &MemberForm::default(),
        roles: &roles,
        errors: &FieldErrors::default(),
        conflict: false,
    };
    page(&app, &session, &asked)
}

/// `POST /admin/crew/new`
pub async fn create(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let roles = store::roles(&mut tx).await?;
    let country = studios::store::get(&mut tx).await?.country;
    let form = MemberForm::read(&sent);
    let (member, errors) = form.apply(&blank(tx.id()), &roles, &country)?;
    if !errors.is_empty() {
        drop(tx);
        let asked = Asked {
            member: None,
            form: &form,
            roles: &roles,
            errors: &errors,
            conflict: false,
        };
        let page = page(&app, &session, &asked)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    store::insert(&mut tx, &member).await?;
    let change = Change::made(&member.logged())?;
    audit::note(
        &mut tx,
        &session,
        "crew member added",
        about(member.id),
        change,
    )
    .await?;
    tx.commit().await?;
    let notice = format!(
        "{} is on your crew. Add a photo and certificates here.",
        member.name
    );
    Ok(redirect::see(&crew_path(member.id), &notice))
}

/// `GET /admin/crew/{id}/edit`
pub async fn show_edit(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<CrewId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let member = store::get(&mut tx, id).await?;
    let roles = store::roles(&mut tx).await?;
    drop(tx);
    let asked = Asked {
        member: Some(&member),
        form: &MemberForm::of(&member),
        roles: &roles,
        errors: &FieldErrors::default(),
        conflict: false,
    };
    page(&app, &session, &asked)
}

/// `POST /admin/crew/{id}/edit`
pub async fn save(
    FromApp(app): FromApp<App>,
    Staff(session): Staff,
    Id(id): Id<CrewId>,
    Form(sent): Form<Sent>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let before = store::get(&mut tx, id).await?;
    let roles = store::roles(&mut tx).await?;
    let country = studios::store::get(&mut tx).await?.country;
    let form = MemberForm::read(&sent);
    let (after, errors) = form.apply(&before, &roles, &country)?;
    let mut asked = Asked {
        member: Some(&before),
        form: &form,
        roles: &roles,
        errors: &errors,
        conflict: false,
    };
    if !errors.is_empty() {
        drop(tx);
        let page = page(&app, &session, &asked)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let Some(change) = Change::between(&before.logged(), &after.logged())? else {
        return Ok(redirect::see(&crew_path(id), "Nothing was changed."));
    };
    if !store::save(&mut tx, &after).await? {
        drop(tx);
        asked.conflict = true;
        let page = page(&app, &session, &asked)?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    audit::note(&mut tx, &session, "crew member changed", about(id), change).await?;
    tx.commit().await?;
    let notice = format!("{} is saved.", after.name);
    let path = if after.state == State::Left {
        LIST.to_owned()
    } else {
        crew_path(id)
    };
    Ok(redirect::see(&path, &notice))
}
