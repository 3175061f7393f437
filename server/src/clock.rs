//! The one source of time, so that tests can move it, and of ids, which begin with the time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use portico_wire::Timestamp;

#[derive(Clone)]
pub enum Clock {
    System,
    /// Microseconds since 1970; stands still until it is moved.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.micros())))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the system"
    )]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since = std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .unwrap_or_default();
                Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
            Self::Manual(micros) => Timestamp::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock; a system clock cannot be moved.
    pub fn advance(&self, seconds: i64) {
        if let Self::Manual(micros) = self {
            micros.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
        }
    }

    /// A new id: UUIDv7 (RFC 9562), the time in milliseconds followed by random bits.
    pub fn id<T: From<[u8; 16]>>(&self) -> T {
        let mut random = [0u8; 10];
        crate::secrets::fill(&mut random);
        let millis = u64::try_from(self.now().millis()).unwrap_or(0);
        T::from(
            uuid::Builder::from_unix_timestamp_millis(millis, &random)
                .into_uuid()
                .into_bytes(),
        )
    }
}

/// So many days from a day, at an hour of somewhere's clocks.
pub fn at_hour(day: &str, days: i32, hour: i8, time_zone: &str) -> crate::Result<Timestamp> {
    use jiff::ToSpan as _;
    let day: jiff::civil::Date = day.parse().map_err(crate::Error::internal)?;
    let zone = jiff::tz::TimeZone::get(time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let moment = day
        .checked_add(days.days())
        .and_then(|day| day.at(hour, 0, 0, 0).to_zoned(zone))
        .map_err(crate::Error::internal)?;
    Ok(Timestamp::from_micros(moment.timestamp().as_microsecond()))
}

/// The day it is somewhere, such as `2027-05-22`.
pub fn today(now: Timestamp, time_zone: &str) -> String {
    let zone = jiff::tz::TimeZone::get(time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::from_microsecond(now.micros())
        .map(|now| zone.to_datetime(now).date().to_string())
        .unwrap_or_default()
}
