//! The JSON protocol, version 1.1: the action in `X-Amz-Target`, members in a JSON object. It knows neither actions nor
//! resources; refusals name members as the Query protocol's do.

use base64_simd::STANDARD;
use serde_json::{Map, Value};

use crate::error::{Code, Error};

/// One structure of a request.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    members: Map<String, Value>,
    path: String,
}

impl Input {
    /// Reads a body; an empty one is an empty structure. Its depth is bounded by the parser, its size by who reads it from
    /// the socket.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Error> {
        let body = if body.is_empty() { b"{}".as_slice() } else { body };
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self { members, path: String::new() }),
            _ => Err(Error::new(Code::SerializationException, "The body must be a JSON object")),
        }
    }

    /// A member that is there; `null` is none.
    fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// Whether the member is given in any form.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The first member that is none of these.
    pub(crate) fn unknown(&self, known: &[&str]) -> Option<&str> {
        self.members.keys().map(String::as_str).find(|name| !known.contains(name))
    }

    /// A text, if it is given.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        self.get(name).map(|value| value.as_str().ok_or_else(|| self.kind(name, "a string"))).transpose()
    }

    /// A text that must be given.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Error> {
        self.text(name)?.ok_or_else(|| self.null(name))
    }

    /// Bytes in base64, 1 to `max` of them.
    pub(crate) fn bytes(&self, name: &str, max: usize) -> Result<Option<Vec<u8>>, Error> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let bytes = STANDARD.decode_to_vec(text).map_err(|_| self.kind(name, "base64"))?;
        match bytes.len() {
            0 => Err(self.unfit(name, "Member must have length greater than or equal to 1")),
            length if length > max => {
                Err(self.unfit(name, &format!("Member must have length less than or equal to {max}")))
            }
            _ => Ok(Some(bytes)),
        }
    }

    /// Bytes that must be given.
    pub(crate) fn required_bytes(&self, name: &str, max: usize) -> Result<Vec<u8>, Error> {
        self.bytes(name, max)?.ok_or_else(|| self.null(name))
    }

    /// A whole number between `min` and `max`, both included.
    pub(crate) fn number(&self, name: &str, min: usize, max: usize) -> Result<Option<usize>, Error> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_i64().ok_or_else(|| self.kind(name, "a whole number"))?;
        match usize::try_from(number).ok().filter(|number| (min..=max).contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(self.unfit(name, &format!("Member must be between {min} and {max}"))),
        }
    }

    /// One word of a fixed set.
    pub(crate) fn word(&self, name: &str, words: &[&str]) -> Result<Option<&str>, Error> {
        match self.text(name)? {
            Some(word) if !words.contains(&word) => Err(self.unfit_word(name, words)),
            word => Ok(word),
        }
    }

    /// A structure, if it is given.
    pub(crate) fn structure(&self, name: &str) -> Result<Option<Self>, Error> {
        self.get(name).map(|value| self.member(name, value, self.path_to(name))).transpose()
    }

    /// A list of structures; `None` if it is not given.
    pub(crate) fn structures(&self, name: &str) -> Result<Option<Vec<Self>>, Error> {
        let member =
            |(i, value)| self.member(name, value, format!("{}.{}.member", self.path_to(name), i + 1));
        self.list(name)?.map(|list| list.iter().enumerate().map(member).collect()).transpose()
    }

    /// A list of texts; `None` if it is not given.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, Error> {
        let Some(list) = self.list(name)? else { return Ok(None) };
        let texts: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
        texts.map(Some).ok_or_else(|| self.kind(name, "a list of strings"))
    }

    /// The texts of a structure by their names, in its order; none if it is not given.
    pub(crate) fn texts_by_name(&self, name: &str) -> Result<Vec<(String, String)>, Error> {
        let Some(structure) = self.structure(name)? else { return Ok(Vec::new()) };
        let text = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
        let texts: Option<Vec<_>> = structure.members.iter().map(text).collect();
        texts.ok_or_else(|| self.kind(name, "a structure of strings"))
    }

    /// A list of words of a fixed set; `None` if it is not given.
    pub(crate) fn words(&self, name: &str, words: &[&str]) -> Result<Option<Vec<&str>>, Error> {
        match self.texts(name)? {
            Some(list) if !list.iter().all(|word| words.contains(word)) => Err(self.unfit_word(name, words)),
            list => Ok(list),
        }
    }

    /// The refusal of a member's value. The value is not shown: it may be a private key.
    pub(crate) fn unfit(&self, name: &str, rule: &str) -> Error {
        let path = self.path_to(name);
        Error::validation(format!(
            "1 validation error detected: Value at '{path}' failed to satisfy constraint: {rule}"
        ))
    }

    fn unfit_word(&self, name: &str, words: &[&str]) -> Error {
        self.unfit(name, &format!("Member must satisfy enum value set: [{}]", words.join(", ")))
    }

    fn list(&self, name: &str) -> Result<Option<&Vec<Value>>, Error> {
        self.get(name).map(|value| value.as_array().ok_or_else(|| self.kind(name, "a list"))).transpose()
    }

    fn member(&self, name: &str, value: &Value, path: String) -> Result<Self, Error> {
        let members = value.as_object().ok_or_else(|| self.kind(name, "a structure"))?.clone();
        Ok(Self { members, path })
    }

    fn null(&self, name: &str) -> Error {
        let path = self.path_to(name);
        Error::validation(format!(
            "1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null"
        ))
    }

    fn kind(&self, name: &str, kind: &str) -> Error {
        Error::new(
            Code::SerializationException,
            format!("The member '{}' must be {kind}", self.path_to(name)),
        )
    }

    fn path_to(&self, name: &str) -> String {
        let mut chars = name.chars();
        let first = chars.next().map(|first| first.to_ascii_lowercase());
        let dot = if self.path.is_empty() { "" } else { "." };
        format!("{}{dot}{}{}", self.path, first.map(String::from).unwrap_or_default(), chars.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(text: &str) -> Input {
        Input::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn members_are_typed_and_named() {
        let it = input(r#"{"A":"x","N":7,"B":"aGk=","L":["a","b"],"S":{"T":[{"Key":"k"}]},"Z":null}"#);
        assert_eq!(it.required("A").unwrap(), "x");
        assert_eq!(it.number("N", 1, 9).unwrap(), Some(7));
        assert_eq!(it.bytes("B", 2).unwrap().unwrap(), b"hi");
        assert_eq!(it.texts("L").unwrap().unwrap(), ["a", "b"]);
        assert!(!it.has("Z") && it.text("Z").unwrap().is_none());
        let tags = it.structure("S").unwrap().unwrap().structures("T").unwrap().unwrap();
        let refused = tags[0].required("Value").unwrap_err();
        assert!(refused.message().contains("'s.t.1.member.value'"), "{refused}");
        for refused in [
            it.text("N").map(drop),
            it.number("A", 1, 9).map(drop),
            it.number("N", 1, 6).map(drop),
            it.bytes("A", 9).map(drop),
            it.bytes("B", 1).map(drop),
            it.texts("S").map(drop),
            it.structure("L").map(drop),
            it.structures("L").map(drop),
            it.word("A", &["y"]).map(drop),
            it.words("L", &["a"]).map(drop),
        ] {
            refused.unwrap_err();
        }
    }

    #[test]
    fn a_body_is_an_object() {
        for body in ["[]", "1", "{", "{}x", "\u{0}", &"[".repeat(100_000)] {
            assert_eq!(Input::parse(body.as_bytes()).unwrap_err().code(), Code::SerializationException);
        }
        Input::parse(b"").unwrap();
    }
}
