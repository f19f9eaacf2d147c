//! `Filter.N.Name` and `Filter.N.Value.N`: every filter must fit, each by one of its values. `*` stands for any text and
//! `?` for one character.

use crate::error::{Code, Error};
use crate::wire::Params;

/// What one thing has under the name of a filter; `None`: things of its kind have no such filter.
pub(super) type Values = Option<Vec<String>>;

/// The filters of one request.
pub(super) struct Filters<'a>(Vec<(&'a str, Vec<&'a str>)>);

impl<'a> Filters<'a> {
    pub(super) fn read(params: &Params<'a>) -> Result<Self, Error> {
        let filters = params.flat_list("Filter")?.into_iter();
        let filters = filters.map(|filter| Ok((filter.required("Name")?, filter.flat_texts("Value")?)));
        filters.collect::<Result<_, Error>>().map(Self)
    }

    /// Keeps what fits; `values` says what a thing has under a name.
    pub(super) fn keep<T>(
        &self,
        things: Vec<T>,
        values: impl Fn(&T, &str) -> Values,
    ) -> Result<Vec<T>, Error> {
        let mut kept = Vec::new();
        for thing in things {
            if self.fit(|name| values(&thing, name))? {
                kept.push(thing);
            }
        }
        Ok(kept)
    }

    fn fit(&self, values: impl Fn(&str) -> Values) -> Result<bool, Error> {
        for (name, wanted) in &self.0 {
            let has = match values(name) {
                Some(has) => has,
                // Nothing here has tags.
                None if name.starts_with("tag:") || *name == "tag-key" => Vec::new(),
                None => return Err(unknown(name)),
            };
            if !has
                .iter()
                .any(|value| wanted.iter().any(|pattern| fits(pattern.as_bytes(), value.as_bytes())))
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Compares with wildcards. A later `*` makes an earlier one needless to come back to, so the work is at most the
/// product of both lengths.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    let mut last_star: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), text.split_first()) {
            (Some((b'*', after)), _) => {
                last_star = Some((after, text));
                pattern = after;
            }
            (Some((wanted, wanted_after)), Some((is, after))) if *wanted == b'?' || wanted == is => {
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

fn unknown(name: &str) -> Error {
    Error::new(Code::InvalidParameterValue, format!("The filter '{name}' is invalid"))
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
        ] {
            assert_eq!(fits(pattern.as_bytes(), text.as_bytes()), fit, "{pattern} {text}");
        }
    }
}
