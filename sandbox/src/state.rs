//! What is kept: accounts, their objects, their webhooks.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{deliver::Delivery, faults::Faults, random::Random};

#[derive(Serialize, Deserialize)]
pub struct State {
    pub random: Random,
    /// By secret key.
    pub accounts: BTreeMap<String, Account>,
}

#[derive(Serialize, Deserialize)]
pub struct Account {
    pub id: String,
    pub key: String,
    pub name: String,
    pub webhook_url: Option<String>,
    /// Webhooks are signed with each of these.
    pub secrets: Vec<String>,
    /// One that does not count any more, for the fault `sign_old`.
    pub old_secret: Option<String>,
    /// By id, as the API shows them; names that begin with `_` are ours and never shown.
    pub objects: BTreeMap<String, Value>,
    /// Ids in the order they were made.
    pub order: Vec<String>,
    /// The same of each kind, so that a list of one need not look at the others.
    #[serde(skip)]
    pub kinds: BTreeMap<String, Vec<String>>,
    /// What was answered to which idempotency key.
    pub answers: BTreeMap<String, Answer>,
    pub deliveries: Vec<Delivery>,
    pub faults: Faults,
    /// The last invoice's number.
    pub invoices: u64,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct Answer {
    /// Method, path and parameters: another call under the same key is refused.
    pub call: String,
    pub status: u16,
    pub body: Value,
    pub at: i64,
    pub request: String,
}

/// The sums of an account, by currency.
pub type Books = BTreeMap<String, CurrencyBooks>;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencyBooks {
    /// Payments that arrived.
    pub received: i64,
    /// Bank payments under way.
    pub pending: i64,
    /// Refunds that were not sent back, those under way included.
    pub refunded: i64,
    /// Taken away by disputes that are open or lost.
    pub disputed: i64,
    pub payments: u64,
}

impl CurrencyBooks {
    pub const fn net(&self) -> i64 {
        self.received - self.refunded - self.disputed
    }
}

impl State {
    pub const fn new(random: Random) -> Self {
        Self {
            random,
            accounts: BTreeMap::new(),
        }
    }

    pub fn open(&mut self, key: &str, name: &str, webhook_url: Option<&str>, secret: &str) {
        let id = format!("acct_{}", self.random.word(16));
        let account = self.accounts.entry(key.into()).or_insert_with(|| Account {
            id,
            key: key.into(),
            name: String::new(),
            webhook_url: None,
            secrets: Vec::new(),
            old_secret: None,
            objects: BTreeMap::new(),
            order: Vec::new(),
            kinds: BTreeMap::new(),
            answers: BTreeMap::new(),
            deliveries: Vec::new(),
            faults: Faults::default(),
            invoices: 0,
        });
        account.name = name.into();
        account.webhook_url = webhook_url.map(Into::into);
        account.secrets = vec![secret.into()];
    }

    /// As a file has it.
    pub fn load(text: &[u8]) -> serde_json::Result<Self> {
        let mut state: Self = serde_json::from_slice(text)?;
        for account in state.accounts.values_mut() {
            for id in std::mem::take(&mut account.order) {
                account.note(id);
            }
        }
        Ok(state)
    }

    /// The key of the account that has an object, or an id.
    pub fn key_of(&self, id: &str) -> Option<String> {
        self.accounts
            .values()
            .find(|account| account.id == id || account.objects.contains_key(id))
            .map(|account| account.key.clone())
    }

    /// Whole or not at all.
    pub fn save(&self, file: &Path) -> std::io::Result<()> {
        let part = file.with_extension("part");
        std::fs::write(&part, serde_json::to_vec(self)?)?;
        std::fs::rename(part, file)
    }
}

impl Account {
    pub fn roll_secret(&mut self, secret: &str, keep_old: bool) {
        let old = self.secrets.first().cloned();
        self.secrets = vec![secret.into()];
        if keep_old {
            self.secrets.extend(old);
        } else {
            self.old_secret = old;
        }
    }

    /// Keeps an object; its `id` must be there.
    pub fn keep(&mut self, object: Value) {
        let id = text(&object, "id").to_owned();
        if self.objects.insert(id.clone(), object).is_none() {
            self.note(id);
        }
    }

    /// Its object is new.
    fn note(&mut self, id: String) {
        let kind = self.objects.get(&id).map_or("", |o| text(o, "object"));
        self.kinds
            .entry(kind.to_owned())
            .or_default()
            .push(id.clone());
        self.order.push(id);
    }

    /// All objects of a kind, oldest first.
    pub fn all(&self, kind: &str) -> impl DoubleEndedIterator<Item = &Value> {
        let ids = self.kinds.get(kind).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.objects.get(id))
    }

    pub fn books(&self) -> Books {
        let mut books = Books::new();
        let mut add = |object: &Value, change: &dyn Fn(&mut CurrencyBooks, i64)| {
            let sums = books
                .entry(text(object, "currency").to_owned())
                .or_default();
            change(sums, object["amount"].as_i64().unwrap_or(0));
        };
        for charge in self.all("charge") {
            match text(charge, "status") {
                "succeeded" => add(charge, &|sums, amount| {
                    sums.received += amount;
                    sums.payments += 1;
                }),
                "pending" => add(charge, &|sums, amount| sums.pending += amount),
                _ => {}
            }
        }
        for refund in self.all("refund") {
            if matches!(text(refund, "status"), "succeeded" | "pending") {
                add(refund, &|sums, amount| sums.refunded += amount);
            }
        }
        for dispute in self.all("dispute") {
            if text(dispute, "status") != "won" {
                add(dispute, &|sums, amount| sums.disputed += amount);
            }
        }
        books
    }
}

/// A text of an object's, empty where there is none.
pub fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or("")
}

pub fn number(object: &Value, name: &str) -> i64 {
    object[name].as_i64().unwrap_or(0)
}
