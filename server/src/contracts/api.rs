//! Contracts, for the widget.

use axum::extract::State;
use portico_wire::{
    ContractId, Right,
    contracts::{
        Contract as Wire, ContractState, Decline, Happening, ListedContract, Sign, Signer as Place,
    },
    forms::Signature,
};

use super::{
    Stage, part,
    sign::{self, Seen},
    store, text,
};
use crate::{
    App, Result,
    db::StudioTx,
    forms::store::Viewer,
    scope::PortalSession,
    web::body::{Body, Id, IdempotencyKey, Json, LongBody},
};

/// What of the evidence is told in the portal.
const TOLD: &[&str] = &[
    "sent",
    "opened",
    "read",
    "signed",
    "declined",
    "countersigned",
    "expired",
    "voided",
    "reminded",
];

/// The contracts of `GET forms`; one statement.
pub async fn listed(tx: &mut StudioTx, session: &PortalSession) -> Result<Vec<ListedContract>> {
    let now = tx.now();
    let history = session.rights.has(Right::ShowHistory);
    let found = store::listed(tx, Viewer::from(session), history).await?;
    Ok(found
        .into_iter()
        .map(|one| {
            let over = one
                .expires_at
                .filter(|end| *end <= now && one.state.is_open());
            let state = over.map_or(one.state, |_| ContractState::Expired);
            ListedContract {
                id: one.id,
                title: one.title,
                state,
                part: part(state, one.in_order, one.turn, one.mine, one.signed),
                sent_at: one.sent_at,
                expires_at: one.expires_at.filter(|_| state.is_open()),
                closed_at: one.closed_at.or(over),
            }
        })
        .collect())
}

/// The whole contract, as this contact may see it.
async fn reply(app: &App, session: &PortalSession, seen: Seen) -> Result<Json<Wire>> {
    let mut tx = app.db.read(session).await?;
    let entries = store::entries(&mut tx, seen.contract.id).await?;
    let pdf = super::paper::address(app, &mut tx, session, &seen.contract).await?;
    drop(tx);
    let part = seen.part();
    let Seen {
        contract,
        state,
        signers,
        mine,
    } = seen;
    let closed = Stage::of(state, contract.countersign).is_closed();
    let signers = signers.into_iter().zip(mine);
    Ok(Json(Wire {
        listed: ListedContract {
            id: contract.id,
            title: contract.title.clone(),
            state,
            part,
            sent_at: contract.sent_at.unwrap_or(contract.created_at),
            expires_at: contract.expires_at.filter(|_| state.is_open()),
            closed_at: contract
                .closed_at
                .or(contract.expires_at.filter(|_| closed)),
        },
        text: text::paper_of(&contract)?,
        hash: contract.hash().to_owned(),
        consent: contract.consent.clone().unwrap_or_default(),
        asks_code: contract.asks_code,
        signers: signers
            .map(|(one, you)| Place {
                id: one.id,
                you,
                studio: one.is_studio(),
                name: one.name,
                role: one.role,
                signed_at: one.signed_at,
                declined_at: one.declined_at,
                typed: match one.signature {
                    Some(Signature::Typed(name)) => Some(name),
                    _ => None,
                },
            })
            .collect(),
        reason: contract.reason.clone(),
        replaced_by: contract.replaced_by,
        pdf,
        log: entries
            .into_iter()
            .filter(|entry| TOLD.contains(&entry.what.as_str()))
            .map(|entry| Happening {
                at: entry.at,
                by: (entry.actor_kind != "system").then_some(entry.actor_name),
                what: entry.what,
            })
            .collect(),
    }))
}

/// A contract. A signer's first look at it is written down.
#[utoipa::path(get, path = "/contracts/{id}", tag = "contracts", params(("studio" = String, Path), ("id" = ContractId, Path)),
    responses((status = 200, body = Wire)), security(("session" = [])))]
pub async fn get_contract(
    State(app): State<App>,
    session: PortalSession,
    Id(contract): Id<ContractId>,
) -> Result<Json<Wire>> {
    let seen = sign::open(&app, &session, contract).await?;
    reply(&app, &session, seen).await
}

/// The signer has seen the end of the text.
#[utoipa::path(post, path = "/contracts/{id}/read", tag = "contracts", params(("studio" = String, Path), ("id" = ContractId, Path)),
    responses((status = 200, body = Wire)), security(("session" = [])))]
pub async fn read_contract(
    State(app): State<App>,
    session: PortalSession,
    Id(contract): Id<ContractId>,
) -> Result<Json<Wire>> {
    let seen = sign::read(&app, &session, contract).await?;
    reply(&app, &session, seen).await
}

/// Signs this contact's own line. The same key once more gives the same reply.
#[utoipa::path(post, path = "/contracts/{id}/sign", tag = "contracts",
    params(("studio" = String, Path), ("id" = ContractId, Path),
        ("Idempotency-Key" = String, Header, min_length = 8, max_length = 80, pattern = "^[A-Za-z0-9_-]{8,80}$")),
    request_body = Sign, responses((status = 200, body = Wire)), security(("session" = [])))]
pub async fn sign_contract(
    State(app): State<App>,
    session: PortalSession,
    Id(contract): Id<ContractId>,
    key: IdempotencyKey,
    LongBody(sent): LongBody<Sign>,
) -> Result<Json<Wire>> {
    let seen = sign::sign(&app, &session, contract, &sent, &key).await?;
    reply(&app, &session, seen).await
}

/// Declines the contract, for everybody.
#[utoipa::path(post, path = "/contracts/{id}/decline", tag = "contracts", params(("studio" = String, Path), ("id" = ContractId, Path)),
    request_body = Decline, responses((status = 200, body = Wire)), security(("session" = [])))]
pub async fn decline_contract(
    State(app): State<App>,
    session: PortalSession,
    Id(contract): Id<ContractId>,
    Body(sent): Body<Decline>,
) -> Result<Json<Wire>> {
    let seen = sign::decline(&app, &session, contract, &sent).await?;
    reply(&app, &session, seen).await
}
