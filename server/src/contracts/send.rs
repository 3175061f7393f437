//! What the studio does to a contract: send it, withdraw it, take a new version's place, sign it too.

use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use portico_wire::{
    Code, ContractId, Timestamp, contracts::ContractState as State, forms::Signature,
};
use serde_json::json;

use super::{
    Act, CONSENT, Contract, MOST_SOURCE, Stage, check_signature, decide,
    evidence::{self, By},
    paper,
    store::{self, Draft, Frozen, Person, Signed},
    tell, text, turn, work,
};
use crate::{
    App, Result,
    audit::{self, Actor, Change, Subject},
    clients,
    clock::today,
    db::StudioTx,
    error::Error,
    happenings::What,
    scope::StaffSession,
    studios::Studio,
};

/// Who does it: for the evidence, and for the log of changes.
pub struct Doer {
    pub by: By,
    pub actor: Actor,
    pub reference: String,
}

impl Doer {
    pub fn staff(session: &StaffSession) -> Self {
        Self {
            by: By::staff(session),
            actor: session.actor(),
            reference: session.visitor.reference.clone(),
        }
    }

    pub fn system() -> Self {
        Self {
            by: By::system(),
            actor: Actor::System,
            reference: "-".into(),
        }
    }

    /// An entry in the history of the client.
    pub async fn note(
        &self,
        tx: &mut StudioTx,
        action: &'static str,
        contract: &Contract,
    ) -> Result<()> {
        audit::append(
            tx,
            &self.actor,
            action,
            Subject("client", Some(contract.client_id.into_uuid())),
            Change::made(&json!({ "contract": contract.title }))?,
            &self.reference,
        )
        .await
    }
}

/// A draft with everything filled in, or what keeps it from being sent.
pub struct Prepared {
    /// As far as it could be filled in.
    pub text: String,
    pub expires_at: Option<Timestamp>,
    pub people: Vec<Person>,
    /// For people, each with what to do.
    pub obstacles: Vec<String>,
}

/// Looks at everything a contract needs before it goes out.
pub async fn prepare(tx: &mut StudioTx, studio: &Studio, contract: &Contract) -> Result<Prepared> {
    let client = clients::store::get_client(tx, contract.client_id).await?;
    let people = store::people(tx, contract.id).await?;
    let draft = Draft::of(contract);
    let mut obstacles = Vec::new();
    if people.is_empty() {
        obstacles.push("Nobody is to sign it. Choose at least one signer.".to_owned());
    }
    for one in &people {
        obstacles.extend(cannot_sign(one, contract));
    }
    if contract.title.trim().is_empty() {
        obstacles.push("It has no title. Write one.".to_owned());
    }
    if contract.source.trim().is_empty() {
        obstacles.push("It has no text. Write one, or begin with a template.".to_owned());
    }
    if contract.source.len() > MOST_SOURCE {
        obstacles.push("The text is too long. Please shorten it to at most 512 kB.".to_owned());
    }
    if let Some(wrong) = text::check(&contract.source).first() {
        obstacles.push(format!("Line {}: {}", wrong.line, wrong.text));
    }
    let expires_at = match contract.last_day.as_deref() {
        None => None,
        Some(day) if *day < *today(tx.now(), &studio.time_zone) => {
            obstacles.push("Its last day to sign is over. Choose a later one, or none.".to_owned());
            None
        }
        Some(day) => Some(end_of(day, &studio.time_zone)?),
    };
    let values = text::values(studio, &client, &people, &draft, tx.now());
    let filled = match text::fill_for_reading(&contract.source, &values) {
        Ok(filled) => {
            for token in &filled.missing {
                obstacles.push(missing(token.name, token.meaning));
            }
            filled.text
        }
        Err(wrong) => {
            obstacles.push(wrong);
            String::new()
        }
    };
    if filled.len() > MOST_SOURCE {
        obstacles
            .push("With everything filled in, the text is too long. Please shorten it.".into());
    } else if let Err(wrong) = text::paper(&filled) {
        obstacles.push(wrong);
    }
    Ok(Prepared {
        text: filled,
        expires_at,
        people,
        obstacles,
    })
}

/// What to do about a token that has no value.
fn missing(name: &str, meaning: &str) -> String {
    let what = match name.split('.').next().unwrap_or_default() {
        "client" | "contact" => "Add it on the client’s page, or take the token out of the text.",
        "studio" => "Add it in the settings, or take the token out of the text.",
        _ => "Fill it in above the text, or take the token out of it.",
    };
    format!("“{name}” has no value: {}. {what}", meaning.to_lowercase())
}

/// Why somebody cannot sign, for people.
fn cannot_sign(one: &Person, contract: &Contract) -> Option<String> {
    let name = clients::full_name(&one.first_name, &one.last_name);
    if one.client_id != contract.client_id {
        return Some(format!(
            "{name} is no longer a contact of this client. Choose somebody else."
        ));
    }
    if one.email.is_none() {
        return Some(format!(
            "{name} has no email address, so nobody could say that it can be signed. Add one first."
        ));
    }
    let why = one.access_state.obstacle()?;
    Some(format!("{name} cannot get into the portal. {why}"))
}

/// When a day ends where the studio is.
fn end_of(day: &str, time_zone: &str) -> Result<Timestamp> {
    let day: Date = day.parse().map_err(Error::internal)?;
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let end = day
        .checked_add(1.days())
        .and_then(|next| next.to_zoned(zone))
        .map_err(Error::internal)?;
    Ok(Timestamp::from_micros(end.timestamp().as_microsecond()))
}

/// The contract an act is about, which nobody else changes until it is done.
pub async fn locked(tx: &mut StudioTx, id: ContractId) -> Result<Contract> {
    store::lock(tx, id).await?.ok_or_else(Error::not_found)
}

fn lost() -> Error {
    Error::refused(
        Code::Conflict,
        "Somebody else was quicker. Please look at the contract again.",
    )
}

/// Freezes a draft and tells whoever signs first. What it replaces is void from then on.
pub async fn send(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    id: ContractId,
    version: Option<i64>,
    doer: &Doer,
) -> Result<()> {
    let sent = fix(tx, studio, id, version, doer).await?;
    doer.note(tx, "contract sent", &sent).await?;
    if let Some(old) = sent.replaces {
        replace(app, tx, studio, old, &sent, doer).await?;
    }
    let signers = store::signers(tx, id).await?;
    tell::ask_to_sign(app, tx, studio, &sent, &signers, doer).await?;
    work::schedule(tx, studio, &sent).await?;
    tell::happened(tx, studio, &sent, What::ContractSent, None, &doer.actor).await?;
    paper::ask(tx, &sent).await
}

/// Fills in a draft and freezes it.
pub async fn fix(
    tx: &mut StudioTx,
    studio: &Studio,
    id: ContractId,
    version: Option<i64>,
    doer: &Doer,
) -> Result<Contract> {
    let contract = locked(tx, id).await?;
    decide(contract.state, Act::Send, contract.countersign)?;
    // The lock raised it by one.
    if version.is_some_and(|version| version + 1 != contract.version) {
        return Err(Error::refused(
            Code::Conflict,
            "Somebody changed this contract since you looked at it. Please look at it again before it goes out.",
        ));
    }
    let prepared = prepare(tx, studio, &contract).await?;
    if let Some(first) = prepared.obstacles.into_iter().next() {
        return Err(Error::invalid("contract", first));
    }
    for one in &prepared.people {
        let name = clients::full_name(&one.first_name, &one.last_name);
        store::save_name(tx, one.signer_id, &name).await?;
    }
    let hash = text::hash(&contract.title, &prepared.text, CONSENT.1);
    let frozen = Frozen {
        text: &prepared.text,
        hash: &hash,
        consent: CONSENT,
        expires_at: prepared.expires_at,
    };
    if !store::freeze(tx, id, &frozen).await? {
        return Err(lost());
    }
    let sent = store::get(tx, id).await?;
    let detail = json!({ "title": sent.title, "consent": CONSENT.0, "asks_code": sent.asks_code });
    evidence::append(tx, &sent, "sent", &doer.by, None, detail).await?;
    Ok(sent)
}

/// The earlier version makes way for the one that was sent.
async fn replace(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    old: ContractId,
    new: &Contract,
    doer: &Doer,
) -> Result<()> {
    let mut old = locked(tx, old).await?;
    let state = decide(old.state_at(tx.now()), Act::Replace, old.countersign)?;
    if let Some(other) = old.replaced_by.filter(|other| *other != new.id) {
        return Err(Error::refused(
            Code::Conflict,
            format!("Another version took the place of the earlier one already ({other})."),
        ));
    }
    store::save_replaced(tx, old.id, new.id).await?;
    old.replaced_by = Some(new.id);
    if Stage::of(old.state, old.countersign).is_closed() {
        return Ok(());
    }
    let reason = "A new version took its place.";
    close(app, tx, studio, &old, state, Some(reason), doer).await
}

/// Ends a contract that is under way, whatever for, and says so.
pub async fn close(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    contract: &Contract,
    state: State,
    reason: Option<&str>,
    doer: &Doer,
) -> Result<()> {
    if !store::save_state(tx, contract, state, reason).await? {
        return Err(lost());
    }
    let detail = json!({ "reason": reason });
    evidence::append(tx, contract, state.name(), &doer.by, None, detail).await?;
    let action = match state {
        State::Expired => "contract expired",
        _ => "contract voided",
    };
    doer.note(tx, action, contract).await?;
    tell::closed(app, tx, studio, contract, state, reason, None).await
}

/// Takes a contract back.
pub async fn void(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    id: ContractId,
    reason: &str,
    doer: &Doer,
) -> Result<()> {
    let contract = locked(tx, id).await?;
    let state = decide(contract.state_at(tx.now()), Act::Void, contract.countersign)?;
    close(app, tx, studio, &contract, state, Some(reason), doer).await
}

/// A draft with the same text and signers, which takes this one's place once it is sent.
pub async fn new_version(tx: &mut StudioTx, id: ContractId, doer: &Doer) -> Result<ContractId> {
    let old = store::get(tx, id).await?;
    decide(old.state_at(tx.now()), Act::Replace, old.countersign)?;
    let mut draft = Draft::of(&old);
    if draft.last_day.is_some() && old.expires_at.is_some_and(|end| end <= tx.now()) {
        draft.last_day = None;
    }
    let new = store::insert(tx, old.client_id, &draft, Some(id)).await?;
    let people = store::people(tx, id).await?;
    let signers = store::signers(tx, id).await?;
    let again = signers.into_iter().map(|one| store::NewSigner {
        contact: people
            .iter()
            .find(|person| person.signer_id == one.id)
            .map(|person| person.contact_id),
        name: one.name,
        role: one.role,
    });
    store::save_signers(tx, new, &again.collect::<Vec<_>>()).await?;
    doer.note(tx, "contract drafted", &old).await?;
    Ok(new)
}

/// The studio's own signature, after all others.
pub async fn countersign(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    id: ContractId,
    name: &str,
    session: &StaffSession,
) -> Result<()> {
    let signature = Signature::Typed(name.trim().to_owned());
    check_signature(&signature)?;
    let doer = Doer::staff(session);
    let contract = locked(tx, id).await?;
    let state = decide(contract.state, Act::Countersign, contract.countersign)?;
    let signers = store::signers(tx, id).await?;
    let own = signers.iter().find(|one| one.is_studio());
    let own = own.ok_or_else(|| Error::internal("a contract without a place for the studio"))?;
    debug_assert!(turn(&signers).is_none());
    let signed = Signed {
        signature: &signature,
        proof: "staff session",
        session: None,
        staff: Some(session.staff),
        address: &session.visitor.address.to_string(),
        user_agent: &session.visitor.user_agent,
        key: None,
    };
    let saved = store::save_signature(tx, own.id, &signed).await?;
    if !saved || !store::save_state(tx, &contract, state, None).await? {
        return Err(lost());
    }
    let detail = json!({ "signature": signature, "proof": "staff session" });
    evidence::append(
        tx,
        &contract,
        "countersigned",
        &doer.by,
        Some(own.id),
        detail,
    )
    .await?;
    doer.note(tx, "contract countersigned", &contract).await?;
    tell::done(app, tx, studio, &contract, state).await?;
    let what = What::ContractCompleted;
    tell::happened(tx, studio, &contract, what, None, &doer.actor).await?;
    let contract = store::get(tx, id).await?;
    paper::ask(tx, &contract).await
}
