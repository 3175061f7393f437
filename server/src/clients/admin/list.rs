//! The client list: search, filters, order, fifty a page.

use axum::{
    extract::{Query as InAddress, State},
    response::Response,
};
use portico_wire::{ClientId, Timestamp, clients::ClientKind};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    super::{
        Cloud, cloud, full_name, kind_label, search, since,
        store::{self, Group, Listed, Order, Place, Query},
    },
    LIST,
};
use crate::{
    App, Result,
    scope::Member,
    staff::Role,
    studios,
    web::{admin, redirect::escape},
};

const A_PAGE: usize = 50;
/// Contacts of one client that are named in the list.
const NAMED: usize = 3;

/// What stands in the list's address.
#[derive(Debug, Default, Clone, Deserialize, Serialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    group: String,
    kind: String,
    portal: String,
    sort: String,
    #[serde(skip_serializing)]
    after: String,
    #[serde(skip_serializing)]
    before: String,
}

impl Asked {
    pub(super) fn query(&self, groups: &[Group]) -> Query {
        Query {
            order: self.order(),
            group: groups
                .iter()
                .map(|group| group.id)
                .find(|id| id.to_string() == self.group),
            kind: ClientKind::ALL
                .iter()
                .copied()
                .find(|kind| kind.name() == self.kind),
            portal: match self.portal.as_str() {
                "on" => Some(true),
                "off" => Some(false),
                _ => None,
            },
            words: search::ranges(&self.q),
            after: read_place(&self.after),
            before: read_place(&self.before),
        }
    }

    fn order(&self) -> Order {
        let known = Order::ALL.iter().find(|order| order.name() == self.sort);
        known.copied().unwrap_or_default()
    }

    fn is_filtered(&self) -> bool {
        [&self.q, &self.group, &self.kind, &self.portal]
            .iter()
            .any(|text| !text.trim().is_empty())
    }

    /// The same list at another place.
    fn address(&self, step: &str, place: &Place) -> String {
        format!("{LIST}?{}{step}={}", self.said(), write_place(place))
    }

    /// The same list as a file.
    fn export(&self) -> String {
        let said = self.said();
        let said = said.trim_end_matches('&');
        let mark = if said.is_empty() { "" } else { "?" };
        format!("{LIST}/export.csv{mark}{said}")
    }

    /// The filters, for the log.
    pub(super) fn in_words(&self) -> serde_json::Value {
        json!({ "search": self.q, "group": self.group, "kind": self.kind, "portal": self.portal })
    }

    fn said(&self) -> String {
        let said = [
            ("q", &self.q),
            ("group", &self.group),
            ("kind", &self.kind),
            ("portal", &self.portal),
            ("sort", &self.sort),
        ];
        said.iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}&", escape(value)))
            .collect()
    }
}

/// A client's place in every order, so that a page stays where it is when the client before it changes.
fn write_place(place: &Place) -> String {
    format!(
        "{}.{}.{}",
        place.id,
        place.last_active_at.micros(),
        crate::secrets::hex(&place.sort_name)
    )
}

fn read_place(text: &str) -> Option<Place> {
    let mut parts = text.splitn(3, '.');
    let id: ClientId = parts.next()?.parse().ok()?;
    let micros: i64 = parts.next()?.parse().ok()?;
    let hex = parts.next()?;
    let shaped =
        hex.is_ascii() && hex.len() <= 400 && (-1..=253_402_300_799_000_000).contains(&micros);
    let sort_name = (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(hex.get(at * 2..at * 2 + 2)?, 16).ok())
        .collect::<Option<Vec<u8>>>()
        .filter(|_| shaped)?;
    Some(Place {
        sort_name,
        last_active_at: Timestamp::from_micros(micros),
        id,
    })
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    kind: &'static str,
    group: Option<String>,
    cloud: Cloud,
    last_active: Option<String>,
    contacts: Vec<Named>,
    /// Contacts that are not named.
    more: usize,
}

#[derive(Serialize)]
struct Named {
    name: String,
    email: Option<String>,
}

fn row(listed: &Listed, zone: &str) -> Row {
    let contacts = &listed.contacts;
    Row {
        id: listed.place.id.to_string(),
        name: listed.name.clone(),
        kind: kind_label(listed.kind),
        group: listed.group_name.clone(),
        cloud: cloud(
            listed.portal_enabled,
            contacts
                .iter()
                .map(|contact| (contact.active, contact.invited)),
        ),
        last_active: since(listed.place.last_active_at).map(|at| admin::day(at, zone)),
        contacts: contacts
            .iter()
            .take(NAMED)
            .map(|contact| Named {
                name: full_name(&contact.first_name, &contact.last_name),
                email: contact.email.clone(),
            })
            .collect(),
        more: contacts.len().saturating_sub(NAMED),
    }
}

/// `GET /admin/clients`
pub async fn show_clients(
    State(app): State<App>,
    Member(session): Member,
    InAddress(asked): InAddress<Asked>,
) -> Result<Response> {
    let mut tx = app.db.read(&session).await?;
    let studio = studios::store::get(&mut tx).await?;
    let groups = store::groups(&mut tx).await?;
    let query = asked.query(&groups);
    // Only signs were searched for: that is no search at all.
    let page = store::list(&mut tx, &query, A_PAGE).await?;
    drop(tx);
    let backwards = query.before.is_some();
    let (earlier, later) = if backwards {
        (page.more, true)
    } else {
        (query.after.is_some(), page.more)
    };
    let at = |step: &str, client: Option<&Listed>| {
        client.map(|client| asked.address(step, &client.place))
    };
    let rows: Vec<Row> = page
        .clients
        .iter()
        .map(|client| row(client, &studio.time_zone))
        .collect();
    let pairs = |list: Vec<(String, String)>, first: &str| {
        let mut list = list;
        list.insert(0, (String::new(), first.to_owned()));
        list
    };
    let groups = groups.iter().map(|g| (g.id.to_string(), g.name.clone()));
    let kinds = ClientKind::ALL
        .iter()
        .map(|&kind| (kind.name().to_owned(), kind_label(kind).to_owned()));
    let body = json!({
        "asked": asked,
        "sort": asked.order().name(),
        "filtered": asked.is_filtered(),
        "clients": rows,
        "groups": pairs(groups.collect(), "All groups"),
        "kinds": pairs(kinds.collect(), "All kinds"),
        "portals": [("", "On and off"), ("on", "Portal on"), ("off", "Portal off")],
        "orders": Order::ALL.iter().map(|order| (order.name(), order.label())).collect::<Vec<_>>(),
        "previous": at("before", page.clients.first()).filter(|_| earlier),
        "next": at("after", page.clients.last()).filter(|_| later),
        "may_export": session.role >= Role::Manager,
        "export": asked.export(),
    });
    admin::page(&app, &session, "clients/list.html", body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_list_reads_back_what_it_writes_and_nothing_else() {
        let place = Place {
            sort_name: "ärger".as_bytes().to_vec(),
            last_active_at: Timestamp::from_micros(5),
            id: ClientId::from_bytes([7; 16]),
        };
        assert_eq!(read_place(&write_place(&place)), Some(place.clone()));
        let long = format!("{}.5.{}", place.id, "ab".repeat(300));
        for bad in [
            "",
            "x",
            "cli_1.2.3",
            long.as_str(),
            &format!("{}.5.ä", place.id),
        ] {
            assert_eq!(read_place(bad), None, "{bad}");
        }
    }
}
