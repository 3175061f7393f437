//! What may stand in a letter, told with its place before anything is saved. The sandbox would stop all of this
//! too, but only when somebody's mail is due.

use serde::Serialize;

use super::{
    Purpose, sandbox,
    tokens::{self, Kind, Values},
};

/// Which part of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Subject,
    Body,
}

/// Something wrong, and where: line and column count from one, in characters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problem {
    pub line: usize,
    pub column: usize,
    pub text: String,
    /// The line it is in: what stands before, the wrong part, what stands after.
    pub excerpt: [String; 3],
}

/// Enough to mend at once.
const MOST_PROBLEMS: usize = 8;
const KEYWORDS: &[&str] = &["and", "or", "not", "if", "else", "true", "false"];
const STATEMENTS: &[&str] = &["if", "elif", "else", "endif"];

/// Everything wrong with a part of a letter, in its order.
pub fn check(source: &str, field: Field, purpose: Purpose) -> Vec<Problem> {
    let mut reader = Reader {
        source,
        field,
        purpose,
        problems: Vec::new(),
        used: Vec::new(),
    };
    reader.read();
    let Reader {
        mut problems, used, ..
    } = reader;
    if problems.is_empty()
        && let Some(wrong) = sandbox::syntax(source)
    {
        problems.push(problem(source, wrong.at.0, wrong.at.1, wrong.text));
    }
    let needs = purpose.needs();
    if field == Field::Body
        && problems.is_empty()
        && !needs.is_empty()
        && !needs.iter().any(|name| used.contains(name))
    {
        problems.push(problem(source, 0, 0, purpose.lacking().into()));
    }
    if problems.is_empty()
        && let Err(wrong) = try_out(source, field, purpose)
    {
        problems.push(problem(source, 0, 0, wrong));
    }
    problems.truncate(MOST_PROBLEMS);
    problems
}

/// The tokens a source names.
pub fn tokens_in(source: &str, purpose: Purpose) -> Vec<&'static str> {
    let mut reader = Reader {
        source,
        field: Field::Body,
        purpose,
        problems: Vec::new(),
        used: Vec::new(),
    };
    reader.read();
    reader.used
}

/// Renders it once with examples: what nobody can foresee, and links that lead nowhere.
fn try_out(source: &str, field: Field, purpose: Purpose) -> Result<(), String> {
    let mut values = Values::examples();
    for token in tokens::TOKENS {
        if matches!(token.kind, Kind::Address | Kind::Button) {
            values.set(token.name, "https://example.com/portal");
        }
    }
    let filled = sandbox::render(source, purpose, &values)
        .map_err(|stopped| stopped.for_people().replace("mail", purpose.noun()))?;
    if field == Field::Body
        && let Some(bad) = super::markdown::bad_link(&filled)
    {
        return Err(format!(
            "The link to “{bad}” leads nowhere. Write the whole address, beginning with https://, mailto: or tel:."
        ));
    }
    Ok(())
}

fn problem(source: &str, from: usize, to: usize, text: String) -> Problem {
    let before = &source[..from];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = source[from..]
        .find('\n')
        .map_or(source.len(), |at| from + at);
    let to = to.clamp(from, end);
    let few = |text: &str, last: bool| -> String {
        let count = text.chars().count();
        if count <= 60 {
            text.to_owned()
        } else if last {
            text.chars().take(60).collect::<String>() + "…"
        } else {
            "…".to_owned() + &text.chars().skip(count - 60).collect::<String>()
        }
    };
    Problem {
        line: before.matches('\n').count() + 1,
        column: source[start..from].chars().count() + 1,
        text,
        excerpt: if to == from {
            <[String; 3]>::default()
        } else {
            [
                few(&source[start..from], false),
                few(&source[from..to], true),
                few(&source[to..end], true),
            ]
        },
    }
}

struct Reader<'a> {
    source: &'a str,
    field: Field,
    purpose: Purpose,
    problems: Vec<Problem>,
    used: Vec<&'static str>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        while self.problems.len() < MOST_PROBLEMS {
            let rest = &self.source[at..];
            let mut marks = rest.match_indices('{').map(|(open, _)| open);
            let begins = |open: &usize| {
                let next = rest.as_bytes().get(open + 1);
                next.is_some_and(|next| b"{%#".contains(next))
            };
            let Some(open) = marks.find(begins) else {
                return;
            };
            let from = at + open;
            at = match &self.source[from..from + 2] {
                "{{" => self.tag(from, "}}", false),
                "{%" => self.tag(from, "%}", true),
                _ => self.source[from..]
                    .find("#}")
                    .map_or(self.source.len(), |end| from + end + 2),
            };
        }
    }

    fn say(&mut self, from: usize, to: usize, text: impl Into<String>) {
        self.problems
            .push(problem(self.source, from, to, text.into()));
    }

    /// Reads a tag that begins at `from`; where the text goes on behind it.
    fn tag(&mut self, from: usize, close: &str, statement: bool) -> usize {
        let source = self.source;
        let inside = &source[from + 2..];
        let end = inside.find(close);
        if end.is_none_or(|end| inside[..end].contains("{{")) {
            let open = &source[from..from + 2];
            let text = format!("“{open}” is opened here and never closed with “{close}”.");
            self.say(from, from + 2, text);
            return from + 2;
        }
        let mut at = from + 2;
        let mut first = statement;
        let mut after_bar = false;
        let mut after_filter = false;
        loop {
            let rest = &source[at..];
            let Some(c) = rest.chars().next() else {
                return source.len();
            };
            if rest.starts_with(close) {
                return at + 2;
            }
            let length = word_length(rest);
            let mut filter_here = false;
            if length > 0 {
                let word = &rest[..length];
                if std::mem::take(&mut first) {
                    if !STATEMENTS.contains(&word) {
                        self.say(at, at + length, format!("“{word}” is not possible in a {}. Only if, elif, else and endif are.", self.purpose.noun()));
                        // What follows belongs to it.
                        return source[at..]
                            .find(close)
                            .map_or(source.len(), |end| at + end + 2);
                    }
                } else if std::mem::take(&mut after_bar) {
                    self.filter(at, word);
                    filter_here = true;
                } else if !KEYWORDS.contains(&word) && !word.bytes().all(|b| b.is_ascii_digit()) {
                    self.token(at, word);
                }
                at += length;
            } else if c == '"' || c == '\'' {
                let Some(end) = rest[1..].find(c) else {
                    self.say(at, at + 1, "This quotation mark is never closed.");
                    return source.len();
                };
                at += end + 2;
            } else {
                at += self.sign(at, c, after_filter, &mut after_bar, close);
            }
            if !c.is_whitespace() && c != '(' {
                after_filter = filter_here;
            }
            if self.problems.len() >= MOST_PROBLEMS {
                return source.len();
            }
        }
    }

    /// A sign of an expression; its length.
    fn sign(
        &mut self,
        at: usize,
        c: char,
        after_filter: bool,
        bar: &mut bool,
        close: &str,
    ) -> usize {
        let rest = &self.source[at..];
        if c == '|' {
            *bar = true;
        } else if rest.starts_with("==") || rest.starts_with("!=") {
            return 2;
        } else if c == '-'
            && (rest[1..].starts_with(close) || self.source[..at].ends_with(['{', '%']))
        {
            // `{{-` and `-}}` take the white space beside a tag away.
        } else if c.is_whitespace() || c == ')' || c == ',' || (c == '(' && after_filter) {
        } else {
            self.say(
                at,
                at + c.len_utf8(),
                format!("“{c}” cannot stand in a token. Write a token alone, such as {{{{ recipient.first_name }}}}."),
            );
        }
        c.len_utf8()
    }

    fn filter(&mut self, at: usize, word: &str) {
        if !sandbox::FILTERS.contains(&word) {
            let all = sandbox::FILTERS.join(", ");
            self.say(
                at,
                at + word.len(),
                format!("There is no filter “{word}”. There are: {all}."),
            );
        }
    }

    fn token(&mut self, at: usize, word: &str) {
        let text = match tokens::find(word) {
            Some(token) if !token.is_for(self.purpose) => {
                format!("“{word}” has no meaning in this {}.", self.purpose.noun())
            }
            Some(token)
                if self.field == Field::Subject
                    && matches!(token.kind, Kind::Address | Kind::Button) =>
            {
                "A link cannot stand in a subject. Put it into the text.".to_owned()
            }
            Some(token) => {
                self.used.push(token.name);
                return;
            }
            None => match tokens::nearest(word, self.purpose) {
                Some(near) => format!("There is no token “{word}”. Did you mean “{near}”?"),
                None => format!("There is no token “{word}”."),
            },
        };
        self.say(at, at + word.len(), text);
    }
}

/// A name with dots in it, or a number.
fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(source: &str) -> Vec<(usize, usize, String)> {
        check(source, Field::Body, Purpose::Letter)
            .into_iter()
            .map(|problem| (problem.line, problem.column, problem.text))
            .collect()
    }

    #[test]
    fn l15_an_unknown_token_is_told_with_its_place_and_what_was_meant() {
        let found = check(
            "Hello {{ recipient.first_name }},\n\nüber {{ recipient.fist_name }}!",
            Field::Body,
            Purpose::Letter,
        );
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].line, found[0].column), (3, 9));
        assert_eq!(
            found[0].text,
            "There is no token “recipient.fist_name”. Did you mean “recipient.first_name”?"
        );
        assert_eq!(
            found[0].excerpt,
            ["über {{ ", "recipient.fist_name", " }}!"]
        );
    }

    #[test]
    fn l15_what_is_no_token_at_all_is_told_too() {
        for (source, says) in [
            ("{{ recipient }}", "no token “recipient”"),
            ("{{ recipient.first_name.x }}", "no token"),
            ("{{ 7 * 7 }}", "“*” cannot stand"),
            ("{{ recipient['first_name'] }}", "no token “recipient”"),
            ("{{ range(9) }}", "no token “range”"),
            ("{{ studio.name() }}", "“(” cannot stand"),
            ("{{ studio.name|safe }}", "no filter “safe”"),
            (
                "{% for x in studio.name %}{% endfor %}",
                "“for” is not possible",
            ),
            ("{% include 'x' %}", "“include” is not possible"),
            ("{% set x = 1 %}", "“set” is not possible"),
            ("{% raw %}", "“raw” is not possible"),
            ("Hello {{ studio.name", "never closed"),
            ("Hello {{ studio.name|default('x }}", "quotation mark"),
            ("{{ }}", "line 1"),
            ("{% if studio.phone %}call", "endif"),
            ("{{ access.code }}", "no meaning in this mail"),
            ("[us](www.example.com)", "“www.example.com” leads nowhere"),
            ("[us](javascript:alert(1))", "leads nowhere"),
        ] {
            let found = told(source);
            assert!(!found.is_empty(), "{source}");
            let all = format!("{found:?} line {}", found[0].0);
            assert!(all.contains(says), "{source}: {all}");
        }
    }

    #[test]
    fn what_letters_are_made_of_is_taken() {
        for source in [
            "",
            "Plain words, 100 % of them { and } } braces",
            "{{recipient.first_name}} {{- studio.name -}} {{ recipient.portal_linked }}",
            "{{ recipient.first_name|default(\"you }} there\")|upper }}",
            "{% if studio.phone and not studio.email %}a{% elif client.name == \"b\" %}c{% else %}d{% endif %}",
            "{# a note {{ nothing }} #}",
            "[mail](mailto:{{ recipient.email }}) [in]({{ recipient.portal_link }}) <https://example.com>",
        ] {
            assert_eq!(told(source), [], "{source}");
        }
    }

    #[test]
    fn k7_a_portal_mail_without_what_it_is_for_is_refused() {
        for purpose in Purpose::ALL.iter().copied().skip(1) {
            let found = check("Hello", Field::Body, purpose);
            assert_eq!(found.len(), 1);
            assert!(found[0].text.contains("needs"), "{}", found[0].text);
            let whole = format!("Hello {{{{ {} }}}}", purpose.needs()[0]);
            assert_eq!(check(&whole, Field::Body, purpose), [], "{purpose:?}");
        }
    }

    #[test]
    fn a_subject_carries_no_link() {
        let found = check(
            "{{ recipient.portal_link }}",
            Field::Subject,
            Purpose::Letter,
        );
        assert!(found[0].text.contains("cannot stand in a subject"));
    }
}
