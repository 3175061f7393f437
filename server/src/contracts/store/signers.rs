//! Places for signatures.

use portico_wire::{
    ClientId, ContactId, ContractId, SessionId, SignerId, StaffId, forms::Signature,
};
use sqlx::types::Json;

use super::super::Signer;
use crate::{
    Result,
    access::reach::State as Access,
    db::{StudioTx, execute, fetch_all},
};

pub async fn signers(tx: &mut StudioTx, contract: ContractId) -> Result<Vec<Signer>> {
    fetch_all!(
        tx,
        Signer,
        "select id, place, contact_id, name, role, opened_at, read_at, signed_at, declined_at, signature, proof,
                session_id, staff_id, address, user_agent, sign_key
         from contract_signers where studio_id = $1 and contract_id = $2 order by place",
        contract,
    )
}

/// A place of a draft; without a contact it is the studio's.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NewSigner {
    pub contact: Option<ContactId>,
    pub name: String,
    pub role: String,
}

/// The places of a draft, in their order; the database refuses it once it is sent.
pub async fn save_signers(
    tx: &mut StudioTx,
    contract: ContractId,
    signers: &[NewSigner],
) -> Result<()> {
    delete_signers(tx, contract).await?;
    for (place, signer) in (1_i64..).zip(signers) {
        let id: SignerId = tx.id();
        execute!(
            tx,
            "insert into contract_signers (studio_id, id, contract_id, place, contact_id, name, role)
             values ($1, $2, $3, $4, $5, $6, $7)",
            id,
            contract,
            place,
            signer.contact,
            &signer.name,
            &signer.role,
        )?;
    }
    Ok(())
}

pub async fn delete_signers(tx: &mut StudioTx, contract: ContractId) -> Result<()> {
    execute!(
        tx,
        "delete from contract_signers where studio_id = $1 and contract_id = $2",
        contract,
    )?;
    Ok(())
}

/// A signer's contact as it is now.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Person {
    pub signer_id: SignerId,
    pub place: i64,
    pub contact_id: ContactId,
    pub client_id: ClientId,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub mobile: Option<String>,
    pub portal_enabled: bool,
    pub merged: bool,
    pub access_state: Access,
}

/// The contacts behind the places of a contract; whoever was merged is the contact it became.
pub async fn people(tx: &mut StudioTx, contract: ContractId) -> Result<Vec<Person>> {
    fetch_all!(
        tx,
        Person,
        "select s.id as signer_id, s.place, k.id as contact_id, k.client_id, k.first_name, k.last_name, k.email,
                k.mobile, cl.portal_enabled, o.merged_into is not null as merged, k.access_state
         from contract_signers s
         join contacts o on o.studio_id = s.studio_id and o.id = s.contact_id
         join contacts k on k.studio_id = s.studio_id and k.id = coalesce(o.merged_into, o.id)
         join clients cl on cl.studio_id = k.studio_id and cl.id = k.client_id
         where s.studio_id = $1 and s.contract_id = $2 order by s.place",
        contract,
    )
}

/// The name that is signed under, as it is when the contract is sent.
pub async fn save_name(tx: &mut StudioTx, signer: SignerId, name: &str) -> Result<()> {
    execute!(
        tx,
        "update contract_signers set name = $3 where studio_id = $1 and id = $2",
        signer,
        name,
    )?;
    Ok(())
}

/// The first look; false where there was one.
pub async fn note_opened(tx: &mut StudioTx, signer: SignerId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update contract_signers set opened_at = $3 where studio_id = $1 and id = $2 and opened_at is null",
        signer,
        now,
    )?;
    Ok(rows == 1)
}

/// Read to the end for the first time; false where it was before.
pub async fn note_read(tx: &mut StudioTx, signer: SignerId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update contract_signers set read_at = $3 where studio_id = $1 and id = $2 and read_at is null",
        signer,
        now,
    )?;
    Ok(rows == 1)
}

/// A signature, and from where it came.
pub struct Signed<'a> {
    pub signature: &'a Signature,
    pub proof: &'a str,
    pub session: Option<SessionId>,
    pub staff: Option<StaffId>,
    pub address: &'a str,
    pub user_agent: &'a str,
    pub key: Option<&'a str>,
}

/// Puts a signature into its place; false where there is one, or a refusal.
pub async fn save_signature(
    tx: &mut StudioTx,
    signer: SignerId,
    signed: &Signed<'_>,
) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update contract_signers set signed_at = $3, signature = $4, proof = $5, session_id = $6, staff_id = $7,
                address = $8, user_agent = $9, sign_key = $10
         where studio_id = $1 and id = $2 and signed_at is null and declined_at is null",
        signer,
        now,
        Json(signed.signature),
        signed.proof,
        signed.session,
        signed.staff,
        signed.address,
        signed.user_agent,
        signed.key,
    )?;
    Ok(rows == 1)
}

pub async fn save_declined(tx: &mut StudioTx, signer: SignerId) -> Result<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update contract_signers set declined_at = $3
         where studio_id = $1 and id = $2 and signed_at is null and declined_at is null",
        signer,
        now,
    )?;
    Ok(rows == 1)
}

/// Drafts name whoever a contact became; what was sent keeps the name it was sent with.
pub async fn move_to_contact(tx: &mut StudioTx, from: ContactId, to: ContactId) -> Result<()> {
    execute!(
        tx,
        "update contract_signers set contact_id = $3
         where studio_id = $1 and contact_id = $2
           and contract_id in (select c.id from contracts c join contacts k
                on k.studio_id = c.studio_id and k.client_id = c.client_id
                where c.studio_id = $1 and c.state = 'draft' and k.id = $3)
           and not exists (select 1 from contract_signers o where o.studio_id = $1
                and o.contract_id = contract_signers.contract_id and o.contact_id = $3)",
        from,
        to,
    )?;
    Ok(())
}
