//! What functions of a template come to, once its parameters have values.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use base64_simd::STANDARD;
use elbow_model::Zone;

use super::Template;
use super::usage::misuse;
use super::value::{Map, Value};
use crate::error::Error;

/// Names that every template can refer to.
pub(super) const PSEUDO_PARAMETERS: &[&str] = &[
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];
/// Stands for a value that is left out.
const NO_VALUE: &str = "AWS::NoValue";
/// Longest text that functions may make, in bytes.
const TEXT_BYTES: usize = 64 << 10;
/// Most that the functions of one deployment may make in all, in bytes: over a hundred times the longest template.
const WORK_BYTES: usize = 8 << 20;
/// Deepest nesting of values and conditions that refer to one another.
const NESTING: usize = 160;

/// What is asked of the resources that are there already.
pub(crate) trait Resources {
    /// What `Ref` of a resource comes to.
    fn reference(&self, logical_id: &str) -> Option<String>;

    /// An attribute of a resource. `None`: it is not there, or has no such attribute.
    ///
    /// # Errors
    /// It belongs to the stack and is not there any more.
    fn attribute(&self, logical_id: &str, name: &str) -> Result<Option<Value>, Error>;
}

/// What is known before there is any resource.
pub(crate) struct Given<'a> {
    /// The template.
    pub(crate) template: &'a Template,
    /// The values of its parameters.
    pub(crate) parameters: &'a BTreeMap<String, String>,
    /// The values of pseudo parameters that have one.
    pub(crate) pseudo: BTreeMap<&'static str, String>,
    /// The zones of the region.
    pub(crate) zones: Vec<Zone>,
    /// What was found out and made so far.
    pub(crate) so_far: SoFar,
}

/// What the functions of one deployment have found out and made.
#[derive(Debug, Default)]
pub(crate) struct SoFar {
    /// Conditions that were evaluated, so that each is once; `None` of those that are being, to find circles.
    known: RefCell<BTreeMap<String, Option<bool>>>,
    made: Cell<usize>,
}

/// Evaluates functions.
pub(crate) struct Functions<'a> {
    given: &'a Given<'a>,
    resources: &'a dyn Resources,
    depth: Cell<usize>,
}

/// A value; `None`: it is left out.
type Evaluated = Result<Option<Value>, Error>;

impl<'a> Functions<'a> {
    /// Functions that see `resources`.
    pub(crate) fn new(given: &'a Given<'a>, resources: &'a dyn Resources) -> Self {
        Self { given, resources, depth: Cell::new(0) }
    }

    /// Whether something that may have a condition is there.
    pub(crate) fn is_there(&self, condition: Option<&String>) -> Result<bool, Error> {
        condition.map_or(Ok(true), |name| self.condition(name))
    }

    /// The entries of a map, without those that are left out.
    pub(crate) fn map(&self, map: &Map) -> Result<Map, Error> {
        let mut values = Map::new();
        for (name, value) in map {
            if let Some(value) = self.value(value)? {
                values.insert(name.clone(), value);
            }
        }
        Ok(values)
    }

    /// What a value comes to.
    pub(crate) fn value(&self, value: &Value) -> Evaluated {
        self.deeper(|| self.value_here(value))
    }

    fn value_here(&self, value: &Value) -> Evaluated {
        if let Some((name, argument)) = value.as_only_entry()
            && (name == "Ref" || name.starts_with("Fn::"))
        {
            return self.call(name, argument);
        }
        Ok(Some(match value {
            Value::Text(text) => Value::Text(text.clone()),
            Value::List(list) => {
                let members: Vec<Option<Value>> =
                    list.iter().map(|it| self.value(it)).collect::<Result<_, _>>()?;
                Value::List(members.into_iter().flatten().collect())
            }
            Value::Map(map) => Value::Map(self.map(map)?),
        }))
    }

    /// What must come to a text.
    pub(crate) fn text(&self, value: &Value, of: &str) -> Result<String, Error> {
        match self.value(value)? {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(malformed(format_args!("{of} takes texts"))),
        }
    }

    /// Refuses a text that is longer than functions may make, before it is made.
    fn bounded(&self, bytes: usize) -> Result<(), Error> {
        short(bytes)?;
        self.count(bytes)
    }

    /// Counts a value that stands where there was only a name: a short template may name a long list very often.
    fn made(&self, value: Value) -> Result<Value, Error> {
        self.count(value.bytes())?;
        Ok(value)
    }

    /// Counts what is made. The API answers nobody else meanwhile.
    fn count(&self, bytes: usize) -> Result<(), Error> {
        let made = self.given.so_far.made.get().saturating_add(bytes);
        self.given.so_far.made.set(made);
        if made > WORK_BYTES {
            return Err(malformed(format_args!("functions make more than {WORK_BYTES} bytes in all")));
        }
        Ok(())
    }

    /// Goes one level down. Depth within a template is bounded, but a condition leads on to others.
    fn deeper<T>(&self, step: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let depth = self.depth.get();
        if depth == NESTING {
            return Err(malformed(format_args!(
                "values and conditions are nested more than {NESTING} levels deep"
            )));
        }
        self.depth.set(depth + 1);
        let result = step();
        self.depth.set(depth);
        result
    }

    fn call(&self, name: &str, argument: &Value) -> Evaluated {
        let list = argument.as_list().unwrap_or_default();
        match (name, list) {
            ("Ref", _) => self.reference(argument),
            ("Fn::GetAtt", _) => self.attribute(argument).map(Some),
            ("Fn::Sub", _) => self.substitute(argument).map(|text| Some(Value::Text(text))),
            ("Fn::If", [Value::Text(condition), yes, no]) => {
                self.value(if self.condition(condition)? { yes } else { no })
            }
            ("Fn::Join", [Value::Text(separator), list]) => self.join(separator, list).map(Some),
            ("Fn::Select", [index, list]) => self.select(index, list).map(Some),
            ("Fn::Split", [Value::Text(separator), text]) if !separator.is_empty() => {
                let text = self.text(text, name)?;
                self.count((text.matches(separator.as_str()).count() + 1) * Value::BYTES)?;
                Ok(Some(Value::List(text.split(separator.as_str()).map(Value::text).collect())))
            }
            ("Fn::FindInMap", [map, top, second]) => self.find_in_map([map, top, second]).map(Some),
            ("Fn::Base64", _) => {
                let text = self.text(argument, name)?;
                self.bounded(STANDARD.encoded_length(text.len()))?;
                Ok(Some(Value::Text(STANDARD.encode_to_string(text))))
            }
            ("Fn::GetAZs", _) => self.zones(argument).map(Some),
            _ => Err(misuse(name)),
        }
    }

    fn reference(&self, argument: &Value) -> Evaluated {
        let name = argument.as_text().ok_or_else(|| misuse("Ref"))?;
        if name == NO_VALUE {
            return Ok(None);
        }
        self.named(name).map(Some)
    }

    /// A parameter, a pseudo parameter or a resource.
    fn named(&self, name: &str) -> Result<Value, Error> {
        if let Some((declaration, text)) =
            self.given.template.parameters.get(name).zip(self.given.parameters.get(name))
        {
            return self.made(declaration.value(text));
        }
        let pseudo = self.given.pseudo.get(name).cloned();
        let found = pseudo.or_else(|| self.resources.reference(name)).map(Value::Text);
        self.made(found.ok_or_else(|| malformed(format_args!("{name} has no value here")))?)
    }

    fn attribute(&self, argument: &Value) -> Result<Value, Error> {
        let (resource, name) = match argument {
            Value::Text(text) => {
                let split =
                    text.split_once('.').map(|(resource, name)| (resource.to_owned(), name.to_owned()));
                split.ok_or_else(|| misuse("Fn::GetAtt"))?
            }
            Value::List(list) => match list.as_slice() {
                [Value::Text(resource), name] => (resource.clone(), self.text(name, "Fn::GetAtt")?),
                _ => return Err(misuse("Fn::GetAtt")),
            },
            Value::Map(_) => return Err(misuse("Fn::GetAtt")),
        };
        let found = self.resources.attribute(&resource, &name)?;
        let unsupported = || {
            malformed(format_args!(
                "resource {resource} does not support attribute type {name} in Fn::GetAtt"
            ))
        };
        self.made(found.ok_or_else(unsupported)?)
    }

    fn substitute(&self, argument: &Value) -> Result<String, Error> {
        let (text, own) = match argument {
            Value::Text(text) => (text, None),
            Value::List(list) => match list.as_slice() {
                [Value::Text(text), Value::Map(own)] => (text, Some(own)),
                _ => return Err(misuse("Fn::Sub")),
            },
            Value::Map(_) => return Err(misuse("Fn::Sub")),
        };
        let mut result = String::new();
        for part in parts(text) {
            match part {
                Part::Text(text) => result.push_str(text),
                Part::Literal(name) => {
                    result.push_str("${");
                    result.push_str(name);
                    result.push('}');
                }
                Part::Name(name) => {
                    let value = match own.and_then(|own| own.get(name)) {
                        Some(value) => self.text(value, "Fn::Sub")?,
                        None => self.text_of(name)?,
                    };
                    result.push_str(&value);
                }
            }
            short(result.len())?;
        }
        self.count(result.len())?;
        Ok(result)
    }

    fn text_of(&self, name: &str) -> Result<String, Error> {
        let value = match name.split_once('.') {
            Some(_) => self.attribute(&Value::text(name))?,
            None => self.named(name)?,
        };
        let text = value.as_text().map(str::to_owned);
        text.ok_or_else(|| malformed(format_args!("{name} in Fn::Sub is not a text")))
    }

    fn join(&self, separator: &str, list: &Value) -> Result<Value, Error> {
        let list = self.list(list, "Fn::Join")?;
        let texts: Option<Vec<&str>> = list.iter().map(Value::as_text).collect();
        let texts = texts.ok_or_else(|| malformed(format_args!("Fn::Join takes texts")))?;
        let separators = separator.len().saturating_mul(texts.len().saturating_sub(1));
        self.bounded(texts.iter().map(|text| text.len()).sum::<usize>().saturating_add(separators))?;
        Ok(Value::Text(texts.join(separator)))
    }

    fn select(&self, index: &Value, list: &Value) -> Result<Value, Error> {
        let list = self.list(list, "Fn::Select")?;
        let index = self.text(index, "Fn::Select")?;
        let found = index.parse::<usize>().ok().and_then(|index| list.into_iter().nth(index));
        found.ok_or_else(|| {
            malformed(format_args!("Fn::Select cannot select nonexistent value at index {index}"))
        })
    }

    fn list(&self, value: &Value, of: &str) -> Result<Vec<Value>, Error> {
        match self.value(value)? {
            Some(Value::List(list)) => Ok(list),
            _ => Err(malformed(format_args!("{of} takes a list"))),
        }
    }

    fn find_in_map(&self, names: [&Value; 3]) -> Result<Value, Error> {
        let [map, top, second] = names.map(|name| self.text(name, "Fn::FindInMap"));
        let (map, top, second) = (map?, top?, second?);
        let inner = |value: &'a Value, name: &str| value.as_map().and_then(|map| map.get(name));
        let found = self
            .given
            .template
            .mappings
            .get(&map)
            .and_then(|it| inner(it, &top))
            .and_then(|it| inner(it, &second));
        let missing = || malformed(format_args!("Unable to get mapping for {map}::{top}::{second}"));
        self.made(found.cloned().ok_or_else(missing)?)
    }

    fn zones(&self, argument: &Value) -> Result<Value, Error> {
        let region = self.text(argument, "Fn::GetAZs")?;
        let own = self.given.pseudo.get("AWS::Region");
        if !region.is_empty() && Some(&region) != own {
            return Err(malformed(format_args!(
                "Fn::GetAZs knows only the region of the stack, not {region}"
            )));
        }
        self.made(Value::List(self.given.zones.iter().map(|zone| Value::text(zone.as_str())).collect()))
    }

    fn condition(&self, name: &str) -> Result<bool, Error> {
        match self.given.so_far.known.borrow().get(name) {
            Some(Some(holds)) => return Ok(*holds),
            Some(None) => return Err(malformed(format_args!("Circular dependency of the condition {name}"))),
            None => {}
        }
        let condition = self.given.template.conditions.get(name);
        let condition =
            condition.ok_or_else(|| malformed(format_args!("Unresolved condition dependency {name}")))?;
        self.given.so_far.known.borrow_mut().insert(name.to_owned(), None);
        let holds = self.holds(condition)?;
        self.given.so_far.known.borrow_mut().insert(name.to_owned(), Some(holds));
        Ok(holds)
    }

    fn holds(&self, condition: &Value) -> Result<bool, Error> {
        self.deeper(|| self.holds_here(condition))
    }

    fn holds_here(&self, condition: &Value) -> Result<bool, Error> {
        let entry = condition.as_only_entry();
        let (name, argument) =
            entry.ok_or_else(|| malformed(format_args!("a condition must be a function")))?;
        match (name, argument.as_list().unwrap_or_default()) {
            ("Condition", _) => match argument {
                Value::Text(name) => self.condition(name),
                _ => Err(malformed(format_args!("Condition takes a name"))),
            },
            ("Fn::Equals", [one, other]) => Ok(self.value(one)? == self.value(other)?),
            ("Fn::Not", [condition]) => Ok(!self.holds(condition)?),
            ("Fn::And", [_, _, ..]) => self.each(argument).map(|all| all.into_iter().all(|it| it)),
            ("Fn::Or", [_, _, ..]) => self.each(argument).map(|all| all.into_iter().any(|it| it)),
            _ => Err(malformed(format_args!("{name} is no condition, or has other arguments"))),
        }
    }

    fn each(&self, argument: &Value) -> Result<Vec<bool>, Error> {
        argument.as_list().unwrap_or_default().iter().map(|it| self.holds(it)).collect()
    }
}

/// The names that a text of `Fn::Sub` refers to.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    parts(text).into_iter().filter_map(|part| match part {
        Part::Name(name) => Some(name),
        Part::Text(_) | Part::Literal(_) => None,
    })
}

/// A part of a text of `Fn::Sub`.
enum Part<'a> {
    Text(&'a str),
    /// `${NAME}`
    Name(&'a str),
    /// `${!NAME}`, which stands for `${NAME}` itself.
    Literal(&'a str),
}

fn parts(mut text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    while let Some((before, after)) = text.split_once("${") {
        let Some((name, rest)) = after.split_once('}') else { break };
        parts.push(Part::Text(before));
        parts.push(name.strip_prefix('!').map_or(Part::Name(name.trim()), Part::Literal));
        text = rest;
    }
    parts.push(Part::Text(text));
    parts
}

/// Refuses a text that is longer than functions may make.
fn short(bytes: usize) -> Result<(), Error> {
    if bytes > TEXT_BYTES {
        return Err(malformed(format_args!("functions make a text of more than {TEXT_BYTES} bytes")));
    }
    Ok(())
}

fn malformed(why: std::fmt::Arguments<'_>) -> Error {
    Error::validation(format!("Template error: {why}"))
}

#[cfg(test)]
mod tests;
