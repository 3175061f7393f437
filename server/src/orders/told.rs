//! An order as the portal is told it.

use portico_wire::{
    OrderId,
    sales::{self as wire, ListedOrder},
};

use super::{
    paper,
    store::{self, PortalOrder},
};
use crate::{Result, clients, db::StudioTx, money, sales, studios};

/// In the list.
pub fn listed(order: PortalOrder) -> ListedOrder {
    ListedOrder {
        id: order.id,
        number: order.number,
        title: order.title,
        total: money::wire(order.total, &order.currency),
        made_at: order.made_at,
    }
}

/// The order, for somebody who may see it.
pub async fn order(tx: &mut StudioTx, id: OrderId) -> Result<wire::Order> {
    let order = store::get(tx, id).await?;
    let studio = studios::store::get(tx).await?;
    let lines = store::lines(tx, id).await?;
    let client = clients::store::get_client(tx, order.client_id).await?.name;
    let by = clients::store::get_contact(tx, order.accepted_by)
        .await?
        .name();
    let day = order.day(&studio.time_zone)?;
    Ok(wire::Order {
        paper: paper(&order, &lines, &client, &by, day),
        quote: order.quote_id,
        pdf: None,
        log: sales::log(tx, "order", id.into_uuid()).await?,
        listed: ListedOrder {
            id,
            number: order.number,
            title: order.terms.title.clone(),
            total: money::wire(order.total, &order.terms.currency),
            made_at: order.made_at,
        },
    })
}
