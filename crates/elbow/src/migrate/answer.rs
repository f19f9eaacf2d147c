//! An answer of the API as a tree of elements, small enough to be kept.
//!
//! **Threat.** The bytes come from whoever answers at the endpoint; see [`elbow_api::instances::document`] for what of XML
//! is refused and how size and depth are bounded.

use elbow_api::instances::document::{Step, Unreadable, walk};

/// One element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Self>,
}

impl Element {
    /// Reads a document.
    pub(super) fn read(document: &[u8]) -> Result<Self, Unreadable> {
        // The innermost open element is the last; around them all is one that has no name.
        let mut open = vec![Self::default()];
        walk(document, |step| {
            match step {
                Step::Into(path) => {
                    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
                    open.push(Self { name, ..Self::default() });
                }
                Step::Text(_, text) => {
                    if let Some(element) = open.last_mut() {
                        text.clone_into(&mut element.text);
                    }
                }
                Step::OutOf(_) => {
                    if let (Some(element), Some(parent)) = (open.pop(), open.last_mut()) {
                        parent.children.push(element);
                    }
                }
            }
            Ok(())
        })?;
        let around = open.pop().unwrap_or_default();
        around.children.into_iter().next().ok_or(Unreadable("it is empty"))
    }

    /// The first element of this name within this one.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The members of the list of this name; none if there is no list.
    pub(super) fn list<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Self> + use<'a> {
        let members = self.child(name).map(|list| list.children.as_slice()).unwrap_or_default();
        members.iter().filter(|member| member.name == "member")
    }

    /// The text of the element of this name; `None` if there is none, or an empty one.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.child(name).map(Self::own_text).filter(|text| !text.is_empty())
    }

    /// The text of this element.
    pub(super) fn own_text(&self) -> &str {
        &self.text
    }

    /// The texts of the members of the list of this name.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        self.list(name).map(|member| member.text.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_may_lie_in_lists() {
        let xml = "<R xmlns=\"x\"><L><member><K>a &amp; b</K><N><member>1</member><member>2</member></N></member>\
                   <member><K/></member></L></R>";
        let root = Element::read(xml.as_bytes()).unwrap();
        let [first, second] = root.list("L").collect::<Vec<_>>()[..] else { panic!("two members") };
        assert_eq!((first.text("K"), second.text("K")), (Some("a & b"), None));
        assert_eq!(first.texts("N"), ["1", "2"]);
        assert_eq!(second.texts("N"), [""; 0]);
        assert!(Element::read(b"<R><L></R>").is_err() && Element::read(b"").is_err());
    }
}
