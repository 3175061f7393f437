//! Money that comes and goes: paying a session, bank payments under way.

use serde_json::{Value, json};

use crate::{
    cards::Card,
    currency,
    desk::Desk,
    errors::ApiError,
    objects::{self, Paying},
    state::{number, text},
};

/// Who pays, and how.
#[derive(Debug, Clone)]
pub struct Payer {
    pub email: String,
    pub name: String,
    pub method: Method,
}

#[derive(Debug, Clone)]
pub enum Method {
    Card(Card),
    /// The bank debit of the session's currency: pending for some days.
    Bank,
}

impl Payer {
    pub fn card(card: Card) -> Self {
        Self {
            email: "payer@example.com".into(),
            name: "Pat Payer".into(),
            method: Method::Card(card),
        }
    }

    pub fn bank() -> Self {
        Self {
            email: "payer@example.com".into(),
            name: "Pat Payer".into(),
            method: Method::Bank,
        }
    }
}

impl Desk<'_> {
    pub fn pay_session(&mut self, id: &str, payer: &Payer) -> Result<(), ApiError> {
        let session = self.find("checkout.session", id, "session")?.clone();
        if text(&session, "status") != "open" {
            return Err(ApiError::invalid(
                "This Checkout Session is not open any more.",
            ));
        }
        let method = self.payment_method(&session, payer)?;
        if text(&session, "mode") == "subscription" {
            return self.subscribe(&session, payer, &method);
        }
        let customer = self.customer_of(&session, payer);
        let data = &session["_intent_data"];
        let paying = Paying {
            amount: number(&session, "amount_total"),
            currency: text(&session, "currency"),
            customer,
            description: data["description"].clone(),
            metadata: data.get("metadata").cloned().unwrap_or_else(|| json!({})),
            receipt_email: data["receipt_email"].clone(),
            method: &method,
            types: session["payment_method_types"].clone(),
        };
        let intent = self.intent_of(&session, &paying);
        let charged = match &payer.method {
            Method::Card(card) => {
                let verdict = card.charged();
                self.charge_card(&intent, &paying, verdict)
            }
            Method::Bank => {
                self.charge_bank(&intent, &paying);
                Ok(())
            }
        };
        charged?;
        self.complete(&session, &intent, payer, &paying.customer);
        Ok(())
    }

    /// How the payer pays, kept as Stripe keeps it.
    pub fn payment_method(&mut self, session: &Value, payer: &Payer) -> Result<Value, ApiError> {
        let (kind, details) = match &payer.method {
            Method::Card(card) => ("card", objects::card_details(card)),
            Method::Bank => {
                let kind = currency::bank_debit(text(session, "currency")).unwrap_or("");
                (kind, objects::bank_details(kind))
            }
        };
        let offered = session["payment_method_types"].as_array();
        if !offered.is_some_and(|types| types.iter().any(|t| t == kind)) {
            return Err(ApiError::invalid("This way of paying is not offered here."));
        }
        let id = self.id("pm");
        let who = json!({ "email": payer.email, "name": payer.name });
        let method = objects::payment_method(&id, self.seconds(), kind, &details, &who);
        Ok(self.keep(method))
    }

    fn customer_of(&mut self, session: &Value, payer: &Payer) -> Value {
        if session["customer"].is_null() && session["customer_creation"] == "always" {
            return self.add_customer(&payer.email, &payer.name, &json!({}))["id"].clone();
        }
        session["customer"].clone()
    }

    /// The session's payment intent: made at the first try, the same at each further one.
    fn intent_of(&mut self, session: &Value, paying: &Paying<'_>) -> String {
        if let Some(intent) = session["_intent"].as_str() {
            return intent.to_owned();
        }
        let id = self.new_intent(paying);
        if let Ok(session) = self.find_mut("checkout.session", text(session, "id")) {
            session["_intent"] = id.as_str().into();
        }
        id
    }

    pub fn new_intent(&mut self, paying: &Paying<'_>) -> String {
        let id = self.id("pi");
        let intent = objects::payment_intent(&id, self.seconds(), paying);
        self.keep(intent);
        self.tell("payment_intent.created", &id);
        id
    }

    fn new_charge(&mut self, intent: &str, paying: &Paying<'_>) -> String {
        let id = self.id("ch");
        let receipt = format!("{}/receipts/{id}", self.public_url);
        let charge = objects::charge(&id, self.seconds(), intent, paying, &receipt);
        self.keep(charge);
        if let Ok(object) = self.find_mut("payment_intent", intent) {
            object["latest_charge"] = id.as_str().into();
        }
        id
    }

    pub fn charge_card(
        &mut self,
        intent: &str,
        paying: &Paying<'_>,
        verdict: Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        let charge = self.new_charge(intent, paying);
        match verdict {
            Ok(()) => {
                self.arrive(intent, &charge, paying.method);
                Ok(())
            }
            Err(error) => {
                self.bounce(intent, &charge, &error);
                Err(error)
            }
        }
    }

    fn charge_bank(&mut self, intent: &str, paying: &Paying<'_>) {
        let charge = self.new_charge(intent, paying);
        if let Ok(object) = self.find_mut("payment_intent", intent) {
            object["status"] = "processing".into();
            object["payment_method"] = paying.method["id"].clone();
        }
        self.tell("charge.pending", &charge);
        self.tell("payment_intent.processing", intent);
    }

    /// A charge that came through.
    fn arrive(&mut self, intent: &str, charge: &str, method: &Value) {
        let transaction = self.id("txn");
        if let Ok(object) = self.find_mut("charge", charge) {
            let amount = object["amount"].clone();
            object["status"] = "succeeded".into();
            object["paid"] = true.into();
            object["captured"] = true.into();
            object["amount_captured"] = amount;
            object["balance_transaction"] = transaction.into();
            object["outcome"] = json!({
                "advice_code": null, "network_advice_code": null, "network_decline_code": null,
                "network_status": "approved_by_network", "reason": null, "risk_level": "normal", "risk_score": 20,
                "seller_message": "Payment complete.", "type": "authorized",
            });
        }
        if let Ok(object) = self.find_mut("payment_intent", intent) {
            let amount = object["amount"].clone();
            object["status"] = "succeeded".into();
            object["amount_received"] = amount;
            object["payment_method"] = method["id"].clone();
            object["last_payment_error"] = Value::Null;
        }
        self.tell("charge.succeeded", charge);
        self.tell("payment_intent.succeeded", intent);
    }

    /// A charge that did not.
    fn bounce(&mut self, intent: &str, charge: &str, error: &ApiError) {
        if let Ok(object) = self.find_mut("charge", charge) {
            object["status"] = "failed".into();
            object["failure_code"] = error.code.into();
            object["failure_message"] = error.message.as_str().into();
            object["outcome"] = json!({
                "advice_code": null, "network_advice_code": null, "network_decline_code": null,
                "network_status": "declined_by_network", "reason": error.decline_code, "risk_level": "normal",
                "risk_score": 20, "seller_message": "The bank declined the payment.", "type": "issuer_declined",
            });
        }
        if let Ok(object) = self.find_mut("payment_intent", intent) {
            object["status"] = "requires_payment_method".into();
            object["last_payment_error"] = json!({
                "charge": charge, "code": error.code, "decline_code": error.decline_code,
                "message": error.message, "type": error.kind,
            });
        }
        self.tell("charge.failed", charge);
        self.tell("payment_intent.payment_failed", intent);
    }

    fn complete(&mut self, session: &Value, intent: &str, payer: &Payer, customer: &Value) {
        let id = text(session, "id");
        let paid = self
            .find("payment_intent", intent, "id")
            .is_ok_and(|intent| intent["status"] == "succeeded");
        if let Ok(object) = self.find_mut("checkout.session", id) {
            object["status"] = "complete".into();
            object["payment_status"] = if paid { "paid" } else { "unpaid" }.into();
            object["payment_intent"] = intent.into();
            object["customer"] = customer.clone();
            object["customer_details"] = customer_details(payer);
            object["url"] = Value::Null;
        }
        self.tell("checkout.session.completed", id);
    }

    /// A bank payment under way arrives, or fails.
    pub fn settle_bank(&mut self, intent: &str, arrives: bool) -> Result<(), ApiError> {
        let object = self.find("payment_intent", intent, "id")?.clone();
        if object["status"] != "processing" {
            return Err(ApiError::invalid("This payment is not under way."));
        }
        let charge = text(&object, "latest_charge").to_owned();
        if arrives {
            let method = json!({ "id": object["payment_method"] });
            self.arrive(intent, &charge, &method);
        } else {
            let error = ApiError::card(
                "payment_intent_payment_attempt_failed",
                "insufficient_funds",
                "The customer's bank account could not be debited.",
            );
            self.bounce(intent, &charge, &error);
        }
        let session = self
            .account
            .all("checkout.session")
            .find(|session| session["payment_intent"] == intent)
            .map(|session| text(session, "id").to_owned());
        if let Some(id) = session {
            if arrives && let Ok(session) = self.find_mut("checkout.session", &id) {
                session["payment_status"] = "paid".into();
            }
            let what = if arrives { "succeeded" } else { "failed" };
            self.tell(&format!("checkout.session.async_payment_{what}"), &id);
        }
        Ok(())
    }
}

pub fn customer_details(payer: &Payer) -> Value {
    json!({
        "address": objects::address(), "email": payer.email, "name": payer.name, "phone": null,
        "tax_exempt": "none", "tax_ids": [],
    })
}
