//! Parameters of a template: what is declared, and the values that a deployment gives.

use std::collections::BTreeMap;

use elbow_model::Regex;

use super::value::{Map, Value};
use crate::error::Error;

/// Most parameters of a template (AWS's quota).
const PARAMETERS: usize = 200;
/// Longest value, in bytes (AWS's quota).
const VALUE_BYTES: usize = 4_096;

/// Longest pattern, in characters.
const PATTERN_CHARS: usize = 1_024;

/// What a declaration may say.
const MEMBERS: &[&str] = &[
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
];

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Text,
    Number,
    List,
    Numbers,
}

/// A parameter as a template declares it.
#[derive(Debug)]
pub(crate) struct Declaration {
    /// Its type, as it is written.
    pub(crate) kind: String,
    shape: Shape,
    /// Its value where none is given.
    pub(crate) default: Option<String>,
    /// What it is for.
    pub(crate) description: Option<String>,
    /// Whether it is not shown.
    pub(crate) is_hidden: bool,
    /// The values it may have; empty: any.
    pub(crate) allowed: Vec<String>,
    pattern: Option<String>,
    lengths: (Option<usize>, Option<usize>),
    range: (Option<f64>, Option<f64>),
    hint: Option<String>,
}

/// Reads the section `Parameters`.
pub(super) fn read(section: &Map) -> Result<BTreeMap<String, Declaration>, Error> {
    if section.len() > PARAMETERS {
        return Err(format(format_args!("a template cannot have more than {PARAMETERS} parameters")));
    }
    section.keys().try_for_each(|name| super::check_name("Parameter", name))?;
    section.iter().map(|(name, value)| Ok((name.clone(), declaration(name, value)?))).collect()
}

/// The value of every parameter: as given, or its default.
///
/// # Errors
/// A value is missing, is of no parameter, or breaks a rule of its parameter.
pub(crate) fn values(
    declared: &BTreeMap<String, Declaration>,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Error> {
    let foreign: Vec<&str> =
        given.keys().filter(|name| !declared.contains_key(*name)).map(String::as_str).collect();
    if !foreign.is_empty() {
        let foreign = foreign.join(", ");
        return Err(Error::validation(format!("Parameters: [{foreign}] do not exist in the template")));
    }
    let value = |name: &String, it: &Declaration| given.get(name).or(it.default.as_ref()).cloned();
    let missing: Vec<&str> = declared
        .iter()
        .filter(|(name, it)| value(name, it).is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    if !missing.is_empty() {
        return Err(Error::validation(format!("Parameters: [{}] must have values", missing.join(", "))));
    }
    let mut values = BTreeMap::new();
    for (name, declaration) in declared {
        let value = value(name, declaration).unwrap_or_default();
        declaration.check(name, &value)?;
        values.insert(name.clone(), value);
    }
    Ok(values)
}

impl Declaration {
    /// The value as functions see it.
    pub(crate) fn value(&self, text: &str) -> Value {
        match self.shape {
            Shape::Text | Shape::Number => Value::text(text),
            Shape::List | Shape::Numbers if text.is_empty() => Value::List(Vec::new()),
            Shape::List | Shape::Numbers => Value::List(members(text).map(Value::text).collect()),
        }
    }

    fn check(&self, name: &str, value: &str) -> Result<(), Error> {
        let refuse = |why: String| {
            let why = self.hint.as_ref().map_or(why, |hint| format!("failed to satisfy constraint: {hint}"));
            Err(Error::validation(format!("Parameter '{name}' {why}")))
        };
        if value.len() > VALUE_BYTES {
            return Err(Error::validation(format!(
                "Parameter '{name}' must have at most {VALUE_BYTES} bytes"
            )));
        }
        let singles: Vec<&str> = match self.shape {
            Shape::Text | Shape::Number => vec![value],
            Shape::List | Shape::Numbers => members(value).collect(),
        };
        if let Some(wrong) =
            singles.iter().find(|it| !self.allowed.is_empty() && !self.allowed.iter().any(|a| a == *it))
        {
            return refuse(format!("must be one of AllowedValues, and '{wrong}' is not"));
        }
        if matches!(self.shape, Shape::Number | Shape::Numbers) {
            for single in &singles {
                let Some(number) = number(single) else {
                    return Err(Error::validation(format!("Parameter '{name}' must be a number")));
                };
                let (least, most) = self.range;
                if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
                    return refuse("must be a number between MinValue and MaxValue".to_owned());
                }
            }
        }
        let (length, (least, most)) = (value.chars().count(), self.lengths);
        if least.is_some_and(|least| length < least) || most.is_some_and(|most| length > most) {
            return refuse("must have a length between MinLength and MaxLength".to_owned());
        }
        match self.pattern.as_deref().map(|pattern| (pattern, whole(pattern))) {
            Some((pattern, Some(regex))) if !regex.compiled().is_match(value.as_bytes()) => {
                refuse(format!("must match pattern {pattern}"))
            }
            _ => Ok(()),
        }
    }
}

/// A number that has a value: `NaN` and `inf` are words.
fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A pattern that the whole value must match.
fn whole(pattern: &str) -> Option<Regex> {
    Regex::parse(&format!("^(?:{pattern})$"), PATTERN_CHARS, false).ok()
}

fn members(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}

fn declaration(name: &str, value: &Value) -> Result<Declaration, Error> {
    let at = |why: std::fmt::Arguments<'_>| format(format_args!("parameter '{name}': {why}"));
    let map = value.as_map().ok_or_else(|| at(format_args!("it must be a map")))?;
    if let Some(unknown) = map.keys().find(|key| !MEMBERS.contains(&key.as_str())) {
        return Err(at(format_args!("'{unknown}' is not known")));
    }
    let text = |key: &str| match map.get(key) {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.clone())),
        Some(_) => Err(at(format_args!("{key} must be a text"))),
    };
    let number = |key: &str| match text(key)?.map(|text| number(&text)) {
        None => Ok(None),
        Some(Some(number)) => Ok(Some(number)),
        Some(None) => Err(at(format_args!("{key} must be a number"))),
    };
    let length = |key: &str| match text(key)?.map(|text| text.parse::<usize>()) {
        None => Ok(None),
        Some(Ok(length)) => Ok(Some(length)),
        Some(Err(_)) => Err(at(format_args!("{key} must be a whole number"))),
    };
    let kind = text("Type")?.ok_or_else(|| at(format_args!("Type is missing")))?;
    let shape = shape(&kind).ok_or_else(|| at(format_args!("the type '{kind}' is not known")))?;
    let pattern = text("AllowedPattern")?;
    if let Some(pattern) = pattern.as_deref().filter(|pattern| whole(pattern).is_none()) {
        return Err(at(format_args!(
            "AllowedPattern '{pattern}' is not a regular expression that Elbow takes"
        )));
    }
    let allowed = match map.get("AllowedValues") {
        None => Vec::new(),
        Some(Value::List(list)) => list.iter().filter_map(Value::as_text).map(str::to_owned).collect(),
        Some(_) => return Err(at(format_args!("AllowedValues must be a list"))),
    };
    Ok(Declaration {
        shape,
        default: text("Default")?,
        description: text("Description")?,
        is_hidden: text("NoEcho")?.is_some_and(|flag| flag == "true"),
        allowed,
        pattern,
        lengths: (length("MinLength")?, length("MaxLength")?),
        range: (number("MinValue")?, number("MaxValue")?),
        hint: text("ConstraintDescription")?,
        kind,
    })
}

/// What a type holds. Types of AWS's resources are texts here: what they name is checked where it is used.
fn shape(kind: &str) -> Option<Shape> {
    let is_of_aws = |kind: &str| kind.starts_with("AWS::EC2::") || kind.starts_with("AWS::Route53::");
    match kind {
        "String" => Some(Shape::Text),
        "Number" => Some(Shape::Number),
        "CommaDelimitedList" | "List<String>" => Some(Shape::List),
        "List<Number>" => Some(Shape::Numbers),
        _ if is_of_aws(kind) => Some(Shape::Text),
        _ => {
            let inner = kind.strip_prefix("List<")?.strip_suffix('>')?;
            is_of_aws(inner).then_some(Shape::List)
        }
    }
}

fn format(why: std::fmt::Arguments<'_>) -> Error {
    Error::validation(format!("Template format error: {why}"))
}

#[cfg(test)]
mod tests {
    use super::super::yaml;
    use super::*;

    fn declared(text: &str) -> Result<BTreeMap<String, Declaration>, Error> {
        read(yaml::read(text).unwrap().as_map().unwrap())
    }

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn values_keep_to_what_is_declared() {
        let declared = declared(
            "Port: {Type: Number, MinValue: 1, MaxValue: 65535, Default: 80}\n\
             Stage: {Type: String, AllowedValues: [test, live], Default: test}\n\
             Subnets: {Type: 'List<AWS::EC2::Subnet::Id>', Default: 'a, b'}\n\
             Name: {Type: String, AllowedPattern: '[a-z]+', MaxLength: 3, Default: abc}\n",
        )
        .unwrap();
        let all = values(&declared, &given(&[("Port", "8080")])).unwrap();
        assert_eq!((all["Port"].as_str(), all["Stage"].as_str()), ("8080", "test"));
        assert_eq!(
            declared["Subnets"].value(&all["Subnets"]),
            Value::List(vec![Value::text("a"), Value::text("b")])
        );
        for (name, value, why) in [
            ("Port", "x", "number"),
            ("Port", "0", "MinValue"),
            ("Port", "NaN", "number"),
            ("Port", "-inf", "number"),
            ("Port", "1e999", "number"),
            ("Stage", "prod", "AllowedValues"),
            ("Name", "ab1", "pattern"),
            ("Name", "abcd", "Length"),
            ("Nope", "", "[Nope] do not exist"),
        ] {
            let error = values(&declared, &given(&[(name, value)])).unwrap_err();
            assert!(error.message().contains(why), "{name}={value}: {error}");
        }
    }

    #[test]
    fn what_is_not_declared_well_is_refused() {
        for (text, why) in [
            ("P: {}", "Type is missing"),
            ("P: {Type: Blob}", "'Blob'"),
            ("P: {Type: 'AWS::SSM::Parameter::Value<String>'}", "is not known"),
            ("P: {Type: String, Colour: red}", "'Colour'"),
            ("P: {Type: String, AllowedPattern: '('}", "regular expression"),
            ("P: text", "must be a map"),
            ("P: {Type: Number, MaxValue: .inf}", "MaxValue must be a number"),
            ("P: {Type: Number, MinValue: NaN}", "MinValue must be a number"),
        ] {
            let error = declared(text).unwrap_err();
            assert!(error.message().contains(why), "{text}: {error}");
        }
        let required = declared("P: {Type: String}").unwrap();
        assert!(values(&required, &given(&[])).unwrap_err().message().contains("[P] must have values"));
    }
}
