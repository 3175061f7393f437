//! The sandbox staff-edited templates run in: an environment that knows tokens and a few filters, loads
//! nothing, runs for a limited number of steps and writes a limited number of bytes.
//!
//! Values never become part of the text that is read as Markdown or HTML: the output carries a mark where
//! a value belongs, and whoever writes the mail puts the value there, escaped as that place needs it.

use std::{
    collections::BTreeMap,
    fmt, io,
    sync::{Arc, Mutex},
};

use minijinja::{
    Environment, ErrorKind, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Object,
};

use super::{
    Purpose,
    tokens::{self, Kind, Values},
};

/// Steps of one rendering: a mail with a thousand tokens takes a tenth.
const FUEL: u64 = 50_000;
/// Bytes of one rendering, values included.
const MOST_BYTES: usize = 128 * 1024;
/// How much larger a contract may be.
const CONTRACT_TIMES: usize = 5;

pub const FILTERS: &[&str] = &["capitalize", "default", "lower", "trim", "upper"];

const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// A value at its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    pub kind: Kind,
    pub text: String,
    /// A button's words.
    pub label: &'static str,
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Object for Piece {
    fn repr(self: &Arc<Self>) -> minijinja::value::ObjectRepr {
        minijinja::value::ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.text.is_empty()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A value that is not there, in a text that needs it.
#[derive(Debug)]
struct Missing(&'static str);

impl fmt::Display for Missing {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl Object for Missing {
    fn repr(self: &Arc<Self>) -> minijinja::value::ObjectRepr {
        minijinja::value::ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }

    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// A rendered source: text with marks, and what stands for them.
#[derive(Debug)]
pub struct Filled {
    pub text: String,
    pieces: Vec<Piece>,
    /// Tokens of a contract that were written out and have no value.
    pub missing: Vec<&'static str>,
}

/// Literal text, or a value.
pub enum Part<'a> {
    Text(&'a str),
    Piece(&'a Piece),
}

impl Filled {
    /// `text`, a part of this one's, cut where values belong.
    pub fn parts<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Part<'a>> {
        text.split(OPEN).enumerate().flat_map(move |(at, part)| {
            // All but the first begin with a mark.
            let (piece, rest) = match part.split_once(CLOSE) {
                Some((number, rest)) if at > 0 => (
                    number
                        .parse()
                        .ok()
                        .and_then(|at: usize| self.pieces.get(at)),
                    rest,
                ),
                _ => (None, part),
            };
            let rest = (!rest.is_empty()).then_some(Part::Text(rest));
            piece.map(Part::Piece).into_iter().chain(rest)
        })
    }

    /// With the values in their places, as plain text.
    pub fn plain(&self, text: &str) -> String {
        self.parts(text)
            .map(|part| match part {
                Part::Text(text) => text,
                Part::Piece(piece) => &piece.text,
            })
            .collect()
    }
}

/// Why a rendering was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    TooLong,
    TooLarge,
    Wrong,
}

impl Stopped {
    pub const fn for_people(self) -> &'static str {
        match self {
            Self::TooLong => "This takes too long to work out. Please make it simpler.",
            Self::TooLarge => "This becomes too large for a mail. Please make it shorter.",
            Self::Wrong => "This cannot be worked out. Please look at the tokens and conditions.",
        }
    }
}

/// A syntax error: the bytes it spans, and what is wrong.
pub struct Wrong {
    pub at: (usize, usize),
    pub text: String,
}

fn syntax_config() -> SyntaxConfig {
    SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .unwrap_or_default()
}

/// What of a source cannot be read, if it is so.
pub fn syntax(source: &str) -> Option<Wrong> {
    let mut env = Environment::empty();
    env.set_syntax(syntax_config());
    env.set_debug(true);
    let error = env.template_from_str(source).err()?;
    let detail = error.detail().unwrap_or("it cannot be read");
    let at = error
        .range()
        .map_or((0, 0), |range| (range.start, range.end));
    let fits = source.get(at.0..at.1).is_some();
    let text = if detail.contains("unexpected end of input") {
        "An “if” is never closed: {% endif %} is missing.".to_owned()
    } else {
        format!("This cannot be read: {detail}.")
    };
    Some(Wrong {
        at: if fits { at } else { (0, 0) },
        text,
    })
}

/// Renders a source with these values.
pub fn render(source: &str, purpose: Purpose, values: &Values) -> Result<Filled, Stopped> {
    let times = match purpose {
        Purpose::Contract => CONTRACT_TIMES,
        _ => 1,
    };
    run(source, context(purpose, values), times)
}

fn context(purpose: Purpose, values: &Values) -> Value {
    let mut groups: BTreeMap<&'static str, BTreeMap<&'static str, Value>> = BTreeMap::new();
    for token in tokens::TOKENS.iter().filter(|token| token.is_for(purpose)) {
        let Some((group, field)) = token.name.split_once('.') else {
            continue;
        };
        let text = values.get(token.name).to_owned();
        let value = match token.kind {
            // What is missing in a contract is told by name.
            Kind::Text if purpose == Purpose::Contract && text.is_empty() => {
                Value::from_object(Missing(token.name))
            }
            Kind::Text => Value::from(text),
            kind => Value::from_object(Piece {
                kind,
                text,
                label: token.example,
            }),
        };
        groups.entry(group).or_default().insert(field, value);
    }
    let groups: BTreeMap<&'static str, Value> = groups
        .into_iter()
        .map(|(group, fields)| (group, Value::from(fields)))
        .collect();
    Value::from(groups)
}

fn run(source: &str, context: Value, times: usize) -> Result<Filled, Stopped> {
    let most_bytes = MOST_BYTES * times;
    // Somebody's own marks would be taken for values.
    let source = source.replace([OPEN, CLOSE], "");
    let pieces: Arc<Mutex<Vec<Piece>>> = Arc::default();
    let kept = Arc::clone(&pieces);
    let missing: Arc<Mutex<Vec<&'static str>>> = Arc::default();
    let missed = Arc::clone(&missing);
    let mut env = Environment::empty();
    env.set_syntax(syntax_config());
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_recursion_limit(50);
    env.set_fuel(Some(FUEL * times as u64));
    env.add_filter("capitalize", minijinja::filters::capitalize);
    env.add_filter("default", default);
    env.add_filter("lower", minijinja::filters::lower);
    env.add_filter("trim", |text: String| text.trim().to_owned());
    env.add_filter("upper", minijinja::filters::upper);
    env.set_formatter(move |out, _, value| {
        if value.is_undefined() {
            return Err(ErrorKind::UndefinedError.into());
        }
        if let Some(Missing(name)) = value.downcast_object_ref::<Missing>() {
            let mut missed = missed.lock().expect("no holder panics");
            if !missed.contains(name) {
                missed.push(name);
            }
            return Ok(());
        }
        let piece = match value.downcast_object_ref::<Piece>() {
            Some(piece) => piece.clone(),
            None => Piece {
                kind: Kind::Text,
                text: value.to_string(),
                label: "",
            },
        };
        let mut pieces = kept.lock().expect("no holder panics");
        let bytes: usize = pieces.iter().map(|piece| piece.text.len()).sum();
        if bytes + piece.text.len() > most_bytes {
            return Err(ErrorKind::WriteFailure.into());
        }
        write!(out, "{OPEN}{}{CLOSE}", pieces.len())?;
        pieces.push(piece);
        Ok(())
    });
    let mut output = Limited(Vec::new(), most_bytes);
    env.template_from_str(&source)
        .and_then(|template| {
            template
                .render_captured_to(context, &mut output)
                .map(|_| ())
        })
        .map_err(|error| match error.kind() {
            ErrorKind::OutOfFuel => Stopped::TooLong,
            ErrorKind::WriteFailure => Stopped::TooLarge,
            _ => Stopped::Wrong,
        })?;
    let text = String::from_utf8(output.0).map_err(|_| Stopped::Wrong)?;
    let pieces = std::mem::take(&mut *pieces.lock().expect("no holder panics"));
    let missing = std::mem::take(&mut *missing.lock().expect("no holder panics"));
    Ok(Filled {
        text,
        pieces,
        missing,
    })
}

/// Also for what is there but empty, which to people is the same.
fn default(value: &Value, other: String) -> Value {
    if value.is_undefined() || !value.is_true() {
        Value::from(other)
    } else {
        value.clone()
    }
}

struct Limited(Vec<u8>, usize);

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > self.1 {
            return Err(io::Error::other("too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stopped(source: &str) -> Option<Stopped> {
        run(source, context(Purpose::Letter, &Values::examples()), 1).err()
    }

    /// None of these passes the check; the sandbox holds without it.
    #[test]
    fn l15_an_endless_loop_and_a_flood_of_output_are_stopped() {
        let many = "[1,2,3,4,5,6,7,8,9,10]";
        let nested: String = (0..12)
            .map(|at| format!("{{% for a{at} in {many} %}}"))
            .collect();
        let ends = "{% endfor %}".repeat(12);
        let started = std::time::Instant::now();
        assert_eq!(stopped(&format!("{nested}.{ends}")), Some(Stopped::TooLong));
        let flood = format!("{nested}{}{ends}", "x".repeat(15_000));
        assert_eq!(stopped(&flood), Some(Stopped::TooLarge));
        let repeated = "{{ \"x\" * 200000 }}";
        assert!(stopped(repeated).is_some());
        assert!(stopped("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}").is_some());
        assert!(started.elapsed().as_secs() < 2);
    }

    #[test]
    fn nothing_but_tokens_and_the_listed_filters_is_there() {
        for source in [
            "{{ range(3) }}",
            "{{ debug() }}",
            "{% include \"web/admin_layout.html\" %}",
            "{% extends \"web/admin_layout.html\" %}",
            "{{ studio.secret }}",
            "{{ studio.name|safe }}",
            "{{ studio.name|tojson }}",
            "{{ access.code }}",
        ] {
            assert!(stopped(source).is_some(), "{source}");
        }
    }

    #[test]
    fn values_are_kept_apart_from_the_text() {
        let mut values = Values::examples();
        values.set("recipient.first_name", "**bold** {{ studio.name }}");
        values.set("studio.phone", "");
        let source = "{{ recipient.first_name }}, \u{E000}0\u{E001}{{ studio.phone|default(\"none\") }}\
            {% if studio.phone %}x{% endif %}";
        let filled = render(source, Purpose::Letter, &values).unwrap();
        assert!(!filled.text.contains("bold"), "{}", filled.text);
        assert_eq!(
            filled.plain(&filled.text),
            "**bold** {{ studio.name }}, 0none"
        );
    }
}
