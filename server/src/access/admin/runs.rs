//! "Send Portal Invite" to many: who is chosen, the question before it, and how it goes on.

use axum::{
    extract::{Query, State as FromApp},
    http::{HeaderName, HeaderValue},
    response::Response,
};
use portico_wire::{Code, ContactId, ImportId, RunId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::users;
use crate::{
    App, Result,
    access::{
        reach::{Filter, State},
        runs,
        store::{self, NewRun, Place, PortalUser},
    },
    audit::{self, Change, Subject},
    db::StudioTx,
    error::Error,
    jobs::{self, Job},
    scope::{Member, StaffSession},
    staff::Role,
    studios,
    web::{admin, body::Id, form::Form, redirect},
};

/// Inviting more at once is for managers.
pub const MOST_FOR_MEMBERS: usize = 200;
/// More at once would be nobody's intention.
const MOST: i64 = 50_000;
/// Contacts ticked one by one: a page has fifty.
const MOST_TICKED: usize = 500;
const REPORTED: i64 = 100;

/// Contacts that were ticked, or all that match the list's filter.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Selection {
    contact: Vec<String>,
    /// All that match, on every page of the list.
    everything: bool,
    q: String,
    state: String,
    /// The new contacts of an import.
    import: Option<ImportId>,
    /// Also those who are in already.
    again: bool,
}

impl Selection {
    fn filter(&self) -> Filter {
        users::filter(&self.q, &self.state)
    }

    /// The contacts chosen; 404 where one of them is none of the studio's.
    async fn users(&self, tx: &mut StudioTx) -> Result<Vec<PortalUser>> {
        if let Some(import) = self.import {
            return store::users_of_import(tx, import).await;
        }
        if self.everything {
            let matching =
                store::portal_users(tx, &self.filter(), &Place::start(), MOST + 1).await?;
            if i64::try_from(matching.len()).unwrap_or(i64::MAX) > MOST {
                return Err(Error::refused(
                    Code::Conflict,
                    format!("These are more than {MOST} contacts. Please narrow the list first."),
                ));
            }
            return Ok(matching);
        }
        if self.contact.len() > MOST_TICKED {
            return Err(Error::refused(
                Code::Conflict,
                "These are very many. Please choose all that match instead.",
            ));
        }
        let mut users = Vec::with_capacity(self.contact.len());
        for id in &self.contact {
            let id: ContactId = id.parse().map_err(|_| Error::not_found())?;
            users.push(super::find(tx, id).await?);
        }
        Ok(users)
    }
}

fn check_role(session: &StaffSession, count: usize) -> Result<()> {
    if count <= MOST_FOR_MEMBERS || session.role >= Role::Manager {
        return Ok(());
    }
    Err(Error::refused(
        Code::Forbidden,
        format!(
            "Inviting more than {MOST_FOR_MEMBERS} contacts at once is for the role Manager and above."
        ),
    ))
}

/// `POST /admin/portal-users/invite`: asks before anything is sent.
pub async fn confirm_run(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Form(selection): Form<Selection>,
) -> Result<Response> {
    #[derive(Serialize)]
    struct Page<'a> {
        total: usize,
        fresh: usize,
        invited: usize,
        in_already: usize,
        /// Who will not get one, by reason.
        left_out: Vec<(&'static str, usize)>,
        everything: bool,
        import: Option<ImportId>,
        contacts: Vec<ContactId>,
        q: &'a str,
        state: &'a str,
        open: bool,
        too_many: bool,
    }
    let mut tx = app.db.read(&session).await?;
    let users = selection.users(&mut tx).await?;
    let studio = studios::store::get(&mut tx).await?;
    drop(tx);
    if users.is_empty() {
        return Ok(redirect::see(
            "/admin/portal-users",
            "Nobody was selected. Tick the contacts to invite first.",
        ));
    }
    let count = |state: State| users.iter().filter(|user| user.state == state).count();
    let left_out = [State::NoEmail, State::Duplicate, State::Disabled]
        .into_iter()
        .map(|state| (state.label(), count(state)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let page = Page {
        total: users.len(),
        fresh: count(State::NotInvited),
        invited: count(State::Invited),
        in_already: count(State::Accepted),
        left_out,
        everything: selection.everything,
        import: selection.import,
        contacts: if selection.everything || selection.import.is_some() {
            Vec::new()
        } else {
            users.iter().map(|user| user.id).collect()
        },
        q: &selection.q,
        state: &selection.state,
        open: studio.check_open().is_ok(),
        too_many: check_role(&session, users.len()).is_err(),
    };
    admin::page(&app, &session, "access/run_confirm.html", page)
}

/// `POST /admin/portal-users/invitations`: begins; workers do the rest.
pub async fn start_run(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Form(selection): Form<Selection>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let users = selection.users(&mut tx).await?;
    drop(tx);
    check_role(&session, users.len())?;
    if users.is_empty() {
        return Ok(redirect::see("/admin/portal-users", "Nobody was selected."));
    }
    let filter = selection.filter();
    let mut tx = app.db.write(&session).await?;
    let new = NewRun {
        staff: session.staff,
        staff_name: &session.name,
        filter: (selection.everything && selection.import.is_none()).then_some(&filter),
        again: selection.again,
        total: i64::try_from(users.len()).unwrap_or(i64::MAX),
        reference: &session.visitor.reference,
    };
    let run = store::insert_run(&mut tx, new).await?;
    if let Some(import) = selection.import {
        store::list_import(&mut tx, run, import).await?;
    } else if !selection.everything {
        for user in &users {
            store::list_contact(&mut tx, run, user.id).await?;
        }
    }
    jobs::enqueue(&mut tx, &Job::Invite { run }).await?;
    audit::note(
        &mut tx,
        &session,
        "many invited",
        Subject("invitation run", Some(run.into_uuid())),
        Change::made(&json!({
            "contacts": users.len(), "all_that_match": selection.everything, "search": filter.search,
            "state": filter.state, "again": selection.again, "import": selection.import,
        }))?,
    )
    .await?;
    tx.commit().await?;
    Ok(redirect::go(&format!(
        "/admin/portal-users/invitations/{run}"
    )))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AskedReport {
    outcome: String,
    after: String,
}

#[derive(Serialize)]
struct Line {
    id: ContactId,
    name: String,
    email: Option<String>,
    client: String,
    outcome: String,
    label: &'static str,
}

#[derive(Serialize)]
struct Count {
    outcome: &'static str,
    label: &'static str,
    count: i64,
    current: bool,
}

const OUTCOMES: &[&str] = &[
    "sent",
    "no_email",
    "duplicate",
    "disabled",
    "in_already",
    "gone",
    "queued",
];

/// `GET /admin/portal-users/invitations/{id}`: how far it is, and a report per contact. Looks again by itself until
/// it is done.
pub async fn show_run(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Id(id): Id<RunId>,
    Query(asked): Query<AskedReport>,
) -> Result<Response> {
    #[derive(Serialize)]
    struct Page {
        id: RunId,
        who: String,
        begun: String,
        finished: Option<String>,
        failed: bool,
        total: i64,
        done: i64,
        counts: Vec<Count>,
        lines: Vec<Line>,
        outcome: &'static str,
        next: Option<String>,
    }
    let outcome = OUTCOMES
        .iter()
        .copied()
        .find(|known| *known == asked.outcome)
        .unwrap_or("");
    let after = asked
        .after
        .parse()
        .unwrap_or_else(|_| ContactId::from_bytes([0; 16]));
    let mut tx = app.db.read(&session).await?;
    let run = store::run(&mut tx, id)
        .await?
        .ok_or_else(Error::not_found)?;
    let time_zone = studios::store::get(&mut tx).await?.time_zone;
    let counted = store::outcomes(&mut tx, id).await?;
    let mut rows = store::report(&mut tx, id, outcome, after, REPORTED + 1).await?;
    drop(tx);
    let more = i64::try_from(rows.len()).unwrap_or(0) > REPORTED;
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| {
        format!(
            "/admin/portal-users/invitations/{id}?outcome={outcome}&after={}",
            row.id
        )
    });
    let count = |outcome: &str| {
        counted
            .iter()
            .find(|(name, _)| name == outcome)
            .map_or(0, |(_, count)| *count)
    };
    let listed: i64 = counted.iter().map(|(_, count)| count).sum();
    let page = Page {
        id,
        who: run.staff_name,
        begun: admin::moment(run.created_at, &time_zone),
        finished: run.finished_at.map(|at| admin::moment(at, &time_zone)),
        failed: run.failed.is_some(),
        total: run.total.max(listed),
        done: listed - count("queued"),
        counts: OUTCOMES
            .iter()
            .map(|&name| Count {
                outcome: name,
                label: runs::label(name),
                count: count(name),
                current: name == outcome,
            })
            .filter(|line| line.count > 0)
            .collect(),
        lines: rows
            .into_iter()
            .map(|row| Line {
                id: row.id,
                name: crate::clients::full_name(&row.first_name, &row.last_name),
                email: row.email,
                client: row.client_name,
                label: runs::label(&row.outcome),
                outcome: row.outcome,
            })
            .collect(),
        outcome,
        next,
    };
    let working = page.finished.is_none() && !page.failed;
    let mut response = admin::page(&app, &session, "access/run.html", page)?;
    if working {
        // The browser looks again by itself, without a script.
        response.headers_mut().insert(
            HeaderName::from_static("refresh"),
            HeaderValue::from_static("3"),
        );
    }
    Ok(response)
}
