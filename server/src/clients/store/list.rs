//! A page of the client list: one statement, whatever the order and the filters.
//!
//! Without a search each order has an index that holds all that is filtered by, and a page is a range of it: a
//! client's own row is read only once it is on the page. With one the words decide which clients
//! there are, and these few are put in order.

use portico_wire::{ClientId, ContactId, GroupId, Timestamp, clients::ClientKind};

use super::super::search::Range;
use crate::{
    Result,
    db::{StudioTx, fetch_all},
};

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    Name,
    /// The latest first.
    Activity,
    /// The newest first: ids begin with the time.
    Newest,
}

impl Order {
    pub const ALL: &[Self] = &[Self::Name, Self::Activity, Self::Newest];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Activity => "activity",
            Self::Newest => "newest",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Activity => "Last activity",
            Self::Newest => "Newest",
        }
    }
}

/// Where in its order a client stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub sort_name: Vec<u8>,
    pub last_active_at: Timestamp,
    pub id: ClientId,
}

impl Place {
    fn cmp(&self, other: &Self, order: Order) -> std::cmp::Ordering {
        match order {
            Order::Name => (&self.sort_name, self.id).cmp(&(&other.sort_name, other.id)),
            Order::Activity => {
                (other.last_active_at, other.id).cmp(&(self.last_active_at, self.id))
            }
            Order::Newest => other.id.cmp(&self.id),
        }
    }
}

/// Which page of which list.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub order: Order,
    pub group: Option<GroupId>,
    pub kind: Option<ClientKind>,
    pub portal: Option<bool>,
    pub words: Vec<Range>,
    /// The client it begins behind.
    pub after: Option<Place>,
    /// The client it ends before; it wins over `after`.
    pub before: Option<Place>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: ClientId,
    kind: ClientKind,
    name: String,
    sort_name: Vec<u8>,
    portal_enabled: bool,
    last_active_at: Timestamp,
    group_name: Option<String>,
    contact_id: Option<ContactId>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    active: Option<bool>,
    invited_at: Option<Timestamp>,
}

#[derive(Debug)]
pub struct Listed {
    pub place: Place,
    pub kind: ClientKind,
    pub name: String,
    pub group_name: Option<String>,
    pub portal_enabled: bool,
    pub contacts: Vec<ListedContact>,
}

#[derive(Debug)]
pub struct ListedContact {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub active: bool,
    pub invited: bool,
}

/// A page, and whether there is more in the direction looked.
pub struct Page {
    pub clients: Vec<Listed>,
    pub more: bool,
}

/// Before every client, and behind every one.
fn ends() -> [Place; 2] {
    const LAST: Timestamp = Timestamp::from_micros(253_402_300_799_000_000);
    [
        Place {
            sort_name: Vec::new(),
            last_active_at: Timestamp::from_micros(-1),
            id: ClientId::from_bytes([0; 16]),
        },
        Place {
            sort_name: vec![0xff],
            last_active_at: LAST,
            id: ClientId::from_bytes([0xff; 16]),
        },
    ]
}

/// One page of at most `most` clients.
pub async fn list(tx: &mut StudioTx, query: &Query, most: usize) -> Result<Page> {
    let [low, high] = ends();
    let backwards = query.before.is_some();
    // The first of a list that goes down is behind the highest.
    let begin = match query.order {
        Order::Name => low,
        Order::Activity | Order::Newest => high,
    };
    let from = query.before.as_ref().or(query.after.as_ref());
    let from = from.unwrap_or(&begin);
    let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let rows = if query.words.is_empty() {
        browse(tx, query, from, backwards, limit).await?
    } else {
        search(tx, query, from, backwards, limit).await?
    };
    let mut clients = gather(rows);
    clients.sort_by(|a, b| a.place.cmp(&b.place, query.order));
    let more = clients.len() > most;
    if more {
        if backwards {
            clients.remove(0);
        } else {
            clients.pop();
        }
    }
    Ok(Page { clients, more })
}

/// A row is a client with one of its contacts.
fn gather(rows: Vec<Row>) -> Vec<Listed> {
    let mut clients: std::collections::HashMap<ClientId, Listed> = std::collections::HashMap::new();
    for row in rows {
        let client = clients.entry(row.id).or_insert_with(|| Listed {
            place: Place {
                sort_name: row.sort_name,
                last_active_at: row.last_active_at,
                id: row.id,
            },
            kind: row.kind,
            name: row.name,
            group_name: row.group_name,
            portal_enabled: row.portal_enabled,
            contacts: Vec::new(),
        });
        if let Some(id) = row.contact_id {
            client.contacts.push(ListedContact {
                id,
                first_name: row.first_name.unwrap_or_default(),
                last_name: row.last_name.unwrap_or_default(),
                email: row.email,
                active: row.active.unwrap_or_default(),
                invited: row.invited_at.is_some(),
            });
        }
    }
    clients
        .into_values()
        .map(|mut client| {
            client
                .contacts
                .sort_by(|a, b| (&a.first_name, a.id).cmp(&(&b.first_name, b.id)));
            client
        })
        .collect()
}

async fn browse(
    tx: &mut StudioTx,
    query: &Query,
    from: &Place,
    backwards: bool,
    limit: i64,
) -> Result<Vec<Row>> {
    match (query.order, backwards) {
        (Order::Name, false) => fetch_all!(
            tx,
            Row,
            "select b.id, b.kind, b.name, b.sort_name, b.portal_enabled, b.last_active_at, g.name as group_name, k.id as contact_id,
                k.first_name, k.last_name, k.email, k.active, k.invited_at
         from (select c.studio_id, c.id
            from clients c
            where c.studio_id = $1 and (c.group_id = $2 or $2 is null) and (c.kind = $3 or $3 is null)
                and (c.portal_enabled = $4 or $4 is null) and c.test_of is null and (c.sort_name, c.id) > ($5, $6)
            order by c.sort_name, c.id limit $7) p
         join clients b on b.studio_id = p.studio_id and b.id = p.id
         left join groups g on g.studio_id = p.studio_id and g.id = b.group_id
         left join contacts k on k.studio_id = p.studio_id and k.client_id = p.id and k.merged_into is null",
            query.group,
            query.kind,
            query.portal,
            &from.sort_name,
            from.id,
            limit,
        ),
        (Order::Name, true) => fetch_all!(
            tx,
            Row,
            "select b.id, b.kind, b.name, b.sort_name, b.portal_enabled, b.last_active_at, g.name as group_name, k.id as contact_id,
                k.first_name, k.last_name, k.email, k.active, k.invited_at
         from (select c.studio_id, c.id
            from clients c
            where c.studio_id = $1 and (c.group_id = $2 or $2 is null) and (c.kind = $3 or $3 is null)
                and (c.portal_enabled = $4 or $4 is null) and c.test_of is null and (c.sort_name, c.id) < ($5, $6)
            order by c.sort_name desc, c.id desc limit $7) p
         join clients b on b.studio_id = p.studio_id and b.id = p.id
         left join groups g on g.studio_id = p.studio_id and g.id = b.group_id
         left join contacts k on k.studio_id = p.studio_id and k.client_id = p.id and k.merged_into is null",
            query.group,
            query.kind,
            query.portal,
            &from.sort_name,
            from.id,
            limit,
        ),
        (Order::Activity, false) => fetch_all!(
            tx,
            Row,
            "select b.id, b.kind, b.name, b.sort_name, b.portal_enabled, b.last_active_at, g.name as group_name, k.id as contact_id,
                k.first_name, k.last_name, k.email, k.active, k.invited_at
         from (select c.studio_id, c.id
            from clients c
            where c.studio_id = $1 and (c.group_id = $2 or $2 is null) and (c.kind = $3 or $3 is null)
                and (c.portal_enabled = $4 or $4 is null) and c.test_of is null and (c.last_active_at, c.id) < ($5, $6)
            order by c.last_active_at desc, c.id desc limit $7) p
         join clients b on b.studio_id = p.studio_id and b.id = p.id
         left join groups g on g.studio_id = p.studio_id and g.id = b.group_id
         left join contacts k on k.studio_id = p.studio_id and k.client_id = p.id and k.merged_into is null",
            query.group,
            query.kind,
            query.portal,
            from.last_active_at,
            from.id,
            limit,
        ),
        (Order::Activity, true) => fetch_all!(
            tx,
            Row,
            "select b.id, b.kind, b.name, b.sort_name, b.portal_enabled, b.last_active_at, g.name as group_name, k.id as contact_id,
                k.first_name, k.last_name, k.email, k.active, k.invited_at
         from (select c.studio_id, c.id
            from clients c
            where c.studio_id = $1 and (c.group_id = $2 or $2 is null) and (c.kind = $3 or $3 is null)
                and (c.portal_enabled = $4 or $4 is null) and c.test_of is null and (c.last_active_at, c.id) > ($5, $6)
            order by c.last_active_at, c.id limit $7) p
         join clients b on b.studio_id = p.studio_id and b.id = p.id
         left join groups g on g.studio_id = p.studio_id and g.id = b.group_id
         left join contacts k on k.studio_id = p.studio_id and k.client_id = p.id and k.merged_into is null",
            query.group,
            query.kind,
            query.portal,
            from.last_active_at,
            from.id,
            limit,
        ),
        (Order::Newest, false) => fetch_all!(
            tx,
            Row,
            "select b.id, b.kind, b.name, b.sort_name, b.portal_enabled, b.last_active_at, g.name as group_name, k.id as contact_id,
                k.first_name, k.last_name, k.email, k.active, k.invited_at
         from (select c.studio_id, c.id
            from clients c
            where c.studio_id = $1 and (c.group_id = $2 or $2 is null) and (c.kind = $3 or $3 is null)
                and (c.portal_enabled = $4 or $4 is null) and c.test_of is null and c.id < $5
            order by c.id desc limit $6) p
         join clients b on b.studio_id = p.studio_id and b.id = p.id
         left join groups g on g.studio_id = p.studio_id and g.id = b.group_id
         left join contacts k on k.studio_id = p.studio_id and k.client_id = p.id and k.merged_into is null",
            query.group,
            query.kind,
            query.portal,
            from.id,
            limit,
        ),
        (Order::Newest, true) => fetch_all!(
            tx,
            Row,
            "select b.id, b.kind, b.name, b.sort_name, b.portal_enabled, b.last_active_at, g.name as group_name, k.id as contact_id,
                k.first_name, k.last_name, k.email, k.active, k.invited_at
         from (select c.studio_id, c.id
            from clients c
            where c.studio_id = $1 and (c.group_id = $2 or $2 is null) and (c.kind = $3 or $3 is null)
                and (c.portal_enabled = $4 or $4 is null) and c.test_of is null and c.id > $5
            order by c.id limit $6) p
         join clients b on b.studio_id = p.studio_id and b.id = p.id
         left join groups g on g.studio_id = p.studio_id and g.id = b.group_id
         left join contacts k on k.studio_id = p.studio_id and k.client_id = p.id and k.merged_into is null",
            query.group,
            query.kind,
            query.portal,
            from.id,
            limit,
        ),
    }
}

async fn search(
    tx: &mut StudioTx,
    query: &Query,
    from: &Place,
    backwards: bool,
    limit: i64,
) -> Result<Vec<Row>> {
    let low = |at: usize| query.words.get(at).map(|(low, _)| low);
    let high = |at: usize| query.words.get(at).map(|(_, high)| high);
    if backwards {
        fetch_all!(
            tx,
            Row,
            "select b.id, b.kind, b.name, b.sort_name, b.portal_enabled, b.last_active_at, g.name as group_name, k.id as contact_id,
                k.first_name, k.last_name, k.email, k.active, k.invited_at
         from (select c.studio_id, c.id
            from clients c
            where c.studio_id = $1 and (c.group_id = $2 or $2 is null) and (c.kind = $3 or $3 is null)
                and (c.portal_enabled = $4 or $4 is null) and c.test_of is null and c.id in (select w.client_id from client_words w where w.studio_id = $1 and w.word >= $5 and w.word < $6)
                and (c.id in (select w.client_id from client_words w
                    where w.studio_id = $1 and w.word >= $7 and w.word < $8) or $7 is null)
                and (c.id in (select w.client_id from client_words w
                    where w.studio_id = $1 and w.word >= $9 and w.word < $10) or $9 is null)
                and (($11 = 'name' and (c.sort_name, c.id) < ($12, $14))
                    or ($11 = 'activity' and (c.last_active_at, c.id) > ($13, $14))
                    or ($11 = 'newest' and c.id > $14))
            order by case when $11 = 'name' then c.sort_name end desc, case when $11 = 'activity' then c.last_active_at end,
                case when $11 = 'name' then c.id end desc, c.id limit $15) p
         join clients b on b.studio_id = p.studio_id and b.id = p.id
         left join groups g on g.studio_id = p.studio_id and g.id = b.group_id
         left join contacts k on k.studio_id = p.studio_id and k.client_id = p.id and k.merged_into is null",
            query.group,
            query.kind,
            query.portal,
            low(0),
            high(0),
            low(1),
            high(1),
            low(2),
            high(2),
            query.order.name(),
            &from.sort_name,
            from.last_active_at,
            from.id,
            limit,
        )
    } else {
        fetch_all!(
            tx,
            Row,
            "select b.id, b.kind, b.name, b.sort_name, b.portal_enabled, b.last_active_at, g.name as group_name, k.id as contact_id,
                k.first_name, k.last_name, k.email, k.active, k.invited_at
         from (select c.studio_id, c.id
            from clients c
            where c.studio_id = $1 and (c.group_id = $2 or $2 is null) and (c.kind = $3 or $3 is null)
                and (c.portal_enabled = $4 or $4 is null) and c.test_of is null and c.id in (select w.client_id from client_words w where w.studio_id = $1 and w.word >= $5 and w.word < $6)
                and (c.id in (select w.client_id from client_words w
                    where w.studio_id = $1 and w.word >= $7 and w.word < $8) or $7 is null)
                and (c.id in (select w.client_id from client_words w
                    where w.studio_id = $1 and w.word >= $9 and w.word < $10) or $9 is null)
                and (($11 = 'name' and (c.sort_name, c.id) > ($12, $14))
                    or ($11 = 'activity' and (c.last_active_at, c.id) < ($13, $14))
                    or ($11 = 'newest' and c.id < $14))
            order by case when $11 = 'name' then c.sort_name end, case when $11 = 'activity' then c.last_active_at end desc,
                case when $11 = 'name' then c.id end, c.id desc limit $15) p
         join clients b on b.studio_id = p.studio_id and b.id = p.id
         left join groups g on g.studio_id = p.studio_id and g.id = b.group_id
         left join contacts k on k.studio_id = p.studio_id and k.client_id = p.id and k.merged_into is null",
            query.group,
            query.kind,
            query.portal,
            low(0),
            high(0),
            low(1),
            high(1),
            low(2),
            high(2),
            query.order.name(),
            &from.sort_name,
            from.last_active_at,
            from.id,
            limit,
        )
    }
}
