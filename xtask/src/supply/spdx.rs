//! Licence expressions: `MIT OR (Apache-2.0 AND ISC)`, with the old `/` for OR.

/// Whether a choice within the expression needs only allowed licences.
pub fn satisfied(expression: &str, allowed: impl Fn(&str) -> bool) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader {
        words: &words,
        at: 0,
        allowed: &allowed,
    };
    let good = reader.any();
    // Something left over was not understood, so nothing can be promised.
    good && reader.at == words.len()
}

struct Reader<'a> {
    words: &'a [&'a str],
    at: usize,
    allowed: &'a dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at) == Some(&word);
        self.at += usize::from(found);
        found
    }

    /// Every part is read, also behind a good one: the position has to end up at the end.
    fn any(&mut self) -> bool {
        let mut good = self.all();
        while self.take("OR") {
            good |= self.all();
        }
        good
    }

    fn all(&mut self) -> bool {
        let mut good = self.one();
        while self.take("AND") {
            good &= self.one();
        }
        good
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let good = self.any();
            return self.take(")") && good;
        }
        let Some(name) = self.words.get(self.at).copied() else {
            return false;
        };
        self.at += 1;
        if !self.take("WITH") {
            return (self.allowed)(name);
        }
        let exception = self.words.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        // An exception only adds permissions.
        (self.allowed)(&format!("{name} WITH {exception}")) || (self.allowed)(name)
    }
}

#[cfg(test)]
mod tests {
    use super::satisfied;

    #[test]
    fn a_choice_is_enough_and_a_conjunction_needs_all() {
        let allowed =
            |licence: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&licence);
        for good in [
            "MIT",
            "GPL-3.0 OR MIT",
            "GPL-3.0/MIT",
            "MIT AND ISC",
            "(GPL-3.0 OR MIT) AND ISC",
            "X OR MIT AND ISC",
        ] {
            assert!(satisfied(good, allowed), "{good}");
        }
        assert!(satisfied(
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
            allowed
        ));
        for bad in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "(MIT OR ISC) AND GPL-3.0",
            "",
            "MIT MIT",
            "(MIT",
            "Apache-2.0",
        ] {
            assert!(!satisfied(bad, allowed), "{bad}");
        }
    }
}
