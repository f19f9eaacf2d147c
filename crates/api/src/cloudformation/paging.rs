//! Lists in pages of AWS's size; `NextToken` names the last item of the page before.

use crate::error::Error;
use crate::paging;
use crate::wire::{Params, Xml, marker};

/// Items of one page.
pub(super) const MOST: usize = 100;

/// Some items of a list, and where the next ones begin.
pub(super) struct Page<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> Page<T> {
    /// The page that `NextToken` asks for, in the order of `key`, which must be unique and must not change while an item is there.
    pub(super) fn cut(
        params: &Params<'_>,
        items: impl IntoIterator<Item = T>,
        key: impl Fn(&T) -> String,
    ) -> Result<Self, Error> {
        let token = params.text("NextToken").filter(|token| !token.is_empty());
        let foreign = || Error::validation("The NextToken is not one that was given out for this list");
        let after = token.map(|token| marker::read(token).ok_or_else(foreign)).transpose()?;
        let mut items: Vec<T> = items.into_iter().collect();
        let next = paging::cut(&mut items, after.as_deref(), MOST, key);
        Ok(Self { items, next: next.as_deref().map(marker::write) })
    }

    /// Adds the items as the list `name`, and `NextToken` if there are more.
    pub(super) fn show(self, xml: &mut Xml, name: &str, member: impl Fn(&mut Xml, T)) {
        xml.list(name, self.items, member);
        xml.optional("NextToken", self.next);
    }
}

/// A key by which greater numbers come first.
pub(super) fn latest_first(number: u64) -> String {
    format!("{:020}", u64::MAX - number)
}

/// A key by which smaller numbers come first.
pub(super) fn in_order(number: usize) -> String {
    format!("{number:020}")
}
