//! What is wrong with answers.

use serde::{Deserialize, Serialize};

use super::{
    Answer, Answers, Chosen, DateLimits, Field, FileAnswer, FileKind, FileLimits, Form, Kind,
    ManyOf, MoneyLimits, NumberLimits, Pattern, Signature, TextLimits, limits,
    shape::{decimal, is_date, is_drawing, is_email, is_phone, is_showable, is_time},
    visible,
};
use crate::clients::Address;

/// A field that is not answered as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Trouble {
    /// Its id.
    pub field: String,
    pub wrong: Wrong,
    /// The number or day the text names: a length, a number of files, bytes, a limit as the answer would
    /// be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

macro_rules! wrongs {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What is wrong with an answer; texts have the same names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Wrong { $($(#[$doc])* $name,)* }

        impl Wrong {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

wrongs! {
    Missing = "missing",
    /// Not an answer to a field of this kind.
    Unfit = "unfit",
    TooShort = "too_short",
    TooLong = "too_long",
    NotShowable = "not_showable",
    NotLetters = "not_letters",
    NotDigits = "not_digits",
    NotLettersAndDigits = "not_letters_and_digits",
    NotAPostcode = "not_a_postcode",
    NotAUrl = "not_a_url",
    NotAnEmail = "not_an_email",
    NotAPhone = "not_a_phone",
    NotANumber = "not_a_number",
    /// Whole numbers only where the limit is 0.
    TooManyDecimals = "too_many_decimals",
    TooLittle = "too_little",
    TooMuch = "too_much",
    NotADate = "not_a_date",
    TooEarly = "too_early",
    TooLate = "too_late",
    NotATime = "not_a_time",
    NotACountry = "not_a_country",
    NotAnOption = "not_an_option",
    TooFew = "too_few",
    TooMany = "too_many",
    FileKind = "file_kind",
    FileTooLarge = "file_too_large",
    NotSigned = "not_signed",
    /// The server's alone: this email address is changed in Personal Info.
    EmailIsFixed = "email_is_fixed",
    /// The server's alone: no such file, or not this contact's.
    UnknownFile = "unknown_file",
}

type Found = Option<(Wrong, Option<String>)>;

fn plain(wrong: Wrong) -> Found {
    Some((wrong, None))
}
/// One kind of number for all limits: each kind would be code of its own.
fn with(wrong: Wrong, limit: i64) -> Found {
    Some((wrong, Some(limit.to_string())))
}

/// What is wrong with all that is seen, in the form's order.
pub fn check(form: &Form, answers: &Answers) -> Vec<Trouble> {
    let seen = visible(form, answers);
    form.fields
        .iter()
        .zip(seen)
        .filter(|(_, seen)| *seen)
        .filter_map(|(field, _)| check_field(field, answers.get(&field.id)))
        .collect()
}

/// What is wrong with one field that is seen.
pub fn check_field(field: &Field, answer: Option<&Answer>) -> Option<Trouble> {
    let found = match answer.filter(|answer| !answer.is_blank()) {
        None if field.required && field.kind.asks() => plain(Wrong::Missing),
        None => None,
        Some(answer) => wrong(&field.kind, answer),
    };
    found.map(|(wrong, limit)| Trouble {
        field: field.id.clone(),
        wrong,
        limit,
    })
}

pub(super) fn wrong(kind: &Kind, answer: &Answer) -> Found {
    match (kind, answer) {
        (Kind::Text(limits), Answer::Text(typed)) => text(limits, typed, limits::SHORT_TEXT),
        (Kind::LongText(limits), Answer::Text(typed)) => text(limits, typed, limits::LONG_TEXT),
        (Kind::Email, Answer::Text(typed)) => {
            (!is_email(typed.trim())).then_some((Wrong::NotAnEmail, None))
        }
        (Kind::Phone, Answer::Text(typed)) => {
            (!is_phone(typed.trim())).then_some((Wrong::NotAPhone, None))
        }
        (Kind::Number(limits), Answer::Number(typed)) => number(limits, typed),
        (Kind::Money(limits), Answer::Money(minor)) => money(limits, *minor),
        (Kind::Date(limits), Answer::Date(day)) => date(limits, day.trim()),
        (Kind::Time, Answer::Time(time)) => {
            (!is_time(time.trim())).then_some((Wrong::NotATime, None))
        }
        (Kind::Address, Answer::Address(typed)) => address(typed),
        (Kind::One(one) | Kind::DropDown(one), Answer::Choices(chosen)) => {
            options(&one.options, one.other, chosen, None, Some(1))
        }
        (
            Kind::Many(ManyOf {
                options: all,
                other,
                min,
                max,
            }),
            Answer::Choices(chosen),
        ) => options(all, *other, chosen, *min, *max),
        (Kind::YesNo, Answer::YesNo(_)) => None,
        (Kind::Rating { max }, Answer::Rating(stars)) => match *stars {
            0 => with(Wrong::TooLittle, 1),
            stars if stars > *max => with(Wrong::TooMuch, i64::from(*max)),
            _ => None,
        },
        (Kind::File(limits), Answer::Files(list)) => files(limits, list),
        (Kind::Signature, Answer::Signature(signature)) => signed(signature),
        _ => plain(Wrong::Unfit),
    }
}

fn text(limits: &TextLimits, typed: &str, longest: u32) -> Found {
    let typed = typed.trim();
    let length = typed.chars().count() as u32;
    let most = limits.max.unwrap_or(longest).min(longest);
    match limits.min {
        _ if length > most => return with(Wrong::TooLong, i64::from(most)),
        Some(least) if length < least => return with(Wrong::TooShort, i64::from(least)),
        _ => {}
    }
    if !is_showable(typed) {
        return plain(Wrong::NotShowable);
    }
    let pattern = limits.pattern.filter(|pattern| !pattern.matches(typed))?;
    plain(match pattern {
        Pattern::Letters => Wrong::NotLetters,
        Pattern::Digits => Wrong::NotDigits,
        Pattern::LettersAndDigits => Wrong::NotLettersAndDigits,
        Pattern::Postcode => Wrong::NotAPostcode,
        Pattern::Url => Wrong::NotAUrl,
    })
}

fn number(limits: &NumberLimits, typed: &str) -> Found {
    let Some(number) = decimal(typed) else {
        return plain(Wrong::NotANumber);
    };
    let limit = |text: &Option<String>| text.as_deref().and_then(decimal);
    let smallest = 10i64.pow(6 - u32::from(limits.decimals.min(6)));
    if number % smallest != 0 {
        with(Wrong::TooManyDecimals, i64::from(limits.decimals))
    } else if limit(&limits.min).is_some_and(|min| number < min) {
        Some((Wrong::TooLittle, limits.min.clone()))
    } else if limit(&limits.max).is_some_and(|max| number > max) {
        Some((Wrong::TooMuch, limits.max.clone()))
    } else {
        None
    }
}

fn money(limits: &MoneyLimits, minor: i64) -> Found {
    let min = limits.min.unwrap_or(-limits::MONEY);
    let max = limits.max.unwrap_or(limits::MONEY);
    if minor < min {
        with(Wrong::TooLittle, min)
    } else if minor > max {
        with(Wrong::TooMuch, max)
    } else {
        None
    }
}

fn date(limits: &DateLimits, day: &str) -> Found {
    if !is_date(day) {
        plain(Wrong::NotADate)
    } else if limits.min.as_deref().is_some_and(|min| day < min) {
        Some((Wrong::TooEarly, limits.min.clone()))
    } else if limits.max.as_deref().is_some_and(|max| day > max) {
        Some((Wrong::TooLate, limits.max.clone()))
    } else {
        None
    }
}

fn address(typed: &Address) -> Found {
    for (line, most) in [
        (&typed.line1, 120),
        (&typed.line2, 120),
        (&typed.city, 80),
        (&typed.region, 80),
        (&typed.postcode, 20),
    ] {
        let Some(line) = line else { continue };
        if line.trim().chars().count() > most {
            return with(Wrong::TooLong, most as i64);
        }
        if !is_showable(line) {
            return plain(Wrong::NotShowable);
        }
    }
    let country = typed.country.as_deref().map_or("", str::trim);
    let known =
        country.is_empty() || country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
    (!known).then_some((Wrong::NotACountry, None))
}

fn options(
    all: &[String],
    other: bool,
    chosen: &Chosen,
    min: Option<u32>,
    max: Option<u32>,
) -> Found {
    let written = chosen.other.as_deref().map_or("", str::trim);
    // One that is named twice counts once, as it is stored.
    let distinct = chosen.options.iter().take(limits::OPTIONS + 1).enumerate();
    let distinct = distinct.filter(|(at, one)| !chosen.options[..*at].contains(one));
    let count = distinct.count() + usize::from(!written.is_empty());
    if chosen.options.len() > limits::OPTIONS || max.is_some_and(|max| count > max as usize) {
        return with(
            Wrong::TooMany,
            i64::from(max.unwrap_or(limits::OPTIONS as u32)),
        );
    }
    if let Some(min) = min
        && count < min as usize
    {
        return with(Wrong::TooFew, i64::from(min));
    }
    let unknown = chosen.options.iter().any(|one| !all.contains(one));
    if unknown || !written.is_empty() && !other {
        return plain(Wrong::NotAnOption);
    }
    if written.chars().count() > limits::LABEL {
        return with(Wrong::TooLong, limits::LABEL as i64);
    }
    (!is_showable(written)).then_some((Wrong::NotShowable, None))
}

fn files(limits: &FileLimits, list: &[FileAnswer]) -> Found {
    let most = limits.max_count.unwrap_or(1);
    if list.len() > usize::from(most) {
        return with(Wrong::TooMany, i64::from(most));
    }
    let largest = limits.max_bytes.unwrap_or(limits::FILE_BYTES);
    for file in list {
        let kind = FileKind::of(&file.kind);
        if !limits.kinds.is_empty() && !kind.is_some_and(|kind| limits.kinds.contains(&kind)) {
            return plain(Wrong::FileKind);
        }
        if file.bytes > largest {
            return with(Wrong::FileTooLarge, largest as i64);
        }
    }
    None
}

fn signed(signature: &Signature) -> Found {
    match signature {
        Signature::Typed(name) if name.trim().chars().count() > limits::SIGNED_NAME => {
            with(Wrong::TooLong, limits::SIGNED_NAME as i64)
        }
        Signature::Typed(name) if !is_showable(name) => plain(Wrong::NotShowable),
        Signature::Drawn(path) if !is_drawing(path.trim()) => plain(Wrong::NotSigned),
        _ => None,
    }
}
