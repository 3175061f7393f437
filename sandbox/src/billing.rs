//! Subscriptions: customers, prices, periods, invoices, the billing portal.

use serde_json::{Map, Value, json};

use crate::{
    cards,
    desk::Desk,
    errors::ApiError,
    objects,
    params::{ANY_INT, EXPAND, Field, ID, Kind, may, must},
    payments::{Payer, customer_details},
    sessions::price,
    state::{number, text},
};

/// `POST /v1/customers`
pub const CUSTOMER: &[Field] = &[
    may("address", Kind::NotPlayed),
    may("balance", ANY_INT),
    may("description", Kind::Text(350)),
    may("email", Kind::Email),
    EXPAND,
    may("invoice_prefix", Kind::Text(12)),
    may("metadata", Kind::Metadata),
    may("name", Kind::Text(256)),
    may("phone", Kind::Text(20)),
    may("preferred_locales", Kind::List(&Kind::Text(10))),
];

/// `POST /v1/billing_portal/sessions`
pub const PORTAL: &[Field] = &[
    may("configuration", Kind::NotPlayed),
    must("customer", ID),
    EXPAND,
    may("flow_data", Kind::NotPlayed),
    may("locale", Kind::Text(10)),
    may("on_behalf_of", Kind::NotPlayed),
    may("return_url", Kind::Url),
];

impl Desk<'_> {
    pub fn create_customer(&mut self, asked: &Map<String, Value>) -> Value {
        let given = |name: &str| {
            asked
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or("")
                .to_owned()
        };
        let (email, name) = (given("email"), given("name"));
        let metadata = asked.get("metadata").cloned().unwrap_or_else(|| json!({}));
        self.add_customer(&email, &name, &metadata)
    }

    pub fn add_customer(&mut self, email: &str, name: &str, metadata: &Value) -> Value {
        let or_null = |text: &str| {
            if text.is_empty() {
                Value::Null
            } else {
                text.into()
            }
        };
        let id = self.id("cus");
        let prefix = self.random.word(8).to_uppercase();
        let customer = self.keep(json!({
            "id": id,
            "object": "customer",
            "address": null,
            "balance": 0,
            "created": self.seconds(),
            "currency": null,
            "default_source": null,
            "delinquent": false,
            "description": null,
            "discount": null,
            "email": or_null(email),
            "invoice_prefix": prefix,
            "invoice_settings": {
                "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null,
            },
            "livemode": false,
            "metadata": metadata,
            "name": or_null(name),
            "next_invoice_sequence": 1,
            "phone": null,
            "preferred_locales": [],
            "shipping": null,
            "tax_exempt": "none",
            "test_clock": null,
        }));
        self.tell("customer.created", &id);
        customer
    }

    pub fn add_price(
        &mut self,
        id: &str,
        product: &str,
        (amount, currency): (i64, &str),
        interval: &str,
    ) {
        let recurring = json!({
            "interval": interval, "interval_count": 1, "meter": null, "trial_period_days": null,
            "usage_type": "licensed",
        });
        let mut object = price(amount, currency, &recurring);
        object["id"] = id.into();
        object["created"] = self.seconds().into();
        object["product"] = self.id("prod").into();
        object["_product_name"] = product.into();
        self.keep(object);
    }

    /// A subscription session that somebody completes: customer, subscription, first invoice.
    pub fn subscribe(
        &mut self,
        session: &Value,
        payer: &Payer,
        method: &Value,
    ) -> Result<(), ApiError> {
        let crate::Method::Card(card) = &payer.method else {
            return Err(ApiError::invalid("This way of paying is not offered here."));
        };
        // Refused before anything is made, so that another card can be tried.
        card.taken_once()?;
        let customer = match session["customer"].as_str() {
            Some(customer) => customer.to_owned(),
            None => text(
                &self.add_customer(&payer.email, &payer.name, &json!({})),
                "id",
            )
            .to_owned(),
        };
        self.attach(&customer, text(method, "id"));
        let price = &session["_line_items"][0]["price"];
        let id = self.new_subscription(&customer, price, method, &session["_subscription_data"]);
        let invoice = self.bill(&id, "subscription_create", Ok(()))?;
        let place = text(session, "id");
        if let Ok(object) = self.find_mut("checkout.session", place) {
            object["status"] = "complete".into();
            object["payment_status"] = "paid".into();
            object["customer"] = customer.into();
            object["customer_details"] = customer_details(payer);
            object["subscription"] = id.as_str().into();
            object["invoice"] = invoice.into();
            object["url"] = Value::Null;
        }
        self.tell("checkout.session.completed", place);
        Ok(())
    }

    /// The card that further periods are charged to.
    pub fn attach(&mut self, customer: &str, method: &str) {
        if let Ok(object) = self.find_mut("payment_method", method) {
            object["customer"] = customer.into();
        }
        if let Ok(object) = self.find_mut("customer", customer) {
            object["invoice_settings"]["default_payment_method"] = method.into();
        }
        let subscriptions: Vec<String> = self
            .account
            .all("subscription")
            .filter(|s| s["customer"] == customer && s["status"] != "canceled")
            .map(|s| text(s, "id").to_owned())
            .collect();
        for id in subscriptions {
            if let Ok(object) = self.find_mut("subscription", &id) {
                object["default_payment_method"] = method.into();
            }
        }
        self.tell("payment_method.attached", method);
        self.tell("customer.updated", customer);
    }

    fn new_subscription(
        &mut self,
        customer: &str,
        price: &Value,
        method: &Value,
        data: &Value,
    ) -> String {
        let (id, item, now) = (self.id("sub"), self.id("si"), self.seconds());
        let end = now + period(price);
        self.keep(json!({
            "id": id,
            "object": "subscription",
            "application": null,
            "application_fee_percent": null,
            "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
            "billing_cycle_anchor": now,
            "billing_cycle_anchor_config": null,
            "billing_mode": { "type": "classic" },
            "billing_thresholds": null,
            "cancel_at": null,
            "cancel_at_period_end": false,
            "canceled_at": null,
            "cancellation_details": { "comment": null, "feedback": null, "reason": null },
            "collection_method": "charge_automatically",
            "created": now,
            "currency": price["currency"],
            "customer": customer,
            "days_until_due": null,
            "default_payment_method": method["id"],
            "default_source": null,
            "default_tax_rates": [],
            "description": data["description"],
            "discounts": [],
            "ended_at": null,
            "invoice_settings": { "account_tax_ids": null, "issuer": { "type": "self" } },
            "items": objects::list(
                &format!("/v1/subscription_items?subscription={id}"),
                &[json!({
                    "id": item, "object": "subscription_item", "billing_thresholds": null, "created": now,
                    "current_period_end": end, "current_period_start": now, "discounts": [], "metadata": {},
                    "price": price, "quantity": 1, "subscription": id, "tax_rates": [],
                })],
                false,
            ),
            "latest_invoice": null,
            "livemode": false,
            "metadata": data.get("metadata").cloned().unwrap_or_else(|| json!({})),
            "next_pending_invoice_item_invoice": null,
            "on_behalf_of": null,
            "pause_collection": null,
            "payment_settings": {
                "payment_method_options": null, "payment_method_types": null,
                "save_default_payment_method": "off",
            },
            "pending_invoice_item_interval": null,
            "pending_setup_intent": null,
            "pending_update": null,
            "schedule": null,
            "start_date": now,
            "status": "active",
            "test_clock": null,
            "transfer_data": null,
            "trial_end": null,
            "trial_settings": { "end_behavior": { "missing_payment_method": "create_invoice" } },
            "trial_start": null,
        }));
        self.tell("customer.subscription.created", &id);
        id
    }

    pub fn product_of(&self, price: &Value) -> String {
        self.find("price", text(price, "id"), "price")
            .map(|price| text(price, "_product_name"))
            .unwrap_or("Subscription")
            .to_owned()
    }

    /// The next period: charged for, and paid or past due.
    pub fn renew(&mut self, id: &str, fails: bool) -> Result<(), ApiError> {
        let before = self.find("subscription", id, "subscription")?.clone();
        if before["status"] == "canceled" {
            return Err(ApiError::invalid("This subscription has ended."));
        }
        if before["cancel_at_period_end"] == true {
            return self.end_subscription(id);
        }
        let item = &before["items"]["data"][0];
        // A test does not wait for a month: the next period begins where the last one ends.
        let start = number(item, "current_period_end");
        let end = start + period(&item["price"]);
        if let Ok(object) = self.find_mut("subscription", id) {
            object["items"]["data"][0]["current_period_start"] = start.into();
            object["items"]["data"][0]["current_period_end"] = end.into();
        }
        let verdict = if fails {
            cards::verdict("0341")
        } else {
            self.verdict_of(id)
        };
        let paid = self.bill(id, "subscription_cycle", verdict).is_ok();
        self.turn(id, if paid { "active" } else { "past_due" }, &before);
        Ok(())
    }

    pub fn verdict_of(&self, subscription: &str) -> Result<(), ApiError> {
        let method = self.method_of(subscription)?;
        cards::verdict(text(&method["card"], "last4"))
    }

    pub fn turn(&mut self, id: &str, status: &str, before: &Value) {
        if let Ok(object) = self.find_mut("subscription", id) {
            object["status"] = status.into();
        }
        let changed = json!({ "status": before["status"], "items": before["items"] });
        self.tell_of_change("customer.subscription.updated", id, &changed);
    }

    pub fn cancel_at_end(&mut self, id: &str, cancel: bool) -> Result<(), ApiError> {
        let now = self.seconds();
        let object = self.find_mut("subscription", id)?;
        let before = json!({ "cancel_at_period_end": object["cancel_at_period_end"] });
        object["cancel_at_period_end"] = cancel.into();
        object["cancel_at"] = if cancel {
            object["items"]["data"][0]["current_period_end"].clone()
        } else {
            Value::Null
        };
        object["canceled_at"] = if cancel { now.into() } else { Value::Null };
        object["cancellation_details"]["reason"] = if cancel {
            "cancellation_requested".into()
        } else {
            Value::Null
        };
        self.tell_of_change("customer.subscription.updated", id, &before);
        Ok(())
    }

    pub fn end_subscription(&mut self, id: &str) -> Result<(), ApiError> {
        let now = self.seconds();
        let object = self.find_mut("subscription", id)?;
        if object["status"] == "canceled" {
            return Err(ApiError::invalid("This subscription has ended."));
        }
        object["status"] = "canceled".into();
        object["ended_at"] = now.into();
        if object["canceled_at"].is_null() {
            object["canceled_at"] = now.into();
        }
        self.tell("customer.subscription.deleted", id);
        Ok(())
    }

    pub fn create_portal(&mut self, asked: &Map<String, Value>) -> Result<Value, ApiError> {
        let customer = asked["customer"].as_str().unwrap_or("");
        self.find("customer", customer, "customer")
            .map_err(|error| error.status(400))?;
        let (id, configuration) = (self.id("bps"), self.id("bpc"));
        Ok(self.keep(json!({
            "id": id,
            "object": "billing_portal.session",
            "configuration": configuration,
            "created": self.seconds(),
            "customer": customer,
            "flow": null,
            "livemode": false,
            "locale": asked.get("locale"),
            "on_behalf_of": null,
            "return_url": asked.get("return_url"),
            "url": format!("{}/p/session/{id}", self.public_url),
        })))
    }
}

/// A month is 30 days here: what matters is that time moves on.
fn period(price: &Value) -> i64 {
    let days = match text(&price["recurring"], "interval") {
        "day" => 1,
        "week" => 7,
        "year" => 365,
        _ => 30,
    };
    days * 86_400 * price["recurring"]["interval_count"].as_i64().unwrap_or(1)
}
