//! What happens to a contact's access, as others hear of it.

use portico_wire::ContactId;

use crate::{
    Result,
    audit::Actor,
    clients,
    db::StudioTx,
    happenings::{self, Happened, Item, What},
};

/// Something happened to a contact; without somebody else who did it, it did so itself.
pub async fn happened(
    tx: &mut StudioTx,
    contact: ContactId,
    what: What,
    by: Option<&Actor>,
) -> Result<()> {
    let who = clients::store::get_contact(tx, contact).await?;
    let own = Actor::Contact {
        id: contact,
        name: who.name(),
    };
    let (by, item) = (by.unwrap_or(&own), Item::Contact(contact));
    let happened = Happened::new(what, who.client_id, by, item, who.name()).to(vec![contact]);
    happenings::tell(tx, &happened).await
}
