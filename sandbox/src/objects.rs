//! Objects by Stripe's names and types.

use serde_json::{Map, Value, json};

use crate::{cards::Card, state::text};

/// An object without what is ours alone.
pub fn public(object: &Value) -> Value {
    match object {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .filter(|(name, _)| !name.starts_with('_'))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

pub fn list(url: &str, data: &[Value], has_more: bool) -> Value {
    json!({ "object": "list", "data": data, "has_more": has_more, "url": url })
}

pub fn address() -> Value {
    json!({ "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null })
}

/// How somebody pays, as it stands in a charge and in a payment method.
pub fn card_details(card: &Card) -> Value {
    json!({
        "brand": card.brand(),
        "country": "US",
        "display_brand": card.brand(),
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "fingerprint": format!("fp{}", card.last4()),
        "funding": "credit",
        "last4": card.last4(),
        "networks": { "available": [card.brand()], "preferred": null },
    })
}

pub fn charge_card_details(card: &Value) -> Value {
    json!({
        "brand": card["brand"],
        "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
        "country": card["country"],
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "extended_authorization": { "status": "disabled" },
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "installments": null,
        "last4": card["last4"],
        "mandate": null,
        "network": card["brand"],
        "network_token": { "used": false },
        "three_d_secure": null,
        "wallet": null,
    })
}

pub fn bank_details(kind: &str) -> Value {
    match kind {
        "us_bank_account" => json!({
            "account_holder_type": "individual", "account_type": "checking", "bank_name": "STRIPE TEST BANK",
            "fingerprint": "fpbank", "last4": "6789", "routing_number": "110000000",
        }),
        "sepa_debit" => json!({
            "bank_code": "37040044", "branch_code": "", "country": "DE", "fingerprint": "fpbank", "last4": "3000",
        }),
        _ => json!({ "fingerprint": "fpbank", "last4": "2345" }),
    }
}

pub fn payment_method(id: &str, now: i64, kind: &str, details: &Value, payer: &Value) -> Value {
    json!({
        "id": id,
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing_details(payer),
        "created": now,
        "customer": null,
        "livemode": false,
        "metadata": {},
        "type": kind,
        kind: details,
    })
}

pub fn billing_details(payer: &Value) -> Value {
    json!({
        "address": address(), "email": payer["email"], "name": payer["name"], "phone": null, "tax_id": null,
    })
}

/// What a charge and its payment intent come from.
pub struct Paying<'a> {
    pub amount: i64,
    pub currency: &'a str,
    pub customer: Value,
    pub description: Value,
    pub metadata: Value,
    pub receipt_email: Value,
    pub method: &'a Value,
    pub types: Value,
}

pub fn payment_intent(id: &str, now: i64, paying: &Paying<'_>) -> Value {
    json!({
        "id": id,
        "object": "payment_intent",
        "amount": paying.amount,
        "amount_capturable": 0,
        "amount_details": { "tip": {} },
        "amount_received": 0,
        "application": null,
        "application_fee_amount": null,
        "automatic_payment_methods": null,
        "canceled_at": null,
        "cancellation_reason": null,
        "capture_method": "automatic_async",
        "client_secret": format!("{id}_secret_sandbox"),
        "confirmation_method": "automatic",
        "created": now,
        "currency": paying.currency,
        "customer": paying.customer,
        "description": paying.description,
        "last_payment_error": null,
        "latest_charge": null,
        "livemode": false,
        "metadata": paying.metadata,
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": {},
        "payment_method_types": paying.types,
        "processing": null,
        "receipt_email": paying.receipt_email,
        "review": null,
        "setup_future_usage": null,
        "shipping": null,
        "source": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": "requires_payment_method",
        "transfer_data": null,
        "transfer_group": null,
    })
}

/// A charge that is still to be decided.
pub fn charge(id: &str, now: i64, intent: &str, paying: &Paying<'_>, receipt_url: &str) -> Value {
    let kind = text(paying.method, "type");
    let details = if kind == "card" {
        charge_card_details(&paying.method["card"])
    } else {
        paying.method[kind].clone()
    };
    json!({
        "id": id,
        "object": "charge",
        "amount": paying.amount,
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": null,
        "application_fee": null,
        "application_fee_amount": null,
        "balance_transaction": null,
        "billing_details": paying.method["billing_details"],
        "calculated_statement_descriptor": null,
        "captured": false,
        "created": now,
        "currency": paying.currency,
        "customer": paying.customer,
        "description": paying.description,
        "disputed": false,
        "failure_balance_transaction": null,
        "failure_code": null,
        "failure_message": null,
        "fraud_details": {},
        "livemode": false,
        "metadata": paying.metadata,
        "on_behalf_of": null,
        "outcome": null,
        "paid": false,
        "payment_intent": intent,
        "payment_method": paying.method["id"],
        "payment_method_details": { "type": kind, kind: details },
        "receipt_email": paying.receipt_email,
        "receipt_number": null,
        "receipt_url": receipt_url,
        "refunded": false,
        "review": null,
        "shipping": null,
        "source": null,
        "source_transfer": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": null,
        "status": "pending",
        "transfer_data": null,
        "transfer_group": null,
    })
}

pub fn refund(
    id: &str,
    now: i64,
    charge: &Value,
    amount: i64,
    asked: &Map<String, Value>,
) -> Value {
    let kind = text(&charge["payment_method_details"], "type");
    let status = if kind == "card" {
        "succeeded"
    } else {
        "pending"
    };
    json!({
        "id": id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": null,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "destination_details": { "type": kind, kind: {} },
        "metadata": asked.get("metadata").cloned().unwrap_or_else(|| json!({})),
        "payment_intent": charge["payment_intent"],
        "reason": asked.get("reason"),
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": status,
        "transfer_reversal": null,
    })
}

pub fn dispute(id: &str, now: i64, charge: &Value) -> Value {
    json!({
        "id": id,
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": now + 7 * 86_400, "enhanced_eligibility": {}, "has_evidence": false, "past_due": false,
            "submission_count": 0,
        },
        "is_charge_refundable": false,
        "livemode": false,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": { "brand": charge["payment_method_details"]["card"]["brand"], "case_type": "chargeback", "network_reason_code": "10.4" },
            "type": "card",
        },
        "reason": "fraudulent",
        "status": "needs_response",
    })
}
