//! Rates that protect the server itself. What protects a person (codes, tries) is counted in the
//! database; these counters are each process's own and hold no more than an hour of addresses.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use portico_wire::{Code, StudioId};

use crate::{Result, config, error::Error};

pub struct Limits {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    reports: DefaultKeyedRateLimiter<IpAddr>,
    webhooks: DefaultKeyedRateLimiter<IpAddr>,
    gates: DefaultKeyedRateLimiter<IpAddr>,
    failures: DefaultKeyedRateLimiter<StudioId>,
}

fn per_minute(n: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN))
}

impl Limits {
    pub fn new(config: &config::Limits) -> Self {
        Self {
            addresses: RateLimiter::keyed(per_minute(config.per_address)),
            reports: RateLimiter::keyed(per_minute(config.per_address)),
            webhooks: RateLimiter::keyed(per_minute(config.per_address)),
            gates: RateLimiter::keyed(per_minute(config.per_address)),
            failures: RateLimiter::keyed(per_minute(config.studio_failures)),
        }
    }

    /// One sign-in request of this address.
    pub fn check_address(&self, address: IpAddr) -> Result<()> {
        check(&self.addresses, address)
    }

    /// One word of this address about the page it is on; counted apart, so that it costs nobody a sign-in.
    pub fn check_report(&self, address: IpAddr) -> Result<()> {
        check(&self.reports, address)
    }

    /// A webhook of this address whose signature does not fit; those that fit are not counted.
    pub fn check_webhook(&self, address: IpAddr) -> Result<()> {
        check(&self.webhooks, address)
    }

    /// A look of this address at a gate list, or a try at one; its photos are not counted.
    pub fn check_gate(&self, address: IpAddr) -> Result<()> {
        check(&self.gates, address)
    }

    /// A failed sign-in at this studio. Beyond the budget the answer waits a moment and an alarm
    /// is raised; what is right is never refused.
    pub async fn failed(&self, studio: StudioId) {
        if self.failures.check_key(&studio).is_err() {
            metrics::counter!("portico_sign_in_failures_over_budget").increment(1);
            tracing::warn!(%studio, "more failed sign-ins than the studio's budget");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Forgets addresses that have been quiet.
    pub fn tidy(&self) {
        self.addresses.retain_recent();
        self.reports.retain_recent();
        self.webhooks.retain_recent();
        self.gates.retain_recent();
        self.failures.retain_recent();
    }
}

/// An IPv6 customer's /64 counts as one address.
fn check(limiter: &DefaultKeyedRateLimiter<IpAddr>, address: IpAddr) -> Result<()> {
    let key = match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    };
    limiter.check_key(&key).map_err(|_| {
        Error::refused(
            Code::RateLimited,
            "Too many tries from your network. Please wait a minute and try again.",
        )
        .retry_after(60)
    })
}
