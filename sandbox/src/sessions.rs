//! Checkout sessions: how they are asked for, and how they end.

use serde_json::{Map, Value, json};

use crate::{
    currency,
    desk::Desk,
    errors::ApiError,
    objects,
    params::{ANY_INT, EXPAND, Field, ID, Kind, may, must},
    state::{number, text},
};

const PRODUCT_DATA: &[Field] = &[
    must("name", Kind::Text(1500)),
    may("description", Kind::Text(40_000)),
    may("images", Kind::List(&Kind::Text(2048))),
    may("metadata", Kind::Metadata),
    may("tax_code", ID),
    may("unit_label", Kind::Text(12)),
];

const RECURRING: &[Field] = &[
    must("interval", Kind::OneOf(&["day", "week", "month", "year"])),
    may("interval_count", Kind::Int(1, 36)),
];

const PRICE_DATA: &[Field] = &[
    must("currency", Kind::Currency),
    may("product", ID),
    may("product_data", Kind::Object(PRODUCT_DATA)),
    may("recurring", Kind::Object(RECURRING)),
    may(
        "tax_behavior",
        Kind::OneOf(&["exclusive", "inclusive", "unspecified"]),
    ),
    may("unit_amount", ANY_INT),
    may("unit_amount_decimal", Kind::NotPlayed),
];

const LINE_ITEM: Kind = Kind::Object(&[
    may("adjustable_quantity", Kind::NotPlayed),
    may("dynamic_tax_rates", Kind::NotPlayed),
    may("price", ID),
    may("price_data", Kind::Object(PRICE_DATA)),
    may("quantity", Kind::Int(1, 999_999)),
    may("tax_rates", Kind::NotPlayed),
]);

const INTENT_DATA: &[Field] = &[
    may("application_fee_amount", Kind::NotPlayed),
    may(
        "capture_method",
        Kind::OneOf(&["automatic", "automatic_async"]),
    ),
    may("description", Kind::Text(1000)),
    may("metadata", Kind::Metadata),
    may("on_behalf_of", Kind::NotPlayed),
    may("receipt_email", Kind::Email),
    may(
        "setup_future_usage",
        Kind::OneOf(&["off_session", "on_session"]),
    ),
    may("shipping", Kind::NotPlayed),
    may("statement_descriptor", Kind::Text(22)),
    may("statement_descriptor_suffix", Kind::Text(22)),
    may("transfer_data", Kind::NotPlayed),
    may("transfer_group", Kind::Text(500)),
];

const SUBSCRIPTION_DATA: &[Field] = &[
    may("application_fee_percent", Kind::NotPlayed),
    may("billing_cycle_anchor", Kind::NotPlayed),
    may("default_tax_rates", Kind::NotPlayed),
    may("description", Kind::Text(500)),
    may("invoice_settings", Kind::NotPlayed),
    may("metadata", Kind::Metadata),
    may("proration_behavior", Kind::NotPlayed),
    may("trial_end", Kind::NotPlayed),
    may("trial_period_days", Kind::NotPlayed),
    may("trial_settings", Kind::NotPlayed),
];

const CUSTOM_TEXT: &[Field] = &[
    may(
        "after_submit",
        Kind::Object(&[must("message", Kind::Text(1200))]),
    ),
    may("submit", Kind::Object(&[must("message", Kind::Text(1200))])),
    may("shipping_address", Kind::NotPlayed),
    may("terms_of_service_acceptance", Kind::NotPlayed),
];

/// `POST /v1/checkout/sessions`
pub const CREATE: &[Field] = &[
    may(
        "adaptive_pricing",
        Kind::Object(&[may("enabled", Kind::Flag)]),
    ),
    may("after_expiration", Kind::NotPlayed),
    may("allow_promotion_codes", Kind::Flag),
    may(
        "automatic_tax",
        Kind::Object(&[must("enabled", Kind::Flag)]),
    ),
    may(
        "billing_address_collection",
        Kind::OneOf(&["auto", "required"]),
    ),
    may("cancel_url", Kind::Url),
    may("client_reference_id", Kind::Text(200)),
    may("consent_collection", Kind::NotPlayed),
    may("currency", Kind::Currency),
    may("custom_fields", Kind::NotPlayed),
    may("custom_text", Kind::Object(CUSTOM_TEXT)),
    may("customer", ID),
    may("customer_creation", Kind::OneOf(&["always", "if_required"])),
    may("customer_email", Kind::Email),
    may("customer_update", Kind::NotPlayed),
    may("discounts", Kind::NotPlayed),
    EXPAND,
    may("expires_at", Kind::Int(0, i64::MAX)),
    may("invoice_creation", Kind::NotPlayed),
    may("line_items", Kind::List(&LINE_ITEM)),
    may("locale", Kind::Text(10)),
    may("metadata", Kind::Metadata),
    must("mode", Kind::OneOf(&["payment", "setup", "subscription"])),
    may("optional_items", Kind::NotPlayed),
    may("origin_context", Kind::NotPlayed),
    may("payment_intent_data", Kind::Object(INTENT_DATA)),
    may(
        "payment_method_collection",
        Kind::OneOf(&["always", "if_required"]),
    ),
    may("payment_method_configuration", ID),
    may("payment_method_data", Kind::NotPlayed),
    may("payment_method_options", Kind::NotPlayed),
    may(
        "payment_method_types",
        Kind::List(&Kind::OneOf(&[
            "card",
            "us_bank_account",
            "sepa_debit",
            "bacs_debit",
            "au_becs_debit",
            "acss_debit",
        ])),
    ),
    may("permissions", Kind::NotPlayed),
    may("phone_number_collection", Kind::NotPlayed),
    may("redirect_on_completion", Kind::NotPlayed),
    may("return_url", Kind::NotPlayed),
    may("saved_payment_method_options", Kind::NotPlayed),
    may("setup_intent_data", Kind::NotPlayed),
    may("shipping_address_collection", Kind::NotPlayed),
    may("shipping_options", Kind::NotPlayed),
    may(
        "submit_type",
        Kind::OneOf(&["auto", "book", "donate", "pay", "subscribe"]),
    ),
    may("subscription_data", Kind::Object(SUBSCRIPTION_DATA)),
    may("success_url", Kind::Url),
    may("tax_id_collection", Kind::NotPlayed),
    may("ui_mode", Kind::OneOf(&["hosted"])),
    may("wallet_options", Kind::NotPlayed),
];

type Asked = Map<String, Value>;

/// A line, and what it costs.
struct Line {
    name: String,
    description: Value,
    unit: i64,
    quantity: i64,
    currency: String,
    price: Value,
}

impl Desk<'_> {
    pub fn create_session(&mut self, asked: &Asked) -> Result<Value, ApiError> {
        let mode = asked["mode"].as_str().unwrap_or("");
        if mode == "setup" {
            return Err(ApiError::invalid("This sandbox does not play mode=setup.").param("mode"));
        }
        let success_url = asked
            .get("success_url")
            .ok_or_else(|| ApiError::missing("success_url"))?;
        self.check_customer(asked)?;
        if mode == "subscription" && asked.contains_key("payment_intent_data") {
            return Err(ApiError::invalid(
                "You can not pass `payment_intent_data` in `subscription` mode.",
            )
            .param("payment_intent_data"));
        }
        if mode == "payment" && asked.contains_key("subscription_data") {
            return Err(ApiError::invalid(
                "You can not pass `subscription_data` in `payment` mode.",
            )
            .param("subscription_data"));
        }
        let lines = self.lines(asked, mode)?;
        let currency = lines[0].currency.clone();
        let total = total(&lines, &currency)?;
        let expires_at = self.expiry(asked)?;
        let types = types(asked, &currency, mode)?;
        let id = self.id("cs_test");
        let items: Vec<Value> = lines.iter().map(|line| self.line_object(line)).collect();
        let session = self.session_object(
            &id,
            asked,
            &Figures {
                mode,
                success_url,
                total,
                currency: &currency,
                expires_at,
                types,
                items,
            },
        );
        Ok(self.keep(session))
    }

    fn check_customer(&self, asked: &Asked) -> Result<(), ApiError> {
        let Some(customer) = asked.get("customer").and_then(Value::as_str) else {
            return Ok(());
        };
        if asked.contains_key("customer_email") {
            return Err(ApiError::invalid(
                "You may only specify one of these parameters: customer, customer_email.",
            )
            .param("customer_email"));
        }
        self.find("customer", customer, "customer").map(|_| ())
    }

    fn lines(&self, asked: &Asked, mode: &str) -> Result<Vec<Line>, ApiError> {
        let items = asked
            .get("line_items")
            .and_then(Value::as_array)
            .filter(|items| !items.is_empty())
            .ok_or_else(|| ApiError::missing("line_items"))?;
        if items.len() > 100 {
            return Err(
                ApiError::invalid("A session has up to 100 line items.").param("line_items")
            );
        }
        items
            .iter()
            .enumerate()
            .map(|(i, item)| self.line(item, mode, &format!("line_items[{i}]")))
            .collect()
    }

    fn line(&self, item: &Value, mode: &str, place: &str) -> Result<Line, ApiError> {
        let quantity = item["quantity"]
            .as_i64()
            .ok_or_else(|| ApiError::missing(&format!("{place}[quantity]")))?;
        let (price, data) = (item.get("price"), item.get("price_data"));
        let line = match (price.and_then(Value::as_str), data) {
            (Some(id), None) => self.line_of_price(id, quantity, &format!("{place}[price]"))?,
            (None, Some(data)) => line_of_data(data, quantity, &format!("{place}[price_data]"))?,
            (None, None) => return Err(ApiError::missing(&format!("{place}[price]"))),
            (Some(_), Some(_)) => {
                return Err(ApiError::invalid(
                    "You may only specify one of these parameters: price, price_data.",
                )
                .param(place));
            }
        };
        let recurring = line.price["recurring"].is_object();
        if recurring && mode == "payment" {
            return Err(ApiError::invalid(
                "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
            )
            .param(place));
        }
        if !recurring && mode == "subscription" {
            return Err(ApiError::invalid(
                "You must provide at least one recurring price in `subscription` mode when using prices.",
            )
            .param(place));
        }
        Ok(line)
    }

    fn line_of_price(&self, id: &str, quantity: i64, place: &str) -> Result<Line, ApiError> {
        let price = self
            .find("price", id, place)
            .map_err(|error| error.status(400))?;
        Ok(Line {
            name: text(price, "_product_name").into(),
            description: Value::Null,
            unit: number(price, "unit_amount"),
            quantity,
            currency: text(price, "currency").into(),
            price: objects::public(price),
        })
    }

    /// Between 30 minutes and 24 hours from now; 24 hours where nothing was said.
    fn expiry(&self, asked: &Asked) -> Result<i64, ApiError> {
        let now = self.seconds();
        let Some(at) = asked.get("expires_at").and_then(Value::as_i64) else {
            return Ok(now + 86_400);
        };
        // The request was on its way for a moment.
        if at < now + 1800 - 60 {
            return Err(ApiError::invalid(
                "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            )
            .param("expires_at"));
        }
        if at > now + 86_400 + 60 {
            return Err(ApiError::invalid(
                "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            )
            .param("expires_at"));
        }
        Ok(at)
    }

    fn line_object(&mut self, line: &Line) -> Value {
        let amount = line.unit * line.quantity;
        let mut price = line.price.clone();
        if price["id"].is_null() {
            price["id"] = self.id("price").into();
            price["product"] = self.id("prod").into();
            price["created"] = self.seconds().into();
        }
        json!({
            "id": self.id("li"),
            "object": "item",
            "amount_discount": 0,
            "amount_subtotal": amount,
            "amount_tax": 0,
            "amount_total": amount,
            "currency": line.currency,
            "description": line.name,
            "metadata": {},
            "price": price,
            "quantity": line.quantity,
            "_note": line.description,
        })
    }

    /// `POST /v1/checkout/sessions/{id}/expire`
    pub fn expire_session(&mut self, id: &str) -> Result<Value, ApiError> {
        let session = self.find_mut("checkout.session", id)?;
        let status = text(session, "status");
        if status != "open" {
            return Err(ApiError::invalid(format!(
                "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {status}."
            )));
        }
        session["status"] = "expired".into();
        session["url"] = Value::Null;
        let shown = session.clone();
        self.tell("checkout.session.expired", id);
        Ok(shown)
    }

    /// What ran out in the meantime is expired before anything else happens.
    pub fn expire_sessions(&mut self) {
        let now = self.seconds();
        let over: Vec<String> = self
            .account
            .all("checkout.session")
            .filter(|s| s["status"] == "open" && number(s, "expires_at") <= now)
            .map(|s| text(s, "id").to_owned())
            .collect();
        for id in over {
            let _ = self.expire_session(&id);
        }
    }
}

struct Figures<'a> {
    mode: &'a str,
    success_url: &'a Value,
    total: i64,
    currency: &'a str,
    expires_at: i64,
    types: Vec<String>,
    items: Vec<Value>,
}

impl Desk<'_> {
    fn session_object(&self, id: &str, asked: &Asked, figures: &Figures<'_>) -> Value {
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

fn line_of_data(data: &Value, quantity: i64, place: &str) -> Result<Line, ApiError> {
    let unit = data["unit_amount"]
        .as_i64()
        .ok_or_else(|| ApiError::missing(&format!("{place}[unit_amount]")))?;
    let currency = text(data, "currency");
    if unit < 0 {
        return Err(
            ApiError::invalid("This value must be greater than or equal to 0.")
                .code("parameter_invalid_integer")
                .param(format!("{place}[unit_amount]")),
        );
    }
    currency::check_unit(unit, currency, &format!("{place}[unit_amount]"))?;
    let product = data
        .get("product_data")
        .ok_or_else(|| ApiError::missing(&format!("{place}[product_data]")))?;
    let recurring = data.get("recurring").map_or(Value::Null, |recurring| {
        json!({
            "interval": recurring["interval"], "interval_count": recurring["interval_count"].as_i64().unwrap_or(1),
            "meter": null, "trial_period_days": null, "usage_type": "licensed",
        })
    });
    Ok(Line {
        name: text(product, "name").into(),
        description: product["description"].clone(),
        unit,
        quantity,
        currency: currency.into(),
        price: objects_price(unit, currency, &recurring),
    })
}

/// A price without an id yet.
pub fn objects_price(unit: i64, currency: &str, recurring: &Value) -> Value {
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

fn total(lines: &[Line], currency: &str) -> Result<i64, ApiError> {
    let mut total = 0_i64;
    for line in lines {
        if line.currency != currency {
            return Err(ApiError::invalid(
                "All prices on a Checkout session must have the same currency.",
            )
            .param("line_items"));
        }
        total = line
            .unit
            .checked_mul(line.quantity)
            .and_then(|amount| total.checked_add(amount))
            .unwrap_or(i64::MAX);
    }
    currency::check_total(total, currency)?;
    Ok(total)
}

fn types(asked: &Asked, currency: &str, mode: &str) -> Result<Vec<String>, ApiError> {
    let bank = currency::bank_debit(currency);
    let Some(types) = asked.get("payment_method_types").and_then(Value::as_array) else {
        let bank = bank.filter(|_| mode == "payment");
        return Ok(std::iter::once("card")
            .chain(bank)
            .map(Into::into)
            .collect());
    };
    for kind in types.iter().filter_map(Value::as_str) {
        if kind != "card" && Some(kind) != bank {
            return Err(ApiError::invalid(format!(
                "The payment method `{kind}` cannot be used with the currency `{currency}`."
            ))
            .param("payment_method_types"));
        }
    }
    Ok(types
        .iter()
        .filter_map(Value::as_str)
        .map(Into::into)
        .collect())
}
