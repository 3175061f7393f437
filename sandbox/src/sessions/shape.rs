//! A session and a price as Stripe shows them.

use serde_json::{Map, Value, json};

use crate::{desk::Desk, state::text};

type Asked = Map<String, Value>;

pub struct Figures<'a> {
    pub mode: &'a str,
    pub success_url: &'a Value,
    pub total: i64,
    pub currency: &'a str,
    pub expires_at: i64,
    pub types: Vec<String>,
    pub items: Vec<Value>,
}

impl Desk<'_> {
    pub fn session_object(&self, id: &str, asked: &Asked, figures: &Figures<'_>) -> Value {
        let given = |name: &str| asked.get(name).cloned().unwrap_or(Value::Null);
        let or_empty = |name: &str| asked.get(name).cloned().unwrap_or_else(|| json!({}));
        let payment = figures.mode == "payment";
        let mut session = json!({
            "id": id,
            "object": "checkout.session",
            "adaptive_pricing": { "enabled": false },
            "after_expiration": null,
            "allow_promotion_codes": given("allow_promotion_codes"),
            "amount_subtotal": figures.total,
            "amount_total": figures.total,
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "billing_address_collection": given("billing_address_collection"),
            "cancel_url": given("cancel_url"),
            "client_reference_id": given("client_reference_id"),
            "client_secret": null,
            "collected_information": { "shipping_details": null },
            "consent": null,
            "consent_collection": null,
            "created": self.seconds(),
            "currency": figures.currency,
            "currency_conversion": null,
            "custom_fields": [],
            "custom_text": {
                "after_submit": asked.get("custom_text").and_then(|t| t.get("after_submit")),
                "shipping_address": null,
                "submit": asked.get("custom_text").and_then(|t| t.get("submit")),
                "terms_of_service_acceptance": null,
            },
            "customer": given("customer"),
            "customer_creation": null,
            "customer_details": null,
            "customer_email": given("customer_email"),
            "discounts": [],
            "expires_at": figures.expires_at,
            "invoice": null,
            "invoice_creation": null,
            "livemode": false,
            "locale": given("locale"),
            "metadata": or_empty("metadata"),
            "mode": figures.mode,
            "payment_intent": null,
            "payment_link": null,
            "payment_method_collection": if payment { "if_required" } else { "always" },
            "payment_method_configuration_details": null,
            "payment_method_options": {},
            "payment_method_types": figures.types,
            "payment_status": "unpaid",
            "permissions": null,
            "phone_number_collection": { "enabled": false },
            "recovered_from": null,
            "saved_payment_method_options": null,
            "setup_intent": null,
            "shipping_address_collection": null,
            "shipping_cost": null,
            "shipping_options": [],
            "status": "open",
            "submit_type": given("submit_type"),
            "subscription": null,
            "success_url": figures.success_url,
            "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
            "ui_mode": "hosted",
            "url": format!("{}/c/pay/{id}", self.public_url),
            "wallet_options": null,
        });
        if payment && session["customer"].is_null() {
            session["customer_creation"] = asked
                .get("customer_creation")
                .cloned()
                .unwrap_or_else(|| "if_required".into());
        }
        if session["customer"].is_string()
            && let Ok(customer) = self.find("customer", text(&session, "customer"), "customer")
        {
            session["customer_details"] = json!({
                "address": null, "email": customer["email"], "name": null, "phone": null,
                "tax_exempt": null, "tax_ids": null,
            });
        }
        session["_line_items"] = Value::Array(figures.items.clone());
        session["_intent_data"] = or_empty("payment_intent_data");
        session["_subscription_data"] = or_empty("subscription_data");
        session
    }
}

/// A price without an id yet.
pub fn price(unit: i64, currency: &str, recurring: &Value) -> Value {
    json!({
        "id": null,
        "object": "price",
        "active": !recurring.is_null(),
        "billing_scheme": "per_unit",
        "created": null,
        "currency": currency,
        "custom_unit_amount": null,
        "livemode": false,
        "lookup_key": null,
        "metadata": {},
        "nickname": null,
        "product": null,
        "recurring": recurring,
        "tax_behavior": "unspecified",
        "tiers_mode": null,
        "transform_quantity": null,
        "type": if recurring.is_null() { "one_time" } else { "recurring" },
        "unit_amount": unit,
        "unit_amount_decimal": unit.to_string(),
    })
}
