//! Who gets in and out, for staff: the list of portal users, one contact's access, invitations of many,
//! duplicates, the sign-in log, and looking at the portal as a contact sees it.
//!
//! Members do the clients' work: invite, make links, disable and enable. Passwords, merging, inviting more than
//! [`runs::MOST_FOR_MEMBERS`] at once and looking at a client's portal are for managers.

pub mod acts;
pub mod duplicates;
pub mod log;
pub mod passwords;
pub mod runs;
pub mod users;
pub mod views;

use axum::{extract::State as FromApp, response::Response};
use portico_wire::{ClientId, ContactId, LinkId, SessionId, Timestamp};
use serde::Serialize;

use super::{
    reach::{self, By, State},
    sessions,
    store::{self, PortalUser},
};
use crate::{
    App, Result,
    audit::{self, Actor},
    db::StudioTx,
    error::Error,
    scope::{Member, StaffSession},
    staff::Role,
    studios::{self, Studio},
    web::{admin, body::Id, form::FieldErrors, redirect},
};

/// Entries of the log and the history beside a contact.
const LOG_LINES: i64 = 10;
const HISTORY_LINES: i64 = 20;

/// The page of one contact's access.
pub fn contact_path(contact: ContactId) -> String {
    format!("/admin/contacts/{contact}")
}

/// Who does it, for the log.
struct Doer {
    actor: Actor,
    reference: String,
}

impl Doer {
    fn of(session: &StaffSession) -> Self {
        Self {
            actor: session.actor(),
            reference: session.visitor.reference.clone(),
        }
    }

    fn by(&self) -> By<'_> {
        By {
            actor: &self.actor,
            reference: &self.reference,
        }
    }
}

/// The contact, or 404: not this studio's, or merged.
async fn find(tx: &mut StudioTx, contact: ContactId) -> Result<PortalUser> {
    store::portal_user(tx, contact)
        .await?
        .ok_or_else(Error::not_found)
}

/// A state as pages show it.
#[derive(Debug, Serialize)]
pub struct StateView {
    code: State,
    label: &'static str,
    /// The green cloud.
    green: bool,
    obstacle: Option<&'static str>,
}

impl From<State> for StateView {
    fn from(state: State) -> Self {
        Self {
            code: state,
            label: state.label(),
            green: state.is_let_in(),
            obstacle: state.obstacle(),
        }
    }
}

#[derive(Serialize)]
struct LinkLine {
    id: LinkId,
    what: &'static str,
    created: String,
    expires: String,
}

#[derive(Serialize)]
struct DeviceLine {
    id: SessionId,
    name: String,
    origin: String,
    address: String,
    last_used: String,
}

#[derive(Serialize)]
struct HistoryLine {
    at: String,
    who: String,
    what: String,
}

/// Something that is shown this once, because only its hash is kept.
#[derive(Serialize)]
pub struct Shown {
    label: &'static str,
    text: String,
    hint: String,
}

/// All that `access/contact_panel.html` shows: a page that includes it has this as `panel`.
#[derive(Serialize)]
pub struct Panel {
    id: ContactId,
    name: String,
    first_name: String,
    email: Option<String>,
    mobile: Option<String>,
    client_id: ClientId,
    client: String,
    state: StateView,
    active: bool,
    /// The portal is switched on for the client.
    client_open: bool,
    test: bool,
    invited: Option<String>,
    accepted: Option<String>,
    last_sign_in: Option<String>,
    has_password: bool,
    must_change: bool,
    /// The studio offers passwords.
    passwords: bool,
    /// The studio makes a password for every new contact.
    generate: bool,
    may_manage: bool,
    may_view: bool,
    links: Vec<LinkLine>,
    devices: Vec<DeviceLine>,
    log: Vec<log::Line>,
    history: Vec<HistoryLine>,
    pub shown: Option<Shown>,
    pub errors: FieldErrors,
}

/// The panel of one contact; 404 where there is none. Six statements.
pub async fn panel(tx: &mut StudioTx, session: &StaffSession, contact: ContactId) -> Result<Panel> {
    let user = find(tx, contact).await?;
    let studio = studios::store::get(tx).await?;
    let links = store::live_links(tx, contact).await?;
    let devices = store::devices(tx, contact).await?;
    let email = user.email.as_deref().unwrap_or("-");
    let log = store::sign_ins_of(tx, contact, email, log::newest(), LOG_LINES).await?;
    let history = audit::timeline(tx, "contact", contact.into_uuid(), HISTORY_LINES).await?;
    Ok(assemble(
        session, &studio, user, links, devices, log, history,
    ))
}

fn assemble(
    session: &StaffSession,
    studio: &Studio,
    user: PortalUser,
    links: Vec<store::ListedLink>,
    devices: Vec<store::DeviceRow>,
    log: Vec<store::SignInRow>,
    history: Vec<audit::Entry>,
) -> Panel {
    let at = |moment: Timestamp| admin::moment(moment, &studio.time_zone);
    let manager = session.role >= Role::Manager;
    let own_test = user.test_of == Some(session.staff);
    Panel {
        id: user.id,
        name: user.name(),
        state: user.state.into(),
        invited: user.invited_at.map(at),
        accepted: user.accepted_at.map(at),
        last_sign_in: user.last_sign_in_at.map(at),
        test: user.test_of.is_some(),
        first_name: user.first_name,
        email: user.email,
        mobile: user.mobile,
        client_id: user.client_id,
        client: user.client_name,
        active: user.active,
        client_open: user.portal_enabled,
        has_password: user.has_password,
        must_change: user.password_must_change,
        passwords: studio.passwords,
        generate: studio.generate_passwords,
        may_manage: manager,
        may_view: (manager || own_test) && user.active && user.portal_enabled,
        links: links
            .into_iter()
            .map(|link| LinkLine {
                id: link.id,
                what: if link.purpose == "reset" {
                    "Chooses a new password"
                } else {
                    "Personal link"
                },
                created: at(link.created_at),
                expires: at(link.expires_at),
            })
            .collect(),
        devices: devices
            .into_iter()
            .map(|device| DeviceLine {
                id: device.id,
                name: sessions::device_name(&device.user_agent),
                origin: device.origin,
                address: device.address,
                last_used: at(device.last_used_at),
            })
            .collect(),
        log: log
            .into_iter()
            .map(|row| log::Line::of(row, &studio.time_zone))
            .collect(),
        history: history
            .into_iter()
            .map(|entry| HistoryLine {
                at: at(entry.at),
                who: entry.actor_name,
                what: reach::history(&entry.action),
            })
            .collect(),
        shown: None,
        errors: FieldErrors::default(),
    }
}

/// `GET /admin/contacts/{id}`; of a merged contact, the one it was merged into.
pub async fn show_contact(
    FromApp(app): FromApp<App>,
    Member(session): Member,
    Id(contact): Id<ContactId>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    if let Some(into) = store::merged_into(&mut tx, contact).await? {
        return Ok(redirect::see(
            &contact_path(into),
            "The contact you looked for was merged into this one.",
        ));
    }
    drop(tx);
    contact_page(&app, &session, contact, None, FieldErrors::default()).await
}

async fn contact_page(
    app: &App,
    session: &StaffSession,
    contact: ContactId,
    shown: Option<Shown>,
    errors: FieldErrors,
) -> Result<Response> {
    #[derive(Serialize)]
    struct Page {
        panel: Panel,
    }
    let mut tx = app.db.read(session).await?;
    let mut panel = panel(&mut tx, session, contact).await?;
    drop(tx);
    panel.shown = shown;
    panel.errors = errors;
    admin::page(app, session, "access/contact.html", Page { panel })
}
