//! Writes YAML as people do: plain words where they are safe, comments above what they are about.
//!
//! It knows what a template of CloudFormation needs and no more: maps, lists, texts, numbers, `!Ref` and `!GetAtt`.

/// Spaces of one level.
const INDENT: usize = 2;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A text, quoted where YAML would take it for something else.
    Text(String),
    /// A number.
    Number(u64),
    /// What another part of the template is known by.
    Ref(String),
    /// An attribute of another part of the template, `Part.Attribute`.
    Attribute(String),
    /// Values in their order.
    List(Vec<Self>),
    /// Values by name.
    Map(Map),
}

/// Values by name, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Map(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    comments: Vec<String>,
    key: String,
    value: Node,
}

impl Map {
    /// The same and one value more.
    pub(super) fn with(self, key: impl Into<String>, value: impl Into<Node>) -> Self {
        self.explained(key, value, Vec::new())
    }

    /// The same and one value more, with comments.
    pub(super) fn explained(
        mut self,
        key: impl Into<String>,
        value: impl Into<Node>,
        comments: Vec<String>,
    ) -> Self {
        self.0.push(Entry { comments, key: key.into(), value: value.into() });
        self
    }

    /// The same and one value more, if there is one.
    pub(super) fn with_some(self, key: &str, value: Option<impl Into<Node>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// The document of this map.
    pub(super) fn document(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        out
    }

    fn write(&self, indent: usize, out: &mut String) {
        for Entry { comments, key, value } in &self.0 {
            // A line of a comment that came with a break in it stays a comment.
            for line in
                comments.iter().flat_map(|comment| comment.split(|c: char| c.is_control() || is_break(c)))
            {
                line_of(out, indent, &format!("# {line}"));
            }
            match value {
                Node::Map(map) if !map.0.is_empty() => {
                    line_of(out, indent, &format!("{}:", text(key)));
                    map.write(indent + INDENT, out);
                }
                Node::List(list) if !list.is_empty() => {
                    line_of(out, indent, &format!("{}:", text(key)));
                    list.iter().for_each(|item| item.write_item(indent + INDENT, out));
                }
                value => line_of(out, indent, &format!("{}: {}", text(key), value.inline())),
            }
        }
    }
}

impl Node {
    /// Writes an item of a list: a map begins on the line of the dash.
    fn write_item(&self, indent: usize, out: &mut String) {
        let Self::Map(map) = self else { return line_of(out, indent, &format!("- {}", self.inline())) };
        let mut lines = String::new();
        map.write(indent + INDENT, &mut lines);
        out.push_str(&" ".repeat(indent));
        out.push_str("- ");
        out.push_str(lines.trim_start_matches(' '));
    }

    /// A value that fits on the line of its key. Maps and lists that are not empty do not come here.
    fn inline(&self) -> String {
        match self {
            Self::Text(value) => text(value),
            Self::Number(number) => number.to_string(),
            Self::Ref(id) => format!("!Ref {id}"),
            Self::Attribute(path) => format!("!GetAtt {path}"),
            Self::List(_) => "[]".to_owned(),
            Self::Map(_) => "{}".to_owned(),
        }
    }
}

impl From<&str> for Node {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Node {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<u64> for Node {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

impl From<Map> for Node {
    fn from(value: Map) -> Self {
        Self::Map(value)
    }
}

impl From<Vec<Self>> for Node {
    fn from(value: Vec<Self>) -> Self {
        Self::List(value)
    }
}

fn line_of(out: &mut String, indent: usize, line: &str) {
    out.push_str(&" ".repeat(indent));
    out.push_str(line);
    out.push('\n');
}

/// A text as a scalar that every reader of YAML takes for that text.
fn text(value: &str) -> String {
    if is_plain(value) {
        return value.to_owned();
    }
    if !value.contains(|c: char| c.is_control() || is_break(c)) {
        return format!("'{}'", value.replace('\'', "''"));
    }
    let escaped = value.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() || is_break(c) => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Ends of lines and the mark at the beginning of files, beside control characters.
const fn is_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Whether a text is taken for a text without quotes: words, names and ARNs are.
fn is_plain(value: &str) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let begins = value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"-_./:".contains(&b);
    let is_word = words.iter().any(|word| word.eq_ignore_ascii_case(value));
    begins && value.bytes().all(safe) && !value.ends_with(':') && !is_word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_quoted_where_it_would_be_something_else() {
        for (value, written) in [
            ("internal", "internal"),
            ("arn:aws:acm:us-east-1:0:certificate/1", "arn:aws:acm:us-east-1:0:certificate/1"),
            ("/up", "/up"),
            ("AWS::Region", "AWS::Region"),
            ("true", "'true'"),
            ("No", "'No'"),
            ("8080", "'8080'"),
            ("", "''"),
            ("a: b", "'a: b'"),
            ("key:", "'key:'"),
            ("- a", "'- a'"),
            ("it's #1", "'it''s #1'"),
            ("größe", "'größe'"),
            ("a\n\"b\"\\", r#""a\u000A\"b\"\\""#),
            ("a\u{2028}b", r#""a\u2028b""#),
        ] {
            assert_eq!(text(value), written);
        }
    }

    #[test]
    fn a_document_is_laid_out_for_people() {
        let pair = |key: &str| Map::default().with("Key", key).with("Value", "true");
        let document = Map::default()
            .explained("A", Map::default().with("B", 1), vec!["one\ntwo".to_owned()])
            .with("Empty", Vec::new())
            .with("List", vec![pair("a").into(), Node::from("b"), Node::Ref("A".to_owned())])
            .with("C", Node::Attribute("A.B".to_owned()))
            .with_some("D", None::<u64>);
        let expected = "# one\n# two\nA:\n  B: 1\nEmpty: []\nList:\n  - Key: a\n    Value: 'true'\n  - b\n  - !Ref A\n\
                        C: !GetAtt A.B\n";
        assert_eq!(document.document(), expected);
    }
}
