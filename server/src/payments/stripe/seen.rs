//! What Stripe tells, as far as it is read.

use serde::Deserialize;

/// An id, or the thing itself where it was asked for.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Linked<T> {
    Id(String),
    Whole(Box<T>),
}

impl<T> Linked<T> {
    pub fn whole(&self) -> Option<&T> {
        match self {
            Self::Id(_) => None,
            Self::Whole(thing) => Some(thing),
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
pub struct Metadata {
    #[serde(default)]
    pub portico_checkout: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Session {
    pub id: String,
    /// `open`, `complete`, `expired`.
    #[serde(default)]
    pub status: Option<String>,
    /// `paid`, `unpaid`, `no_payment_required`.
    #[serde(default)]
    pub payment_status: Option<String>,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub client_reference_id: Option<String>,
    #[serde(default)]
    pub payment_intent: Option<Linked<Intent>>,
    #[serde(default)]
    pub customer_details: Option<Customer>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Customer {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Intent {
    pub id: String,
    /// `requires_payment_method`, `processing`, `succeeded`, `canceled`, …
    pub status: String,
    pub amount: i64,
    #[serde(default)]
    pub amount_received: i64,
    pub currency: String,
    #[serde(default)]
    pub latest_charge: Option<Linked<Charge>>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Charge {
    pub id: String,
    #[serde(default)]
    pub created: i64,
    #[serde(default)]
    pub payment_method_details: Option<serde_json::Value>,
}

impl Charge {
    /// "Visa •••• 4242".
    pub fn method(&self) -> Option<String> {
        let details = self.payment_method_details.as_ref()?;
        let kind = details["type"].as_str()?;
        let of = &details[kind];
        let said = |name: &str| of[name].as_str().filter(|text| !text.is_empty());
        let name = said("brand").or_else(|| said("bank_name"));
        let name = name.map_or_else(|| kind.replace('_', " "), ToOwned::to_owned);
        let mut letters = name.chars();
        let name: String = letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect())
            .unwrap_or_default();
        let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
        Some(match said("last4") {
            Some(last) => format!("{name} •••• {}", last.chars().take(4).collect::<String>()),
            None => name,
        })
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    /// `pending`, `requires_action`, `succeeded`, `failed`, `canceled`.
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub created: i64,
}

impl Refund {
    pub fn failed(&self) -> bool {
        matches!(self.status.as_deref(), Some("failed" | "canceled"))
    }
}

#[derive(Debug, Clone, Deserialize)]
pub struct Dispute {
    pub id: String,
    pub amount: i64,
    /// `needs_response`, `under_review`, `won`, `lost`; with `warning_` in front nothing was taken.
    pub status: String,
    #[serde(default)]
    pub created: i64,
}

/// An event, as far as it says what to look at.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub created: i64,
    #[serde(default)]
    pub livemode: bool,
    pub data: EventData,
}

#[derive(Debug, Clone, Deserialize)]
pub struct EventData {
    pub object: EventObject,
}

#[derive(Debug, Clone, Deserialize)]
pub struct EventObject {
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub object: Option<String>,
    #[serde(default)]
    pub client_reference_id: Option<String>,
    #[serde(default)]
    pub payment_intent: Option<serde_json::Value>,
    #[serde(default)]
    pub metadata: Option<serde_json::Value>,
}

/// What an event is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    pub session: Option<String>,
    pub intent: Option<String>,
    /// What we called the checkout.
    pub reference: Option<String>,
}

impl Event {
    pub fn about(&self) -> About {
        let object = &self.data.object;
        let intent = object.payment_intent.as_ref();
        let linked = intent.and_then(|one| one.as_str().or_else(|| one["id"].as_str()));
        let ours = object
            .metadata
            .as_ref()
            .and_then(|data| data["portico_checkout"].as_str());
        let is = |kind: &str| object.object.as_deref() == Some(kind);
        let short = |text: &str| text.chars().take(255).collect::<String>();
        About {
            session: object
                .id
                .as_deref()
                .filter(|_| is("checkout.session"))
                .map(short),
            intent: match object.id.as_deref().filter(|_| is("payment_intent")) {
                Some(id) => Some(short(id)),
                None => linked.map(short),
            },
            reference: object.client_reference_id.as_deref().or(ours).map(short),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_told_as_people_know_it() {
        let charge = |details: serde_json::Value| Charge {
            id: "ch_1".into(),
            created: 0,
            payment_method_details: Some(details),
        };
        let card =
            charge(serde_json::json!({"type": "card", "card": {"brand": "visa", "last4": "4242"}}));
        assert_eq!(card.method().as_deref(), Some("Visa •••• 4242"));
        let bank =
            charge(serde_json::json!({"type": "sepa_debit", "sepa_debit": {"last4": "3000"}}));
        assert_eq!(bank.method().as_deref(), Some("Sepa debit •••• 3000"));
    }
}
