//! Contracts as a contact sees them.

use portico_wire::{ContactId, ContractId, Timestamp, contracts::ContractState as State};

use crate::{
    Result,
    db::{StudioTx, fetch_all},
    forms::store::Viewer,
};

/// A contract in the contact's list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Listed {
    pub id: ContractId,
    pub title: String,
    pub state: State,
    pub in_order: bool,
    pub sent_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// The first place of the client's side without a signature, and this contact's.
    pub turn: Option<i64>,
    pub mine: Option<i64>,
    pub signed: bool,
}

/// Those that name this contact, or a contact merged into it, and with `everything` all of its client; closed ones
/// only with `history`. What is open stands first.
pub async fn listed(tx: &mut StudioTx, who: Viewer, history: bool) -> Result<Vec<Listed>> {
    let now = tx.now();
    fetch_all!(
        tx,
        Listed,
        "select c.id, c.title, c.state, c.in_order, c.sent_at, c.expires_at, c.closed_at,
                (select min(s.place) from contract_signers s where s.studio_id = c.studio_id and s.contract_id = c.id
                    and s.contact_id is not null and s.signed_at is null) as turn,
                (select min(s.place) from contract_signers s join contacts k
                    on k.studio_id = s.studio_id and k.id = s.contact_id
                    where s.studio_id = c.studio_id and s.contract_id = c.id and s.signed_at is null
                      and (k.id = $2 or k.merged_into = $2)) as mine,
                exists (select 1 from contract_signers s join contacts k
                    on k.studio_id = s.studio_id and k.id = s.contact_id
                    where s.studio_id = c.studio_id and s.contract_id = c.id and s.signed_at is not null
                      and (k.id = $2 or k.merged_into = $2)) as signed
         from (select s.contract_id as id from contract_signers s where s.studio_id = $1 and s.contact_id = $2
               union
               select s.contract_id from contacts k
               join contract_signers s on s.studio_id = k.studio_id and s.contact_id = k.id
               where k.studio_id = $1 and k.merged_into = $2
               union
               select c.id from contracts c where c.studio_id = $1 and c.client_id = $3 and $4
         ) mine
         join contracts c on c.studio_id = $1 and c.id = mine.id
         where c.state <> 'draft'
           and ($5 or c.stage = 'countersign' or (c.stage = 'waiting' and (c.expires_at is null or c.expires_at > $6)))
         order by case when c.stage = 'waiting' then 0 else 1 end, c.sent_at desc, c.id desc limit 200",
        who.contact,
        who.client,
        who.everything,
        history,
        now,
    )
}

/// A contact and all that were merged into it.
pub async fn selves(tx: &mut StudioTx, contact: ContactId) -> Result<Vec<ContactId>> {
    let rows = fetch_all!(
        tx,
        (ContactId,),
        "select id from contacts where studio_id = $1 and (id = $2 or merged_into = $2)",
        contact,
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
