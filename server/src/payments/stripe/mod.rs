//! The one Stripe client: the few calls that are needed, over the app's own HTTP. Parameters are those of
//! <https://docs.stripe.com/api>, in the version named below whatever the account's own is.

pub mod amounts;
pub mod seen;
pub mod sign;

use serde::{Deserialize, de::DeserializeOwned};

use crate::secrets::Secret;
pub use seen::{Charge, Dispute, Event, Intent, Refund, Session};

const VERSION: &str = "2025-03-31.basil";

/// The client; a studio's key comes with each call.
pub struct Stripe {
    base_url: String,
    http: reqwest::Client,
}

/// Why a call brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Perhaps later; what was asked may have been done all the same.
    #[error("{0}")]
    NotNow(String),
    /// Stripe refuses it: its code, and its words for whoever called.
    #[error("Stripe refused: {message} ({code})")]
    Refused { code: String, message: String },
    /// There is no such thing with this key.
    #[error("Stripe knows no such thing")]
    Missing,
    /// The key is not valid, or not for this.
    #[error("Stripe does not take this key")]
    Key,
}

pub type Answer<T> = Result<T, Failure>;

#[derive(Deserialize)]
struct Problem {
    error: ProblemBody,
}

#[derive(Deserialize)]
struct ProblemBody {
    #[serde(default)]
    code: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

#[derive(Deserialize)]
struct List<T> {
    data: Vec<T>,
    #[serde(default)]
    has_more: bool,
}

/// What a studio's account says of itself.
#[derive(Debug, Deserialize)]
pub struct Account {
    pub id: String,
    #[serde(default)]
    pub business_profile: Option<Profile>,
    #[serde(default)]
    pub settings: Option<AccountSettings>,
}

#[derive(Debug, Deserialize)]
pub struct Profile {
    #[serde(default)]
    pub name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct AccountSettings {
    #[serde(default)]
    pub dashboard: Option<Dashboard>,
}

#[derive(Debug, Deserialize)]
pub struct Dashboard {
    #[serde(default)]
    pub display_name: Option<String>,
}

impl Account {
    pub fn name(self) -> Option<String> {
        let shown = self.settings.and_then(|one| one.dashboard?.display_name);
        shown.or(self.business_profile.and_then(|one| one.name))
    }
}

/// A page to be opened for somebody who pays.
pub struct NewSession<'a> {
    /// Ours; the provider's events carry it.
    pub reference: &'a str,
    pub currency: &'a str,
    /// Named amounts, as Stripe counts them.
    pub lines: &'a [(String, i64)],
    pub email: Option<&'a str>,
    /// Who is paid.
    pub studio: &'a str,
    pub back: &'a str,
    /// Seconds since 1970.
    pub expires_at: i64,
}

impl NewSession<'_> {
    fn form(&self) -> Vec<(String, String)> {
        let mut form: Vec<(String, String)> = [
            ("mode", "payment"),
            ("submit_type", "pay"),
            // What was asked is paid, in the currency it was asked in.
            ("adaptive_pricing[enabled]", "false"),
            ("client_reference_id", self.reference),
            ("metadata[portico_checkout]", self.reference),
            (
                "payment_intent_data[metadata][portico_checkout]",
                self.reference,
            ),
            ("payment_intent_data[description]", self.studio),
            ("success_url", self.back),
            ("cancel_url", self.back),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        form.push(("expires_at".into(), self.expires_at.to_string()));
        let to = format!("This payment goes to {}.", self.studio);
        form.push(("custom_text[submit][message]".into(), to));
        if let Some(email) = self.email {
            form.push(("customer_email".into(), email.into()));
        }
        for (at, (name, amount)) in self.lines.iter().enumerate() {
            let item = |rest: &str| format!("line_items[{at}]{rest}");
            form.push((item("[quantity]"), "1".into()));
            form.push((item("[price_data][currency]"), self.currency.to_lowercase()));
            form.push((item("[price_data][unit_amount]"), amount.to_string()));
            form.push((item("[price_data][product_data][name]"), name.clone()));
        }
        form
    }
}

impl Stripe {
    pub const fn new(base_url: String, http: reqwest::Client) -> Self {
        Self { base_url, http }
    }

    async fn read<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Answer<T> {
        // An error of reqwest's may hold the address: only its kind is told.
        let not_now = |error: &reqwest::Error| {
            Failure::NotNow(
                if error.is_timeout() {
                    "Stripe did not answer in time"
                } else {
                    "Stripe could not be reached"
                }
                .into(),
            )
        };
        let reply = request.send().await.map_err(|e| not_now(&e))?;
        let status = reply.status();
        let body = reply.bytes().await.map_err(|e| not_now(&e))?;
        if status.is_success() {
            return serde_json::from_slice(&body)
                .map_err(|e| Failure::NotNow(format!("Stripe's answer could not be read: {e}")));
        }
        let problem: Option<Problem> = serde_json::from_slice(&body).ok();
        let (code, message) = problem
            .map(|Problem { error }| (error.code.or(error.kind), error.message))
            .unwrap_or_default();
        match status.as_u16() {
            401 | 403 => Err(Failure::Key),
            404 => Err(Failure::Missing),
            // The same act is under way, or there are too many.
            409 | 429 | 500.. => Err(Failure::NotNow(format!("Stripe answered {status}"))),
            _ => Err(Failure::Refused {
                code: code.unwrap_or_else(|| status.to_string()),
                message: message.unwrap_or_default().chars().take(300).collect(),
            }),
        }
    }

    async fn get<T: DeserializeOwned>(
        &self,
        key: &Secret,
        path: &str,
        query: &[(&str, &str)],
    ) -> Answer<T> {
        let mut url = format!("{}/v1/{path}", self.base_url);
        for (at, (name, value)) in query.iter().enumerate() {
            let sign = if at == 0 { '?' } else { '&' };
            let value = crate::web::redirect::escape(value);
            url.push_str(&format!(
                "{sign}{}={value}",
                crate::web::redirect::escape(name)
            ));
        }
        let request = self
            .http
            .get(url)
            .bearer_auth(key.reveal())
            .header("stripe-version", VERSION);
        Self::read(request).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        key: &Secret,
        path: &str,
        act: &str,
        form: &[(String, String)],
    ) -> Answer<T> {
        let request = self
            .http
            .post(format!("{}/v1/{path}", self.base_url))
            .bearer_auth(key.reveal())
            .header("stripe-version", VERSION)
            .header("idempotency-key", act)
            .form(form);
        Self::read(request).await
    }

    pub async fn account(&self, key: &Secret) -> Answer<Account> {
        self.get(key, "account", &[]).await
    }

    /// The same `act` once more gives the same session.
    pub async fn open_session(
        &self,
        key: &Secret,
        act: &str,
        new: &NewSession<'_>,
    ) -> Answer<Session> {
        self.post(key, "checkout/sessions", act, &new.form()).await
    }

    /// With its payment and charge in it.
    pub async fn session(&self, key: &Secret, id: &str) -> Answer<Session> {
        let path = format!("checkout/sessions/{}", plain(id)?);
        let expand = [("expand[]", "payment_intent.latest_charge")];
        self.get(key, &path, &expand).await
    }

    /// With its charge in it.
    pub async fn intent(&self, key: &Secret, id: &str) -> Answer<Intent> {
        let path = format!("payment_intents/{}", plain(id)?);
        self.get(key, &path, &[("expand[]", "latest_charge")]).await
    }

    /// Ends a session that is open; refused where it is not.
    pub async fn expire_session(&self, key: &Secret, id: &str) -> Answer<Session> {
        let id = plain(id)?;
        let path = format!("checkout/sessions/{id}/expire");
        self.post(key, &path, &format!("expire-{id}"), &[]).await
    }

    pub async fn refunds(&self, key: &Secret, intent: &str) -> Answer<Vec<Refund>> {
        let query = [("payment_intent", intent), ("limit", "100")];
        let list: List<Refund> = self.get(key, "refunds", &query).await?;
        Ok(list.data)
    }

    pub async fn disputes(&self, key: &Secret, intent: &str) -> Answer<Vec<Dispute>> {
        let query = [("payment_intent", intent), ("limit", "100")];
        let list: List<Dispute> = self.get(key, "disputes", &query).await?;
        Ok(list.data)
    }

    /// The same `act` once more gives the same refund.
    pub async fn refund(
        &self,
        key: &Secret,
        act: &str,
        intent: &str,
        amount: i64,
    ) -> Answer<Refund> {
        let form = [
            ("payment_intent".to_owned(), intent.to_owned()),
            ("amount".to_owned(), amount.to_string()),
            ("reason".to_owned(), "requested_by_customer".to_owned()),
        ];
        self.post(key, "refunds", act, &form).await
    }

    /// What happened since a moment, the newest first, from the list Stripe keeps for thirty days; a page of it, and
    /// whether there is more.
    pub async fn events(
        &self,
        key: &Secret,
        since: i64,
        before: Option<&str>,
    ) -> Answer<(Vec<Event>, bool)> {
        let since = since.to_string();
        let mut query = vec![("created[gte]", since.as_str()), ("limit", "100")];
        if let Some(before) = before {
            query.push(("starting_after", before));
        }
        let list: List<Event> = self.get(key, "events", &query).await?;
        Ok((list.data, list.has_more))
    }
}

/// An id of Stripe's, which goes into a path.
fn plain(id: &str) -> Answer<&str> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if !id.is_empty() && id.len() <= 255 && id.bytes().all(fits) {
        Ok(id)
    } else {
        Err(Failure::Missing)
    }
}
