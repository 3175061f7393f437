//! A draft from a text, for a client.

use portico_wire::{ClientId, ContractId};

use super::{
    Details,
    store::{self, Draft, NewSigner},
};
use crate::{
    Result, clients, db::StudioTx, events::Event, mail::letters::store::Recipient, studios::Studio,
};

/// Makes the draft. The first two who can sign do, and the studio after them. What is coming up is what it is about, most
/// of the time; it can be typed over.
pub async fn begin(
    tx: &mut StudioTx,
    studio: &Studio,
    client: ClientId,
    (title, source): (String, String),
    event: Option<Event>,
    people: &[Recipient],
) -> Result<ContractId> {
    let details = event.map_or_else(Details::default, |event| Details {
        event_date: event.day(),
        event_place: event.place_line(),
        event: event.title,
        ..Details::default()
    });
    let draft = Draft {
        title,
        source,
        details,
        asks_code: true,
        countersign: true,
        reminds: true,
        ..Draft::default()
    };
    let contract = store::insert(tx, client, &draft, None).await?;
    let mut signers: Vec<NewSigner> = people
        .iter()
        .filter(|one| one.state.obstacle().is_none())
        .take(2)
        .map(|one| NewSigner {
            contact: Some(one.id),
            name: clients::full_name(&one.first_name, &one.last_name),
            role: "Client".into(),
        })
        .collect();
    signers.push(NewSigner {
        contact: None,
        name: studio.name.clone(),
        role: "Studio".into(),
    });
    store::save_signers(tx, contract, &signers).await?;
    Ok(contract)
}
