//! A client's booking: what there is to book, what may be wrong with one, and an earlier event once more.

use jiff::tz::TimeZone;
use portico_wire::{
    ClientId, Code, ContactId, CrewRoleId, EventId, ResourceId, Right, Rights, Timestamp,
    events::{Book, EventState},
};
use serde_json::json;

use super::{
    Event, MOST_OF_ONE, act, line,
    offer::Offer,
    store::{self, Details, Kind, Origin, Party},
    tell, text,
    times::{self, Typed, When},
};
use crate::{
    App, Result,
    audit::Change,
    clock::today,
    db::StudioTx,
    error::Error,
    forms::{self, store::NewAssignment, store::Viewer},
    happenings::What,
    scope::PortalSession,
    studios::{self, Studio},
};

/// Bookings of one contact that may wait for the studio at a time.
const MOST_WAITING: i64 = 50;

/// A booking that may be made.
struct Checked {
    details: Details,
    wishes: String,
    form: Option<portico_wire::FormId>,
    needs: Vec<(CrewRoleId, i64)>,
    resources: Vec<(ResourceId, i64)>,
}

fn check_when(when: When, now: Timestamp, offer: &Offer, zone: &TimeZone) -> Result<()> {
    let hours = offer.settings.notice_hours;
    if when.starts_at < offer.earliest(now) {
        let text = match hours {
            _ if when.starts_at < now => "This time is over. Please choose a later one.".into(),
            1..=47 => format!("Please choose a start at least {hours} hours from now."),
            _ => format!(
                "Please choose a start at least {} days from now.",
                hours / 24
            ),
        };
        return Err(Error::invalid("starts", text));
    }
    if when.starts_at > offer.latest(now) {
        let last = times::local(offer.latest(now), zone).date();
        return Err(Error::invalid(
            "starts",
            format!(
                "This is too far ahead: bookings are taken up to {}.",
                last.strftime("%-d %B %Y")
            ),
        ));
    }
    Ok(())
}

fn check_needs(
    sent: &Book,
    offer: &Offer,
    kind: &Kind,
    rights: &Rights,
) -> Result<Vec<(CrewRoleId, i64)>> {
    if !sent.needs.is_empty() && !rights.has(Right::StaffNumbers) {
        return Err(Error::refused(
            Code::Forbidden,
            "The number of staff is chosen by the studio. Please leave it out.",
        )
        .field("needs"));
    }
    let mut needs: Vec<(CrewRoleId, i64)> = Vec::new();
    for want in &sent.needs {
        let known = offer.roles.iter().any(|role| role.id == want.role);
        if !known || needs.iter().any(|(role, _)| *role == want.role) {
            return Err(Error::invalid(
                "needs",
                "One of the roles cannot be asked for. Please choose again.",
            ));
        }
        match want.count {
            0 => {}
            1..=MOST_OF_ONE => needs.push((want.role, want.count)),
            _ => {
                return Err(Error::invalid(
                    "needs",
                    format!("Please give a number of staff from 1 to {MOST_OF_ONE}."),
                ));
            }
        }
    }
    let total: i64 = needs.iter().map(|(_, count)| count).sum();
    match kind.most_staff {
        Some(0) if total > 0 => Err(Error::invalid(
            "needs",
            "For this kind of event the studio chooses the staff. Please leave the numbers out.",
        )),
        Some(most) if total > most => Err(Error::invalid(
            "needs",
            format!("At most {most} staff can be asked for, and these are {total}."),
        )),
        _ => Ok(needs),
    }
}

fn check_resources(sent: &Book, offer: &Offer) -> Result<Vec<(ResourceId, i64)>> {
    let mut resources: Vec<(ResourceId, i64)> = Vec::new();
    for want in &sent.resources {
        let found = offer.resources.iter().find(|one| one.id == want.resource);
        let twice = resources.iter().any(|(id, _)| *id == want.resource);
        let Some(found) = found.filter(|_| !twice) else {
            return Err(Error::invalid(
                "resources",
                "One of these things cannot be had. Please choose again.",
            ));
        };
        let most = found.most.unwrap_or(MOST_OF_ONE);
        match want.quantity {
            0 => {}
            quantity if (1..=most).contains(&quantity) => resources.push((found.id, quantity)),
            _ => {
                return Err(Error::invalid(
                    "resources",
                    format!("Of “{}” there are {most} at most.", found.name),
                ));
            }
        }
    }
    Ok(resources)
}

fn check(
    sent: &Book,
    offer: &Offer,
    rights: &Rights,
    studio: &Studio,
    now: Timestamp,
) -> Result<Checked> {
    let kind = sent
        .kind
        .and_then(|id| offer.kinds.iter().find(|kind| kind.id == id))
        .ok_or_else(|| {
            Error::invalid(
                "kind",
                "This kind of event cannot be booked. Please choose one from the list.",
            )
        })?;
    let time_zone = sent.time_zone.clone();
    let time_zone = time_zone.unwrap_or_else(|| studio.time_zone.clone());
    let zone = times::zone(&time_zone)?;
    let title = line("title", &sent.title, 120)?;
    let typed = Typed {
        starts: &sent.starts,
        ends: &sent.ends,
        all_day: sent.all_day,
        minutes: kind.minutes,
    };
    let when = times::read(typed, &zone)?;
    check_when(when, now, offer, &zone)?;
    Ok(Checked {
        needs: check_needs(sent, offer, kind, rights)?,
        resources: check_resources(sent, offer)?,
        wishes: text("wishes", &sent.wishes, 4000)?,
        form: kind.form_id.filter(|_| kind.form_title.is_some()),
        details: Details {
            kind: kind.id,
            title: if title.is_empty() {
                kind.name.clone()
            } else {
                title
            },
            when,
            time_zone,
            venue: line("venue", &sent.venue, 160)?,
            address: text("address", &sent.address, 500)?,
            leader_name: String::new(),
            leader_phone: None,
            staff_notes: String::new(),
            group: None,
        },
    })
}

/// Who sees a booking: whoever made it, and of an earlier event those of the same client who saw that one.
async fn people(
    tx: &mut StudioTx,
    booker: ContactId,
    client: ClientId,
    source: Option<EventId>,
) -> Result<Vec<(ContactId, bool)>> {
    let mut people = vec![(booker, true)];
    if let Some(source) = source {
        let named = store::named(tx, source).await?;
        let more = named
            .iter()
            .filter(|one| one.client_id == client && one.id != booker);
        people.extend(more.map(|one| (one.id, one.booker)));
    }
    Ok(people)
}

/// Books. The same request once more finds what it booked.
pub async fn book(
    app: &App,
    tx: &mut StudioTx,
    session: &PortalSession,
    sent: &Book,
    key: &str,
) -> Result<EventId> {
    let (contact, client) = (session.contact, session.client);
    if let Some(before) = store::booked_by_key(tx, contact, key).await? {
        return Ok(before);
    }
    let who = Viewer::from(session);
    if let Some(source) = sent.from
        && !store::sees(tx, source, who).await?
    {
        return Err(Error::invalid(
            "from",
            "The earlier event is no longer there. Please begin a new booking.",
        ));
    }
    if store::waiting_of(tx, contact).await? >= MOST_WAITING {
        return Err(Error::refused(
            Code::Conflict,
            "Many of your bookings wait for the studio already. Please wait for an answer first.",
        ));
    }
    let studio = studios::store::get(tx).await?;
    let offer = Offer::of(tx, client).await?;
    let checked = check(sent, &offer, &session.rights, &studio, tx.now())?;
    let origin = Origin {
        source: sent.from,
        booked_by: Some(contact),
        key: Some(key),
    };
    let details = &checked.details;
    let id = store::insert(tx, details, EventState::ToBeConfirmed, origin).await?;
    let party = Party {
        client,
        notes: String::new(),
        wishes: checked.wishes,
    };
    store::replace_clients(tx, id, details.when, &[party]).await?;
    let people = people(tx, contact, client, sent.from).await?;
    store::replace_contacts(tx, id, details.when, &people).await?;
    store::replace_needs(tx, id, &checked.needs).await?;
    store::replace_uses(tx, id, &checked.resources).await?;
    let actor = crate::audit::Actor::of(session);
    let by = act::By {
        actor: &actor,
        reference: &session.caller.reference,
        tell: true,
    };
    let event = store::get(tx, id).await?;
    let made = json!({ "title": event.title, "when": event.said(), "place": event.place_line() });
    act::note(tx, &by, "event booked", id, Change::made(&made)?).await?;
    if let Some(form) = checked.form {
        ask_questions(app, tx, &studio, &event, (form, client, contact), &by).await?;
    }
    tell::booked(app, tx, &studio, &event, &session.contact_name).await?;
    tell::happened(tx, &event, (What::EventRequested, ""), &actor).await?;
    Ok(id)
}

/// The questions of the type, for whoever booked; due before the event.
async fn ask_questions(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    event: &Event,
    (form, client, contact): (portico_wire::FormId, ClientId, ContactId),
    by: &act::By<'_>,
) -> Result<()> {
    let day = today(event.starts_at, &studio.time_zone);
    let new = NewAssignment {
        form,
        client,
        contacts: &[contact],
        due: Some(&day),
        note: None,
    };
    let asked = forms::ask::ask(app, tx, studio, &new, false, by.actor, by.reference).await?;
    store::set_assignment(tx, event.id, asked).await
}
