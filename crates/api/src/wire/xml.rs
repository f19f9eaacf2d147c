//! An XML writer for the shapes of the Query protocol. It cannot write XML that is not well-formed: elements are
//! closed by the same call that opens them, text is escaped, and characters that XML does not know become U+FFFD.

use std::fmt::{Display, Write as _};

/// A piece of XML: the inside of some element.
#[derive(Debug, Default)]
pub(crate) struct Xml(String);

impl Xml {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// An element with text; the shape of a scalar.
    pub(crate) fn text(&mut self, name: &str, value: impl Display) {
        let value = value.to_string();
        self.element(name, |xml| xml.escaped(&value));
    }

    /// An element with text if there is a value: optional scalars that are not set are left out.
    pub(crate) fn optional(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// An element with elements; the shape of a structure. Written as `<X/>` if nothing is inside.
    pub(crate) fn element(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        self.element_with(name, "", inside);
    }

    /// An element in a namespace.
    pub(crate) fn root(&mut self, name: &str, namespace: &str, inside: impl FnOnce(&mut Self)) {
        self.element_with(name, &format!(" xmlns=\"{namespace}\""), inside);
    }

    /// A list of structures. An empty list is written as `<X/>`: clients drop the key of a list that is not there.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        member: impl Fn(&mut Self, T),
    ) {
        self.element(name, |xml| {
            items.into_iter().for_each(|item| xml.element("member", |xml| member(xml, item)));
        });
    }

    /// A list of structures as EC2 writes it.
    pub(crate) fn items<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        item: impl Fn(&mut Self, T),
    ) {
        self.element(name, |xml| {
            items.into_iter().for_each(|it| xml.element("item", |xml| item(xml, it)));
        });
    }

    /// A list of scalars.
    pub(crate) fn texts(&mut self, name: &str, items: impl IntoIterator<Item: Display>) {
        self.element(name, |xml| items.into_iter().for_each(|item| xml.text("member", item)));
    }

    /// Everything that was written into `other`.
    pub(crate) fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// Whether nothing was written.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The finished text.
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    fn element_with(&mut self, name: &str, attribute: &str, inside: impl FnOnce(&mut Self)) {
        debug_assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()), "{name}");
        let _ = write!(self.0, "<{name}{attribute}>");
        let start = self.0.len();
        inside(self);
        if self.0.len() == start {
            self.0.pop();
            self.0.push_str("/>");
        } else {
            let _ = write!(self.0, "</{name}>");
        }
    }

    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&apos;"),
                // A parser turns a bare CR into LF.
                '\r' => self.0.push_str("&#13;"),
                '\t' | '\n' => self.0.push(c),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.0.push('\u{fffd}'),
                _ => self.0.push(c),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_written_as_aws_does() {
        let mut xml = Xml::new();
        xml.root("R", "urn:x", |xml| {
            xml.text("Name", "a<b&\"c\"\u{0}\r");
            xml.optional("Absent", None::<&str>);
            xml.text("Empty", "");
            xml.texts("Names", ["a", "b"]);
            xml.list("None", std::iter::empty::<u8>(), |_, _| {});
            xml.list("Things", [1, 2], |xml, n| xml.text("N", n));
        });
        assert_eq!(
            xml.into_text(),
            "<R xmlns=\"urn:x\"><Name>a&lt;b&amp;&quot;c&quot;\u{fffd}&#13;</Name><Empty/>\
             <Names><member>a</member><member>b</member></Names><None/>\
             <Things><member><N>1</N></member><member><N>2</N></member></Things></R>"
        );
    }
}
