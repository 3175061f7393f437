//! Words: what is wrong with an answer, what is wrong with a form, and an answer as people read it.

use portico_wire::forms::{Answer, Chosen, Fault, Flaw, Kind, Signature, Trouble, Wrong};

use crate::{clients, money::say};

/// What is wrong with an answer, and what to do.
pub fn wrong(trouble: &Trouble, kind: &Kind) -> String {
    let number = trouble.limit.as_deref().unwrap_or("0");
    let limit = match (kind, number.parse()) {
        (Kind::Money(limits), Ok(minor)) => money(minor, &limits.currency),
        (Kind::Date(_), _) => date(number),
        _ => number.to_owned(),
    };
    match trouble.wrong {
        Wrong::Missing => "Please answer this.".into(),
        Wrong::Unfit => "This is not an answer to this question.".into(),
        Wrong::TooShort => format!("Please write at least {limit} characters."),
        Wrong::TooLong => format!("Please use at most {limit} characters."),
        Wrong::NotShowable => "This contains characters that cannot be shown.".into(),
        Wrong::NotLetters => "Please use letters only.".into(),
        Wrong::NotDigits => "Please use digits only.".into(),
        Wrong::NotLettersAndDigits => "Please use letters and digits only.".into(),
        Wrong::NotAPostcode => "This does not look like a postcode.".into(),
        Wrong::NotAUrl => "This does not look like the address of a page, such as www.example.com.".into(),
        Wrong::NotAnEmail => "This does not look like an email address. Please check it.".into(),
        Wrong::NotAPhone => "This does not look like a telephone number. Write it with its area code, or with + and the country's code.".into(),
        Wrong::NotANumber => "Write a number, such as 120 or 12.5.".into(),
        Wrong::TooManyDecimals if number == "0" => "Please write a whole number.".into(),
        Wrong::TooManyDecimals => format!("Please write at most {limit} digits after the point."),
        Wrong::TooLittle => format!("This must be at least {limit}."),
        Wrong::TooMuch => format!("This can be at most {limit}."),
        Wrong::NotADate => "This is not a date.".into(),
        Wrong::TooEarly => format!("This can be no earlier than {limit}."),
        Wrong::TooLate => format!("This can be no later than {limit}."),
        Wrong::NotATime => "Write the time as hours and minutes, such as 14:30.".into(),
        Wrong::NotACountry => "Please choose a country from the list.".into(),
        Wrong::NotAnOption => "Please choose from the list.".into(),
        Wrong::TooFew => format!("Please choose at least {limit}."),
        Wrong::TooMany if number == "1" => "Only one can be given.".into(),
        Wrong::TooMany => format!("At most {limit} can be given."),
        Wrong::FileKind => "Files of this kind are not asked for here.".into(),
        Wrong::FileTooLarge => format!("A file can be at most {}.", size(number)),
        Wrong::NotSigned => "Please sign again.".into(),
        Wrong::EmailIsFixed => {
            "You sign in with this email address. It can be changed in Personal Info.".into()
        }
        Wrong::UnknownFile => "This file is not there any more. Please choose it again.".into(),
    }
}

/// "2.5 MB", "80 kB"
pub fn size(bytes: &str) -> String {
    let bytes = bytes.parse::<u64>().unwrap_or_default();
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ if bytes % 1_000_000 < 100_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// What is wrong with a form, for whoever builds it.
pub fn flaw(flaw: &Flaw) -> String {
    let limit = flaw.limit.unwrap_or_default();
    match flaw.fault {
        Fault::EmptyTitle => "Give the form a title.".into(),
        Fault::NothingAsked => "Add at least one question.".into(),
        Fault::TooManyFields => format!("A form can have at most {limit} fields."),
        Fault::TooManyConditions => format!("A form can have at most {limit} conditions."),
        Fault::BadId => "This field's short name may have small letters, digits and _ only.".into(),
        Fault::DuplicateId => "Another field has the same short name.".into(),
        Fault::EmptyLabel => "Write the question.".into(),
        Fault::TextTooLong => format!("A text is too long: at most {limit} characters."),
        Fault::NotShowable => "A text contains characters that cannot be shown.".into(),
        Fault::NoOptions => "Add something to choose from.".into(),
        Fault::TooManyOptions => format!("A field can have at most {limit} options."),
        Fault::EmptyOption => "An option is empty, or begins or ends with a space.".into(),
        Fault::DuplicateOption => "An option is there twice.".into(),
        Fault::LimitsContradict => "With these limits no answer could be right.".into(),
        Fault::BadCurrency => "Choose a currency.".into(),
        Fault::NoCondition => "Add a condition, or show this field always.".into(),
        Fault::UnknownField => "A condition asks about a field that is gone.".into(),
        Fault::LaterField => "A condition can only ask about fields above this one.".into(),
        Fault::OperatorUnfit => "A condition does not suit the field it asks about.".into(),
        Fault::ValueUnfit => {
            "A condition compares with something that can never be answered.".into()
        }
        Fault::TieUnfit => "This kind of field cannot fill in the client field chosen.".into(),
        Fault::TieTwice => "Another field fills in the same client field.".into(),
        Fault::DefaultUnfit => "What this field begins with is not a possible answer.".into(),
    }
}

/// An answer as people read it, in one or more lines.
pub fn answer(kind: &Kind, answer: &Answer) -> String {
    match (answer, kind) {
        (Answer::Text(text), Kind::Phone) => clients::show_phone(text),
        (Answer::Text(text), _) => text.clone(),
        (Answer::Number(text), Kind::Number(limits)) => match &limits.unit {
            Some(unit) => format!("{text} {unit}"),
            None => text.clone(),
        },
        (Answer::Number(text) | Answer::Time(text), _) => text.clone(),
        (Answer::Money(minor), Kind::Money(limits)) => money(*minor, &limits.currency),
        (Answer::Money(minor), _) => minor.to_string(),
        (Answer::Date(day), _) => date(day),
        (Answer::Address(address), _) => clients::forms::lines(address).join("\n"),
        (Answer::Choices(Chosen { options, other }), _) => {
            let all: Vec<&str> = options.iter().chain(other).map(String::as_str).collect();
            all.join(", ")
        }
        (Answer::YesNo(yes), _) => (if *yes { "Yes" } else { "No" }).into(),
        (Answer::Rating(stars), Kind::Rating { max }) => format!("{stars} of {max}"),
        (Answer::Rating(stars), _) => stars.to_string(),
        (Answer::Files(files), _) => {
            let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
            names.join(", ")
        }
        (Answer::Signature(Signature::Typed(name)), _) => format!("Signed: {name}"),
        (Answer::Signature(Signature::Drawn(_)), _) => "Signed".into(),
    }
}

/// "22 May 2027"
pub fn date(day: &str) -> String {
    day.parse::<jiff::civil::Date>().map_or_else(
        |_| day.to_owned(),
        |day| day.strftime("%-d %B %Y").to_string(),
    )
}

/// "£1,250.00"
pub fn money(minor: i64, currency: &str) -> String {
    say::words("en").money(minor, currency)
}

#[cfg(test)]
mod tests {
    use portico_wire::forms::{FileLimits, MoneyLimits};

    use super::*;

    #[test]
    fn limits_are_said_as_people_write_them() {
        let said = |wrong, limit: &str, kind: &Kind| {
            let trouble = Trouble {
                field: "a".into(),
                wrong,
                limit: Some(limit.into()),
            };
            super::wrong(&trouble, kind)
        };
        let pounds = Kind::Money(MoneyLimits {
            currency: "GBP".into(),
            ..MoneyLimits::default()
        });
        assert_eq!(
            said(Wrong::TooLittle, "125005", &pounds),
            "This must be at least £1,250.05."
        );
        let file = Kind::File(FileLimits::default());
        assert_eq!(
            said(Wrong::FileTooLarge, "2500000", &file),
            "A file can be at most 2.5 MB."
        );
        let date = Kind::Date(portico_wire::forms::DateLimits::default());
        assert_eq!(
            said(Wrong::TooLate, "2027-05-02", &date),
            "This can be no later than 2 May 2027."
        );
        assert_eq!(money(-7, "JPY"), "-¥7");
        assert_eq!(money(-7, "KWD"), "-KWD\u{a0}0.007");
    }

    #[test]
    fn everything_that_can_be_wrong_has_a_sentence() {
        for &wrong in Wrong::ALL {
            let trouble = Trouble {
                field: "a".into(),
                wrong,
                limit: Some("5".into()),
            };
            assert!(
                super::wrong(&trouble, &Kind::YesNo).ends_with('.'),
                "{}",
                wrong.name()
            );
        }
        for &fault in Fault::ALL {
            assert!(
                flaw(&Flaw {
                    at: None,
                    fault,
                    limit: Some(5)
                })
                .ends_with('.'),
                "{}",
                fault.name()
            );
        }
    }
}
