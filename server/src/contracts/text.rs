//! From what staff wrote to what is signed: tokens are filled in once, when a contract is sent, and the text is
//! Markdown before and after.

use portico_wire::{Timestamp, papers::Node};
use sha2::{Digest as _, Sha256};

use super::{
    Contract, Details,
    store::{Draft, Person},
};
use crate::{
    clients::{self, Client},
    forms::texts,
    mail::letters::{
        Purpose,
        check::{self, Field, Problem},
        sandbox::{self, Part},
        tokens::{self, Token, Values},
    },
    money::say,
    papers::markdown,
    secrets,
    studios::Studio,
    web::admin,
};

/// What contracts are written with.
pub fn tokens() -> impl Iterator<Item = &'static Token> {
    tokens::TOKENS
        .iter()
        .filter(|token| token.is_for(Purpose::Contract))
}

/// Everything wrong with a text, in its order.
pub fn check(source: &str) -> Vec<Problem> {
    check::check(source, Field::Body, Purpose::Contract)
}

/// What tokens stand for in one contract; what nobody knows is empty.
pub fn values(
    studio: &Studio,
    client: &Client,
    people: &[Person],
    draft: &Draft,
    now: Timestamp,
) -> Values {
    let mut values = Values::default();
    let plain = |text: &Option<String>| text.clone().unwrap_or_default();
    values.set("studio.name", &studio.name);
    values.set("studio.email", plain(&studio.support_email));
    values.set("studio.phone", plain(&studio.support_phone));
    values.set("date.today", admin::day(now, &studio.time_zone));
    values.set("client.name", &client.name);
    values.set(
        "client.address",
        clients::forms::lines(&client.address).join(", "),
    );
    let phone = client.phone.as_deref().map(clients::show_phone);
    values.set("client.phone", phone.unwrap_or_default());
    let name = |one: &Person| clients::full_name(&one.first_name, &one.last_name);
    if let Some(first) = people.first() {
        values.set("contact.first_name", &first.first_name);
        values.set("contact.last_name", &first.last_name);
        values.set("contact.name", name(first));
        values.set("contact.email", plain(&first.email));
        let mobile = first.mobile.as_deref().map(clients::show_phone);
        values.set("contact.mobile", mobile.unwrap_or_default());
    }
    let names: Vec<String> = people.iter().map(name).collect();
    values.set("signers.names", and(&names));
    let Details {
        event,
        event_date,
        event_place,
        amount,
        deposit,
    } = &draft.details;
    values.set("event.name", event);
    values.set("event.title", event);
    values.set("event.date", texts::date(event_date));
    values.set("event.place", event_place);
    let words = say::words(&studio.language);
    let money = |minor: i64| words.money(minor, &studio.currency);
    values.set("amount.total", amount.map(money).unwrap_or_default());
    values.set("amount.deposit", deposit.map(money).unwrap_or_default());
    let balance = amount.map(|amount| amount - deposit.unwrap_or(0));
    values.set("amount.balance", balance.map(money).unwrap_or_default());
    let last_day = draft.last_day.as_deref().map(texts::date);
    values.set("date.last_day", last_day.unwrap_or_default());
    values
}

/// "Ada, Ben and Clara"
fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A text with its values, and the tokens that have none.
pub struct Filled {
    pub text: String,
    pub missing: Vec<&'static Token>,
}

/// Fills in the tokens; or what stopped it, for people.
pub fn fill(source: &str, values: &Values) -> Result<Filled, String> {
    let filled = sandbox::render(source, Purpose::Contract, values)
        .map_err(|stopped| stopped.for_people().replace("mail", "contract"))?;
    let mut text = String::with_capacity(filled.text.len());
    for part in filled.parts(&filled.text) {
        match part {
            Part::Text(said) => text.push_str(said),
            Part::Piece(piece) => escape(&piece.text, &mut text),
        }
    }
    let missing = filled.missing.iter().filter_map(|name| tokens::find(name));
    Ok(Filled {
        text: text.trim().to_owned(),
        missing: missing.collect(),
    })
}

/// The same for somebody who still writes it: what is missing stands in brackets at its place.
pub fn fill_for_reading(source: &str, values: &Values) -> Result<Filled, String> {
    let filled = fill(source, values)?;
    if filled.missing.is_empty() {
        return Ok(filled);
    }
    let mut shown = values.clone();
    for token in &filled.missing {
        shown.set(token.name, format!("[{}]", token.meaning.to_lowercase()));
    }
    Ok(Filled {
        text: fill(source, &shown)?.text,
        missing: filled.missing,
    })
}

/// Writes a value so that Markdown takes all of it for text, whatever somebody is called.
fn escape(value: &str, out: &mut String) {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let begins = out.is_empty() || out.ends_with('\n');
    for (at, c) in value.char_indices() {
        let digits = value[..at].bytes().all(|b| b.is_ascii_digit()) && at > 0;
        let special = "\\`*_[]<>&|~!#".contains(c)
            // What makes a list or a line under a heading, at the beginning of a line alone.
            || begins && (at == 0 && "+-=".contains(c) || digits && ".)".contains(c));
        if special {
            out.push('\\');
        }
        out.push(c);
    }
}

/// SHA-256 of all that is agreed to: the title, the text and the words of the consent, each after an empty line.
pub fn hash(title: &str, text: &str, consent: &str) -> String {
    secrets::hex(&Sha256::digest(
        format!("{title}\n\n{text}\n\n{consent}").as_bytes(),
    ))
}

/// Whether a contract that was sent still is what its hash says.
pub fn is_whole(contract: &Contract) -> bool {
    match (&contract.text, &contract.hash, &contract.consent) {
        (Some(text), Some(kept), Some(consent)) => hash(&contract.title, text, consent) == *kept,
        _ => false,
    }
}

/// The text as what is read, printed and downloaded; or what is wrong with it, for people.
pub fn paper(text: &str) -> Result<Vec<Node>, String> {
    markdown::read(text).map_err(|flaw| flaw.sentence())
}

/// The paper of a contract that was sent.
pub fn paper_of(contract: &Contract) -> crate::Result<Vec<Node>> {
    paper(contract.text.as_deref().unwrap_or_default()).map_err(crate::error::Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(source: &str, set: &[(&'static str, &str)]) -> Filled {
        let mut values = Values::default();
        for (name, value) in set {
            values.set(name, *value);
        }
        fill(source, &values).unwrap()
    }

    #[test]
    fn e4_a_value_stays_text_whatever_it_holds() {
        let name = "**Ada** <script> [x](y) {{ studio.name }} | a_b & c";
        let text = filled("Hello {{ client.name }}!", &[("client.name", name)]).text;
        assert_eq!(
            text,
            "Hello \\*\\*Ada\\*\\* \\<script\\> \\[x\\](y) {{ studio.name }} \\| a\\_b \\& c!"
        );
        for (value, written) in [
            ("1. May", "1\\. May"),
            ("- dash", "\\- dash"),
            ("# hash", "\\# hash"),
            ("12 Walcot Street", "12 Walcot Street"),
            ("two\nlines", "two lines"),
        ] {
            let source = "{{ event.name }}";
            assert_eq!(filled(source, &[("event.name", value)]).text, written);
        }
    }

    #[test]
    fn e4_what_is_missing_is_named_unless_the_text_gets_on_without_it() {
        let source = "{{ event.date }} {{ event.date }} {{ event.place|default(\"your home\") }}\
            {% if amount.deposit %}Deposit {{ amount.deposit }}{% endif %} {{ amount.total|upper }}";
        let filled = filled(source, &[]);
        let names: Vec<_> = filled.missing.iter().map(|token| token.name).collect();
        assert!(names.contains(&"event.date"), "{names:?}");
        assert!(!names.contains(&"event.place") && !names.contains(&"amount.deposit"));
        assert!(filled.text.contains("your home"));
    }

    #[test]
    fn e4_a_contract_knows_tokens_of_its_own_and_none_of_mails() {
        assert!(check("{{ event.name }} {{ studio.name }} {{ signers.names }}").is_empty());
        for (source, says) in [
            ("{{ recipient.name }}", "no meaning in this contract"),
            ("{{ event.nmae }}", "Did you mean “event.name”"),
            (
                "{% for a in b %}{% endfor %}",
                "“for” is not possible in a contract",
            ),
            ("{{ event.name", "never closed"),
        ] {
            let found = check(source);
            assert!(found[0].text.contains(says), "{source}: {}", found[0].text);
        }
    }

    #[test]
    fn e4_a_text_of_512_kib_with_thousands_of_tokens_is_filled_in() {
        let line = "{{ client.name }} agrees to pay {{ amount.total }} as it stands above.\n\n";
        let source = line.repeat(super::super::MOST_SOURCE / line.len());
        assert!(check(&source).is_empty());
        let done = filled(
            &source,
            &[("client.name", "Ada"), ("amount.total", "1 GBP")],
        );
        assert!(done.missing.is_empty() && done.text.starts_with("Ada agrees to pay 1 GBP"));
    }

    #[test]
    fn e7_the_hash_covers_title_text_and_consent() {
        let one = hash("Title", "Text", "Consent");
        assert_eq!(one.len(), 64);
        for (title, text, consent) in [
            ("Title.", "Text", "Consent"),
            ("Title", "Text ", "Consent"),
            ("Title", "Text", "consent"),
        ] {
            assert_ne!(hash(title, text, consent), one);
        }
    }
}
