//! Forms of the Query protocol, seen as a tree: `Actions.member.1.Type` is four levels deep.
//!
//! **Threat.** Everything here comes from whoever can reach the port. Size, number, depth and the length of names are
//! bounded, and what is kept is no larger than what was sent; the index of a list orders its members and allocates nothing, so that
//! `X.member.4294967295` costs as much as `X.member.1`; a parameter that is given twice is refused, because two readers
//! could take it in two ways.

use crate::error::{Code, Error};

/// Longest form that is read, in bytes, for body and query string each.
pub const FORM_BYTES: usize = 1 << 20;
/// Most parameters of one request; the largest useful request registers a few thousand targets.
pub const PARAMETERS: usize = 20_000;
/// Deepest nesting: AWS's deepest shape has ten levels.
pub const DEPTH: usize = 12;
/// Longest name of a parameter, in bytes.
pub const NAME_BYTES: usize = 256;

/// Stands for the dot between two levels: it sorts before everything else, so that all that is below a level follows
/// it directly.
const STEP: char = '\0';

/// The parameters of one request, in the order of their names.
#[derive(Debug)]
pub struct Form(Vec<(String, String)>);

/// One level of a form.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    value: Option<&'a str>,
    below: &'a [(String, String)],
    /// How many bytes of the names in `below` lead to this level.
    prefix: usize,
}

impl Form {
    /// Reads texts of the form `application/x-www-form-urlencoded` as one.
    ///
    /// # Errors
    /// `ValidationError` if a limit is exceeded or a parameter is given twice.
    pub fn parse(texts: &[&[u8]]) -> Result<Self, Error> {
        let mut entries = Vec::new();
        for text in texts {
            if text.len() > FORM_BYTES {
                return Err(Error::validation(format!("The request is larger than {FORM_BYTES} bytes")));
            }
            for (name, value) in form_urlencoded::parse(text) {
                if entries.len() == PARAMETERS {
                    return Err(Error::validation(format!(
                        "The request has more than {PARAMETERS} parameters"
                    )));
                }
                entries.push((steps(&name)?, value.into_owned()));
            }
        }
        Self::of_steps(entries)
    }

    /// The form of these parameters, which nobody sent.
    ///
    /// # Errors
    /// `ValidationError` as for one that was.
    pub(crate) fn of(entries: Vec<(String, String)>) -> Result<Self, Error> {
        let read = |(name, value): (String, String)| Ok((steps(&name)?, value));
        Self::of_steps(entries.into_iter().map(read).collect::<Result<_, Error>>()?)
    }

    fn of_steps(mut entries: Vec<(String, String)>) -> Result<Self, Error> {
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        let twice = entries.iter().zip(entries.iter().skip(1)).find(|((one, _), (other, _))| one == other);
        match twice {
            // AWS: unknown, we refuse.
            Some(((name, _), _)) => {
                let name = name.replace(STEP, ".");
                Err(Error::validation(format!("The parameter '{name}' is given more than once")))
            }
            None => Ok(Self(entries)),
        }
    }

    /// The outermost level.
    pub fn root(&self) -> Node<'_> {
        Node { value: None, below: &self.0, prefix: 0 }
    }

    /// The value of a parameter that every request has.
    ///
    /// # Errors
    /// `code` if it is not there.
    pub(crate) fn common(&self, name: &str, code: Code) -> Result<&str, Error> {
        let value = self.root().child(name).and_then(|node| node.value);
        value.ok_or_else(|| Error::new(code, format!("The request must contain the parameter {name}")))
    }
}

fn steps(name: &str) -> Result<String, Error> {
    if name.len() > NAME_BYTES || name.split('.').count() > DEPTH || name.contains(STEP) {
        return Err(Error::validation(format!(
            "A parameter's name must have at most {NAME_BYTES} bytes and {DEPTH} levels"
        )));
    }
    Ok(name.replace('.', "\0"))
}

impl<'a> Node<'a> {
    /// The value at this very level.
    pub fn value(self) -> Option<&'a str> {
        self.value
    }

    /// The level below with this name.
    pub fn child(self, name: &str) -> Option<Self> {
        let first = self.below.partition_point(|(full, _)| self.rest(full) < name);
        let rest = self.below.get(first..)?;
        let count = rest.partition_point(|(full, _)| head(self.rest(full)) == name);
        Self::over(rest.get(..count)?, self.prefix + name.len())
    }

    /// Whether there is any level below.
    pub fn is_structure(self) -> bool {
        !self.below.is_empty()
    }

    /// The members of a list in the order of their numbers, each with its number. Gaps are closed. `None` if a number
    /// is not one.
    pub fn members(self) -> Option<Vec<(u32, Self)>> {
        let mut members = Vec::new();
        for run in self.below.chunk_by(|(one, _), (other, _)| head(self.rest(one)) == head(self.rest(other)))
        {
            let name = run.first().map(|(full, _)| head(self.rest(full)))?;
            let plain = !name.starts_with('0') && name.bytes().all(|b| b.is_ascii_digit());
            let number = name.parse().ok().filter(|_| plain)?;
            members.push((number, Self::over(run, self.prefix + name.len())?));
        }
        members.sort_unstable_by_key(|&(number, _)| number);
        Some(members)
    }

    fn rest(self, full: &str) -> &str {
        full.get(self.prefix..).unwrap_or_default()
    }

    /// The level that `entries` belong to, whose own name ends after `end` bytes. `None` if there are none.
    fn over(entries: &'a [(String, String)], end: usize) -> Option<Self> {
        let ((name, value), after) = entries.split_first()?;
        let (value, below) = if name.len() == end { (Some(value.as_str()), after) } else { (None, entries) };
        Some(Node { value, below, prefix: end + STEP.len_utf8() })
    }
}

fn head(rest: &str) -> &str {
    rest.split(STEP).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Result<Form, Error> {
        Form::parse(&[text.as_bytes()])
    }

    #[test]
    fn names_lead_to_values() {
        let form = form("Action=X&Actions.member.1.Type=a+b%2Bc&Names=").unwrap();
        let root = form.root();
        assert_eq!(root.child("Action").and_then(Node::value), Some("X"));
        assert_eq!(root.child("Names").and_then(Node::value), Some(""));
        let members = root.child("Actions").and_then(|node| node.child("member")).unwrap().members().unwrap();
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].1.child("Type").and_then(Node::value), Some("a b+c"));
    }

    #[test]
    fn members_come_in_the_order_of_their_numbers_however_far_apart() {
        let form = form("L.member.4294967295=c&L.member.10=b&L.member.2=a").unwrap();
        let members =
            form.root().child("L").and_then(|node| node.child("member")).unwrap().members().unwrap();
        let values: Vec<_> = members.iter().filter_map(|(_, node)| node.value()).collect();
        assert_eq!(values, ["a", "b", "c"]);
    }

    #[test]
    fn a_number_that_is_none_makes_no_list() {
        for name in ["0", "01", "x", "-1", "+1", "4294967296", ""] {
            let form = form(&format!("L.{name}=a")).unwrap();
            assert!(form.root().child("L").unwrap().members().is_none(), "{name}");
        }
    }

    #[test]
    fn a_level_ends_where_its_name_ends() {
        let form = form("a.b=1&a.b-x=2&a.b.c=3&a.bc=4&a.b.c.d=5&a=6").unwrap();
        let a = form.root().child("a").unwrap();
        assert_eq!(a.value(), Some("6"));
        let b = a.child("b").unwrap();
        assert_eq!((b.value(), b.is_structure()), (Some("1"), true));
        let c = b.child("c").unwrap();
        assert_eq!(c.value(), Some("3"));
        assert_eq!(c.child("d").and_then(Node::value), Some("5"));
        assert_eq!(a.child("b-x").and_then(Node::value), Some("2"));
        assert_eq!(a.child("bc").and_then(Node::value), Some("4"));
        assert!(a.child("x").is_none() && a.child("").is_none() && c.child("c").is_none());
    }

    #[test]
    fn limits_hold() {
        assert!(form(&"a".repeat(FORM_BYTES + 1)).is_err());
        assert!(form(&"a".repeat(NAME_BYTES + 1)).is_err());
        assert!(form(&"a.".repeat(DEPTH)).is_err());
        assert!(form("a=1&a=2").is_err());
        assert!(form("a%00b=1").is_err());
        let many: String = (0..=PARAMETERS).map(|n| format!("a{n}&")).collect();
        assert!(form(&many).is_err());
    }
}
