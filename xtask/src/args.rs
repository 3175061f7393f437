//! The words after the verb. Small enough that no argument parser has to be compiled.

use anyhow::{Context as _, Result, bail};

pub struct Args {
    words: Vec<String>,
}

impl Args {
    pub fn new(words: Vec<String>) -> Self {
        Self { words }
    }

    pub fn asks_for_help(&self) -> bool {
        self.words
            .iter()
            .take_while(|word| *word != "--")
            .any(|word| word == "--help" || word == "-h")
    }

    /// `--name VALUE` or `--name=VALUE`, taken out.
    pub fn value(&mut self, name: &str) -> Result<Option<String>> {
        let prefix = format!("{name}=");
        let Some(at) = self
            .words
            .iter()
            .position(|word| word == name || word.starts_with(&prefix))
        else {
            return Ok(None);
        };
        let word = self.words.remove(at);
        if let Some(value) = word.strip_prefix(&prefix) {
            return Ok(Some(value.to_owned()));
        }
        if at == self.words.len() {
            bail!("{name} wants a value after it");
        }
        Ok(Some(self.words.remove(at)))
    }

    /// Like [`Args::value`], as a number.
    pub fn number(&mut self, name: &str) -> Result<Option<u32>> {
        let value = self.value(name)?;
        value
            .map(|text| {
                text.parse()
                    .with_context(|| format!("{name} wants a number, not `{text}`"))
            })
            .transpose()
    }

    /// What follows `--`, or everything left: handed on to the program behind the verb.
    pub fn rest(self) -> Vec<String> {
        self.words.into_iter().filter(|word| word != "--").collect()
    }

    /// For verbs that take nothing more.
    pub fn end(self) -> Result<()> {
        match self.words.first() {
            None => Ok(()),
            Some(word) => bail!("`{word}` is not understood here; add --help to see what is"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Args;

    fn args(line: &str) -> Args {
        Args::new(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn values_are_taken_out_in_any_order() {
        let mut args = args("--examples 50 --only=e2e -- --grep code");
        assert_eq!(args.value("--only").unwrap().as_deref(), Some("e2e"));
        assert_eq!(args.number("--examples").unwrap(), Some(50));
        assert_eq!(args.rest(), ["--grep", "code"]);
    }

    #[test]
    fn a_missing_value_and_an_unknown_word_are_errors() {
        assert!(args("--only").value("--only").is_err());
        assert!(args("--examples many").number("--examples").is_err());
        assert!(args("surprise").end().is_err());
        assert!(args("").end().is_ok());
    }
}
