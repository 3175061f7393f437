//! Evidence: what happened to a contract, as entries that are only ever added, each carrying the hash of the one
//! before. Whoever alters one breaks every hash behind it.

use portico_wire::{ContractId, SignerId, Timestamp};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Contract, store};
use crate::{
    Result,
    db::StudioTx,
    scope::{PortalSession, StaffSession},
    secrets,
};

/// What stands before the first entry.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Entry {
    pub number: i64,
    pub at: Timestamp,
    pub what: String,
    pub actor_kind: String,
    pub actor: Option<String>,
    pub actor_name: String,
    pub signer: Option<String>,
    pub session: Option<String>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub text_hash: String,
    /// JSON as it was written.
    pub detail: String,
    pub previous: String,
    pub hash: String,
}

impl Entry {
    /// SHA-256 of the entry as a JSON list, the hash of the one before in it.
    pub fn digest(&self, contract: ContractId) -> String {
        let said = serde_json::json!([
            contract,
            self.number,
            self.at,
            self.what,
            self.actor_kind,
            self.actor,
            self.actor_name,
            self.signer,
            self.session,
            self.address,
            self.user_agent,
            self.text_hash,
            self.detail,
            self.previous,
        ]);
        secrets::hex(&Sha256::digest(said.to_string().as_bytes()))
    }

    pub fn detail(&self) -> Value {
        serde_json::from_str(&self.detail).unwrap_or_default()
    }
}

/// Runs the chain; the number of the first entry that is not as it was written, or is missing.
pub fn run(contract: ContractId, entries: &[Entry]) -> std::result::Result<(), i64> {
    let mut previous = START;
    for (at, entry) in (1..).zip(entries) {
        if entry.number != at || entry.previous != previous || entry.digest(contract) != entry.hash
        {
            return Err(at);
        }
        previous = &entry.hash;
    }
    Ok(())
}

/// Who does something to a contract, and from where.
#[derive(Debug, Clone)]
pub struct By {
    kind: &'static str,
    id: Option<String>,
    pub name: String,
    session: Option<String>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

impl By {
    /// A contact, under the name it signs by.
    pub fn contact(session: &PortalSession, name: &str) -> Self {
        Self {
            kind: "contact",
            id: Some(session.contact.to_string()),
            name: name.to_owned(),
            session: Some(session.session.to_string()),
            address: Some(session.caller.address.to_string()),
            user_agent: Some(session.caller.user_agent.clone()),
        }
    }

    pub fn staff(session: &StaffSession) -> Self {
        Self {
            kind: "staff",
            id: Some(session.staff.to_string()),
            name: session.name.clone(),
            session: Some(session.session.to_string()),
            address: Some(session.visitor.address.to_string()),
            user_agent: Some(session.visitor.user_agent.clone()),
        }
    }

    /// Somebody of the demo's.
    pub(crate) fn named(kind: &'static str, name: &str) -> Self {
        Self {
            kind,
            name: name.into(),
            ..Self::system()
        }
    }

    pub(crate) fn from(mut self, address: &str, user_agent: &str) -> Self {
        self.address = Some(address.into());
        self.user_agent = Some(user_agent.into());
        self
    }

    pub fn system() -> Self {
        Self {
            kind: "system",
            id: None,
            name: "Portico".into(),
            session: None,
            address: None,
            user_agent: None,
        }
    }
}

/// Adds an entry, in the transaction of what it tells; the contract's row is locked by then.
pub async fn append(
    tx: &mut StudioTx,
    contract: &Contract,
    what: &str,
    by: &By,
    signer: Option<SignerId>,
    detail: Value,
) -> Result<Entry> {
    let now = tx.now();
    append_at(tx, contract, what, by, signer, detail, now).await
}

/// The same of what happened at another moment, before anybody knew which contract it was for.
pub async fn append_at(
    tx: &mut StudioTx,
    contract: &Contract,
    what: &str,
    by: &By,
    signer: Option<SignerId>,
    detail: Value,
    at: Timestamp,
) -> Result<Entry> {
    let last = store::last_entry(tx, contract.id).await?;
    let (number, previous) = last.unwrap_or((0, START.to_owned()));
    let mut entry = Entry {
        number: number + 1,
        at,
        what: what.to_owned(),
        actor_kind: by.kind.into(),
        actor: by.id.clone(),
        actor_name: by.name.clone(),
        signer: signer.map(|id| id.to_string()),
        session: by.session.clone(),
        address: by.address.clone(),
        user_agent: by.user_agent.clone(),
        text_hash: contract.hash().to_owned(),
        detail: match detail {
            Value::Null => "{}".into(),
            detail => detail.to_string(),
        },
        previous,
        hash: String::new(),
    };
    entry.hash = entry.digest(contract.id);
    store::insert_entry(tx, contract.id, &entry).await?;
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(count: i64) -> (ContractId, Vec<Entry>) {
        let contract = ContractId::from_bytes([7; 16]);
        let mut previous = START.to_owned();
        let entries = (1..=count).map(|number| {
            let mut entry = Entry {
                number,
                at: Timestamp::from_micros(number * 1_000_000),
                what: "opened".into(),
                actor_kind: "contact".into(),
                actor: Some("con_1".into()),
                actor_name: "Ada Carter".into(),
                signer: None,
                session: None,
                address: Some("203.0.113.7".into()),
                user_agent: Some("A browser".into()),
                text_hash: "ab".repeat(32),
                detail: "{}".into(),
                previous: previous.clone(),
                hash: String::new(),
            };
            entry.hash = entry.digest(contract);
            previous.clone_from(&entry.hash);
            entry
        });
        let entries = entries.collect();
        (contract, entries)
    }

    #[test]
    fn e7_whoever_alters_removes_or_moves_an_entry_breaks_the_chain() {
        let (contract, whole) = chain(5);
        assert_eq!(run(contract, &whole), Ok(()));
        assert_eq!(run(contract, &[]), Ok(()));
        let broken = |alter: &dyn Fn(&mut Vec<Entry>)| {
            let mut entries = whole.clone();
            alter(&mut entries);
            run(contract, &entries)
        };
        assert_eq!(broken(&|all| all[2].actor_name = "Eve".into()), Err(3));
        assert_eq!(
            broken(&|all| {
                all[1].address = Some("198.51.100.1".into());
                all[1].hash = all[1].digest(contract);
            }),
            Err(3),
            "a hash made anew does not fit the next entry"
        );
        assert_eq!(broken(&|all| drop(all.remove(1))), Err(2));
        assert_eq!(broken(&|all| all.swap(3, 4)), Err(4));
        assert_eq!(
            run(ContractId::from_bytes([8; 16]), &whole),
            Err(1),
            "another contract's entries"
        );
    }
}
