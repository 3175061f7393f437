//! An order as staff's lists show it.

use serde_json::{Value, json};

use super::store::ListedOrder;
use crate::{money::say, web::admin};

/// An order as a list shows it.
pub fn line(order: &ListedOrder, zone: &str) -> Value {
    json!({
        "id": order.id,
        "number": order.number,
        "title": order.title,
        "client_id": order.client_id,
        "client": order.client_name,
        "total": say::words("en").money(order.total, &order.currency),
        "made": admin::day(order.made_at, zone),
    })
}
