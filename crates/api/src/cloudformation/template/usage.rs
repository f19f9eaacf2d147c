//! What can be said of functions before anything is evaluated: which there are, where, and what they take.

use super::value::Value;
use super::{Template, format_error};
use crate::error::Error;

/// Most conditions that one function combines (AWS's quota).
const COMBINED: usize = 10;

/// Checks every function of a template.
///
/// # Errors
/// One is not known, is not for its place, or takes other arguments.
pub(super) fn check(template: &Template) -> Result<(), Error> {
    template.conditions.values().try_for_each(condition)?;
    template.resources.values().flat_map(|it| it.properties.values()).try_for_each(value)?;
    template.outputs.values().try_for_each(|output| value(&output.value))
}

/// What is wrong with the call of a function, in AWS's words where they are known.
pub(super) fn misuse(name: &str) -> Error {
    let why = match name {
        "Ref" => "every Ref object must have a single String value.",
        "Fn::GetAtt" => {
            "every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute"
        }
        "Fn::Sub" => {
            "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and \
             an optional second argument to specify a mapping of values to replace in the string"
        }
        "Fn::If" => {
            "Fn::If requires a list of three: the name of a condition, the value if it holds and the value if not"
        }
        "Fn::Join" => {
            "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a \
             function that returns a list of strings (such as Fn::GetAZs) to be joined."
        }
        "Fn::Select" => "every Fn::Select object requires two parameters, the index and the list of values",
        "Fn::Split" => {
            "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function \
             that returns a string to be split."
        }
        "Fn::FindInMap" => {
            "every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value"
        }
        "Fn::Base64" => "every Fn::Base64 object must have a String-typed value.",
        "Fn::GetAZs" => "every Fn::GetAZs object must have a String-typed value.",
        "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" => {
            return Error::validation(format!("Template error: {name} is for the section Conditions only"));
        }
        _ => return Error::validation(format!("Template error: the function {name} is not supported")),
    };
    Error::validation(format!("Template error: {why}"))
}

fn value(it: &Value) -> Result<(), Error> {
    if let Some((name, argument)) = it.as_only_entry()
        && (name == "Ref" || name.starts_with("Fn::"))
        && !fits(name, argument)
    {
        return Err(misuse(name));
    }
    match it {
        Value::Text(_) => Ok(()),
        Value::List(list) => list.iter().try_for_each(value),
        Value::Map(map) => map.values().try_for_each(value),
    }
}

/// Whether a function outside of conditions can have this argument.
fn fits(name: &str, argument: &Value) -> bool {
    let is_list = |it: &Value| it.as_text().is_none();
    let is_text = |it: &Value| it.as_list().is_none();
    match (name, argument.as_list().unwrap_or_default(), argument) {
        ("Ref", _, Value::Text(_)) | ("Fn::Sub", _, Value::Text(_)) => true,
        ("Fn::GetAtt", _, Value::Text(text)) => {
            text.split_once('.').is_some_and(|(id, rest)| !id.is_empty() && !rest.is_empty())
        }
        ("Fn::GetAtt", [Value::Text(_), name], _) => is_text(name),
        ("Fn::Sub", [Value::Text(_), Value::Map(_)], _) => true,
        ("Fn::If", [Value::Text(_), _, _], _) => true,
        ("Fn::Join", [Value::Text(_), list], _) => is_list(list),
        ("Fn::Select", [index, list], _) => is_text(index) && is_list(list),
        ("Fn::Split", [Value::Text(separator), text], _) => !separator.is_empty() && is_text(text),
        ("Fn::FindInMap", [_, _, _], _) => true,
        ("Fn::Base64" | "Fn::GetAZs", _, argument) => is_text(argument),
        _ => false,
    }
}

fn condition(it: &Value) -> Result<(), Error> {
    let only = "Conditions can only be boolean operations on parameters and other conditions";
    let (name, argument) = it.as_only_entry().ok_or_else(|| format_error(only))?;
    match (name, argument.as_list().unwrap_or_default(), argument) {
        ("Condition", _, Value::Text(_)) => Ok(()),
        ("Fn::Equals", [one, other], _) => value(one).and_then(|()| value(other)),
        ("Fn::Not", [one], _) => condition(one),
        ("Fn::And" | "Fn::Or", list, _) if (2..=COMBINED).contains(&list.len()) => {
            list.iter().try_for_each(condition)
        }
        ("Fn::Equals", ..) => Err(format_error("Fn::Equals requires a list of two values")),
        ("Fn::Not", ..) => Err(format_error("Fn::Not requires a list with one condition")),
        ("Fn::And" | "Fn::Or", ..) => {
            Err(format_error(format!("{name} requires a list of 2 to {COMBINED} conditions")))
        }
        _ => Err(format_error(only)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_function_takes_is_refused_before_anything_is_evaluated() {
        for (value, why) in [
            ("!Ref [A]", "every Ref object"),
            ("!GetAtt A", "every Fn::GetAtt object"),
            ("!Join ['', a]", "every Fn::Join object"),
            ("!Join [[a], [b]]", "every Fn::Join object"),
            ("!Select [0]", "every Fn::Select object"),
            ("!Split ['', a]", "every Fn::Split object"),
            ("!FindInMap [A, b]", "every Fn::FindInMap object"),
            ("!Sub [a]", "expected arguments"),
            ("!If [Yes, 1]", "Fn::If requires"),
            ("!Base64 [a]", "every Fn::Base64 object"),
            ("!Equals [a, b]", "section Conditions only"),
            ("!ImportValue a", "Fn::ImportValue is not supported"),
            ("[{a: !Cidr [a, 1]}]", "Fn::Cidr is not supported"),
        ] {
            let head = "Conditions: {Yes: !Equals [a, a]}\nResources: {A: {Type: X}}\nOutputs: {O: {Value: ";
            let error = Template::parse(&format!("{head}{value}}}}}")).unwrap_err();
            assert!(error.message().contains(why), "{value}: {error}");
        }
        for (condition, why) in [
            ("text", "can only be boolean"),
            ("!Ref P", "can only be boolean"),
            ("!Equals [a]", "Fn::Equals requires"),
            ("!Not [!Equals [a, b], !Equals [a, b]]", "Fn::Not requires"),
            ("!And [!Equals [a, b]]", "Fn::And requires"),
            (
                "!Equals [!Ref A, b]",
                "Unresolved dependencies [A]. Cannot reference resources in the Conditions block",
            ),
            ("!Not [!Condition Gone]", "condition dependency Gone"),
        ] {
            let error =
                Template::parse(&format!("Conditions: {{C: {condition}}}\nResources: {{A: {{Type: X}}}}"))
                    .unwrap_err();
            assert!(error.message().contains(why), "{condition}: {error}");
        }
    }
}
