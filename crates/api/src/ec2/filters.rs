//! `Filter.N.Name` and `Filter.N.Value.N`: every filter must fit, each by one of its values. `*` stands for any text and
//! `?` for one character, unless a backslash stands before it.

use crate::error::{Code, Error};
use crate::wire::Params;

/// What AWS calls the filters of one kind of thing. A name that ends with a dot stands for all that begin so. Some are of
/// what nothing here has: they fit nothing.
pub(super) type Names = &'static [&'static str];

/// The filters of one request.
pub(super) struct Filters<'a>(Vec<(&'a str, Vec<&'a str>)>);

impl<'a> Filters<'a> {
    /// Reads the filters; each must be one of `known` or of tags.
    pub(super) fn read(params: &Params<'a>, known: Names) -> Result<Self, Error> {
        let filters = params.flat_list("Filter")?.into_iter();
        let read = |filter: Params<'a>| {
            let name = filter.required("Name")?;
            if !is_known(name, known) {
                let message = format!("The filter '{name}' is invalid");
                return Err(Error::new(Code::InvalidParameterValue, message));
            }
            Ok((name, filter.flat_texts("Value")?))
        };
        filters.map(read).collect::<Result<_, _>>().map(Self)
    }

    /// Keeps what fits; `values` says what a thing has under a name.
    pub(super) fn keep<T>(&self, mut things: Vec<T>, values: impl Fn(&T, &str) -> Vec<String>) -> Vec<T> {
        let fits_one = |has: &[String], wanted: &[&str]| {
            has.iter().any(|value| wanted.iter().any(|pattern| fits(pattern.as_bytes(), value.as_bytes())))
        };
        things.retain(|thing| self.0.iter().all(|(name, wanted)| fits_one(&values(thing, name), wanted)));
        things
    }
}

/// Nothing here has tags, but whoever has some elsewhere may ask for them.
fn is_known(name: &str, known: Names) -> bool {
    let tag = name.starts_with("tag:") || matches!(name, "tag" | "tag-key" | "tag-value");
    let same = |known: &&str| *known == name || (known.ends_with('.') && name.starts_with(*known));
    tag || known.iter().any(same)
}

/// Compares with wildcards. A later `*` makes an earlier one needless to come back to, so the work is at most the
/// product of both lengths.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    let mut last_star: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), text.split_first()) {
            (Some((b'\\', [escaped, wanted_after @ ..])), Some((is, after))) if escaped == is => {
                (pattern, text) = (wanted_after, after);
            }
            (Some((b'*', after)), _) => {
                last_star = Some((after, text));
                pattern = after;
            }
            (Some((wanted, wanted_after)), Some((is, after)))
                if *wanted == b'?' || (wanted == is && *wanted != b'\\') =>
            {
                (pattern, text) = (wanted_after, after);
            }
            (None, None) => return true,
            _ => {
                let Some((star, skipped)) = last_star else { return false };
                let Some((_, after)) = skipped.split_first() else { return false };
                last_star = Some((star, after));
                (pattern, text) = (star, after);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_a_shell_s_do() {
        for (pattern, text, fit) in [
            ("", "", true),
            ("", "a", false),
            ("a", "a", true),
            ("a", "A", false),
            ("*", "", true),
            ("us-*-1?", "us-east-1a", true),
            ("us-*-1?", "us-east-1", false),
            ("*a*b", "xaxbxb", true),
            ("*a*b", "xaxbx", false),
            ("a**", "a", true),
            ("?", "", false),
            (r"\*amazon\?\\", r"*amazon?\", true),
            (r"\*", "a", false),
            (r"\*", "", false),
            (r"\\", r"\", true),
            (r"\a*", "abc", true),
            (r"*\*", "ab*", true),
            (r"*\*", "ab", false),
            (r"a\", r"a\", false),
        ] {
            assert_eq!(fits(pattern.as_bytes(), text.as_bytes()), fit, "{pattern} {text}");
        }
    }
}
