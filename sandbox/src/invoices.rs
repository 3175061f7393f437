//! A subscription's invoices: made, charged for, paid later.

use serde_json::{Value, json};

use crate::{
    desk::Desk,
    errors::ApiError,
    objects::{self, Paying},
    state::{number, text},
};

impl Desk<'_> {
    /// An invoice for the subscription's current period, charged for at once.
    pub fn bill(
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

    pub fn method_of(&self, subscription: &str) -> Result<Value, ApiError> {
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
            &[json!({
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
