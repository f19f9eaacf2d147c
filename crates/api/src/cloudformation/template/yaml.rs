//! Reads templates in YAML and in JSON, short forms of functions included: `!Ref X` is `{"Ref": "X"}`.
//!
//! **Threat.** The text comes from whoever may call. Its length is bounded before it is read and its depth here; an alias, with
//! which a few lines could stand for gigabytes, is refused, as AWS does; so is a key that is given twice, which two readers could
//! take in two ways.

use std::fmt;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::value::{DEPTH, Map, Value, null, too_deep};
use crate::error::Error;

/// Short forms of functions that are not called `Fn::…`.
const BARE: &[&str] = &["Ref", "Condition"];
/// Short forms of the others; see [`super::functions`].
const FUNCTIONS: &[&str] = &[
    "And",
    "Base64",
    "Cidr",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "If",
    "ImportValue",
    "Join",
    "Not",
    "Or",
    "Select",
    "Split",
    "Sub",
    "Transform",
];

/// Reads a text.
pub(super) fn read(text: &str) -> Result<Value, Error> {
    // What JSON refuses is no YAML either, or says why in YAML's words: a key that is given twice does.
    if text.trim_start().starts_with('{')
        && let Ok(Json(json)) = serde_json::from_str(text)
    {
        return Value::of_json(json);
    }
    let mut reader = Reader { parser: Parser::new_from_str(text) };
    reader.document()
}

/// JSON, every key of which is given once.
struct Json(serde_json::Value);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Keys)
    }
}

/// Reads a value, and remembers the keys of its maps.
struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json(serde_json::Value::Null))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json(flag.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(Json(member)) = members.next_element()? {
            list.push(member);
        }
        Ok(Json(list.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut map = serde_json::Map::new();
        while let Some((key, Json(value))) = entries.next_entry::<String, Json>()? {
            if map.insert(key, value).is_some() {
                return Err(A::Error::custom("a key is given more than once"));
            }
        }
        Ok(Json(map.into()))
    }
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Value, Error> {
        let mut root = None;
        loop {
            match self.next()? {
                Event::StreamEnd => break,
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
                _ if root.is_some() => return Err(malformed("there must be one document")),
                event => root = Some(self.value(event, 0)?),
            }
        }
        root.ok_or_else(|| malformed("it is empty"))
    }

    fn next(&mut self) -> Result<Event<'a>, Error> {
        match self.parser.next() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(malformed(error)),
            None => Ok(Event::StreamEnd),
        }
    }

    fn value(&mut self, event: Event<'a>, depth: usize) -> Result<Value, Error> {
        if depth == DEPTH {
            return Err(too_deep());
        }
        match event {
            Event::Scalar(text, style, _, tag) => {
                let is_plain = style == ScalarStyle::Plain && tag.is_none();
                let value = match text.as_ref() {
                    "" | "~" | "null" | "Null" | "NULL" if is_plain => return Err(null()),
                    "True" | "TRUE" if is_plain => Value::text("true"),
                    "False" | "FALSE" if is_plain => Value::text("false"),
                    text => Value::text(text),
                };
                tagged(tag.as_deref(), value)
            }
            Event::SequenceStart(_, tag) => {
                let mut list = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => break,
                        event => list.push(self.value(event, depth + 1)?),
                    }
                }
                tagged(tag.as_deref(), Value::List(list))
            }
            Event::MappingStart(_, tag) => {
                let map = self.map(depth)?;
                tagged(tag.as_deref(), Value::Map(map))
            }
            Event::Alias(_) => Err(malformed("aliases are not supported")),
            _ => Err(malformed("it ends too early")),
        }
    }

    fn map(&mut self, depth: usize) -> Result<Map, Error> {
        let mut map = Map::new();
        loop {
            let name = match self.next()? {
                Event::MappingEnd => return Ok(map),
                Event::Scalar(name, _, _, None) => name.into_owned(),
                _ => return Err(malformed("a key must be a text")),
            };
            if name == "<<" {
                return Err(malformed("hash merges are not supported"));
            }
            let event = self.next()?;
            let value = self.value(event, depth + 1)?;
            if map.insert(name.clone(), value).is_some() {
                return Err(malformed(format_args!("the key '{name}' is given more than once")));
            }
        }
    }
}

/// A value with its tag: the call of a function that has a short form.
fn tagged(tag: Option<&Tag>, value: Value) -> Result<Value, Error> {
    let Some(tag) = tag else { return Ok(value) };
    let name = tag.suffix.as_str();
    let call = |name: String| Ok(Value::Map([(name, value.clone())].into()));
    if tag.is_yaml_core_schema() && matches!(name, "str" | "int" | "bool" | "float" | "seq" | "map") {
        return Ok(value);
    }
    match tag.handle.as_str() {
        "!" if BARE.contains(&name) => call(name.to_owned()),
        "!" if FUNCTIONS.contains(&name) => call(format!("Fn::{name}")),
        _ => Err(malformed(format_args!("the tag '{tag}' is not supported"))),
    }
}

fn malformed(why: impl std::fmt::Display) -> Error {
    Error::validation(format!("Template format error: YAML not well-formed: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations_say_the_same() {
        let yaml = "A: !Ref B\nC: [1, yes, True, '']\nD: !GetAtt X.Y\nE: !Sub\n  - '${a}'\n  - {a: !Select [0, [b]]}\n";
        let json = r#"{"A": {"Ref": "B"}, "C": [1, "yes", true, ""], "D": {"Fn::GetAtt": "X.Y"},
            "E": {"Fn::Sub": ["${a}", {"a": {"Fn::Select": [0, ["b"]]}}]}}"#;
        assert_eq!(read(yaml).unwrap(), read(json).unwrap());
        assert_eq!(read("{A: b, C: [d]}").unwrap(), read(r#"{"A": "b", "C": ["d"]}"#).unwrap());
    }

    /// As long as a template can be; each is read or refused, and none takes longer than its length allows.
    #[test]
    fn the_longest_riddles_come_to_an_end() {
        for piece in [
            "[", "{", "- ", "? ", "a: ", "!Ref ", "\"", "'", "|\n ", "&a ", "*a ", "# ", "\n", "[a, ",
            "{a: ", "a\n: ",
        ] {
            let text = piece.repeat(elbow_model::limits::TEMPLATE_BYTES / piece.len());
            let _ = read(&text);
            let _ = read(&format!("a: {text}"));
            let _ = read(&format!("{{\"a\": {text}"));
        }
    }

    #[test]
    fn what_could_be_a_bomb_or_a_riddle_is_refused() {
        let deep = "[".repeat(DEPTH + 1) + &"]".repeat(DEPTH + 1);
        let deeper = "{\"a\":".repeat(5000) + "1" + &"}".repeat(5000);
        let json = "{\"a\":".repeat(DEPTH) + "1" + &"}".repeat(DEPTH);
        for (text, why) in [
            ("a: &x [1]\nb: *x", "aliases"),
            ("a: 1\na: 2", "more than once"),
            (r#"{"a": 1, "a": 2}"#, "more than once"),
            (r#"{"b": [{"a": {}, "a": 2}]}"#, "more than once"),
            (r#"{"a": 1, "\u0061": 2}"#, "more than once"),
            ("a: {<<: {b: 1}}", "merges"),
            ("a:", "null"),
            ("{\"a\": null}", "null"),
            ("a: !Shell ls", "'!Shell'"),
            ("a: !!binary aGk=", "binary"),
            ("[a]: b", "a key must be"),
            ("a: 1\n---\nb: 1", "one document"),
            ("", "empty"),
            ("a: [1", "well-formed"),
            (&deep, "levels deep"),
            (&deeper, ""),
            (&json, "levels deep"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.message().contains(why), "{text}: {error}");
        }
    }
}
