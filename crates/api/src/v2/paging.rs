//! Lists in pages, by `PageSize` and `Marker`, which names the last item of the page before it.

use crate::error::Error;
use crate::paging;
use crate::wire::{Params, Xml, marker};

/// Items of one page, and of one answer if none is asked for.
const MOST: usize = 400;

/// Some items of a list, and where the next ones begin.
pub(crate) struct Page<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> Page<T> {
    /// The page that the parameters `Marker` and `PageSize` ask for, in the order of `key`, which must be unique and
    /// must not change while an item is there.
    pub(crate) fn cut(
        params: &Params<'_>,
        mut items: Vec<T>,
        key: impl Fn(&T) -> String,
    ) -> Result<Self, Error> {
        let size = params.number("PageSize", 1, MOST)?.unwrap_or(MOST);
        let after = params.text("Marker").map(|text| marker::read(text).ok_or_else(foreign)).transpose()?;
        let next = paging::cut(&mut items, after.as_deref(), size, key);
        Ok(Self { items, next: next.as_deref().map(marker::write) })
    }

    /// Writes the items as the list `name`, and `NextMarker` if there are more.
    pub(crate) fn show(self, name: &str, member: impl Fn(&mut Xml, T)) -> Xml {
        let mut xml = Xml::new();
        xml.list(name, self.items, member);
        xml.optional("NextMarker", self.next);
        xml
    }
}

fn foreign() -> Error {
    Error::validation("The marker is not one that was given out as NextMarker")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::form::Form;

    fn page(query: &str, items: &[&str]) -> Result<Page<String>, Error> {
        let form = Form::parse(&[query.as_bytes()]).unwrap();
        let items = items.iter().map(|&item| item.to_owned()).collect();
        Page::cut(&Params::new(form.root()), items, Clone::clone)
    }

    #[test]
    fn pages_together_are_the_list_even_if_it_changes_between_them() {
        let first = page("PageSize=2", &["d", "a", "c", "b"]).unwrap();
        assert_eq!(first.items, ["a", "b"]);
        let marker = first.next.unwrap();
        let rest = page(&format!("PageSize=2&Marker={marker}"), &["d", "c", "aa"]).unwrap();
        assert_eq!((rest.items.as_slice(), rest.next), (["c".to_owned(), "d".to_owned()].as_slice(), None));
    }

    #[test]
    fn sizes_and_markers_are_checked() {
        for query in
            ["PageSize=0", "PageSize=401", "PageSize=x", "Marker=x", "Marker=6", "Marker=ff", "Marker=%2b1"]
        {
            assert!(page(query, &["a"]).is_err(), "{query}");
        }
    }
}
