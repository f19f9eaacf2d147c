//! Parameters as actions read them: typed, and named in every refusal as AWS names them (`actions.1.member.type`).

use std::str::FromStr;

use super::form::Node;
use crate::error::Error;

/// One level of a request's parameters.
#[derive(Clone, Debug)]
pub(crate) struct Params<'a> {
    node: Node<'a>,
    path: String,
}

impl<'a> Params<'a> {
    /// The outermost level.
    pub(crate) fn new(node: Node<'a>) -> Self {
        Self { node, path: String::new() }
    }

    /// A scalar, if it is given.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.node.child(name).and_then(Node::value)
    }

    /// A scalar that must be given.
    pub(crate) fn required(&self, name: &str) -> Result<&'a str, Error> {
        self.text(name).ok_or_else(|| self.null(name))
    }

    /// A boolean.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Error> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(value) => Err(self.unfit(name, value, "Member must be a boolean, true or false")),
        }
    }

    /// A whole number between `min` and `max`, both included.
    pub(crate) fn number<N>(&self, name: &str, min: N, max: N) -> Result<Option<N>, Error>
    where
        N: FromStr + PartialOrd + std::fmt::Display + Copy,
    {
        let Some(value) = self.text(name) else { return Ok(None) };
        let is_whole = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let digits = is_whole(value);
        let negative = value.strip_prefix('-').is_some_and(is_whole);
        let too_small = || format!("Member must have value greater than or equal to {min}");
        match value.parse::<N>().ok().filter(|_| digits) {
            Some(number) if number < min => Err(self.unfit(name, value, &too_small())),
            Some(number) if number <= max => Ok(Some(number)),
            // No parameter may be negative.
            None if negative => Err(self.unfit(name, value, &too_small())),
            _ if digits => {
                Err(self.unfit(name, value, &format!("Member must have value less than or equal to {max}")))
            }
            _ => Err(self.unfit(name, value, "Member must be a whole number")),
        }
    }

    /// One word of a fixed set; `parse` knows which. An empty one is not given: Terraform's provider sends
    /// `ProtocolVersion=` where its user says nothing.
    pub(crate) fn word<T>(
        &self,
        name: &str,
        words: &[&str],
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(value) = self.text(name).filter(|value| !value.is_empty()) else { return Ok(None) };
        parse(value).map(Some).ok_or_else(|| self.unfit_word(name, value, words))
    }

    /// One word of a fixed set that must be given; an empty one is not a word.
    pub(crate) fn required_word<T>(
        &self,
        name: &str,
        words: &[&str],
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Error> {
        let value = self.required(name)?;
        parse(value).ok_or_else(|| self.unfit_word(name, value, words))
    }

    /// A structure, if any of its members is given.
    pub(crate) fn structure(&self, name: &str) -> Option<Self> {
        let node = self.node.child(name).filter(|node| node.is_structure())?;
        Some(Self { node, path: self.path_to(name) })
    }

    /// The members of a list, if the list is given; the bare key `X=` is an empty list.
    pub(crate) fn list(&self, name: &str) -> Result<Option<Vec<Self>>, Error> {
        let Some(list) = self.node.child(name) else { return Ok(None) };
        let members = match list.child("member") {
            Some(members) => members.members(),
            None if list.is_structure() => None,
            None => Some(Vec::new()),
        };
        let path = self.path_to(name);
        let members = members.ok_or_else(|| {
            Error::validation(format!("The members of the list '{path}' must be named {path}.member.1, .2 …"))
        })?;
        let members = members.into_iter();
        Ok(Some(
            members.map(|(number, node)| Self { node, path: format!("{path}.{number}.member") }).collect(),
        ))
    }

    /// The members of a list that must be given and have at least one.
    pub(crate) fn required_list(&self, name: &str) -> Result<Vec<Self>, Error> {
        match self.list(name)? {
            Some(members) if !members.is_empty() => Ok(members),
            Some(_) => Err(self.unfit(name, "[]", "Member must have length greater than or equal to 1")),
            None => Err(self.null(name)),
        }
    }

    /// The members of a list of scalars, if the list is given.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<&'a str>>, Error> {
        self.list(name)?.map(|members| members.iter().map(Self::own).collect()).transpose()
    }

    /// The members of a list of scalars that must be given and have at least one.
    pub(crate) fn required_texts(&self, name: &str) -> Result<Vec<&'a str>, Error> {
        self.required_list(name)?.iter().map(Self::own).collect()
    }

    /// The pairs of a map, if it is given; `X.entry.1.key`, `X.entry.1.value`.
    pub(crate) fn map(&self, name: &str) -> Result<Vec<(&'a str, &'a str)>, Error> {
        let entries = self.node.child(name).and_then(|map| map.child("entry"));
        let entries = entries.map(|entries| entries.members().ok_or_else(|| self.null(name))).transpose()?;
        let pair = |(_, node): (u32, Node<'a>)| {
            let part = |part| node.child(part).and_then(Node::value);
            part("key").zip(part("value")).ok_or_else(|| self.null(name))
        };
        entries.unwrap_or_default().into_iter().map(pair).collect()
    }

    /// Checks how many characters the value of `name` has.
    pub(crate) fn check_length(&self, name: &str, value: &str, min: usize, max: usize) -> Result<(), Error> {
        let length = value.chars().count();
        match () {
            () if length < min => Err(self.unfit(
                name,
                value,
                &format!("Member must have length greater than or equal to {min}"),
            )),
            () if length > max => {
                Err(self.unfit(name, value, &format!("Member must have length less than or equal to {max}")))
            }
            () => Ok(()),
        }
    }

    /// Checks that the list `name` has at most `max` members.
    pub(crate) fn check_count(&self, name: &str, given: usize, max: usize) -> Result<(), Error> {
        if given <= max {
            return Ok(());
        }
        let rule = format!("Member must have length less than or equal to {max}");
        Err(self.unfit(name, &format!("{given} members"), &rule))
    }

    /// The members of a list as EC2 takes it: `X.1`, `X.2`. Empty if it is not given.
    pub(crate) fn flat_list(&self, name: &str) -> Result<Vec<Self>, Error> {
        let Some(list) = self.node.child(name) else { return Ok(Vec::new()) };
        let path = self.path_to(name);
        let members = list.members().ok_or_else(|| {
            Error::validation(format!("The members of the list '{path}' must be named {path}.1, .2 …"))
        })?;
        let members = members.into_iter();
        Ok(members.map(|(number, node)| Self { node, path: format!("{path}.{number}") }).collect())
    }

    /// The members of a list of scalars as EC2 takes it.
    pub(crate) fn flat_texts(&self, name: &str) -> Result<Vec<&'a str>, Error> {
        self.flat_list(name)?.iter().map(Self::own).collect()
    }

    /// Whether the parameter is given in any form.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.node.child(name).is_some()
    }

    /// The scalar at this very level: the member of a list.
    pub(crate) fn own(&self) -> Result<&'a str, Error> {
        self.node
            .value()
            .ok_or_else(|| Error::validation(constraint("null", &self.path, "Member must not be null")))
    }

    /// The refusal of a parameter that must be given and is not.
    pub(crate) fn null(&self, name: &str) -> Error {
        Error::validation(constraint("null", &self.path_to(name), "Member must not be null"))
    }

    /// The refusal of a value that `name` does not take.
    pub(crate) fn unfit(&self, name: &str, value: &str, rule: &str) -> Error {
        Error::validation(constraint(&format!("'{value}'"), &self.path_to(name), rule))
    }

    /// The refusal of a word that is not one of `words`.
    pub(crate) fn unfit_word(&self, name: &str, value: &str, words: &[&str]) -> Error {
        self.unfit(name, value, &format!("Member must satisfy enum value set: [{}]", words.join(", ")))
    }

    fn path_to(&self, name: &str) -> String {
        let mut path = self.path.clone();
        if !path.is_empty() {
            path.push('.');
        }
        let mut chars = name.chars();
        path.extend(chars.next().map(|first| first.to_ascii_lowercase()));
        path.push_str(chars.as_str());
        path
    }
}

fn constraint(value: &str, path: &str, rule: &str) -> String {
    format!("1 validation error detected: Value {value} at '{path}' failed to satisfy constraint: {rule}")
}

#[cfg(test)]
mod tests {
    use super::super::form::Form;
    use super::*;

    #[test]
    fn a_refusal_names_the_parameter_as_aws_does() {
        let form =
            Form::parse(&[b"Port=0&Weight=-1&Index=-20&Flag=yes&A.member.1.B=x&L.member.x=1"]).unwrap();
        let params = Params::new(form.root());
        let message = |error: Error| error.message().to_owned();
        assert_eq!(
            message(params.required("LoadBalancerArn").unwrap_err()),
            "1 validation error detected: Value null at 'loadBalancerArn' failed to satisfy constraint: Member must \
             not be null"
        );
        assert!(
            message(params.number("Port", 1u16, 65535).unwrap_err()).contains("greater than or equal to 1")
        );
        for below in ["Weight", "Index"] {
            let refused = params.number(below, 0u32, 999).unwrap_err();
            assert!(message(refused).contains("greater than or equal to 0"), "{below}");
        }
        assert!(message(params.flag("Flag").unwrap_err()).contains("'yes' at 'flag'"));
        assert!(params.list("L").is_err());
        let members = params.required_list("A").unwrap();
        assert!(message(members[0].required("Type").unwrap_err()).contains("'a.1.member.type'"));
        assert!(params.required_texts("A").is_err());
    }

    #[test]
    fn a_map_is_a_list_of_pairs() {
        let form = Form::parse(&[b"M.entry.1.key=a&M.entry.1.value=1&N.entry.1.key=a&E="]).unwrap();
        let params = Params::new(form.root());
        assert_eq!(params.map("M").unwrap(), [("a", "1")]);
        assert!(params.map("N").is_err(), "a key without a value");
        assert!(params.map("E").unwrap().is_empty() && params.map("Absent").unwrap().is_empty());
    }

    #[test]
    fn an_empty_word_is_none() {
        let form = Form::parse(&[b"ProtocolVersion=&Protocol=FTP"]).unwrap();
        let params = Params::new(form.root());
        let word = |name| params.word(name, &["HTTP"], |text| (text == "HTTP").then_some(()));
        assert_eq!(word("ProtocolVersion").unwrap(), None);
        assert!(word("Protocol").unwrap_err().message().contains("'FTP' at 'protocol'"));
    }

    #[test]
    fn a_word_that_must_be_given_is_not_empty() {
        let form = Form::parse(&[b"Type=&Kind=b"]).unwrap();
        let params = Params::new(form.root());
        let word = |name| params.required_word(name, &["a", "b"], |text| (text == "b").then_some(2));
        assert_eq!(word("Kind").unwrap(), 2);
        assert!(word("Type").unwrap_err().message().contains("enum value set: [a, b]"));
        assert!(word("Absent").unwrap_err().message().contains("null at 'absent'"));
    }

    #[test]
    fn a_bare_key_is_an_empty_list() {
        let form = Form::parse(&[b"Names=&Other.member.1=a"]).unwrap();
        let params = Params::new(form.root());
        assert_eq!(params.texts("Names").unwrap(), Some(vec![]));
        assert_eq!(params.texts("Other").unwrap(), Some(vec!["a"]));
        assert_eq!(params.texts("Absent").unwrap(), None);
        assert!(params.required_list("Names").is_err());
    }
}
