//! Takes comments and indentation out of JavaScript, and nothing else.
//!
//! Line ends stay, so that automatic semicolons fall where they fell; strings, templates and
//! regular expressions stay byte for byte. What cannot be told apart without a parser (a `/`
//! after `}`) is an error, not a guess.

use std::{iter::Peekable, str::Chars};

use anyhow::{Result, bail};

pub fn strip(source: &str) -> Result<String> {
    let mut stripper = Stripper {
        rest: source.chars().peekable(),
        out: String::with_capacity(source.len()),
        line: 1,
        before: Before::Start,
        parens: Vec::new(),
        braces: Vec::new(),
    };
    stripper.code()?;
    Ok(stripper.out)
}

/// What stands before a `/` decides between a division and a regular expression.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// The beginning, an operator, a keyword: a value has to follow.
    Start,
    /// A name, a number, a closing bracket: an operator has to follow.
    Value,
    /// `}` ends a block or an object: either may follow.
    Unclear,
}

struct Stripper<'a> {
    rest: Peekable<Chars<'a>>,
    out: String,
    line: usize,
    before: Before,
    /// For each open `(`: does it belong to `if`, `while`, `for` or `with`?
    parens: Vec<bool>,
    /// For each open `{`: is it a template's `${`?
    braces: Vec<bool>,
}

impl Stripper<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.next();
        if next == Some('\n') {
            self.line += 1;
        }
        next
    }

    /// The next character, kept.
    fn keep(&mut self) -> Option<char> {
        let next = self.next()?;
        self.out.push(next);
        Some(next)
    }

    fn code(&mut self) -> Result<()> {
        while let Some(&next) = self.rest.peek() {
            match next {
                '\n' => {
                    self.next();
                    self.end_line();
                }
                c if c.is_whitespace() => self.space(),
                '/' => self.slash()?,
                '"' | '\'' => self.string()?,
                '`' => {
                    self.keep();
                    self.template()?;
                }
                c if is_name(c) => self.word(),
                _ => self.punctuation()?,
            }
        }
        if !self.braces.is_empty() || !self.parens.is_empty() {
            bail!("a bracket is not closed at the end");
        }
        self.end_line();
        Ok(())
    }

    fn space(&mut self) {
        self.next();
        if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
            self.out.push(' ');
        }
    }

    fn end_line(&mut self) {
        let length = self.out.trim_end_matches(' ').len();
        self.out.truncate(length);
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn slash(&mut self) -> Result<()> {
        let mut ahead = self.rest.clone();
        ahead.next();
        match (ahead.next(), self.before) {
            (Some('/'), _) => {
                while self.rest.peek().is_some_and(|next| *next != '\n') {
                    self.next();
                }
                Ok(())
            }
            (Some('*'), _) => self.block_comment(),
            (_, Before::Value) => {
                self.keep();
                self.before = Before::Start;
                Ok(())
            }
            (_, Before::Start) => self.regex(),
            (_, Before::Unclear) => {
                bail!(
                    "line {}: a `/` after `}}` may be a division or a regular expression; put brackets around it",
                    self.line
                )
            }
        }
    }

    /// A comment over several lines counts as a line end, as it does in the language.
    fn block_comment(&mut self) -> Result<()> {
        let started = self.line;
        self.next();
        self.next();
        while let Some(next) = self.next() {
            if next == '*' && self.rest.peek() == Some(&'/') {
                self.next();
                if self.line > started {
                    self.end_line();
                } else if !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
                    self.out.push(' ');
                }
                return Ok(());
            }
        }
        bail!("line {started}: a comment is not closed");
    }

    fn string(&mut self) -> Result<()> {
        let (started, quote) = (self.line, self.keep());
        loop {
            let next = self.keep();
            match next {
                Some('\\') => {
                    self.keep();
                }
                None | Some('\n') => bail!("line {started}: a string is not closed"),
                _ if next == quote => break,
                _ => {}
            }
        }
        self.before = Before::Value;
        Ok(())
    }

    /// From behind the opening backtick or the `}` of a `${}` to the end or the next `${`.
    fn template(&mut self) -> Result<()> {
        let started = self.line;
        loop {
            match self.keep() {
                Some('\\') => {
                    self.keep();
                }
                Some('`') => {
                    self.before = Before::Value;
                    return Ok(());
                }
                Some('$') if self.rest.peek() == Some(&'{') => {
                    self.keep();
                    self.braces.push(true);
                    self.before = Before::Start;
                    return Ok(());
                }
                None => bail!("line {started}: a template is not closed"),
                Some(_) => {}
            }
        }
    }

    fn regex(&mut self) -> Result<()> {
        let started = self.line;
        self.keep();
        let mut class = false;
        loop {
            match self.keep() {
                Some('\\') => {
                    self.keep();
                }
                Some('[') => class = true,
                Some(']') => class = false,
                Some('/') if !class => break,
                None | Some('\n') => bail!("line {started}: a regular expression is not closed"),
                Some(_) => {}
            }
        }
        self.before = Before::Value;
        Ok(())
    }

    fn word(&mut self) {
        let start = self.out.len();
        while self.rest.peek().is_some_and(|next| is_name(*next)) {
            self.keep();
        }
        let member = self.out[..start].trim_end().ends_with('.');
        let keyword = !member && VALUE_FOLLOWS.contains(&&self.out[start..]);
        self.before = if keyword {
            Before::Start
        } else {
            Before::Value
        };
    }

    fn punctuation(&mut self) -> Result<()> {
        let next = self.keep();
        self.before = Before::Start;
        match next {
            Some('(') => {
                let head = self.out[..self.out.len() - 1].trim_end();
                let word = head.rsplit(|c| !is_name(c)).next().unwrap_or_default();
                self.parens
                    .push(matches!(word, "if" | "while" | "for" | "with"));
            }
            Some(')') => {
                let Some(control) = self.parens.pop() else {
                    bail!("line {}: `)` closes nothing", self.line)
                };
                self.before = if control {
                    Before::Start
                } else {
                    Before::Value
                };
            }
            Some(']') => self.before = Before::Value,
            Some('{') => self.braces.push(false),
            Some('}') => {
                let Some(template) = self.braces.pop() else {
                    bail!("line {}: `}}` closes nothing", self.line)
                };
                if template {
                    return self.template();
                }
                self.before = Before::Unclear;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Behind these a value follows, so a `/` begins a regular expression.
const VALUE_FOLLOWS: &[&str] = &[
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "delete",
    "void",
    "throw",
    "new",
    "instanceof",
    "do",
    "else",
    "yield",
    "await",
];

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || c == '#'
}

#[cfg(test)]
#[path = "strip_tests.rs"]
mod tests;
