//! A moment in time: UTC, whole microseconds. In JSON always 27 characters of RFC 3339,
//! `2026-11-21T09:05:00.000000Z`, so that texts sort as the moments do; stored as
//! TIMESTAMPTZ on PostgreSQL and as that same text on SQLite.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400 * MICROS;

/// Microseconds since 1970-01-01T00:00:00Z, within the years 0000 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The text is not a moment written as this module writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATimestamp;

impl fmt::Display for NotATimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a moment such as 2026-11-21T09:05:00.000000Z")
    }
}

impl std::error::Error for NotATimestamp {}

impl Timestamp {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
    pub const fn micros(self) -> i64 {
        self.0
    }
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }
    /// This moment moved by whole seconds; negative goes back.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * MICROS)
    }
    /// Whole seconds from `earlier` to this moment, rounded up, never negative.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        let micros = self.0 - earlier.0;
        if micros <= 0 {
            0
        } else {
            (micros + MICROS - 1) / MICROS
        }
    }
}

/// Days since 1970-01-01 to (year, month, day), proleptic Gregorian.
const fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + (month <= 2) as i64;
    (year, month, day)
}

/// (year, month, day) to days since 1970-01-01.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = (month + 9) % 12;
    let doy = (153 * mp + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// A day that exists, such as `2027-05-22`.
pub fn is_day(text: &str) -> bool {
    let digits = |text: &str| {
        let all = text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<i64>().ok().filter(|_| all)
    };
    let at = text.as_bytes();
    if at.len() != 10 || !text.is_ascii() || at[4] != b'-' || at[7] != b'-' {
        return false;
    }
    let part = |from, to| digits(text.get(from..to)?);
    match (part(0, 4), part(5, 7), part(8, 10)) {
        (Some(year), Some(month), Some(day)) => {
            (1..=12).contains(&month) && civil(days(year, month, day)) == (year, month, day)
        }
        _ => false,
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let in_day = self.0.rem_euclid(DAY);
        let (seconds, micros) = (in_day / MICROS, in_day % MICROS);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z"
        )
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = NotATimestamp;

    /// Reads RFC 3339 in UTC with `Z` and up to six digits of a second's fraction.
    fn from_str(text: &str) -> Result<Self, NotATimestamp> {
        let body = text.strip_suffix('Z').ok_or(NotATimestamp)?;
        let (whole, fraction) = body.split_once('.').unwrap_or((body, "0"));
        let at = whole.as_bytes();
        if at.len() != 19
            || [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')]
                .iter()
                .any(|&(i, c)| at[i] != c)
        {
            return Err(NotATimestamp);
        }
        let number = |range: std::ops::Range<usize>| {
            at[range].iter().try_fold(0i64, |n, b| {
                b.is_ascii_digit()
                    .then(|| n * 10 + i64::from(b - b'0'))
                    .ok_or(NotATimestamp)
            })
        };
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        if fraction.is_empty()
            || fraction.len() > 6
            || !fraction.bytes().all(|b| b.is_ascii_digit())
        {
            return Err(NotATimestamp);
        }
        let micros: i64 = format!("{fraction:0<6}")
            .parse()
            .map_err(|_| NotATimestamp)?;
        let date = days(year, month, day);
        if hour > 23 || minute > 59 || second > 59 || civil(date) != (year, month, day) {
            return Err(NotATimestamp);
        }
        Ok(Self(
            date * DAY + (hour * 3600 + minute * 60 + second) * MICROS + micros,
        ))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(feature = "server")]
mod server {
    use sqlx::{Decode, Encode, Postgres, Sqlite, Type, encode::IsNull, error::BoxDynError};

    use super::Timestamp;

    /// PostgreSQL counts microseconds from 2000-01-01.
    const POSTGRES_EPOCH: i64 = 946_684_800 * super::MICROS;
    /// `timestamptz` in pg_type.dat, the same in every release.
    const TIMESTAMPTZ: sqlx::postgres::PgTypeInfo =
        sqlx::postgres::PgTypeInfo::with_oid(sqlx::postgres::types::Oid(1184));

    impl Type<Postgres> for Timestamp {
        fn type_info() -> sqlx::postgres::PgTypeInfo {
            TIMESTAMPTZ
        }
    }
    impl Encode<'_, Postgres> for Timestamp {
        fn encode_by_ref(
            &self,
            buffer: &mut sqlx::postgres::PgArgumentBuffer,
        ) -> Result<IsNull, BoxDynError> {
            Encode::<Postgres>::encode(self.0 - POSTGRES_EPOCH, buffer)
        }
    }
    impl Decode<'_, Postgres> for Timestamp {
        fn decode(value: sqlx::postgres::PgValueRef<'_>) -> Result<Self, BoxDynError> {
            let bytes: [u8; 8] = value.as_bytes()?.try_into()?;
            Ok(Timestamp(i64::from_be_bytes(bytes) + POSTGRES_EPOCH))
        }
    }

    impl Type<Sqlite> for Timestamp {
        fn type_info() -> sqlx::sqlite::SqliteTypeInfo {
            <String as Type<Sqlite>>::type_info()
        }
    }
    impl Encode<'_, Sqlite> for Timestamp {
        fn encode_by_ref(
            &self,
            buffer: &mut sqlx::sqlite::SqliteArgumentsBuffer,
        ) -> Result<IsNull, BoxDynError> {
            Encode::<Sqlite>::encode(self.to_string(), buffer)
        }
    }
    impl<'r> Decode<'r, Sqlite> for Timestamp {
        fn decode(value: sqlx::sqlite::SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
            Ok(<&str as Decode<'r, Sqlite>>::decode(value)?.parse()?)
        }
    }

    impl utoipa::PartialSchema for Timestamp {
        fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
            utoipa::openapi::schema::ObjectBuilder::new()
                .schema_type(utoipa::openapi::schema::Type::String)
                .format(Some(utoipa::openapi::schema::SchemaFormat::KnownFormat(
                    utoipa::openapi::schema::KnownFormat::DateTime,
                )))
                .examples(["2026-11-21T09:05:00.000000Z"])
                .into()
        }
    }
    impl utoipa::ToSchema for Timestamp {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments_are_written_as_rfc_3339_with_microseconds() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400_000_001, "2000-02-29T00:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (1_795_253_100_000_000, "2026-11-21T09:25:00.000000Z"),
        ] {
            assert_eq!(Timestamp(micros).to_string(), text);
            assert_eq!(text.parse(), Ok(Timestamp(micros)));
        }
    }

    #[test]
    fn texts_sort_as_the_moments_do() {
        let moments = [-1, 0, 1, 999_999, 1_000_000, 1_795_253_100_000_000].map(Timestamp);
        let texts = moments.map(|m| m.to_string());
        assert!(texts.is_sorted());
    }

    #[test]
    fn dates_that_do_not_exist_and_other_zones_are_refused() {
        for text in [
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00+01:00",
            "2026-01-01 00:00:00Z",
            "2026-01-01T00:00:00.1234567Z",
            "2026-01-01T00:00:00.Z",
            "",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(NotATimestamp), "{text}");
        }
    }
}
