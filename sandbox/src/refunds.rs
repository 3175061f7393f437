//! Money that goes back: refunds and disputes.

use serde_json::{Map, Value};

use crate::{
    currency,
    desk::Desk,
    errors::ApiError,
    objects,
    params::{EXPAND, Field, ID, Kind, may},
    state::{number, text},
};

/// `POST /v1/refunds`
pub const REFUND: &[Field] = &[
    may("amount", Kind::Int(1, i64::MAX)),
    may("charge", ID),
    may("currency", Kind::NotPlayed),
    may("customer", Kind::NotPlayed),
    EXPAND,
    may("instructions_email", Kind::NotPlayed),
    may("metadata", Kind::Metadata),
    may("origin", Kind::NotPlayed),
    may("payment_intent", ID),
    may(
        "reason",
        Kind::OneOf(&["duplicate", "fraudulent", "requested_by_customer"]),
    ),
    may("refund_application_fee", Kind::NotPlayed),
    may("reverse_transfer", Kind::NotPlayed),
];

impl Desk<'_> {
    /// `POST /v1/refunds`
    pub fn refund(&mut self, asked: &Map<String, Value>) -> Result<Value, ApiError> {
        let charge = match (asked.get("charge"), asked.get("payment_intent")) {
            (Some(_), Some(_)) => {
                return Err(ApiError::invalid(
                    "You may only specify one of these parameters: charge, payment_intent.",
                ));
            }
            (Some(charge), None) => charge.as_str().unwrap_or("").to_owned(),
            (None, Some(intent)) => self.charge_of(intent.as_str().unwrap_or(""))?,
            (None, None) => {
                return Err(ApiError::invalid(
                    "One of the following params should be provided for this request: payment_intent or charge.",
                )
                .code("parameter_missing")
                .param("charge"));
            }
        };
        let charge = self.find("charge", &charge, "charge")?.clone();
        let id = text(&charge, "id");
        let left = refundable(&charge)?;
        let amount = asked.get("amount").and_then(Value::as_i64).unwrap_or(left);
        let code = text(&charge, "currency");
        currency::check_unit(amount, code, "amount")?;
        if amount > left {
            return Err(ApiError::invalid(format!(
                "Refund amount ({}) is greater than unrefunded amount on charge ({})",
                currency::written(amount, code),
                currency::written(left, code)
            ))
            .param("amount"));
        }
        let refund = self.id("re");
        let object = objects::refund(&refund, self.seconds(), &charge, amount, asked);
        let kept = self.keep(object);
        self.count_refund(id, amount);
        self.tell("refund.created", &refund);
        self.tell("charge.refunded", id);
        Ok(kept)
    }

    fn charge_of(&self, intent: &str) -> Result<String, ApiError> {
        let intent = self.find("payment_intent", intent, "payment_intent")?;
        match intent["latest_charge"].as_str() {
            Some(charge) if intent["status"] == "succeeded" => Ok(charge.to_owned()),
            _ => Err(ApiError::invalid(format!(
                "This PaymentIntent ({}) does not have a successful charge to refund.",
                text(intent, "id")
            ))
            .param("payment_intent")),
        }
    }

    fn count_refund(&mut self, charge: &str, amount: i64) {
        if let Ok(object) = self.find_mut("charge", charge) {
            let refunded = number(object, "amount_refunded") + amount;
            object["amount_refunded"] = refunded.into();
            object["refunded"] = (refunded == number(object, "amount")).into();
        }
    }

    pub fn refund_charge(&mut self, charge: &str, amount: Option<i64>) -> Result<String, ApiError> {
        let mut asked = Map::new();
        asked.insert("charge".into(), charge.into());
        if let Some(amount) = amount {
            asked.insert("amount".into(), amount.into());
        }
        self.refund(&asked)
            .map(|refund| text(&refund, "id").to_owned())
    }

    /// A bank refund under way arrives, or fails and the money comes back.
    pub fn settle_refund(&mut self, id: &str, arrives: bool) -> Result<(), ApiError> {
        let refund = self.find_mut("refund", id)?;
        if refund["status"] != "pending" {
            return Err(ApiError::invalid("This refund is not under way."));
        }
        refund["status"] = if arrives { "succeeded" } else { "failed" }.into();
        if !arrives {
            refund["failure_reason"] = "unknown".into();
        }
        let (charge, amount) = (text(refund, "charge").to_owned(), number(refund, "amount"));
        if arrives {
            self.tell("refund.updated", id);
        } else {
            self.count_refund(&charge, -amount);
            self.tell("refund.updated", id);
            self.tell("refund.failed", id);
        }
        Ok(())
    }

    pub fn dispute(&mut self, charge: &str) -> Result<String, ApiError> {
        let object = self.find("charge", charge, "charge")?.clone();
        if object["status"] != "succeeded" || object["disputed"] == true {
            return Err(ApiError::invalid(
                "Only a payment that arrived can be disputed, and only once.",
            ));
        }
        let id = self.id("dp");
        let dispute = objects::dispute(&id, self.seconds(), &object);
        self.keep(dispute);
        if let Ok(object) = self.find_mut("charge", charge) {
            object["disputed"] = true.into();
        }
        self.tell("charge.dispute.created", &id);
        self.tell("charge.dispute.funds_withdrawn", &id);
        Ok(id)
    }

    pub fn close_dispute(&mut self, id: &str, won: bool) -> Result<(), ApiError> {
        let dispute = self.find_mut("dispute", id)?;
        if matches!(text(dispute, "status"), "won" | "lost") {
            return Err(ApiError::invalid("This dispute is closed."));
        }
        dispute["status"] = if won { "won" } else { "lost" }.into();
        self.tell("charge.dispute.closed", id);
        if won {
            self.tell("charge.dispute.funds_reinstated", id);
        }
        Ok(())
    }
}

/// What can still be refunded of a charge.
fn refundable(charge: &Value) -> Result<i64, ApiError> {
    let id = text(charge, "id");
    if charge["status"] != "succeeded" {
        return Err(ApiError::invalid(format!(
            "Charge {id} has not been paid and cannot be refunded."
        ))
        .param("charge"));
    }
    if charge["disputed"] == true {
        return Err(ApiError::invalid(format!(
            "Charge {id} has been charged back; cannot issue a refund."
        ))
        .code("charge_disputed"));
    }
    match number(charge, "amount") - number(charge, "amount_refunded") {
        0 => Err(
            ApiError::invalid(format!("Charge {id} has already been refunded."))
                .code("charge_already_refunded"),
        ),
        left => Ok(left),
    }
}
