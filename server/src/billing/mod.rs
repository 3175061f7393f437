//! The studio's own subscription to the host, paid on the operator's account with the payment provider. The provider's
//! books decide; here stands what they said last.

pub mod admin;
pub mod provider;
pub mod store;
pub mod sync;
pub mod webhook;

use portico_wire::Timestamp;

use crate::{App, config::Config, secrets::Secret, studios::Subscription};
use provider::Plan;

/// What the operator's configuration says of it; absent where subscriptions are settled by hand.
pub struct Operator {
    pub key: Secret,
    pub price: String,
    /// None: the webhook is closed.
    pub webhook_secrets: Vec<Secret>,
}

impl Operator {
    pub fn of(app: &App) -> Option<Self> {
        let config: &Config = &app.config;
        let secrets = [
            &config.billing_stripe_webhook_secret,
            &config.billing_stripe_webhook_secret_before,
        ];
        Some(Self {
            key: Secret::presented(config.billing_stripe_key.clone()?),
            price: config.billing_stripe_price.clone()?,
            webhook_secrets: secrets
                .into_iter()
                .flatten()
                .map(|secret| Secret::presented(secret.clone()))
                .collect(),
        })
    }
}

/// What a plan at the provider means for the portal, and until when it is paid; none while it was never paid.
pub fn standing(plan: &Plan) -> Option<(Subscription, Option<Timestamp>)> {
    let period = plan.items.data.first();
    let moment = |seconds: i64| Timestamp::from_micros(seconds.saturating_mul(1_000_000));
    let end = period.map(|item| moment(item.current_period_end));
    Some(match plan.status.as_str() {
        "active" | "trialing" => (Subscription::Active, end),
        // The period went on, but is not paid.
        "past_due" | "unpaid" => (
            Subscription::PastDue,
            period.map(|item| moment(item.current_period_start)),
        ),
        "canceled" | "paused" => (Subscription::Expired, plan.ended_at.map(moment).or(end)),
        _ => return None,
    })
}

/// Of several plans the one that counts: the one in the best standing, of these the newest.
pub fn best(plans: Vec<Plan>) -> Option<Plan> {
    let rank = |plan: &Plan| match plan.status.as_str() {
        "active" | "trialing" => 3,
        "past_due" | "unpaid" => 2,
        "canceled" | "paused" => 1,
        _ => 0,
    };
    plans
        .into_iter()
        .max_by_key(|plan| (rank(plan), plan.created))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(status: &str, created: i64) -> Plan {
        serde_json::from_value(serde_json::json!({
            "id": format!("sub_{created}"), "status": status, "created": created, "cancel_at_period_end": false,
            "ended_at": if status == "canceled" { Some(150) } else { None },
            "items": { "data": [{
                "current_period_start": 100, "current_period_end": 200,
                "price": { "unit_amount": 4900, "currency": "usd", "recurring": { "interval": "month" } },
            }] },
        }))
        .unwrap()
    }

    #[test]
    fn l23_each_state_of_the_provider_opens_or_locks_the_portal() {
        let at = |seconds: i64| Some(Timestamp::from_micros(seconds * 1_000_000));
        for (status, wanted) in [
            ("active", Some((Subscription::Active, at(200)))),
            ("trialing", Some((Subscription::Active, at(200)))),
            ("past_due", Some((Subscription::PastDue, at(100)))),
            ("unpaid", Some((Subscription::PastDue, at(100)))),
            ("canceled", Some((Subscription::Expired, at(150)))),
            ("paused", Some((Subscription::Expired, at(200)))),
            ("incomplete", None),
            ("incomplete_expired", None),
            ("a word of next year", None),
        ] {
            assert_eq!(standing(&plan(status, 1)), wanted, "{status}");
        }
    }

    #[test]
    fn l23_an_old_plan_that_ended_does_not_lock_a_studio_that_has_a_new_one() {
        let plans = vec![plan("canceled", 9), plan("active", 1), plan("past_due", 5)];
        assert_eq!(best(plans).unwrap().id, "sub_1");
        let ended = vec![plan("canceled", 1), plan("canceled", 2)];
        assert_eq!(best(ended).unwrap().id, "sub_2");
        assert!(best(Vec::new()).is_none());
    }
}
