//! Contracts in staff's lists: a page is a range of an index.

use portico_wire::{ClientId, ContractId, Timestamp, contracts::ContractState as State};

use super::super::Stage;
use crate::{
    Result,
    db::{StudioTx, fetch_all, fetch_one},
};

/// A contract as a list shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Line {
    pub id: ContractId,
    pub client_id: ClientId,
    pub client_name: String,
    pub title: String,
    pub state: State,
    pub stage: Stage,
    pub last_day: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub signed: i64,
    pub places: i64,
}

/// A page of the list, the newest first.
pub async fn page(
    tx: &mut StudioTx,
    stage: Option<Stage>,
    before: ContractId,
    most: i64,
) -> Result<Vec<Line>> {
    match stage {
        None => fetch_all!(
            tx,
            Line,
            "select id, client_id, client_name, title, state, stage, last_day, expires_at, sent_at, closed_at, created_at,
                    signed, places
             from contract_lines
             where studio_id = $1 and id < $2 order by id desc limit $3",
            before,
            most,
        ),
        Some(stage) => fetch_all!(
            tx,
            Line,
            "select id, client_id, client_name, title, state, stage, last_day, expires_at, sent_at, closed_at, created_at,
                    signed, places
             from contract_lines
             where studio_id = $1 and stage = $4 and id < $2 order by id desc limit $3",
            before,
            most,
            stage,
        ),
    }
}

/// Those of clients whose words begin so, the newest first.
pub async fn found(
    tx: &mut StudioTx,
    word: &(Vec<u8>, Vec<u8>),
    stage: Option<Stage>,
    before: ContractId,
    most: i64,
) -> Result<Vec<Line>> {
    fetch_all!(
        tx,
        Line,
        "select id, client_id, client_name, title, state, stage, last_day, expires_at, sent_at, closed_at, created_at,
                signed, places
         from contract_lines
         where studio_id = $1 and id < $2 and (stage = $4 or $4 is null)
           and client_id in (select w.client_id from client_words w
                where w.studio_id = $1 and w.word >= $5 and w.word < $6)
         order by id desc limit $3",
        before,
        most,
        stage,
        &word.0,
        &word.1,
    )
}

/// Those of a client, the newest first.
pub async fn of_client(tx: &mut StudioTx, client: ClientId, most: i64) -> Result<Vec<Line>> {
    fetch_all!(
        tx,
        Line,
        "select id, client_id, client_name, title, state, stage, last_day, expires_at, sent_at, closed_at, created_at,
                signed, places
         from contract_lines
         where studio_id = $1 and client_id = $2 order by id desc limit $3",
        client,
        most,
    )
}

/// How many contracts wait for signers and for the studio, up to a hundred each.
pub async fn waiting(tx: &mut StudioTx) -> Result<(i64, i64)> {
    fetch_one!(
        tx,
        (i64, i64),
        "select (select count(*) from (select 1 as one from contracts where studio_id = $1 and stage = 'waiting'
                    limit 100) w),
                (select count(*) from (select 1 as one from contracts where studio_id = $1 and stage = 'countersign'
                    limit 100) s)",
    )
}
