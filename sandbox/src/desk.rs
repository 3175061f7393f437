//! An account opened for one piece of work: everything that happens to its objects goes through here.

use serde_json::{Value, json};

use crate::{
    API_VERSION, Inner,
    deliver::Delivery,
    errors::ApiError,
    objects,
    random::Random,
    state::{Account, State},
};

pub struct Desk<'a> {
    pub account: &'a mut Account,
    pub random: &'a mut Random,
    /// Milliseconds.
    pub now: i64,
    pub public_url: &'a str,
    /// The request that is being answered, for the events it causes.
    pub request: Option<(String, Option<String>)>,
}

impl<'a> Desk<'a> {
    pub fn open(state: &'a mut State, key: &str, inner: &'a Inner) -> Result<Self, ApiError> {
        let account = state.accounts.get_mut(key).ok_or_else(|| {
            let shown: String = key.chars().take(8).collect();
            ApiError::key(format!("Invalid API Key provided: {shown}****"))
        })?;
        Ok(Self {
            account,
            random: &mut state.random,
            now: inner.clock.millis() - inner.ago.load(std::sync::atomic::Ordering::SeqCst) * 1000,
            public_url: &inner.public_url,
            request: None,
        })
    }

    pub const fn seconds(&self) -> i64 {
        self.now / 1000
    }

    pub fn id(&mut self, prefix: &str) -> String {
        let length = if prefix == "cs_test" { 58 } else { 24 };
        format!("{prefix}_{}", self.random.word(length))
    }

    /// Keeps a new object; its `id` and `created` must be there.
    pub fn keep(&mut self, object: Value) -> Value {
        self.account.keep(object.clone());
        object
    }

    pub fn find(&self, kind: &str, id: &str, param: &str) -> Result<&Value, ApiError> {
        self.account
            .objects
            .get(id)
            .filter(|object| object["object"] == kind)
            .ok_or_else(|| ApiError::no_such(&kind.replace(['.', '_'], " "), id, param))
    }

    pub fn find_mut(&mut self, kind: &str, id: &str) -> Result<&mut Value, ApiError> {
        self.account
            .objects
            .get_mut(id)
            .filter(|object| object["object"] == kind)
            .ok_or_else(|| ApiError::no_such(&kind.replace(['.', '_'], " "), id, "id"))
    }

    /// Tells the studio's server what happened to an object, as it is at this moment.
    pub fn tell(&mut self, kind: &str, id: &str) {
        self.tell_of_change(kind, id, &Value::Null);
    }

    /// The same, with what changed in it.
    pub fn tell_of_change(&mut self, kind: &str, id: &str, before: &Value) {
        let Some(object) = self.account.objects.get(id).map(objects::public) else {
            return;
        };
        let event = self.id("evt");
        let hooked = self.account.webhook_url.is_some();
        let (request, idempotency_key) = self.request.clone().unzip();
        let mut data = json!({ "object": object });
        if before.is_object() {
            data["previous_attributes"] = before.clone();
        }
        let body = json!({
            "id": event,
            "object": "event",
            "api_version": API_VERSION,
            "created": self.seconds(),
            "data": data,
            "livemode": false,
            "pending_webhooks": i32::from(hooked),
            "request": { "id": request, "idempotency_key": idempotency_key.flatten() },
            "type": kind,
        });
        if hooked {
            self.plan(kind, &event, &body);
        }
        self.keep(body);
    }

    /// Plans the delivery of an event, with what goes wrong about it.
    fn plan(&mut self, kind: &str, event: &str, body: &Value) {
        let faults = self.account.faults.clone();
        let mut late = self.random.below(faults.delay_ms);
        if self.random.happens(faults.reorder) {
            late += self.random.below(1500);
        }
        let delivery = Delivery::new(event, kind, body.to_string(), self.now + late);
        if self.random.happens(faults.duplicate) {
            let mut twin = delivery.clone();
            twin.at += self.random.below(500);
            self.account.deliveries.push(twin);
        }
        if self.random.happens(faults.forge) {
            let forged = self.forge(body);
            self.account.deliveries.push(forged);
        }
        self.account.deliveries.push(delivery);
    }

    /// What somebody would send who knows the address and an earlier event, but not the secret.
    fn forge(&mut self, body: &Value) -> Delivery {
        let mut body = body.clone();
        let event = self.id("evt");
        body["id"] = event.as_str().into();
        body["type"] = "checkout.session.completed".into();
        let object = &mut body["data"]["object"];
        object["payment_status"] = "paid".into();
        object["status"] = "complete".into();
        for amount in ["amount_total", "amount", "amount_received"] {
            if object[amount].is_number() {
                object[amount] = 99_999_999.into();
            }
        }
        let mut forged = Delivery::new(
            &event,
            "checkout.session.completed",
            body.to_string(),
            self.now,
        );
        forged.forged = true;
        forged
    }
}
