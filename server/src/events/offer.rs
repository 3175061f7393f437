//! What there is to book, and an earlier event once more.

use portico_wire::{
    ClientId, Right, Rights, Timestamp,
    events::{
        Again, Book, Booking, BookingResource, BookingRole, BookingType, WantedResource, WantedRole,
    },
};

use super::{
    Event, MOST_OF_ONE,
    store::{self, Kind, Resource, Role, Settings},
    times,
};
use crate::{Result, db::StudioTx, studios::Studio};

/// All there is to book for one client.
pub struct Offer {
    pub settings: Settings,
    pub kinds: Vec<Kind>,
    pub roles: Vec<Role>,
    pub resources: Vec<Resource>,
}

impl Offer {
    pub async fn of(tx: &mut StudioTx, client: ClientId) -> Result<Self> {
        let settings = store::settings(tx).await?;
        let kinds = store::bookable_kinds(tx, client).await?;
        let mut roles = store::roles(tx).await?;
        roles.retain(|role| role.bookable && role.archived_at.is_none());
        let mut resources = store::resources(tx).await?;
        resources.retain(|one| one.bookable && one.archived_at.is_none());
        Ok(Self {
            settings,
            kinds,
            roles,
            resources,
        })
    }

    pub fn earliest(&self, now: Timestamp) -> Timestamp {
        now.plus_seconds(self.settings.notice_hours * 3600)
    }

    pub fn latest(&self, now: Timestamp) -> Timestamp {
        now.plus_seconds(self.settings.ahead_days * 86_400)
    }

    pub fn told(&self, now: Timestamp, studio: &Studio, rights: &Rights) -> Booking {
        let zone = super::zone_of(&studio.time_zone);
        let minute = |at| {
            times::local(at, &zone)
                .strftime("%Y-%m-%dT%H:%M")
                .to_string()
        };
        let staff = rights.has(Right::StaffNumbers);
        let kinds = self.kinds.iter().map(|kind| BookingType {
            id: kind.id,
            name: kind.name.clone(),
            colour: kind.colour,
            minutes: kind.minutes,
            description: kind.description.clone(),
            most_staff: kind.most_staff.filter(|_| staff),
            questions: kind.form_title.clone(),
        });
        let roles = self.roles.iter().filter(|_| staff).map(|role| BookingRole {
            id: role.id,
            name: role.name.clone(),
        });
        let resources = self.resources.iter().map(|one| BookingResource {
            id: one.id,
            name: one.name.clone(),
            most: one.most,
        });
        Booking {
            types: kinds.collect(),
            roles: roles.collect(),
            resources: resources.collect(),
            earliest: minute(self.earliest(now)),
            latest: minute(self.latest(now)),
            time_zone: studio.time_zone.clone(),
            again: None,
        }
    }
}

/// An earlier event as a booking without a date. What cannot be booked any more is left out, and said.
pub async fn again(
    tx: &mut StudioTx,
    event: &Event,
    client: ClientId,
    offer: &Offer,
    staff: bool,
) -> Result<Again> {
    let mut left_out = Vec::new();
    let kind = offer.kinds.iter().find(|kind| kind.id == event.type_id);
    if kind.is_none() {
        left_out.push(format!(
            "“{}” cannot be booked any more. Please choose another kind.",
            event.kind
        ));
    }
    let mut needs = Vec::new();
    for need in store::needs(tx, event.id).await?.iter().filter(|_| staff) {
        if offer.roles.iter().any(|role| role.id == need.role_id) {
            needs.push(WantedRole {
                role: need.role_id,
                count: need.count,
            });
        } else {
            left_out.push(format!("{} can no longer be asked for.", need.name));
        }
    }
    let mut resources = Vec::new();
    for one in store::uses(tx, event.id).await? {
        match offer.resources.iter().find(|it| it.id == one.resource_id) {
            Some(found) => resources.push(WantedResource {
                resource: found.id,
                quantity: one.quantity.min(found.most.unwrap_or(MOST_OF_ONE)),
            }),
            None => left_out.push(format!("{} can no longer be had.", one.name)),
        }
    }
    let own = store::clients(tx, event.id).await?;
    let own = own.into_iter().find(|one| one.client_id == client);
    let (starts, ends) = times::written(event.when(), &event.zone());
    // The hours of the day are kept, its date is not.
    let hour = |text: &str| text.split_once('T').map(|(_, time)| format!("T{time}"));
    let book = Book {
        kind: kind.map(|kind| kind.id),
        title: event.title.clone(),
        all_day: event.all_day,
        starts: hour(&starts).unwrap_or_default(),
        ends: hour(&ends).unwrap_or_default(),
        time_zone: Some(event.time_zone.clone()),
        venue: event.venue.clone(),
        address: event.address.clone(),
        wishes: own.map(|one| one.wishes).unwrap_or_default(),
        needs,
        resources,
        from: Some(event.id),
    };
    Ok(Again { book, left_out })
}
