//! When a run is due, by the studio's clocks.

use jiff::{
    ToSpan as _,
    civil::{Date, Time},
    tz::TimeZone,
};
use portico_wire::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Result, error::Error};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Minutes,
    Hours,
    Days,
}

impl Unit {
    pub const ALL: &[Self] = &[Self::Minutes, Self::Hours, Self::Days];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Timing {
    AtOnce,
    After {
        count: i32,
        unit: Unit,
    },
    /// So many days from a date, at a time of day; fewer than none: before it.
    Day {
        days: i32,
        hour: i8,
        minute: i8,
    },
}

fn counted(count: i32, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

impl Timing {
    /// "3 days before the due date, at 09:00"; empty: at once.
    pub fn said(&self, date: &str) -> String {
        match self {
            Self::AtOnce => String::new(),
            Self::After { count, unit } => {
                let one = match unit {
                    Unit::Minutes => counted(*count, "minute", "minutes"),
                    Unit::Hours => counted(*count, "hour", "hours"),
                    Unit::Days => counted(*count, "day", "days"),
                };
                format!("{one} later")
            }
            Self::Day { days, hour, minute } => {
                let at = format!("at {hour:02}:{minute:02}");
                match days {
                    0 => format!("on the day, {at}"),
                    days if *days < 0 => {
                        format!("{} before {date}, {at}", counted(-days, "day", "days"))
                    }
                    days => format!("{} after {date}, {at}", counted(*days, "day", "days")),
                }
            }
        }
    }

    /// When something that happened at this moment is followed. Days are days of the calendar: the same time of day,
    /// whatever the clocks do in between.
    pub fn after(&self, happened: Timestamp, zone: &TimeZone) -> Result<Timestamp> {
        match self {
            Self::AtOnce | Self::Day { .. } => Ok(happened),
            Self::After { count, unit } => {
                let count = i64::from(*count);
                match unit {
                    Unit::Minutes => Ok(happened.plus_seconds(count * 60)),
                    Unit::Hours => Ok(happened.plus_seconds(count * 3600)),
                    Unit::Days => {
                        let local = local(happened, zone)?;
                        let then = local.checked_add(count.days());
                        moment(then.map_err(Error::internal)?, zone)
                    }
                }
            }
        }
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> Result<jiff::civil::DateTime> {
    let at = jiff::Timestamp::from_microsecond(at.micros()).map_err(Error::internal)?;
    Ok(zone.to_datetime(at))
}

/// A time the clocks skip is as much later as they skip; of one they show twice the first counts.
fn moment(local: jiff::civil::DateTime, zone: &TimeZone) -> Result<Timestamp> {
    let zoned = local.to_zoned(zone.clone()).map_err(Error::internal)?;
    Ok(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
}

/// That time of that day, by the studio's clocks.
pub fn on_day(day: Date, (hour, minute): (i8, i8), zone: &TimeZone) -> Result<Timestamp> {
    moment(day.at(hour, minute, 0, 0), zone)
}

/// The times of day nothing goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    from: Time,
    to: Time,
}

/// "21:00"
pub fn time(text: &str) -> Option<(i8, i8)> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    Time::new(hour, minute, 0, 0).ok().map(|_| (hour, minute))
}

impl Quiet {
    pub fn read(from: &str, to: &str) -> Option<Self> {
        let at = |text| time(text).and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
        let (from, to) = (at(from)?, at(to)?);
        (from != to).then_some(Self { from, to })
    }

    /// The same moment, or the end of the quiet hours it falls into.
    pub fn after(self, at: Timestamp, zone: &TimeZone) -> Result<Timestamp> {
        let here = local(at, zone)?;
        let (day, now) = (here.date(), here.time());
        let over_midnight = self.from > self.to;
        let next_day = || day.checked_add(1.days()).map_err(Error::internal);
        let end = match over_midnight {
            false if self.from <= now && now < self.to => day,
            true if now < self.to => day,
            true if now >= self.from => next_day()?,
            _ => return Ok(at),
        };
        // Never earlier than it was due, whatever the clocks do.
        Ok(moment(end.to_datetime(self.to), zone)?.max(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vienna() -> TimeZone {
        TimeZone::get("Europe/Vienna").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn l17_quiet_hours_move_what_is_due_to_their_end() {
        let quiet = Quiet::read("21:00", "08:00").unwrap();
        for (due, goes) in [
            ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z"),
            ("2026-11-21T19:59:00Z", "2026-11-21T19:59:00Z"),
            ("2026-11-21T20:00:00Z", "2026-11-22T07:00:00Z"),
            ("2026-11-21T23:30:00Z", "2026-11-22T07:00:00Z"),
            ("2026-11-22T07:00:00Z", "2026-11-22T07:00:00Z"),
            // The night of the change: nine hours and ten.
            ("2027-03-27T20:30:00Z", "2027-03-28T06:00:00Z"),
            ("2027-10-30T20:30:00Z", "2027-10-31T07:00:00Z"),
        ] {
            assert_eq!(quiet.after(at(due), &vienna()).unwrap(), at(goes), "{due}");
        }
        let noon = Quiet::read("12:00", "14:00").unwrap();
        let moved = noon.after(at("2026-11-21T12:10:00Z"), &vienna()).unwrap();
        assert_eq!(moved, at("2026-11-21T13:00:00Z"));
        for (from, to) in [("21:00", "21:00"), ("", "08:00"), ("25:00", "08:00")] {
            assert_eq!(Quiet::read(from, to), None);
        }
    }

    #[test]
    fn l17_days_keep_the_time_of_day_over_a_change_of_clocks_and_hours_are_hours() {
        let after = |count, unit, from: &str| {
            let timing = Timing::After { count, unit };
            timing.after(at(from), &vienna()).unwrap()
        };
        // 10:00 there, before and after the change.
        assert_eq!(
            after(1, Unit::Days, "2027-03-27T09:00:00Z"),
            at("2027-03-28T08:00:00Z")
        );
        assert_eq!(
            after(24, Unit::Hours, "2027-03-27T09:00:00Z"),
            at("2027-03-28T09:00:00Z")
        );
        // 02:30 there does not exist on the 28th: as much later as the clocks skip.
        assert_eq!(
            after(1, Unit::Days, "2027-03-27T01:30:00Z"),
            at("2027-03-28T01:30:00Z")
        );
        let day: Date = "2027-03-28".parse().unwrap();
        assert_eq!(
            on_day(day, (9, 0), &vienna()).unwrap(),
            at("2027-03-28T07:00:00Z")
        );
    }

    #[test]
    fn l17_when_it_goes_out_is_said_in_words() {
        let day = |days| Timing::Day {
            days,
            hour: 9,
            minute: 0,
        };
        assert_eq!(
            day(-3).said("the due date"),
            "3 days before the due date, at 09:00"
        );
        assert_eq!(day(0).said("the event"), "on the day, at 09:00");
        assert_eq!(day(1).said("the event"), "1 day after the event, at 09:00");
        let later = Timing::After {
            count: 2,
            unit: Unit::Hours,
        };
        assert_eq!(later.said(""), "2 hours later");
    }
}
