//! Subscriptions: customers, prices, periods, invoices, the billing portal.

use serde_json::{Map, Value, json};

use crate::{
    cards,
    desk::Desk,
    errors::ApiError,
    objects::{self, Paying},
    params::{ANY_INT, EXPAND, Field, ID, Kind, may, must},
    payments::{Payer, customer_details},
    sessions::objects_price,
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
        self.add_customer(&email, &name, metadata)
    }

    pub fn add_customer(&mut self, email: &str, name: &str, metadata: Value) -> Value {
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
        let mut price = objects_price(amount, currency, &recurring);
        price["id"] = id.into();
        price["created"] = self.seconds().into();
        price["product"] = self.id("prod").into();
        price["_product_name"] = product.into();
        self.keep(price);
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
                &self.add_customer(&payer.email, &payer.name, json!({})),
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
                vec![json!({
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

    /// An invoice for the subscription's current period, charged for at once.
    fn bill(
        &mut self,
        id: &str,
        reason: &str,
        verdict: Result<(), ApiError>,
    ) -> Result<String, ApiError> {
        let subscription = self.find("subscription", id, "subscription")?.clone();
        let invoice = self.new_invoice(&subscription, reason);
        if let Ok(object) = self.find_mut("subscription", id) {
            object["latest_invoice"] = invoice.as_str().into();
        }
        self.tell("invoice.created", &invoice);
        self.tell("invoice.finalized", &invoice);
        self.collect(&invoice, verdict)?;
        Ok(invoice)
    }

    /// Charges for an open invoice.
    pub fn collect(
        &mut self,
        invoice: &str,
        verdict: Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        let open = self.find("invoice", invoice, "invoice")?.clone();
        if open["status"] != "open" {
            return Err(ApiError::invalid("Invoice is already paid"));
        }
        let subscription = text(&open["parent"]["subscription_details"], "subscription").to_owned();
        let method = self.method_of(&subscription)?;
        let paying = Paying {
            amount: number(&open, "amount_due"),
            currency: text(&open, "currency"),
            customer: open["customer"].clone(),
            description: "Subscription".into(),
            metadata: json!({}),
            receipt_email: Value::Null,
            method: &method,
            types: json!(["card"]),
        };
        let intent = match open["_intent"].as_str() {
            Some(intent) => intent.to_owned(),
            None => self.new_intent(&paying),
        };
        let charged = self.charge_card(&intent, &paying, verdict);
        let now = self.seconds();
        let object = self.find_mut("invoice", invoice)?;
        object["_intent"] = intent.into();
        object["attempted"] = true.into();
        object["attempt_count"] = (number(object, "attempt_count") + 1).into();
        if charged.is_ok() {
            object["status"] = "paid".into();
            object["amount_paid"] = object["amount_due"].clone();
            object["amount_remaining"] = 0.into();
            object["next_payment_attempt"] = Value::Null;
            object["status_transitions"]["paid_at"] = now.into();
            self.tell("invoice.paid", invoice);
            self.tell("invoice.payment_succeeded", invoice);
        } else {
            object["next_payment_attempt"] = (now + 3 * 86_400).into();
            self.tell("invoice.payment_failed", invoice);
        }
        charged
    }

    fn method_of(&self, subscription: &str) -> Result<Value, ApiError> {
        let subscription = self.find("subscription", subscription, "subscription")?;
        let method = text(subscription, "default_payment_method");
        self.find("payment_method", method, "payment_method")
            .cloned()
    }

    fn new_invoice(&mut self, subscription: &Value, reason: &str) -> String {
        let id = self.id("in");
        let line = self.id("il");
        self.account.invoices += 1;
        let customer = self
            .find("customer", text(subscription, "customer"), "customer")
            .cloned()
            .unwrap_or_default();
        let item = &subscription["items"]["data"][0];
        let amount = number(&item["price"], "unit_amount");
        let page = format!("{}/i/{id}", self.public_url);
        let number = format!(
            "{}-{:04}",
            text(&customer, "invoice_prefix"),
            self.account.invoices
        );
        let now = self.seconds();
        let period =
            json!({ "start": item["current_period_start"], "end": item["current_period_end"] });
        let lines = objects::list(
            &format!("/v1/invoices/{id}/lines"),
            vec![json!({
                "id": line, "object": "line_item", "amount": amount, "currency": subscription["currency"],
                "description": format!("1 × {}", self.product_of(&item["price"])), "discount_amounts": [],
                "discountable": true, "discounts": [], "invoice": id, "livemode": false, "metadata": {},
                "parent": {
                    "invoice_item_details": null, "type": "subscription_item_details",
                    "subscription_item_details": {
                        "invoice_item": null, "proration": false, "proration_details": { "credited_items": null },
                        "subscription": subscription["id"], "subscription_item": item["id"],
                    },
                },
                "period": period, "pretax_credit_amounts": [],
                "pricing": {
                    "price_details": { "price": item["price"]["id"], "product": item["price"]["product"] },
                    "type": "price_details", "unit_amount_decimal": amount.to_string(),
                },
                "quantity": 1, "taxes": [],
            })],
            false,
        );
        let mut invoice = invoice_object(&id, now, amount, &customer, subscription);
        invoice["account_name"] = self.account.name.as_str().into();
        invoice["billing_reason"] = reason.into();
        invoice["hosted_invoice_url"] = page.as_str().into();
        invoice["invoice_pdf"] = format!("{page}/pdf").into();
        invoice["lines"] = lines;
        invoice["number"] = number.into();
        self.keep(invoice);
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

    fn verdict_of(&self, subscription: &str) -> Result<(), ApiError> {
        let method = self.method_of(subscription)?;
        cards::verdict(text(&method["card"], "last4"))
    }

    fn turn(&mut self, id: &str, status: &str, before: &Value) {
        if let Ok(object) = self.find_mut("subscription", id) {
            object["status"] = status.into();
        }
        let changed = json!({ "status": before["status"], "items": before["items"] });
        self.tell_of_change("customer.subscription.updated", id, &changed);
    }

    /// Somebody pays an open invoice with the card on file; the subscription is active again.
    pub fn pay_invoice(&mut self, invoice: &str) -> Result<(), ApiError> {
        let object = self.find("invoice", invoice, "invoice")?;
        let id = text(&object["parent"]["subscription_details"], "subscription").to_owned();
        let verdict = self.verdict_of(&id);
        self.collect(invoice, verdict)?;
        let before = self.find("subscription", &id, "subscription")?.clone();
        let more_open = self.account.all("invoice").any(|invoice| {
            invoice["status"] == "open"
                && invoice["parent"]["subscription_details"]["subscription"] == id
        });
        if before["status"] != "canceled" && !more_open {
            self.turn(&id, "active", &before);
        }
        Ok(())
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

fn invoice_object(
    id: &str,
    now: i64,
    amount: i64,
    customer: &Value,
    subscription: &Value,
) -> Value {
    let mut invoice = json!({
        "id": id,
        "object": "invoice",
        "account_country": "US",
        "account_tax_ids": null,
        "amount_due": amount,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": amount,
        "amount_shipping": 0,
        "application": null,
        "attempt_count": 0,
        "attempted": false,
        "auto_advance": true,
        "automatic_tax": {
            "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null,
        },
        "automatically_finalizes_at": null,
        "collection_method": "charge_automatically",
        "created": now,
        "currency": subscription["currency"],
        "custom_fields": null,
        "customer": customer["id"],
        "default_payment_method": null,
        "default_source": null,
        "default_tax_rates": [],
        "description": null,
        "discounts": [],
        "due_date": null,
        "effective_at": now,
        "ending_balance": 0,
        "footer": null,
        "from_invoice": null,
        "issuer": { "type": "self" },
        "last_finalization_error": null,
        "latest_revision": null,
        "livemode": false,
        "metadata": {},
        "next_payment_attempt": null,
        "on_behalf_of": null,
        "parent": {
            "quote_details": null,
            "subscription_details": { "metadata": subscription["metadata"], "subscription": subscription["id"] },
            "type": "subscription_details",
        },
    });
    let rest = json!({
        "payment_settings": {
            "default_mandate": null, "payment_method_options": null, "payment_method_types": null,
        },
        "period_end": now,
        "period_start": now,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": null,
        "rendering": null,
        "shipping_cost": null,
        "shipping_details": null,
        "starting_balance": 0,
        "statement_descriptor": null,
        "status": "open",
        "status_transitions": {
            "finalized_at": now, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null,
        },
        "subtotal": amount,
        "subtotal_excluding_tax": amount,
        "test_clock": null,
        "total": amount,
        "total_discount_amounts": [],
        "total_excluding_tax": amount,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": null,
        "customer_address": null,
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": null,
        "customer_shipping": null,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
    });
    if let (Value::Object(all), Value::Object(rest)) = (&mut invoice, rest) {
        all.extend(rest);
    }
    invoice
}
