//! The page of a contract that was sent: its text, its signers, what happened, and what proves it.

use axum::response::Response;
use portico_wire::{contracts::ContractState as State, forms::Signature};
use serde_json::{Value, json};

use super::{
    super::{Act, Contract, Signer, evidence, next, paper, store, text, turn},
    edit::belongs_to,
    is_manager, label, path,
};
use crate::{
    App, Result, forms::texts, papers::html::html, scope::StaffSession, studios::Studio, web::admin,
};

fn signer(one: &Signer, contract: &Contract, state: State, turn: Option<i64>, zone: &str) -> Value {
    let moment = |at| admin::moment(at, zone);
    let (said, tone) = match (one.signed_at, one.declined_at) {
        (Some(at), _) => (format!("Signed on {}", moment(at)), "good"),
        (_, Some(at)) => (format!("Declined on {}", moment(at)), "bad"),
        _ if one.is_studio() && state == State::Signed => ("Your turn".to_owned(), "due"),
        _ if one.is_studio() => ("Signs last".to_owned(), ""),
        _ if !state.is_open() => ("Not signed".to_owned(), ""),
        _ if contract.in_order && turn != Some(one.place) => {
            ("Waits for the others".to_owned(), "")
        }
        _ if one.read_at.is_some() => ("Has read it".to_owned(), ""),
        _ if one.opened_at.is_some() => ("Has opened it".to_owned(), ""),
        _ => ("Has not opened it".to_owned(), ""),
    };
    json!({
        "name": one.name,
        "role": one.role,
        "studio": one.is_studio(),
        "said": said,
        "tone": tone,
        "typed": match &one.signature { Some(Signature::Typed(name)) => Some(name), _ => None },
        "drawn": match &one.signature { Some(Signature::Drawn(path)) => Some(path), _ => None },
        "proof": one.proof.as_deref().filter(|_| !one.is_studio()).map(|way| match way {
            "none" => "no code was asked".to_owned(),
            way => format!("confirmed by {way}"),
        }),
        "from": one.address,
    })
}

/// What an entry of the evidence says.
fn happened(entry: &evidence::Entry, signers: &[Signer], zone: &str) -> Value {
    let detail = entry.detail();
    let whom = entry.signer.as_deref().and_then(|id| {
        signers
            .iter()
            .find(|one| one.id.to_string() == id)
            .map(|one| one.name.as_str())
    });
    let what = match entry.what.as_str() {
        "sent" => "Sent".to_owned(),
        "mailed" => format!("Mail to {}", whom.unwrap_or("a signer")),
        "reminded" => format!("Reminder to {}", whom.unwrap_or("a signer")),
        "opened" => "Opened".into(),
        "read" => "Read to the end".into(),
        "code sent" => "Code sent".into(),
        "code entered" => "Code entered".into(),
        "password entered" => "Password entered".into(),
        "signed" => "Signed".into(),
        "declined" => "Declined".into(),
        "countersigned" => "Signed for the studio".into(),
        "expired" => "Ran out".into(),
        "voided" => "Withdrawn".into(),
        other => other.to_owned(),
    };
    json!({
        "what": what,
        "who": (entry.actor_kind != "system").then_some(&entry.actor_name),
        "when": admin::moment(entry.at, zone),
        "to": detail["to"].as_str(),
        "reason": detail["reason"].as_str(),
        "proof": detail["proof"].as_str().filter(|_| entry.what == "signed"),
        "address": entry.address,
        "agent": entry.user_agent,
        "number": entry.number,
        "hash": entry.hash,
    })
}

pub async fn page(
    app: &App,
    session: &StaffSession,
    contract: Contract,
    signers: Vec<Signer>,
    studio: Studio,
) -> Result<Response> {
    let mut tx = app.db.read(session).await?;
    let entries = store::entries(&mut tx, contract.id).await?;
    let pdf = paper::newest(&mut tx, &contract).await?;
    let belongs_to = belongs_to(&mut tx, &contract).await?;
    let now = tx.now();
    drop(tx);
    let (zone, state) = (&studio.time_zone, contract.state_at(now));
    let (said, tone) = label(state, contract.countersign);
    let may = |act| next(state, act, contract.countersign).is_ok();
    let turn = turn(&signers);
    let broken = evidence::run(contract.id, &entries).err();
    let body = json!({
        "path": path(contract.id),
        "title": contract.title,
        "client": { "id": contract.client_id, "name": contract.client_name },
        "state": said,
        "tone": tone,
        "open": state.is_open(),
        "sent": contract.sent_at.map(|at| admin::moment(at, zone)),
        "due": contract.last_day.as_deref().map(texts::date),
        "reason": contract.reason,
        "replaces": contract.replaces.map(path),
        "replaced_by": contract.replaced_by.map(path),
        "gates_payment": contract.gates_payment,
        "belongs_to": belongs_to,
        "asks_code": contract.asks_code,
        "signers": signers
            .iter()
            .map(|one| signer(one, &contract, state, turn, zone))
            .collect::<Vec<_>>(),
        "html": html(&text::paper_of(&contract)?),
        "consent": contract.consent,
        "consent_version": contract.consent_version,
        "hash": contract.hash,
        "whole": text::is_whole(&contract) && broken.is_none(),
        "broken": broken,
        "timeline": entries
            .iter()
            .rev()
            .map(|entry| happened(entry, &signers, zone))
            .collect::<Vec<_>>(),
        "pdf": pdf.map(|(sha256, _)| sha256),
        "may_void": may(Act::Void),
        "may_replace": may(Act::Replace) && contract.replaced_by.is_none(),
        "may_countersign": may(Act::Countersign) && is_manager(session),
        "waits_for_manager": may(Act::Countersign) && !is_manager(session),
        "staff_name": session.name,
        "verify": format!("{}/verify", app.origin),
    });
    admin::page(app, session, "contracts/show.html", body)
}
