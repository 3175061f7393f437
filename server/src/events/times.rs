//! When an event is: what people type by the clocks of its place, and the moments that is.

use jiff::{
    ToSpan as _,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, TimeZone},
};
use portico_wire::Timestamp;

use crate::{Result, error::Error};

/// The longest event, in days.
const MOST_DAYS: i64 = 62;

/// From its start to its end. One of whole days ends as the day after its last begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub all_day: bool,
}

/// What somebody typed: local times, or days for an event of whole days. Without an end it lasts `minutes`.
#[derive(Debug, Clone, Copy)]
pub struct Typed<'a> {
    pub starts: &'a str,
    pub ends: &'a str,
    pub all_day: bool,
    pub minutes: i64,
}

/// The zone of that name.
pub fn zone(name: &str) -> Result<TimeZone> {
    TimeZone::get(name)
        .map_err(|_| Error::invalid("time_zone", "Please choose a time zone from the list."))
}

fn moment(timestamp: jiff::Timestamp) -> Timestamp {
    Timestamp::from_micros(timestamp.as_microsecond())
}

/// What the clocks of a zone show.
pub fn local(at: Timestamp, zone: &TimeZone) -> DateTime {
    jiff::Timestamp::from_microsecond(at.micros())
        .map(|at| zone.to_datetime(at))
        .unwrap_or_default()
}

/// The first moment of a day.
pub fn midnight(day: Date, zone: &TimeZone) -> Result<Timestamp> {
    let start = day.to_zoned(zone.clone()).map_err(Error::internal)?;
    Ok(moment(start.timestamp()))
}

/// Start and end as they are written by the event's own clock: times, or the first and the last day.
pub fn written(when: When, zone: &TimeZone) -> (String, String) {
    let (from, to) = (local(when.starts_at, zone), local(when.ends_at, zone));
    if when.all_day {
        let last = to.date().yesterday().unwrap_or(to.date());
        (from.date().to_string(), last.to_string())
    } else {
        let text = |at: DateTime| at.strftime("%Y-%m-%dT%H:%M").to_string();
        (text(from), text(to))
    }
}

/// A day as people write it, "22 May 2027".
fn day_text(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// "Saturday, 22 May 2027, 14:00 to 22:00", by the event's own clock, with the zone's letters.
pub fn said(when: When, zone: &TimeZone) -> String {
    let (from, to) = (local(when.starts_at, zone), local(when.ends_at, zone));
    let long = |at: DateTime| at.strftime("%A, %-d %B %Y").to_string();
    if when.all_day {
        let last = to.date().yesterday().unwrap_or(to.date());
        return if last <= from.date() {
            long(from)
        } else {
            format!("{} to {}", long(from), last.strftime("%A, %-d %B %Y"))
        };
    }
    let letters = jiff::Timestamp::from_microsecond(when.starts_at.micros())
        .map(|at| at.to_zoned(zone.clone()).strftime("%Z").to_string())
        .unwrap_or_default();
    let end = if from.date() == to.date() {
        to.strftime("%H:%M").to_string()
    } else {
        format!("{}, {}", long(to), to.strftime("%H:%M"))
    };
    format!(
        "{}, {} to {end} {letters}",
        long(from),
        from.strftime("%H:%M")
    )
}

fn date(field: &'static str, text: &str) -> Result<Date> {
    let wrong = || Error::invalid(field, "Please choose a day that exists.");
    if !portico_wire::time::is_day(text) {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}

/// The moment of a local time; one that the clocks skip or show twice is refused.
fn at(field: &'static str, text: &str, zone: &TimeZone) -> Result<Timestamp> {
    let wrong = || Error::invalid(field, "Please choose a day and a time.");
    let (day, _) = text.split_once('T').ok_or_else(wrong)?;
    date(field, day)?;
    let typed = DateTime::strptime("%Y-%m-%dT%H:%M", text).map_err(|_| wrong())?;
    let found = zone.to_ambiguous_timestamp(typed);
    let (day, time) = (day_text(typed.date()), typed.strftime("%H:%M"));
    match found.offset() {
        AmbiguousOffset::Unambiguous { .. } => found.unambiguous().map(moment).map_err(|_| wrong()),
        AmbiguousOffset::Gap { .. } => Err(Error::invalid(
            field,
            format!(
                "On {day} the clocks go forward there, and {time} is skipped. Please choose another time."
            ),
        )),
        AmbiguousOffset::Fold { .. } => Err(Error::invalid(
            field,
            format!(
                "On {day} the clocks go back there, and {time} comes twice. Please choose a time before or after that hour."
            ),
        )),
    }
}

/// Reads what was typed.
pub fn read(typed: Typed<'_>, zone: &TimeZone) -> Result<When> {
    let (starts, ends) = (typed.starts.trim(), typed.ends.trim());
    let when = if typed.all_day {
        let first = date("starts", starts)?;
        let last = if ends.is_empty() {
            first
        } else {
            date("ends", ends)?
        };
        if last < first {
            return Err(before());
        }
        let after = last.tomorrow().map_err(|_| too_long())?;
        When {
            starts_at: midnight(first, zone)?,
            ends_at: midnight(after, zone)?,
            all_day: true,
        }
    } else {
        let starts_at = at("starts", starts, zone)?;
        let ends_at = if ends.is_empty() {
            starts_at.plus_seconds(typed.minutes * 60)
        } else {
            at("ends", ends, zone)?
        };
        When {
            starts_at,
            ends_at,
            all_day: false,
        }
    };
    if when.ends_at <= when.starts_at {
        return Err(before());
    }
    if when.ends_at.seconds_since(when.starts_at) > MOST_DAYS * 86_400 {
        return Err(too_long());
    }
    Ok(when)
}

fn before() -> Error {
    Error::invalid(
        "ends",
        "The end is before the start. Please choose a later one.",
    )
}

fn too_long() -> Error {
    Error::invalid(
        "ends",
        format!("An event lasts at most {MOST_DAYS} days. Please choose an earlier end."),
    )
}

/// The same by the clock on another day, as long as it was: what dragging it there means.
pub fn on_day(when: When, day: Date, zone: &TimeZone) -> Result<When> {
    let from = local(when.starts_at, zone);
    if when.all_day {
        let days = from
            .date()
            .until(local(when.ends_at, zone).date())
            .map_err(Error::internal)?
            .get_days();
        let after = day.checked_add(days.days()).map_err(Error::internal)?;
        return Ok(When {
            starts_at: midnight(day, zone)?,
            ends_at: midnight(after, zone)?,
            all_day: true,
        });
    }
    let text = format!("{day}T{}", from.strftime("%H:%M"));
    let starts_at = at("starts", &text, zone)?;
    let long = (when.ends_at.micros() - when.starts_at.micros()) / 1_000_000;
    Ok(When {
        starts_at,
        ends_at: starts_at.plus_seconds(long),
        all_day: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed<'a>(starts: &'a str, ends: &'a str) -> Typed<'a> {
        Typed {
            starts,
            ends,
            all_day: !starts.contains('T'),
            minutes: 60,
        }
    }

    fn refused(starts: &str, ends: &str) -> (String, String) {
        match read(typed(starts, ends), &zone("Europe/Vienna").unwrap()) {
            Err(Error::Refused(refusal)) => (
                refusal.field.unwrap_or_default().into_owned(),
                refusal.detail.into_owned(),
            ),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn h5_a_time_the_clocks_skip_or_show_twice_is_refused_in_words() {
        let (field, text) = refused("2027-03-28T02:30", "");
        assert_eq!(field, "starts");
        assert!(
            text.contains("28 March 2027") && text.contains("02:30 is skipped"),
            "{text}"
        );
        let (field, text) = refused("2027-10-30T22:00", "2027-10-31T02:30");
        assert_eq!(field, "ends");
        assert!(text.contains("comes twice"), "{text}");
    }

    #[test]
    fn h5_what_is_no_time_or_ends_before_it_starts_is_refused_at_the_field() {
        for (starts, ends, field) in [
            ("", "", "starts"),
            ("2027-02-30", "", "starts"),
            ("2027-05-22T25:00", "", "starts"),
            ("2027-05-22T14:00:00", "", "starts"),
            ("+2027-05-22T14:00", "", "starts"),
            ("2027-05-22T14:00", "2027-05-22T13:59", "ends"),
            ("2027-05-22T14:00", "2027-05-22T14:00", "ends"),
            ("2027-05-22T14:00", "tomorrow", "ends"),
            ("2027-05-22", "2027-05-21", "ends"),
            ("2027-05-22T14:00", "2027-12-24T14:00", "ends"),
        ] {
            assert_eq!(refused(starts, ends).0, field, "{starts} {ends}");
        }
        assert!(zone("Mars/Olympus").is_err());
    }

    #[test]
    fn h1_a_day_with_a_change_of_clocks_is_as_long_as_it_is() {
        let vienna = zone("Europe/Vienna").unwrap();
        for (day, hours) in [("2027-03-28", 23), ("2027-10-31", 25), ("2027-05-22", 24)] {
            let when = read(typed(day, ""), &vienna).unwrap();
            assert_eq!(when.ends_at.seconds_since(when.starts_at), hours * 3600);
            assert_eq!(written(when, &vienna), (day.to_owned(), day.to_owned()));
        }
        let night = read(typed("2027-03-27T20:00", "2027-03-28T04:00"), &vienna).unwrap();
        assert_eq!(night.ends_at.seconds_since(night.starts_at), 7 * 3600);
        assert_eq!(
            said(night, &vienna),
            "Saturday, 27 March 2027, 20:00 to Sunday, 28 March 2027, 04:00 CET"
        );
    }

    #[test]
    fn h1_a_move_to_another_day_keeps_the_hour_and_the_length() {
        let vienna = zone("Europe/Vienna").unwrap();
        let winter = read(typed("2027-03-20T14:00", "2027-03-20T18:00"), &vienna).unwrap();
        let summer = on_day(winter, "2027-04-03".parse().unwrap(), &vienna).unwrap();
        assert_eq!(
            written(summer, &vienna),
            ("2027-04-03T14:00".into(), "2027-04-03T18:00".into())
        );
        let days = read(typed("2027-03-26", "2027-03-28"), &vienna).unwrap();
        let later = on_day(days, "2027-06-01".parse().unwrap(), &vienna).unwrap();
        assert_eq!(
            written(later, &vienna),
            ("2027-06-01".into(), "2027-06-03".into())
        );
    }
}
