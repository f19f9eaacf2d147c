//! An XML document, walked through once and never kept.
//!
//! **Threat.** See [`answer`](super::answer): XML that is not well-formed, a document type, and text outside of the one
//! element are errors. Size and depth are bounded; entities are the five of XML and characters by number, so that no text
//! grows.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

/// Largest answer that is read, in bytes. EC2 tells some kilobytes of each instance.
pub const ANSWER_BYTES: usize = 4 << 20;
/// Deepest nesting; EC2's deepest shape has eleven levels.
pub(super) const DEPTH: usize = 32;
/// Longest name of an element, in bytes.
const NAME_BYTES: usize = 128;

/// Why an answer cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(pub &'static str);

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Unreadable {}

/// What is met on the way through a document; a path is the names from the outermost element on, `/a/b`.
pub enum Step<'a> {
    /// An element begins.
    Into(&'a str),
    /// An element that has no other in it is over, and this is its text.
    Text(&'a str, &'a str),
    /// An element is over.
    OutOf(&'a str),
}

/// Goes through a document of one element.
///
/// # Errors
/// It is no such document, or `step` says that it is not the one that was wanted.
pub fn walk(
    answer: &[u8],
    mut step: impl FnMut(Step<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    if answer.len() > ANSWER_BYTES {
        return Err(Unreadable("it is too large"));
    }
    let text = std::str::from_utf8(answer).map_err(|_| Unreadable("it is not UTF-8"))?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut place = Place::default();
    loop {
        let event = reader.read_event().map_err(|_| Unreadable("it is not well-formed XML"))?;
        match event {
            Event::Start(start) => step(Step::Into(place.enter(start.local_name().as_ref())?))?,
            Event::End(_) => {
                if let Some(text) = place.leaf_text() {
                    step(Step::Text(&place.path, text))?;
                }
                step(Step::OutOf(&place.path))?;
                place.leave();
            }
            Event::Text(text) => place.write(&text.xml10_content())?,
            Event::CData(text) => place.write(&text.xml10_content())?,
            Event::GeneralRef(reference) => place.write(character(&reference)?.encode_utf8(&mut [0; 4]))?,
            Event::DocType(_) => return Err(Unreadable("it has a document type")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Empty(_) => return Err(Unreadable("it is not well-formed XML")),
            Event::Eof if place.is_over => return Ok(()),
            Event::Eof => return Err(Unreadable("it is not complete")),
        }
    }
}

/// Where in a document a walk is.
#[derive(Default)]
struct Place {
    path: String,
    /// Where in `path` the name of each open element begins, its slash included.
    starts: Vec<usize>,
    /// The text of the innermost element since the last tag.
    text: String,
    /// Whether the last tag opened an element.
    is_leaf: bool,
    /// Whether the outermost element is closed.
    is_over: bool,
}

impl Place {
    fn enter(&mut self, name: &str) -> Result<&str, Unreadable> {
        if self.is_over {
            return Err(Unreadable("it goes on after its end"));
        }
        if self.starts.len() == DEPTH || name.len() > NAME_BYTES {
            return Err(Unreadable("it is nested too deeply"));
        }
        self.starts.push(self.path.len());
        self.path.push('/');
        self.path.push_str(name);
        self.text.clear();
        self.is_leaf = true;
        Ok(&self.path)
    }

    fn leaf_text(&self) -> Option<&str> {
        self.is_leaf.then_some(self.text.as_str())
    }

    fn leave(&mut self) {
        self.path.truncate(self.starts.pop().unwrap_or_default());
        self.text.clear();
        self.is_leaf = false;
        self.is_over = self.starts.is_empty();
    }

    fn write(&mut self, text: &str) -> Result<(), Unreadable> {
        if self.starts.is_empty() && !text.chars().all(|c| c.is_ascii_whitespace() || c == '\u{feff}') {
            return Err(Unreadable("it has text outside of its element"));
        }
        self.text.push_str(text);
        Ok(())
    }
}

fn character(reference: &BytesRef<'_>) -> Result<char, Unreadable> {
    let unknown = Unreadable("it has an entity that XML does not know");
    if reference.is_char_ref() {
        return reference.resolve_char_ref().ok().flatten().ok_or(unknown);
    }
    let named = quick_xml::escape::resolve_xml_entity(reference).and_then(|text| text.chars().next());
    named.ok_or(unknown)
}
