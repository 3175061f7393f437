//! The provider's calls about subscriptions (<https://docs.stripe.com/api/subscriptions>).

use serde::Deserialize;

use crate::{
    payments::stripe::{Answer, Stripe, plain},
    secrets::Secret,
};

/// A subscription.
#[derive(Debug, Clone, Deserialize)]
pub struct Plan {
    pub id: String,
    pub status: String,
    pub created: i64,
    #[serde(default)]
    pub cancel_at_period_end: bool,
    #[serde(default)]
    pub ended_at: Option<i64>,
    pub items: List<Item>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Item {
    pub current_period_start: i64,
    pub current_period_end: i64,
    pub price: Price,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Price {
    #[serde(default)]
    pub unit_amount: Option<i64>,
    pub currency: String,
    #[serde(default)]
    pub recurring: Option<Recurring>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Recurring {
    pub interval: String,
}

/// What was billed for a period.
#[derive(Debug, Clone, Deserialize)]
pub struct Bill {
    pub id: String,
    #[serde(default)]
    pub number: Option<String>,
    #[serde(default)]
    pub status: Option<String>,
    pub total: i64,
    pub currency: String,
    pub created: i64,
    #[serde(default)]
    pub hosted_invoice_url: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct List<T> {
    pub data: Vec<T>,
}

/// Anything with an id.
#[derive(Debug, Deserialize)]
pub struct Named {
    pub id: String,
}

/// A page of the provider's that somebody is led to; none where it is over.
#[derive(Debug, Deserialize)]
pub struct Page {
    #[serde(default)]
    pub url: Option<String>,
}

fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

impl Stripe {
    /// The same `act` once more gives the same customer.
    pub async fn add_customer(
        &self,
        key: &Secret,
        act: &str,
        (name, email, studio): (&str, &str, &str),
    ) -> Answer<Named> {
        let fields = [
            ("name", name),
            ("email", email),
            ("metadata[portico_studio]", studio),
        ];
        self.post(key, "customers", act, &form(&fields)).await
    }

    /// A checkout that begins a subscription.
    pub async fn open_subscription(
        &self,
        key: &Secret,
        act: &str,
        customer: &str,
        price: &str,
        back: &str,
    ) -> Answer<Page> {
        let fields = [
            ("mode", "subscription"),
            ("customer", customer),
            ("line_items[0][price]", price),
            ("line_items[0][quantity]", "1"),
            ("success_url", back),
            ("cancel_url", back),
        ];
        self.post(key, "checkout/sessions", act, &form(&fields))
            .await
    }

    /// The provider's own pages for card, receipts and end of a subscription.
    pub async fn open_portal(
        &self,
        key: &Secret,
        act: &str,
        customer: &str,
        back: &str,
    ) -> Answer<Page> {
        let fields = [("customer", customer), ("return_url", back)];
        self.post(key, "billing_portal/sessions", act, &form(&fields))
            .await
    }

    pub async fn plans(&self, key: &Secret, customer: &str) -> Answer<Vec<Plan>> {
        let query = [
            ("customer", plain(customer)?),
            ("status", "all"),
            ("limit", "20"),
        ];
        let list: List<Plan> = self.get(key, "subscriptions", &query).await?;
        Ok(list.data)
    }

    /// The last two years of monthly ones.
    pub async fn bills(&self, key: &Secret, customer: &str) -> Answer<Vec<Bill>> {
        let query = [("customer", plain(customer)?), ("limit", "24")];
        let list: List<Bill> = self.get(key, "invoices", &query).await?;
        Ok(list.data)
    }
}
