//! Texts with wildcards, as conditions compare them (L5-L7, L9).

use super::literals::{Literal, Place};

/// A text with wildcards, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    tokens: Box<[Token]>,
    ignore_case: bool,
}

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// This byte; in lower case if case does not count.
    Byte(u8),
    /// `?`: any byte.
    One,
    /// `*`: any bytes, or none.
    Many,
}

impl Pattern {
    /// Compiles a text. A `\` before `*`, `?` or `\` takes them as they are; before anything else it is a character.
    // AWS: unknown for header fields, documented for queries (L9). We read both alike; hosts and paths have no `\`.
    pub(super) fn new(text: &str, ignore_case: bool) -> Self {
        let mut tokens = Vec::with_capacity(text.len());
        let mut bytes = text.bytes().peekable();
        while let Some(byte) = bytes.next() {
            tokens.push(match byte {
                b'*' => Token::Many,
                b'?' => Token::One,
                b'\\' => {
                    Token::Byte(bytes.next_if(|next| matches!(next, b'*' | b'?' | b'\\')).unwrap_or(byte))
                }
                _ if ignore_case => Token::Byte(byte.to_ascii_lowercase()),
                _ => Token::Byte(byte),
            });
        }
        Self { tokens: tokens.into(), ignore_case }
    }

    /// Whether all of `text` is described. Takes at most as many steps as text and pattern are long multiplied, and
    /// about as many as the text is long unless the pattern repeats itself.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        let (mut step, mut at) = (0, 0);
        // Behind the last `*`, and where in the text it is tried next.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let fits = match (self.tokens.get(step), text.get(at)) {
                (Some(Token::Many), _) => {
                    step += 1;
                    if step == self.tokens.len() {
                        return true;
                    }
                    retry = Some((step, at + 1));
                    continue;
                }
                (None, None) => return true,
                (Some(Token::Byte(wanted)), Some(&byte)) => *wanted == self.fold(byte),
                (Some(Token::One), Some(_)) => true,
                (None, Some(_)) => false,
                // The text is too short for what the pattern still wants, wherever the last `*` ends.
                (Some(_), None) => return false,
            };
            if fits {
                (step, at) = (step + 1, at + 1);
                continue;
            }
            let Some((behind, next)) = retry else { return false };
            (step, at) = (behind, next);
            retry = Some((behind, next + 1));
        }
    }

    /// The longest text without wildcards that every match contains, in lower case if case does not count. Empty if
    /// there are only wildcards. Of two that are equally long, one at an end is quicker to look for.
    pub(super) fn literal(&self) -> Literal {
        let begins = self.tokens.split(is_wildcard).next().unwrap_or_default();
        let ends = self.tokens.rsplit(is_wildcard).next().unwrap_or_default();
        let longest = longest(&self.tokens);
        let place = match longest.len() {
            length if length == begins.len() => Place::Beginning,
            length if length == ends.len() => Place::End,
            _ => return Literal { text: bytes(longest), place: Place::Anywhere },
        };
        Literal { text: bytes(if place == Place::Beginning { begins } else { ends }), place }
    }

    /// The same for a key, if it matters, and a value that are joined by `=`. There is no `=` if the value may be
    /// empty.
    pub(super) fn literal_of_pair(key: Option<&Self>, value: &Self) -> Vec<u8> {
        let key = key.map_or(&[Token::Many][..], |key| &key.tokens);
        if value.tokens.iter().all(|token| *token == Token::Many) {
            return bytes(longest(key));
        }
        bytes(longest(&[key, &[Token::Byte(b'=')], &value.tokens].concat()))
    }

    fn fold(&self, byte: u8) -> u8 {
        if self.ignore_case { byte.to_ascii_lowercase() } else { byte }
    }
}

/// The longest run of bytes.
fn longest(tokens: &[Token]) -> &[Token] {
    tokens.split(is_wildcard).max_by_key(|run| run.len()).unwrap_or_default()
}

const fn is_wildcard(token: &Token) -> bool {
    !matches!(token, Token::Byte(_))
}

fn bytes(run: &[Token]) -> Vec<u8> {
    let byte = |token: &Token| if let Token::Byte(byte) = token { Some(*byte) } else { None };
    run.iter().filter_map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Chance;

    #[test]
    fn wildcards_stand_for_any_characters() {
        let table = [
            ("", "", true),
            ("", "a", false),
            ("a", "a", true),
            ("a", "A", false),
            ("a", "aa", false),
            ("*", "", true),
            ("*", "a/b", true),
            ("?", "", false),
            ("?", "a", true),
            ("?", "ab", false),
            ("/img/*", "/img/", true),
            ("/img/*", "/img/a/b.png", true),
            ("/img/*", "/img", false),
            ("/img/*/pics", "/img/a/b/pics", true),
            ("/img/*/pics", "/img/pics", false),
            ("*.png", "/a.png.png", true),
            ("*.png", "/a.png?", false),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXcXb", false),
            ("**a", "ba", true),
            ("?*", "", false),
            ("a?c*", "abcd", true),
            (r"\*", "*", true),
            (r"\*", "a", false),
            (r"a\?b", "a?b", true),
            (r"a\?b", "axb", false),
            (r"\\*", r"\anything", true),
            (r"\a", r"\a", true),
            (r"\", r"\", true),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(Pattern::new(pattern, false).matches(text.as_bytes()), expected, "{pattern} {text}");
        }
        assert!(Pattern::new("*.Example.COM", true).matches(b"SHOP.eXample.com"));
        assert!(Pattern::new("é*", true).matches("é!".as_bytes()), "bytes above ASCII are bytes");
    }

    #[test]
    fn every_match_contains_the_literal() {
        let table = [
            ("/img/*.png", "/img/", Place::Beginning),
            ("*", "", Place::Beginning),
            ("??", "", Place::Beginning),
            (r"*\**", "*", Place::Anywhere),
            ("a*bb?c", "bb", Place::Anywhere),
            ("a*bb", "bb", Place::End),
            ("ab*?cd", "ab", Place::Beginning),
            ("abc", "abc", Place::Beginning),
        ];
        for (pattern, text, place) in table {
            let expected = Literal { text: text.into(), place };
            assert_eq!(Pattern::new(pattern, false).literal(), expected, "{pattern}");
        }
        let expected = Literal { text: b".com".into(), place: Place::End };
        assert_eq!(Pattern::new("*.COM", true).literal(), expected);
        for (key, value, literal) in [
            (Some("id"), "7", "id=7"),
            (Some("long*"), "7*", "long"),
            (Some("*d"), "7*8", "d=7"),
            (None, "blue", "=blue"),
            (Some("id"), "*", "id"),
            (Some("id"), "?", "id="),
            (None, "**", ""),
        ] {
            let (key, value) = (key.map(|key| Pattern::new(key, true)), Pattern::new(value, true));
            assert_eq!(
                Pattern::literal_of_pair(key.as_ref(), &value),
                literal.as_bytes(),
                "{key:?} {value:?}"
            );
        }
    }

    /// The definition, tried in every way.
    fn described(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            ([b'*', rest @ ..], _) => (0..=text.len()).any(|skipped| described(rest, &text[skipped..])),
            ([b'?', rest @ ..], [_, after @ ..]) => described(rest, after),
            ([wanted, rest @ ..], [byte, after @ ..]) => wanted == byte && described(rest, after),
            _ => false,
        }
    }

    #[test]
    fn matching_is_what_the_definition_says_whatever_the_pattern() {
        let mut chance = Chance::seeded(7);
        let mut text = |letters: &[u8], longest| -> String {
            let length = chance.below(longest);
            (0..length).map(|_| char::from(letters[chance.below(letters.len() as u64) as usize])).collect()
        };
        for _ in 0..20_000 {
            let (pattern, text) = (text(b"ab*?", 8), text(b"ab", 10));
            let expected = described(pattern.as_bytes(), text.as_bytes());
            assert_eq!(Pattern::new(&pattern, false).matches(text.as_bytes()), expected, "{pattern} {text}");
        }
    }
}
