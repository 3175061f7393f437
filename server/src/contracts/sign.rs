//! What a contact does to a contract: look at it, read it to the end, sign it, decline it.

use portico_wire::{
    Code, ContractId, Right, Rights,
    access::Act as Proven,
    contracts::{ContractState as State, Decline, MyPart, Sign},
};
use serde_json::json;

use super::{
    Act, Contract, MOST_REASON, Signer, Stage, check_signature, decide,
    evidence::{self, By},
    paper, part,
    send::{Doer, locked},
    store::{self, Signed},
    tell, tidy_signature, turn,
};
use crate::{
    App, Result,
    access::{require_proof, store::UsedProof},
    audit::Actor,
    db::StudioTx,
    error::Error,
    forms::store::Viewer,
    happenings::What,
    scope::PortalSession,
    secrets, studios,
    web::body::IdempotencyKey,
};

/// With history off, what is closed goes from the list at once, and whoever has it open can save a copy this long.
const COPY_SECONDS: i64 = 86_400;

/// A contract as one contact sees it.
pub struct Seen {
    pub contract: Contract,
    pub state: State,
    pub signers: Vec<Signer>,
    /// Which places are this contact's.
    pub mine: Vec<bool>,
}

impl Seen {
    /// This contact's first place without a signature.
    pub fn place(&self) -> Option<&Signer> {
        let places = self.signers.iter().zip(&self.mine);
        places
            .filter(|(one, mine)| **mine && one.is_outstanding())
            .map(|(one, _)| one)
            .next()
    }

    pub fn part(&self) -> MyPart {
        let mine = || {
            self.signers
                .iter()
                .zip(&self.mine)
                .filter(|(_, mine)| **mine)
        };
        part(
            self.state,
            self.contract.in_order,
            turn(&self.signers),
            self.place().map(|one| one.place),
            mine().any(|(one, _)| one.signed_at.is_some()),
        )
    }
}

/// Decides whether this contact may see a contract: not there and not for it look the same.
pub async fn see(
    tx: &mut StudioTx,
    who: Viewer,
    rights: Rights,
    contract: Option<Contract>,
) -> Result<Seen> {
    let section = contract.filter(|_| rights.has(Right::FormsAndContracts));
    let contract = section.ok_or_else(Error::not_found)?;
    if contract.state == State::Draft {
        return Err(Error::not_found());
    }
    let signers = store::signers(tx, contract.id).await?;
    let selves = store::selves(tx, who.contact).await?;
    let is_me = |one: &Signer| one.contact_id.is_some_and(|id| selves.contains(&id));
    let mine: Vec<bool> = signers.iter().map(is_me).collect();
    let everything = who.everything && contract.client_id == who.client;
    if !everything && !mine.contains(&true) {
        return Err(Error::not_found());
    }
    let now = tx.now();
    let state = contract.state_at(now);
    let closed = Stage::of(state, contract.countersign).is_closed();
    let over = contract.closed_at.or(contract.expires_at).unwrap_or(now);
    if closed && !rights.has(Right::ShowHistory) && now.seconds_since(over) >= COPY_SECONDS {
        return Err(Error::not_found());
    }
    Ok(Seen {
        contract,
        state,
        signers,
        mine,
    })
}

/// The same for a request.
async fn seen_by(
    tx: &mut StudioTx,
    session: &PortalSession,
    contract: Option<Contract>,
) -> Result<Seen> {
    see(tx, Viewer::from(session), session.rights, contract).await
}

/// Looks at a contract. A signer's first look is written down, once; a staff member's never.
pub async fn open(app: &App, session: &PortalSession, id: ContractId) -> Result<Seen> {
    let mut tx = app.db.read(session).await?;
    let contract = store::find(&mut tx, id).await?;
    let seen = seen_by(&mut tx, session, contract).await?;
    drop(tx);
    let first = seen.place().is_some_and(|one| one.opened_at.is_none());
    if !first || !seen.state.is_open() || session.viewed_by.is_some() {
        return Ok(seen);
    }
    let mut tx = app.db.write(session).await?;
    let contract = store::lock(&mut tx, id).await?;
    let seen = seen_by(&mut tx, session, contract).await?;
    look(&mut tx, session, &seen, Act::Open).await?;
    let contract = store::find(&mut tx, id).await?;
    let seen = seen_by(&mut tx, session, contract).await?;
    tx.commit().await?;
    Ok(seen)
}

/// Notes that a signer has looked at it, or read it to the end: the first time each.
async fn look(tx: &mut StudioTx, session: &PortalSession, seen: &Seen, act: Act) -> Result<()> {
    let Some(place) = seen.place().filter(|_| seen.state.is_open()) else {
        return Ok(());
    };
    let contract = &seen.contract;
    let next = decide(contract.state, act, contract.countersign)?;
    let by = By::contact(session, &place.name);
    if store::note_opened(tx, place.id).await? {
        evidence::append(tx, contract, "opened", &by, Some(place.id), json!({})).await?;
        let (studio, actor) = (studios::store::get(tx).await?, Actor::of(session));
        let what = What::ContractOpened;
        tell::happened(tx, &studio, contract, what, Some(place), &actor).await?;
    }
    if act == Act::Read && store::note_read(tx, place.id).await? {
        evidence::append(tx, contract, "read", &by, Some(place.id), json!({})).await?;
    }
    if next != contract.state {
        store::save_state(tx, contract, next, None).await?;
    }
    Ok(())
}

/// The signer has seen the end of the text.
pub async fn read(app: &App, session: &PortalSession, id: ContractId) -> Result<Seen> {
    let mut tx = app.db.write(session).await?;
    let contract = store::lock(&mut tx, id).await?;
    let seen = seen_by(&mut tx, session, contract).await?;
    look(&mut tx, session, &seen, Act::Read).await?;
    let contract = store::find(&mut tx, id).await?;
    let seen = seen_by(&mut tx, session, contract).await?;
    tx.commit().await?;
    Ok(seen)
}

/// Why a contact that sees a contract cannot sign it, or decline it.
fn own_place(seen: &Seen) -> Result<&Signer> {
    if let Some(place) = seen.place() {
        return Ok(place);
    }
    if seen.mine.contains(&true) {
        return Err(Error::refused(
            Code::Conflict,
            "You have signed this contract already, perhaps on another device.",
        ));
    }
    Err(Error::refused(
        Code::Forbidden,
        "You can read this contract. It is signed by the people it names.",
    ))
}

/// What was signed has to be what was shown, and agreed to.
fn check_sign(contract: &Contract, sent: &Sign) -> Result<()> {
    check_signature(&sent.signature)?;
    if !sent.agreed {
        return Err(Error::invalid(
            "agreed",
            "Please agree to sign electronically first.",
        ));
    }
    if !secrets::equal(sent.hash.as_bytes(), contract.hash().as_bytes()) {
        return Err(Error::refused(
            Code::Conflict,
            "This is not the text that was shown to you. Please open the contract again and read it.",
        )
        .field("hash"));
    }
    Ok(())
}

/// Signs. The same key once more gives the same reply; of two devices at once the first one signs.
pub async fn sign(
    app: &App,
    session: &PortalSession,
    id: ContractId,
    sent: &Sign,
    key: &IdempotencyKey,
) -> Result<Seen> {
    let mut tx = app.db.write(session).await?;
    let contract = store::lock(&mut tx, id).await?;
    let seen = seen_by(&mut tx, session, contract).await?;
    let mut mine = seen
        .signers
        .iter()
        .zip(&seen.mine)
        .filter(|(_, mine)| **mine);
    if mine.any(|(one, _)| one.sign_key.as_deref() == Some(key.as_str())) {
        return Ok(seen);
    }
    // Why nobody can sign comes before why this contact cannot.
    let act = Act::Sign { last: false };
    decide(seen.state, act, seen.contract.countersign)?;
    let place = own_place(&seen)?;
    if seen.part() == MyPart::Wait {
        return Err(Error::refused(
            Code::Conflict,
            "Somebody else signs before you. We write to you when it is your turn.",
        ));
    }
    check_sign(&seen.contract, sent)?;
    let proof = if seen.contract.asks_code {
        let given = sent.proof.as_deref().unwrap_or_default();
        Some(require_proof(&mut tx, session, Proven::Sign, given).await?)
    } else {
        None
    };
    put_signature(&mut tx, session, &seen.contract, place, sent, proof, key).await?;
    let studio = studios::store::get(&mut tx).await?;
    let doer = Doer {
        by: By::contact(session, &place.name),
        actor: Actor::of(session),
        reference: session.caller.reference.clone(),
    };
    go_on(app, &mut tx, &studio, &seen.contract, place, &doer).await?;
    let contract = store::find(&mut tx, id).await?;
    let seen = seen_by(&mut tx, session, contract).await?;
    tx.commit().await?;
    Ok(seen)
}

/// The signature, and the entry that proves it.
async fn put_signature(
    tx: &mut StudioTx,
    session: &PortalSession,
    contract: &Contract,
    place: &Signer,
    sent: &Sign,
    proof: Option<UsedProof>,
    key: &IdempotencyKey,
) -> Result<()> {
    let signature = tidy_signature(&sent.signature);
    let way = proof.as_ref().map_or("none", |proof| proof.way.as_str());
    let signed = Signed {
        signature: &signature,
        proof: way,
        session: Some(session.session),
        staff: None,
        address: &session.caller.address.to_string(),
        user_agent: &session.caller.user_agent,
        key: Some(key.as_str()),
    };
    if !store::save_signature(tx, place.id, &signed).await? {
        return Err(Error::refused(Code::Conflict, "This was signed already."));
    }
    let by = By::contact(session, &place.name);
    // Not looked at before: whoever signs has it before them.
    if store::note_opened(tx, place.id).await? {
        evidence::append(tx, contract, "opened", &by, Some(place.id), json!({})).await?;
    }
    if let Some(proof) = &proof {
        note_proof(tx, contract, place, &by, proof).await?;
    }
    let detail = json!({
        "consent": contract.consent_version,
        "signature": signature,
        "proof": way,
        "code_sent_at": proof.as_ref().and_then(|proof| proof.code_sent_at),
        "proved_at": proof.as_ref().map(|proof| proof.created_at),
    });
    evidence::append(tx, contract, "signed", &by, Some(place.id), detail).await?;
    Ok(())
}

/// How it was proved who signs: a code that was sent and entered, each at its moment, or the password.
async fn note_proof(
    tx: &mut StudioTx,
    contract: &Contract,
    place: &Signer,
    by: &By,
    proof: &UsedProof,
) -> Result<()> {
    let detail = || json!({ "proof": proof.way });
    let signer = Some(place.id);
    let mut entered = "password entered";
    if let Some(sent) = proof.code_sent_at {
        entered = "code entered";
        evidence::append_at(tx, contract, "code sent", by, signer, detail(), sent).await?;
    }
    let at = proof.created_at;
    evidence::append_at(tx, contract, entered, by, signer, detail(), at).await?;
    Ok(())
}

/// What follows a signature: the next signer's turn, or the end.
async fn go_on(
    app: &App,
    tx: &mut StudioTx,
    studio: &studios::Studio,
    contract: &Contract,
    place: &Signer,
    doer: &Doer,
) -> Result<()> {
    let signers = store::signers(tx, contract.id).await?;
    let last = turn(&signers).is_none();
    let state = decide(contract.state, Act::Sign { last }, contract.countersign)?;
    if !store::save_state(tx, contract, state, None).await? {
        return Err(Error::internal("a locked contract changed its state"));
    }
    doer.note(tx, "contract signed", contract).await?;
    let (what, by) = (What::ContractSigned, &doer.actor);
    tell::happened(tx, studio, contract, what, Some(place), by).await?;
    if last {
        tell::done(app, tx, studio, contract, state).await?;
        if !contract.countersign {
            let what = What::ContractCompleted;
            tell::happened(tx, studio, contract, what, None, by).await?;
        }
        let contract = store::get(tx, contract.id).await?;
        return paper::ask(tx, &contract).await;
    }
    tell::staff(app, tx, studio, contract, "signed_one", Some(&place.name)).await?;
    if contract.in_order {
        tell::ask_to_sign(app, tx, studio, contract, &signers, doer).await?;
    }
    Ok(())
}

/// Declines, for everybody: a contract that one of its signers does not want is none.
pub async fn decline(
    app: &App,
    session: &PortalSession,
    id: ContractId,
    sent: &Decline,
) -> Result<Seen> {
    let reason = sent.reason.trim();
    let control = |c: char| c.is_control() && c != '\n' && c != '\t';
    if reason.is_empty() {
        return Err(Error::invalid(
            "reason",
            "Please say in a few words why, so that the studio can help.",
        ));
    }
    if reason.chars().count() > MOST_REASON || reason.chars().any(control) {
        return Err(Error::invalid(
            "reason",
            "Please use at most 2,000 characters, without signs that cannot be shown.",
        ));
    }
    let mut tx = app.db.write(session).await?;
    let contract = locked(&mut tx, id).await?;
    let seen = seen_by(&mut tx, session, Some(contract)).await?;
    let declined = decide(seen.state, Act::Decline, seen.contract.countersign)?;
    let place = own_place(&seen)?;
    let contract = &seen.contract;
    if !store::save_declined(&mut tx, place.id).await?
        || !store::save_state(&mut tx, contract, declined, Some(reason)).await?
    {
        return Err(Error::internal("a locked contract changed its state"));
    }
    let doer = Doer {
        by: By::contact(session, &place.name),
        actor: Actor::of(session),
        reference: session.caller.reference.clone(),
    };
    let detail = json!({ "reason": reason });
    evidence::append(
        &mut tx,
        contract,
        "declined",
        &doer.by,
        Some(place.id),
        detail,
    )
    .await?;
    doer.note(&mut tx, "contract declined", contract).await?;
    let studio = studios::store::get(&mut tx).await?;
    let name = Some(place.name.as_str());
    tell::closed(
        app,
        &mut tx,
        &studio,
        contract,
        declined,
        Some(reason),
        name,
    )
    .await?;
    let (what, by) = (What::ContractDeclined, &doer.actor);
    tell::happened(&mut tx, &studio, contract, what, Some(place), by).await?;
    let contract = store::find(&mut tx, id).await?;
    let seen = seen_by(&mut tx, session, contract).await?;
    tx.commit().await?;
    Ok(seen)
}
