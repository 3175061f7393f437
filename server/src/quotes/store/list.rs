//! The list of quotes that staff see.

use portico_wire::{ClientId, QuoteId, Timestamp, sales::QuoteState};

use crate::{
    Result,
    db::{StudioTx, fetch_all, fetch_among},
};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ListedQuote {
    pub id: QuoteId,
    pub client_id: ClientId,
    pub client_name: String,
    pub number: Option<String>,
    pub title: String,
    pub state: QuoteState,
    pub total: i64,
    pub currency: String,
    pub valid_until: Option<String>,
    pub updated_at: Timestamp,
}

/// Which quotes staff look at.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<QuoteState>,
    pub client: Option<ClientId>,
    /// Those before this one.
    pub before: Option<QuoteId>,
}

/// A page of them, the newest first. `cross join` keeps SQLite at the index of the order.
pub async fn list(tx: &mut StudioTx, filter: &Filter, most: i64) -> Result<Vec<ListedQuote>> {
    let before = filter.before.unwrap_or(QuoteId::from_bytes([0xff; 16]));
    match (filter.client, filter.state) {
        (Some(client), state) => fetch_all!(
            tx,
            ListedQuote,
            "select q.id, q.client_id, c.name as client_name, q.number, q.title, q.state, q.total, q.currency, q.valid_until,
                    q.updated_at
             from quotes q cross join clients c
             where c.studio_id = q.studio_id and c.id = q.client_id and q.studio_id = $1 and q.client_id = $2
               and (q.state = $3 or $3 is null) and q.id < $4
             order by q.id desc limit $5",
            client,
            state,
            before,
            most,
        ),
        (None, Some(state)) => fetch_all!(
            tx,
            ListedQuote,
            "select q.id, q.client_id, c.name as client_name, q.number, q.title, q.state, q.total, q.currency, q.valid_until,
                    q.updated_at
             from quotes q cross join clients c
             where c.studio_id = q.studio_id and c.id = q.client_id and q.studio_id = $1 and q.state = $2 and q.id < $3
             order by q.id desc limit $4",
            state,
            before,
            most,
        ),
        (None, None) => fetch_all!(
            tx,
            ListedQuote,
            "select q.id, q.client_id, c.name as client_name, q.number, q.title, q.state, q.total, q.currency, q.valid_until,
                    q.updated_at
             from quotes q cross join clients c
             where c.studio_id = q.studio_id and c.id = q.client_id and q.studio_id = $1 and q.id < $2
             order by q.id desc limit $3",
            before,
            most,
        ),
    }
}

/// The one with this number, and those of these clients, the newest first.
pub async fn search(
    tx: &mut StudioTx,
    number: &str,
    clients: &[ClientId],
) -> Result<Vec<ListedQuote>> {
    let mut found = fetch_all!(
        tx,
        ListedQuote,
        "select q.id, q.client_id, c.name as client_name, q.number, q.title, q.state, q.total, q.currency, q.valid_until,
                q.updated_at
         from quotes q join clients c on c.studio_id = q.studio_id and c.id = q.client_id
         where q.studio_id = $1 and q.number = $2",
        number,
    )?;
    let of_clients = fetch_among!(
        tx,
        ListedQuote,
        "select q.id, q.client_id, c.name as client_name, q.number, q.title, q.state, q.total, q.currency, q.valid_until,
                q.updated_at
         from quotes q cross join clients c
         where c.studio_id = q.studio_id and c.id = q.client_id and q.studio_id = $1 and q.client_id in ($2)
         order by q.id desc limit 200",
        [],
        clients,
    );
    let known: Vec<QuoteId> = found.iter().map(|one| one.id).collect();
    found.extend(
        of_clients
            .into_iter()
            .filter(|one| !known.contains(&one.id)),
    );
    Ok(found)
}
