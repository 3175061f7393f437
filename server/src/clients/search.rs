//! What clients are found by: names, email addresses and telephone numbers, cut into words without accents
//! and capitals. A search is a prefix of each of its words, which is a range of an index.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Longer words are found by their beginning.
const LONGEST: usize = 60;
/// Words of one search that count.
pub const WORDS: usize = 3;
/// Words of one client that are kept; an organisation of hundreds is found by its own name at least.
const MOST: usize = 2000;

/// Small letters without accents.
pub fn plain(text: &str) -> String {
    text.nfkd()
        .filter(|&c| !is_combining_mark(c))
        .flat_map(char::to_lowercase)
        .fold(String::new(), |mut plain, c| {
            match c {
                'ß' => plain.push_str("ss"),
                'æ' => plain.push_str("ae"),
                'œ' => plain.push_str("oe"),
                'ø' => plain.push('o'),
                'ł' => plain.push('l'),
                'đ' => plain.push('d'),
                other => plain.push(other),
            }
            plain
        })
}

fn cut(text: &str, most: usize) -> &str {
    let end = text
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .take_while(|&end| end <= most)
        .last();
    &text[..end.unwrap_or(0)]
}

/// What a list of names is sorted by.
pub fn sort_name(name: &str) -> Vec<u8> {
    cut(plain(name).trim(), 100).as_bytes().to_vec()
}

/// Contacts are listed by their last name.
pub fn contact_sort_name(first: &str, last: &str) -> Vec<u8> {
    sort_name(&format!("{last} {first}"))
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// The words of a client and its contacts.
#[derive(Debug, Default)]
pub struct Words(BTreeSet<String>);

impl Words {
    fn add(&mut self, word: &str) {
        if self.0.len() < MOST && !word.is_empty() {
            self.0.insert(cut(word, LONGEST).to_owned());
        }
    }

    pub fn name(&mut self, name: &str) {
        let plain = plain(name);
        // O'Neill is found as oneill too.
        for word in plain.split_whitespace() {
            let joined: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
            self.add(&joined);
        }
        for word in split(&plain) {
            self.add(word);
        }
    }

    /// Whole, for whoever pastes it, and in pieces.
    pub fn email(&mut self, email: &str) {
        self.add(&plain(email));
        self.name(email);
    }

    /// E.164: as it is dialled from abroad and within its country, and by its last digits.
    pub fn phone(&mut self, number: &str) {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        self.add(&digits);
        if let Ok(number) = phonenumber::parse(None, number) {
            let national = number
                .format()
                .mode(phonenumber::Mode::National)
                .to_string();
            let national: String = national.chars().filter(char::is_ascii_digit).collect();
            self.add(national.trim_start_matches('0'));
            self.add(&national);
        }
        for last in [4, 6, 7] {
            if digits.len() > last {
                self.add(&digits[digits.len() - last..]);
            }
        }
    }

    pub fn list(&self) -> Vec<Vec<u8>> {
        self.0.iter().map(|word| word.as_bytes().to_vec()).collect()
    }
}

/// The range of the index that begins with a word.
pub type Range = (Vec<u8>, Vec<u8>);

/// The words somebody searches for, the longest first: it narrows most.
pub fn ranges(search: &str) -> Vec<Range> {
    let search = plain(search.trim());
    let digits: String = search.chars().filter(char::is_ascii_digit).collect();
    let dialled = search
        .chars()
        .all(|c| c.is_ascii_digit() || " +-()/.".contains(c));
    let mut words: Vec<String> = if dialled && digits.len() >= 3 {
        vec![digits.trim_start_matches("00").to_owned()]
    } else {
        search
            .split_whitespace()
            .flat_map(|word| {
                if word.contains('@') {
                    vec![word.to_owned()]
                } else {
                    split(word).map(ToOwned::to_owned).collect()
                }
            })
            .collect()
    };
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.truncate(WORDS);
    words
        .into_iter()
        .map(|word| {
            let low = cut(&word, LONGEST).as_bytes().to_vec();
            let mut high = low.clone();
            // No byte of UTF-8 is as high.
            high.push(0xff);
            (low, high)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(search: &str, words: &Words) -> bool {
        let ranges = ranges(search);
        !ranges.is_empty()
            && ranges
                .iter()
                .all(|(low, high)| words.list().iter().any(|word| word >= low && word < high))
    }

    #[test]
    fn a_client_is_found_by_the_beginnings_of_its_words_whatever_their_accents() {
        let mut words = Words::default();
        words.name("Zoë O'Neill-Straße & Søren Łuczak");
        for search in [
            "zoe", "ZOË", "neill", "oneill", "o'neill", "strasse", "Stras", "soren", "luc", "zo lu",
        ] {
            assert!(found(search, &words), "{search}");
        }
        for search in ["eill", "zoe anna", "", "  ", "&"] {
            assert!(!found(search, &words), "{search}");
        }
    }

    #[test]
    fn an_email_is_found_whole_and_by_its_parts() {
        let mut words = Words::default();
        words.email("ada.lovelace@fern-light.test");
        for search in ["ada.lovelace@fern", "ada", "lovelace", "fern", "light.test"] {
            assert!(found(search, &words), "{search}");
        }
        assert!(!found("ada@fern", &words));
    }

    #[test]
    fn a_number_is_found_as_it_is_dialled_anywhere_and_by_its_last_digits() {
        let mut words = Words::default();
        words.phone("+441225555014");
        for search in [
            "+44 1225 555 014",
            "0044 1225 555014",
            "01225 555014",
            "(01225) 555",
            "1225555014",
            "5014",
            "555014",
        ] {
            assert!(found(search, &words), "{search}");
        }
        assert!(!found("01226", &words));
    }

    #[test]
    fn words_are_cut_between_characters() {
        assert_eq!(cut("äöü", 3), "ä");
        assert_eq!(sort_name(" Ärzte "), b"arzte");
    }
}
