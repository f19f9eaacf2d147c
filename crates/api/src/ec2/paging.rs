//! Lists in pages, by `MaxResults` and `NextToken`. Whoever asks for pages gets them in the order of ids.

use crate::error::{Code, Error};
use crate::paging;
use crate::wire::{Params, Xml, marker};

/// Items of one page at least, by AWS's model.
const FEWEST: u16 = 5;
/// Items of one page at most, by AWS's model.
const MOST: u16 = 1_000;

/// Some items of a list, and where the next ones begin.
pub(super) struct Page<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> Page<T> {
    /// The page that is asked for, or all items.
    pub(super) fn cut(
        params: &Params<'_>,
        mut items: Vec<T>,
        id: impl Fn(&T) -> &str,
    ) -> Result<Self, Error> {
        let size = size(params)?;
        let after = token(params)?;
        if size.is_none() && after.is_none() {
            return Ok(Self { items, next: None });
        }
        let size = usize::from(size.unwrap_or(MOST));
        let next = paging::cut(&mut items, after.as_deref(), size, |item| id(item).to_owned());
        Ok(Self { items, next: next.as_deref().map(marker::write) })
    }

    /// Writes the items as the list `name`, and where the next ones begin.
    pub(super) fn show(self, name: &str, member: impl Fn(&mut Xml, T)) -> Xml {
        let mut xml = Xml::new();
        xml.items(name, self.items, member);
        xml.optional("nextToken", self.next);
        xml
    }
}

/// Refuses pages of things that are named: AWS's describes of instances have it so.
pub(super) fn check_apart(params: &Params<'_>, parameter: &str, set: &str) -> Result<(), Error> {
    if params.has(parameter) && params.has("MaxResults") {
        let message = format!("The parameter {set} cannot be used with the parameter maxResults");
        return Err(Error::new(Code::InvalidParameterCombination, message));
    }
    Ok(())
}

fn size(params: &Params<'_>) -> Result<Option<u16>, Error> {
    let Some(text) = params.text("MaxResults") else { return Ok(None) };
    let number = text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    match number {
        Some(number) if (FEWEST..=MOST).contains(&number) => Ok(Some(number)),
        _ => Err(invalid("MaxResults", text, &format!("Expecting a value between {FEWEST} and {MOST}."))),
    }
}

fn token(params: &Params<'_>) -> Result<Option<String>, Error> {
    let Some(text) = params.text("NextToken").filter(|text| !text.is_empty()) else { return Ok(None) };
    let read = marker::read(text).ok_or_else(|| invalid("NextToken", text, "The token is invalid."));
    read.map(Some)
}

fn invalid(name: &str, value: &str, why: &str) -> Error {
    let message = format!("Value ( {value} ) for parameter {name} is invalid. {why}");
    Error::new(Code::InvalidParameterValue, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::form::Form;

    fn page(query: &str, items: &[&'static str]) -> Result<Page<&'static str>, Error> {
        let form = Form::parse(&[query.as_bytes()]).unwrap();
        Page::cut(&Params::new(form.root()), items.to_vec(), |item| item)
    }

    #[test]
    fn without_pages_the_order_is_that_of_the_list() {
        let all = page("", &["c", "a", "b"]).unwrap();
        assert_eq!((all.items, all.next), (vec!["c", "a", "b"], None));
    }

    #[test]
    fn pages_together_are_the_list_even_if_it_changes_between_them() {
        let first = page("MaxResults=5", &["f", "e", "d", "c", "b", "a"]).unwrap();
        assert_eq!(first.items, ["a", "b", "c", "d", "e"]);
        let token = first.next.unwrap();
        let rest = page(&format!("NextToken={token}"), &["f", "c", "bb", "g"]).unwrap();
        assert_eq!((rest.items, rest.next), (vec!["f", "g"], None));
    }

    #[test]
    fn sizes_and_tokens_are_checked() {
        for query in [
            "MaxResults=4",
            "MaxResults=1001",
            "MaxResults=",
            "MaxResults=%2b5",
            "MaxResults=x",
            "NextToken=x",
        ] {
            let refused = page(query, &["a"]).err().map(|error| error.code());
            assert_eq!(refused, Some(Code::InvalidParameterValue), "{query}");
        }
        assert!(page("NextToken=", &["a"]).is_ok());
    }
}
