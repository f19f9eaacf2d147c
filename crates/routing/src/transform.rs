//! Rewriting the host and the address of a request for its target (L21, L22).
//!
//! Here a text becomes another one. Whether the result is a host or an address is for those to say who read HTTP.

use elbow_model::Regex;

/// A result may not be longer than this, in bytes: no client may send a longer request line (R23).
const MAX_RESULT: usize = 16 * 1024;

/// The transforms of a rule, compiled.
#[derive(Clone, Debug, Default)]
pub struct Transforms {
    /// Changes the Host.
    pub host: Option<Rewrite>,
    /// Changes path and query.
    pub url: Option<Rewrite>,
}

/// Replaces what a regular expression matches.
#[derive(Clone, Debug)]
pub struct Rewrite {
    regex: Regex,
    replacement: Box<[Piece]>,
}

/// A part of a replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Box<[u8]>),
    /// What this group matched.
    Group(usize),
}

/// What a rewrite did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewritten {
    /// The expression does not match: the text stays as it is.
    No,
    /// The new text was appended.
    Yes,
    /// The expression matches, and the replacement names a group that it does not have, or the result is too long.
    Failed,
}

impl Transforms {
    pub(crate) fn compile(transforms: &elbow_model::Transforms) -> Self {
        let rewrite = |rewrite: &elbow_model::Rewrite| Rewrite::compile(rewrite);
        Self { host: transforms.host.as_ref().map(rewrite), url: transforms.url.as_ref().map(rewrite) }
    }

    /// Whether a request stays as it is.
    pub fn is_empty(&self) -> bool {
        self.host.is_none() && self.url.is_none()
    }
}

impl Rewrite {
    fn compile(rewrite: &elbow_model::Rewrite) -> Self {
        let groups = rewrite.regex().compiled().captures_len();
        Self { regex: rewrite.regex().clone(), replacement: pieces(rewrite.replace(), groups) }
    }

    /// Appends `text` with the first match replaced to `out`, if there is a match.
    // AWS: unknown whether further matches are replaced too; its examples match the whole text. We replace the first.
    pub fn apply(&self, text: &[u8], out: &mut Vec<u8>) -> Rewritten {
        let regex = self.regex.compiled();
        let mut groups = regex.capture_locations();
        let Some(matched) = regex.captures_read(&mut groups, text) else { return Rewritten::No };
        let start = out.len();
        out.extend_from_slice(text.get(..matched.start()).unwrap_or_default());
        for piece in &self.replacement {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text),
                Piece::Group(number) if *number >= groups.len() => return Rewritten::Failed,
                Piece::Group(number) => {
                    // A group that took no part in the match is empty.
                    let part = groups.get(*number).and_then(|(start, end)| text.get(start..end));
                    out.extend_from_slice(part.unwrap_or_default());
                }
            }
            if out.len() - start > MAX_RESULT {
                return Rewritten::Failed;
            }
        }
        out.extend_from_slice(text.get(matched.end()..).unwrap_or_default());
        if out.len() - start > MAX_RESULT { Rewritten::Failed } else { Rewritten::Yes }
    }
}

/// Reads `$1`, `$2` … as groups; `$0` is all that matched, and `$$` a dollar sign. Of two digits both are the number if
/// there is such a group, so `$12` is the first group and a `2` if there are fewer than twelve.
fn pieces(replacement: &str, groups: usize) -> Box<[Piece]> {
    let mut pieces = Vec::new();
    let mut text = Vec::new();
    let mut rest = replacement.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        let digit = |b: &u8| b.is_ascii_digit().then(|| usize::from(b - b'0'));
        let number = match (byte, after) {
            (b'$', [b'$', behind @ ..]) => {
                rest = behind;
                None
            }
            (b'$', [first, behind @ ..]) => digit(first).map(|first| {
                let two =
                    behind.split_first().and_then(|(next, behind)| Some((first * 10 + digit(next)?, behind)));
                match two {
                    Some((number, behind)) if number < groups => (number, behind),
                    _ => (first, behind),
                }
            }),
            _ => None,
        };
        match number {
            None => text.push(*byte),
            Some((number, behind)) => {
                pieces.push(Piece::Text(std::mem::take(&mut text).into()));
                pieces.push(Piece::Group(number));
                rest = behind;
            }
        }
    }
    pieces.push(Piece::Text(text.into()));
    pieces.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(regex: &str, replacement: &str, text: &str) -> (Rewritten, String) {
        let rewrite = Rewrite::compile(&elbow_model::Rewrite::of_url(regex, replacement).unwrap());
        let mut out = Vec::new();
        let result = rewrite.apply(text.as_bytes(), &mut out);
        (result, String::from_utf8(out).unwrap())
    }

    #[test]
    fn l21_groups_of_the_match_take_their_places() {
        let table = [
            ("^/api/(.*)$", "/$1", "/api/v1?x=1", "/v1?x=1"),
            ("^/a/([^/]+)/([^/]+)", "/$2/$1", "/a/b/c/d", "/c/b/d"),
            ("old", "new", "/old/old", "/new/old"),
            ("(b)|(c)", "[$1$2]", "/c", "/[c]"),
            ("(b)", "$12$0$$1$x$", "b", "b2b$1$x$"),
            ("^", "/v1", "/a", "/v1/a"),
            ("x", "", "/x", "/"),
        ];
        for (regex, replacement, text, expected) in table {
            assert_eq!(rewritten(regex, replacement, text), (Rewritten::Yes, expected.to_owned()), "{regex}");
        }
        let many = format!("{}{}", "(a)".repeat(11), "(b)");
        assert_eq!(rewritten(&many, "/$12", &format!("{}b", "a".repeat(11))).1, "/b");
    }

    #[test]
    fn l22_without_a_match_nothing_changes_and_a_bad_replacement_fails() {
        assert_eq!(rewritten("^/api", "/", "/other"), (Rewritten::No, String::new()));
        assert_eq!(rewritten("a", "$1", "/a").0, Rewritten::Failed);
        assert_eq!(rewritten(".*", &"$0".repeat(500), &"a".repeat(1000)).0, Rewritten::Failed);
    }
}
