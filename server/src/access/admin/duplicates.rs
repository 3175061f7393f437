//! Emails that stand on several contacts: merge two, or clear one.

use axum::{
    extract::{Path, Query, State as FromApp},
    response::Response,
};
use portico_wire::ContactId;
use serde::{Deserialize, Serialize};

use super::{Doer, acts::Nothing, contact_path, find, users::Row};
use crate::{
    App, Result,
    access::{
        merge::{self, Choice, Side},
        reach,
        store::{self, PortalUser},
    },
    error::Error,
    scope::{Manager, Member},
    staff::Role,
    studios,
    web::{admin, body::Id, form::Form, redirect},
};

const PAGE: &str = "/admin/portal-users/duplicates";
const EMAILS: i64 = 25;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
}

/// `GET /admin/portal-users/duplicates`
pub async fn show_duplicates(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    #[derive(Serialize)]
    struct Group {
        email: String,
        rows: Vec<Row>,
    }
    #[derive(Serialize)]
    struct Page {
        groups: Vec<Group>,
        next: Option<String>,
        may_merge: bool,
    }
    let mut tx = app.db.read(&session).await?;
    let time_zone = studios::store::get(&mut tx).await?.time_zone;
    let users = store::duplicates(&mut tx, &asked.after, EMAILS).await?;
    drop(tx);
    let mut groups: Vec<Group> = Vec::new();
    for user in users {
        let email = user.email.clone().unwrap_or_default();
        let row = Row::of(user, &time_zone);
        match groups.last_mut().filter(|group| group.email == email) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group {
                email,
                rows: vec![row],
            }),
        }
    }
    let full = i64::try_from(groups.len()).unwrap_or(0) == EMAILS;
    let next = groups
        .last()
        .filter(|_| full)
        .map(|last| format!("{PAGE}?after={}", redirect::escape(&last.email)));
    let page = Page {
        groups,
        next,
        may_merge: session.role >= Role::Manager,
    };
    admin::page(&app, &session, "access/duplicates.html", page)
}

/// `POST /admin/contacts/{id}/email/clear`
pub async fn clear_email(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Id(contact): Id<ContactId>,
    Form(_): Form<Nothing>,
) -> Result<Response> {
    let mut tx = app.db.write(&session).await?;
    let user = find(&mut tx, contact).await?;
    let doer = Doer::of(&session);
    reach::clear_email(&mut tx, &user, &doer.by()).await?;
    tx.commit().await?;
    let notice = format!("{} has no email any more.", user.name());
    Ok(redirect::see(PAGE, &notice))
}

/// One line of the comparison.
#[derive(Serialize)]
struct Line {
    name: &'static str,
    label: &'static str,
    a: Option<String>,
    b: Option<String>,
    side: Side,
}

fn lines(choice: &Choice, a: &PortalUser, b: &PortalUser, passwords: bool) -> Vec<Line> {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let password = |user: &PortalUser| user.has_password.then(|| "The password chosen".to_owned());
    let mut lines = vec![
        Line {
            name: "first_name",
            label: "First name",
            a: text(&a.first_name),
            b: text(&b.first_name),
            side: choice.first_name,
        },
        Line {
            name: "last_name",
            label: "Last name",
            a: text(&a.last_name),
            b: text(&b.last_name),
            side: choice.last_name,
        },
        Line {
            name: "email",
            label: "Email",
            a: a.email.clone(),
            b: b.email.clone(),
            side: choice.email,
        },
        Line {
            name: "mobile",
            label: "Mobile",
            a: a.mobile.clone(),
            b: b.mobile.clone(),
            side: choice.mobile,
        },
        Line {
            name: "language",
            label: "Language",
            a: a.language.clone(),
            b: b.language.clone(),
            side: choice.language,
        },
    ];
    if passwords {
        lines.push(Line {
            name: "password",
            label: "Password",
            a: password(a),
            b: password(b),
            side: choice.password,
        });
    }
    lines
}

/// Two contacts named in the path.
fn both(ids: &(String, String)) -> Result<(ContactId, ContactId)> {
    let parse = |id: &str| id.parse().map_err(|_| Error::not_found());
    let (a, b): (ContactId, ContactId) = (parse(&ids.0)?, parse(&ids.1)?);
    if a == b {
        return Err(Error::not_found());
    }
    Ok((a, b))
}

/// `GET /admin/contacts/{id}/merge/{other}`: side by side.
pub async fn compare(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Path(ids): Path<(String, String)>,
) -> Result<Response> {
    #[derive(Serialize)]
    struct Page {
        keep: Side,
        lines: Vec<Line>,
        a: Row,
        b: Row,
        same_client: bool,
    }
    let (a, b) = both(&ids)?;
    let mut tx = app.db.read(&session).await?;
    let (a, b) = (find(&mut tx, a).await?, find(&mut tx, b).await?);
    let studio = studios::store::get(&mut tx).await?;
    drop(tx);
    let choice = Choice::suggest(&a, &b);
    let page = Page {
        keep: choice.keep,
        lines: lines(&choice, &a, &b, studio.passwords),
        same_client: a.client_id == b.client_id,
        a: Row::of(a, &studio.time_zone),
        b: Row::of(b, &studio.time_zone),
    };
    admin::page(&app, &session, "access/merge.html", page)
}

/// `POST /admin/contacts/{id}/merge/{other}`
pub async fn merge_contacts(
    FromApp(app): FromApp<App>,
    Manager(session): Manager,
    Path(ids): Path<(String, String)>,
    Form(choice): Form<Choice>,
) -> Result<Response> {
    let (a, b) = both(&ids)?;
    let mut tx = app.db.write(&session).await?;
    let (a, b) = (find(&mut tx, a).await?, find(&mut tx, b).await?);
    let doer = Doer::of(&session);
    let winner = merge::merge(&mut tx, &a, &b, &choice, &doer.by()).await?;
    tx.commit().await?;
    Ok(redirect::see(
        &contact_path(winner),
        "The two are one contact now. A newly made link works at once.",
    ))
}
