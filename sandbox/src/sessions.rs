//! Checkout sessions: how they are asked for, and how they end.

mod asked;
mod shape;

use serde_json::{Map, Value, json};

use crate::{
    currency,
    desk::Desk,
    errors::ApiError,
    objects,
    state::{number, text},
};
pub use asked::CREATE;
use shape::Figures;
pub use shape::price;

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
        price: shape::price(unit, currency, &recurring),
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
