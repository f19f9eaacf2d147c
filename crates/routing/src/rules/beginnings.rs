//! Texts that a text may begin with, and who wants them.
//!
//! One walk over the text meets all of them and ends at the first byte that none goes on with. It looks for a way only
//! where the texts differ; what they share in between is compared. For texts that a text ends with, everything is read
//! backwards; which way, is up to the caller.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use super::set::Set;

/// A tree of the texts: a node for each beginning where one of them ends or some go on differently.
#[derive(Debug, Default)]
pub(super) struct Beginnings {
    /// The root first, then the children of each node side by side. Empty if there are no texts.
    nodes: Box<[Node]>,
    /// By node, the byte that leads there; those of side by side nodes are in order.
    bytes: Box<[u8]>,
    /// Who wants a text.
    wanted_by: Box<[Set]>,
}

/// A beginning.
#[derive(Debug, Default)]
struct Node {
    /// What all below it go on with, behind the byte that leads here.
    shared: Box<[u8]>,
    children: Range<usize>,
    /// In `wanted_by`, if it is a whole text.
    wanted_by: Option<usize>,
}

impl Beginnings {
    pub(super) fn new(texts: BTreeMap<Vec<u8>, Set>) -> Self {
        if texts.is_empty() {
            return Self::default();
        }
        let (texts, wanted_by): (Vec<Vec<u8>>, Vec<Set>) = texts.into_iter().unzip();
        let (mut nodes, mut bytes) = (Vec::new(), vec![0]);
        // Texts that share a beginning of at least this length are next to each other, the shortest first.
        let mut waiting = VecDeque::from([(0..texts.len(), 0)]);
        while let Some((mut sharing, known)) = waiting.pop_front() {
            let shared = shared(texts.get(sharing.clone()).unwrap_or_default(), known);
            let length = known + shared.len();
            let is_whole = texts.get(sharing.start).is_some_and(|text| text.len() == length);
            let wanted_by = is_whole.then_some(sharing.start);
            sharing.start += usize::from(is_whole);
            let first_child = bytes.len();
            let longer = texts.get(sharing.clone()).unwrap_or_default();
            for siblings in longer.chunk_by(|one, other| one.get(length) == other.get(length)) {
                let byte = siblings.first().and_then(|text| text.get(length));
                bytes.push(byte.copied().unwrap_or_default());
                let end = sharing.start + siblings.len();
                waiting.push_back((sharing.start..end, length + 1));
                sharing.start = end;
            }
            nodes.push(Node { shared: shared.into(), children: first_child..bytes.len(), wanted_by });
        }
        Self { nodes: nodes.into(), bytes: bytes.into(), wanted_by: wanted_by.into() }
    }

    /// Adds to `found` who wants what `text` begins with.
    pub(super) fn find(&self, mut text: impl Iterator<Item = u8>, found: &mut Set) {
        let mut next = self.nodes.first();
        while let Some(node) = next {
            if !node.shared.iter().all(|byte| text.next() == Some(*byte)) {
                return;
            }
            if let Some(set) = node.wanted_by.and_then(|place| self.wanted_by.get(place)) {
                *found |= set;
            }
            let Some(byte) = text.next() else { return };
            let children = self.bytes.get(node.children.clone()).unwrap_or_default();
            let Ok(place) = children.binary_search(&byte) else { return };
            next = self.nodes.get(node.children.start + place);
        }
    }
}

/// What all of these texts, which are in order, have in common behind `known` bytes.
fn shared(texts: &[Vec<u8>], known: usize) -> &[u8] {
    let ([first, ..], [.., last]) = (texts, texts) else { return &[] };
    let (first, last) = (first.get(known..).unwrap_or_default(), last.get(known..).unwrap_or_default());
    let length = first.iter().zip(last).take_while(|(one, other)| one == other).count();
    first.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Chance;

    fn beginnings(texts: &[&str]) -> Beginnings {
        let mut wanted_by: BTreeMap<Vec<u8>, Set> = BTreeMap::new();
        for (position, text) in texts.iter().enumerate() {
            wanted_by.entry(text.as_bytes().to_vec()).or_default().insert(position);
        }
        Beginnings::new(wanted_by)
    }

    fn found(beginnings: &Beginnings, text: &str) -> Vec<usize> {
        let mut found = Set::default();
        beginnings.find(text.bytes(), &mut found);
        found.iter().collect()
    }

    #[test]
    fn a_text_leads_to_all_that_it_begins_with() {
        let some = beginnings(&["/a", "/a/b", "/b", "/a", "", "/a/bc"]);
        assert_eq!(found(&some, "/a/b/c"), [0, 1, 3, 4]);
        assert_eq!(found(&some, "/b"), [2, 4]);
        assert_eq!(found(&some, ""), [4]);
        assert_eq!(found(&beginnings(&[]), "/a"), [0; 0]);
    }

    #[test]
    fn it_is_what_asking_each_text_says() {
        let mut chance = Chance::seeded(7);
        let mut text = |longest| -> String {
            let length = chance.below(longest);
            (0..length).map(|_| char::from(b'a' + chance.below(3) as u8)).collect()
        };
        for _ in 0..500 {
            let texts: Vec<String> = (0..20).map(|_| text(6)).collect();
            let some = beginnings(&texts.iter().map(String::as_str).collect::<Vec<_>>());
            for _ in 0..20 {
                let asked = text(8);
                let expected: Vec<usize> =
                    (0..texts.len()).filter(|&n| asked.starts_with(&texts[n])).collect();
                assert_eq!(found(&some, &asked), expected, "{asked} among {texts:?}");
            }
        }
    }
}
