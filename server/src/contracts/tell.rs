//! Who hears of what happens to a contract.

use portico_wire::contracts::ContractState as State;
use serde_json::{Value, json};

use super::{
    Contract, Signer,
    evidence::{self, By},
    send::Doer,
    store::{self, Person},
    turn,
};
use crate::{
    App, Result,
    access::{links, reach},
    audit::Actor,
    clients,
    db::StudioTx,
    forms::texts,
    happenings::{self, Happened, Item, What},
    mail::{self, Message},
    studios::Studio,
};

/// Something happened to it: of this signer, or of all.
pub async fn happened(
    tx: &mut StudioTx,
    studio: &Studio,
    contract: &Contract,
    what: What,
    signer: Option<&Signer>,
    by: &Actor,
) -> Result<()> {
    let signers = store::signers(tx, contract.id).await?;
    let own = signers
        .iter()
        .filter(|one| signer.is_none_or(|signer| signer.id == one.id));
    let item = Item::Contract(contract.id);
    let mut happened = Happened::new(what, contract.client_id, by, item, &contract.title)
        .to(own.filter_map(|one| one.contact_id).collect())
        .day(contract.last_day.clone());
    if let Some(amount) = contract.details.amount {
        happened = happened.amount(amount, &studio.currency);
    }
    match (what, signer) {
        (What::ContractExpiring, _) => happenings::tell_once(tx, &happened).await,
        // Each signer once.
        (_, Some(signer)) => happenings::tell(tx, &happened.again(signer.id)).await,
        _ => happenings::tell(tx, &happened).await,
    }
}

/// The signers whose turn it is, as they are now.
fn whose_turn<'a>(
    contract: &Contract,
    signers: &[Signer],
    people: &'a [Person],
) -> Vec<&'a Person> {
    let turn = turn(signers);
    let waits = |person: &&Person| {
        let place = signers.iter().find(|one| one.id == person.signer_id);
        place.is_some_and(|one| {
            one.is_outstanding() && (!contract.in_order || Some(one.place) == turn)
        })
    };
    people.iter().filter(waits).collect()
}

/// Mails whoever's turn it is to sign; who was mailed stands in the evidence.
pub async fn ask_to_sign(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    contract: &Contract,
    signers: &[Signer],
    doer: &Doer,
) -> Result<usize> {
    ask(app, tx, studio, contract, signers, doer, "contract").await
}

/// Reminds them.
pub async fn remind(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    contract: &Contract,
    signers: &[Signer],
    doer: &Doer,
) -> Result<usize> {
    ask(
        app,
        tx,
        studio,
        contract,
        signers,
        doer,
        "contract_reminder",
    )
    .await
}

async fn ask(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    contract: &Contract,
    signers: &[Signer],
    doer: &Doer,
    template: &'static str,
) -> Result<usize> {
    let people = store::people(tx, contract.id).await?;
    let mut count = 0;
    for person in whose_turn(contract, signers, &people) {
        let Some(email) = person.email.as_deref() else {
            continue;
        };
        if person.access_state.obstacle().is_some() {
            continue;
        }
        let whom = (person.contact_id, person.access_state);
        let by = reach::By {
            actor: &doer.actor,
            reference: &doer.reference,
        };
        let link = links::for_document(app, tx, studio, whom, &by).await?;
        let params = json!({
            "first_name": person.first_name,
            "title": contract.title,
            "due": contract.last_day.as_deref().map(texts::date),
            "asks_code": contract.asks_code,
            "others": signers.iter().filter(|one| !one.is_studio()).count() > 1,
            "new_version": contract.replaces.is_some(),
            "linked": link.is_some(),
        });
        let message = Message::mail((Some(person.contact_id), email), template, params);
        links::mail(app, tx, studio, message, link).await?;
        let what = match template {
            "contract" => "mailed",
            _ => "reminded",
        };
        let detail = json!({ "to": email });
        evidence::append(
            tx,
            contract,
            what,
            &By::system(),
            Some(person.signer_id),
            detail,
        )
        .await?;
        count += 1;
    }
    Ok(count)
}

/// Every signer of the client's side who can be reached.
async fn signers_mails(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    contract: &Contract,
    template: &'static str,
    params: &Value,
    without: &[Person],
) -> Result<()> {
    for person in store::people(tx, contract.id).await? {
        if without
            .iter()
            .any(|one| one.contact_id == person.contact_id)
        {
            continue;
        }
        let (Some(email), None) = (person.email.as_deref(), person.access_state.obstacle()) else {
            continue;
        };
        let mut params = params.clone();
        params["first_name"] = person.first_name.as_str().into();
        let message = Message::mail((Some(person.contact_id), email), template, params);
        mail::send(app, tx, studio, message).await?;
    }
    Ok(())
}

/// Everybody of the client's side has signed, or the studio too: all hear of it.
pub async fn done(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    contract: &Contract,
    state: State,
) -> Result<()> {
    let countersigned = state == State::Countersigned;
    let params = json!({
        "title": contract.title,
        "countersigned": countersigned,
        "waits": contract.countersign && !countersigned,
    });
    signers_mails(app, tx, studio, contract, "contract_done", &params, &[]).await?;
    let what = if countersigned {
        "countersigned"
    } else {
        "signed_all"
    };
    staff(app, tx, studio, contract, what, None).await
}

/// It was declined, voided or ran out.
pub async fn closed(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    contract: &Contract,
    state: State,
    reason: Option<&str>,
    by: Option<&str>,
) -> Result<()> {
    let params = json!({
        "title": contract.title,
        "what": state.name(),
        "reason": reason,
        "by": by,
    });
    // Who signs a new version hears of the old one there.
    let again = match contract.replaced_by {
        Some(new) => store::people(tx, new).await?,
        None => Vec::new(),
    };
    signers_mails(
        app,
        tx,
        studio,
        contract,
        "contract_closed",
        &params,
        &again,
    )
    .await?;
    if state == State::Voided {
        return Ok(());
    }
    let mut told = params;
    told["client"] = contract.client_name.as_str().into();
    mail_staff(app, tx, studio, contract, told).await
}

/// The staff who look after the client hear of a signature.
pub async fn staff(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    contract: &Contract,
    what: &str,
    by: Option<&str>,
) -> Result<()> {
    let params = json!({
        "title": contract.title,
        "client": contract.client_name,
        "what": what,
        "by": by,
        "countersign": contract.countersign,
    });
    mail_staff(app, tx, studio, contract, params).await
}

async fn mail_staff(
    app: &App,
    tx: &mut StudioTx,
    studio: &Studio,
    contract: &Contract,
    mut params: Value,
) -> Result<()> {
    params["page"] = format!("{}/admin/contracts/{}", app.origin, contract.id).into();
    clients::tell::staff(app, tx, studio, contract.group_id, "contract_staff", params).await
}
