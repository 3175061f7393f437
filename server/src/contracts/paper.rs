//! A contract as a paper: what its PDF says, and who may have it. There are three editions: as it was sent, as the
//! client's side signed it, and as the studio signed it too.

use portico_wire::{ContractId, Right, Rights, contracts::ContractState as State};

use super::{Contract, certificate, sign, store, text};
use crate::{
    App, Result,
    db::StudioTx,
    forms::store::Viewer,
    papers::{self, Made, Sheet, Signed, Which},
    scope::PortalSession,
    secrets, studios,
    web::admin,
};

pub const SENT: i64 = 1;
pub const SIGNED: i64 = 2;
pub const COUNTERSIGNED: i64 = 3;

/// The evidence an edition ends with.
pub const fn ends_with(edition: i64) -> &'static str {
    match edition {
        SENT => "sent",
        SIGNED => "signed",
        _ => "countersigned",
    }
}

fn which(contract: ContractId, edition: i64) -> Which {
    Which {
        kind: papers::Kind::Contract,
        subject: contract.into_uuid(),
        edition,
    }
}

/// The edition that shows the state a contract is in.
const fn edition(state: State) -> i64 {
    match state {
        State::Signed => SIGNED,
        State::Countersigned => COUNTERSIGNED,
        _ => SENT,
    }
}

/// Asks for the PDF of the state a contract is in.
pub async fn ask(tx: &mut StudioTx, contract: &Contract) -> Result<()> {
    papers::ask(tx, which(contract.id, edition(contract.state))).await
}

/// The PDF of the state a contract is in; of one that was withdrawn, the last there was.
async fn find(tx: &mut StudioTx, contract: &Contract) -> Result<Option<(Which, Made)>> {
    let editions: &[i64] = match contract.state {
        State::Voided => &[SIGNED, SENT],
        state => &[edition(state)],
    };
    for &edition in editions {
        let which = which(contract.id, edition);
        if let Some(made) = papers::store::find(tx, which).await? {
            return Ok(Some((which, made)));
        }
    }
    Ok(None)
}

/// Where this contact saves the newest PDF from.
pub async fn address(
    app: &App,
    tx: &mut StudioTx,
    session: &PortalSession,
    contract: &Contract,
) -> Result<Option<String>> {
    match find(tx, contract).await? {
        Some((which, _)) => papers::files::address(app, tx, session, which).await,
        None => Ok(None),
    }
}

/// The newest PDF, and its SHA-256.
pub async fn newest(tx: &mut StudioTx, contract: &Contract) -> Result<Option<(String, Made)>> {
    let found = find(tx, contract).await?;
    Ok(found.map(|(_, made)| (secrets::hex(&made.sha256), made)))
}

/// Whether somebody who has an address of a PDF may still have it.
pub async fn is_seen(
    tx: &mut StudioTx,
    who: Viewer,
    rights: Rights,
    id: ContractId,
) -> Result<bool> {
    if !rights.has(Right::FormsAndContracts) {
        return Ok(false);
    }
    let contract = store::find(tx, id).await?;
    Ok(sign::see(tx, who, rights, contract).await.is_ok())
}

/// What stands on an edition: the same whenever it is made.
pub async fn sheet(tx: &mut StudioTx, id: ContractId, edition: i64) -> Result<Sheet> {
    let contract = store::get(tx, id).await?;
    let studio = studios::store::get(tx).await?;
    let signers = store::signers(tx, id).await?;
    let mut entries = store::entries(tx, id).await?;
    let last = entries
        .iter()
        .rposition(|entry| entry.what == ends_with(edition));
    entries.truncate(last.map_or(0, |at| at + 1));
    let at = entries.last().map_or(contract.created_at, |entry| entry.at);
    let shows = |studio: bool| edition == COUNTERSIGNED || edition == SIGNED && !studio;
    let signatures = signers
        .iter()
        .map(|one| {
            let moment = one.signed_at.filter(|_| shows(one.is_studio()));
            Signed {
                name: one.name.clone(),
                role: one.role.clone(),
                at: moment.map_or_else(String::new, |at| admin::moment(at, &studio.time_zone)),
                signature: moment.and(one.signature.clone()),
            }
        })
        .collect();
    let certificate = if edition == SENT {
        Vec::new()
    } else {
        certificate::nodes(&contract, &signers, &entries, edition, &studio.time_zone)
    };
    let signed = if edition == SENT { "" } else { " (signed)" };
    Ok(Sheet {
        title: contract.title.clone(),
        language: studio.language.clone(),
        body: text::paper_of(&contract)?,
        signatures,
        certificate,
        footer: format!("{} \u{b7} {}", studio.name, contract.id),
        at,
        file_name: format!("{} {}{signed}", contract.title, contract.client_name),
    })
}
