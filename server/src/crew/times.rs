//! Times of a roster, typed by the clocks of the event's place.

use jiff::{
    ToSpan as _,
    civil::{Date, DateTime, Time},
    tz::{AmbiguousOffset, TimeZone},
};
use portico_wire::Timestamp;

use crate::{Result, error::Error, web::form::FieldErrors};

/// An event of more days is no roster anybody could look over.
const MOST_DAYS: usize = 60;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// What the clocks show somewhere.
pub fn local(at: Timestamp, time_zone: &str) -> Result<DateTime> {
    let at = jiff::Timestamp::from_microsecond(at.micros()).map_err(Error::internal)?;
    Ok(zone(time_zone).to_datetime(at))
}

/// The day of the last moment before an end: midnight belongs to the day that ends.
pub fn last_day(ends_at: Timestamp, time_zone: &str) -> Result<Date> {
    let just_before = Timestamp::from_micros(ends_at.micros() - 1);
    Ok(local(just_before, time_zone)?.date())
}

/// The days from a beginning to an end.
pub fn days(starts_at: Timestamp, ends_at: Timestamp, time_zone: &str) -> Result<Vec<Date>> {
    let first = local(starts_at, time_zone)?.date();
    let last = last_day(ends_at, time_zone)?;
    Ok(first
        .series(1.day())
        .take_while(|day| *day <= last)
        .take(MOST_DAYS)
        .collect())
}

/// "Saturday 12 June 2027"
pub fn day_name(day: Date) -> String {
    day.strftime("%A %-d %B %Y").to_string()
}

/// "Sat 12 Jun"
pub fn short_day(day: Date) -> String {
    day.strftime("%a %-d %b").to_string()
}

/// "08:00–18:00", and "18:00–02:00 (Sun)" where it ends on another day.
pub fn clock(starts_at: Timestamp, ends_at: Timestamp, time_zone: &str) -> Result<String> {
    let (from, to) = (local(starts_at, time_zone)?, local(ends_at, time_zone)?);
    let mut said = format!("{}\u{2013}{}", from.strftime("%H:%M"), to.strftime("%H:%M"));
    if to.date() != from.date() && to.time() != Time::midnight() {
        said.push_str(&to.strftime(" (%a)").to_string());
    }
    Ok(said)
}

/// "Sat 12 Jun, 08:00–18:00"
pub fn said(starts_at: Timestamp, ends_at: Timestamp, time_zone: &str) -> Result<String> {
    let day = short_day(local(starts_at, time_zone)?.date());
    Ok(format!("{day}, {}", clock(starts_at, ends_at, time_zone)?))
}

/// The moment a clock shows this; noted at the field where clocks never do.
fn moment(
    at: DateTime,
    zone: &TimeZone,
    field: &'static str,
    errors: &mut FieldErrors,
) -> Option<Timestamp> {
    let found = zone.to_ambiguous_timestamp(at);
    if matches!(found.offset(), AmbiguousOffset::Gap { .. }) {
        let text = format!(
            "On {} the clocks are put forward: {} does not exist there.",
            day_name(at.date()),
            at.strftime("%H:%M")
        );
        errors.add(field, text);
        return None;
    }
    let found = found.compatible().ok();
    if found.is_none() {
        errors.add(field, "This time cannot be used.");
    }
    found.map(|at| Timestamp::from_micros(at.as_microsecond()))
}

fn time(text: &str) -> Option<Time> {
    Time::strptime("%H:%M", text.trim()).ok()
}

/// A stretch of work as it is typed: a day, and two times. One that ends before it begins ends after midnight.
pub fn stretch(
    day: &str,
    (from, to): (&str, &str),
    time_zone: &str,
    errors: &mut FieldErrors,
) -> Option<(Timestamp, Timestamp)> {
    let date: Option<Date> = day.parse().ok().filter(|_| portico_wire::time::is_day(day));
    let (from, to) = (time(from), time(to));
    if date.is_none() {
        errors.add("day", "Please choose a day.");
    }
    if from.is_none() {
        errors.add("from", "Please give the time it begins, such as 08:00.");
    }
    if to.is_none() {
        errors.add("to", "Please give the time it ends, such as 18:00.");
    }
    let (date, from, to) = (date?, from?, to?);
    if from == to {
        errors.add(
            "to",
            "This is the time it begins. Please give the time it ends.",
        );
        return None;
    }
    let end = if to > from {
        Some(date)
    } else {
        date.tomorrow().ok()
    };
    let zone = zone(time_zone);
    let starts = moment(date.to_datetime(from), &zone, "from", errors);
    let ends = moment(end?.to_datetime(to), &zone, "to", errors);
    let (starts, ends) = (starts?, ends?);
    if ends <= starts {
        errors.add("to", "It ends before it begins.");
        return None;
    }
    Some((starts, ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(day: &str, from: &str, to: &str, zone: &str) -> Result<(String, String), String> {
        let mut errors = FieldErrors::default();
        let found = stretch(day, (from, to), zone, &mut errors);
        match found {
            Some((from, to)) => Ok((from.to_string(), to.to_string())),
            None => Err(errors
                .iter()
                .map(|(field, text)| format!("{field}: {text}"))
                .collect()),
        }
    }

    #[test]
    fn h11_times_are_read_by_the_clocks_of_the_event_and_may_end_after_midnight() {
        let (from, to) = typed("2027-06-12", "18:00", "02:00", "Europe/London").unwrap();
        assert_eq!(from, "2027-06-12T17:00:00.000000Z");
        assert_eq!(to, "2027-06-13T01:00:00.000000Z");
        // The night the clocks go back is an hour longer.
        let (from, to) = typed("2027-10-30", "22:00", "06:00", "Europe/London").unwrap();
        assert_eq!(from, "2027-10-30T21:00:00.000000Z");
        assert_eq!(to, "2027-10-31T06:00:00.000000Z");
    }

    #[test]
    fn h11_a_time_that_clocks_never_show_and_one_without_length_are_refused_at_their_field() {
        for (day, from, to, said) in [
            (
                "2027-03-28",
                "01:30",
                "08:00",
                "from: On Sunday 28 March 2027 the clocks",
            ),
            (
                "2027-03-27",
                "20:00",
                "01:30",
                "to: On Sunday 28 March 2027 the clocks",
            ),
            (
                "2027-06-12",
                "08:00",
                "08:00",
                "to: This is the time it begins",
            ),
            ("2027-02-30", "08:00", "18:00", "day: Please choose a day"),
            ("", "25:00", "x", "day: Please choose a day"),
        ] {
            let refused = typed(day, from, to, "Europe/London").unwrap_err();
            assert!(refused.starts_with(said), "{refused}");
        }
    }

    #[test]
    fn an_event_that_ends_at_midnight_has_no_day_after_it() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (from, to) = (at("2027-06-11T22:00:00Z"), at("2027-06-13T22:00:00Z"));
        let found = days(from, to, "Europe/Vienna").unwrap();
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(day_name(found[0]), "Saturday 12 June 2027");
        assert_eq!(
            said(from, to, "UTC").unwrap(),
            "Fri 11 Jun, 22:00\u{2013}22:00 (Sun)"
        );
        let night = (at("2027-06-12T16:00:00Z"), at("2027-06-12T22:00:00Z"));
        assert_eq!(
            clock(night.0, night.1, "Europe/Vienna").unwrap(),
            "18:00\u{2013}00:00"
        );
    }
}
