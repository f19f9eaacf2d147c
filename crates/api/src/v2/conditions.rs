//! Conditions of rules: reading and showing. What their values may be is decided in [`elbow_model::Condition`].

use elbow_model::{Condition, Conditions, Patterns};

use crate::error::Error;
use crate::wire::{Params, Xml};

/// One thing that a condition looks at.
#[derive(Debug)]
pub struct ConditionField {
    /// AWS's word for it.
    pub name: &'static str,
    /// The structure that has its values.
    pub config: &'static str,
    /// Whether a value may be given without that structure.
    pub takes_values: bool,
    /// Whether regular expressions may be given.
    pub takes_regexes: bool,
}

/// All of them, in the order of AWS's messages.
pub static CONDITION_FIELDS: &[ConditionField] = &[
    field("path-pattern", "PathPatternConfig", true, true),
    field("host-header", "HostHeaderConfig", true, true),
    field("http-header", "HttpHeaderConfig", false, true),
    field("http-request-method", "HttpRequestMethodConfig", false, false),
    field("query-string", "QueryStringConfig", false, false),
    field("source-ip", "SourceIpConfig", false, false),
];

const fn field(
    name: &'static str,
    config: &'static str,
    takes_values: bool,
    takes_regexes: bool,
) -> ConditionField {
    ConditionField { name, config, takes_values, takes_regexes }
}

/// Reads the list `Conditions`.
pub(super) fn read(params: &Params<'_>) -> Result<Conditions, Error> {
    let members = params.required_list("Conditions")?;
    Conditions::check_values(members.len())?;
    let conditions = members.iter().map(read_one).collect::<Result<_, _>>()?;
    Ok(Conditions::new(conditions)?)
}

/// Writes a condition as AWS echoes it: hosts and paths in both forms.
pub(super) fn show(xml: &mut Xml, condition: &Condition) {
    let name = condition.field();
    let patterns = match condition {
        Condition::HostHeader(patterns)
        | Condition::PathPattern(patterns)
        | Condition::HttpHeader { patterns, .. } => Some(patterns),
        Condition::RequestMethod(_) | Condition::QueryString(_) | Condition::SourceIp(_) => None,
    };
    let field = CONDITION_FIELDS.iter().find(|field| field.name == name);
    let echoed = patterns.filter(|_| field.is_some_and(|field| field.takes_values));
    xml.text("Field", name);
    xml.texts("Values", echoed.map(Patterns::values).unwrap_or_default());
    xml.element(field.map_or(name, |field| field.config), |xml| match condition {
        Condition::HostHeader(patterns) | Condition::PathPattern(patterns) => show_patterns(xml, patterns),
        Condition::HttpHeader { name, patterns } => {
            xml.text("HttpHeaderName", name);
            show_patterns(xml, patterns);
        }
        Condition::RequestMethod(methods) => xml.texts("Values", methods),
        Condition::SourceIp(blocks) => xml.texts("Values", blocks),
        Condition::QueryString(pairs) => xml.list("Values", pairs, |xml, pair| {
            xml.optional("Key", pair.key.as_ref());
            xml.text("Value", &pair.value);
        }),
    });
    let regexes = patterns.map(Patterns::regexes).unwrap_or_default();
    xml.texts("RegexValues", regexes.iter().map(elbow_model::Regex::text));
}

fn show_patterns(xml: &mut Xml, patterns: &Patterns) {
    xml.texts("Values", patterns.values());
    xml.texts("RegexValues", patterns.regexes().iter().map(elbow_model::Regex::text));
}

fn read_one(member: &Params<'_>) -> Result<Condition, Error> {
    let name = member.text("Field").filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Error::validation("A condition field must be specified"))?;
    let field = CONDITION_FIELDS.iter().find(|field| field.name == name).ok_or_else(|| unknown(name))?;
    check_foreign(member, field)?;
    let config = member.structure(field.config);
    let values = values(member, field, config.as_ref())?;
    let regexes = regexes(member, field, config.as_ref())?;
    let condition = match (field.name, &config) {
        ("path-pattern", _) => Condition::path_pattern(&values, &regexes),
        ("host-header", _) => Condition::host_header(&values, &regexes),
        (_, None) => return Err(lacks_config(field)),
        ("http-header", Some(config)) => {
            Condition::http_header(config.required("HttpHeaderName")?, &values, &regexes)
        }
        ("http-request-method", Some(_)) => Condition::request_method(&values),
        // AWS: for Network Load Balancers only.
        ("source-ip", Some(config)) if config.has("IpAddressType") => {
            return Err(incompatible("IpAddressType", "source-ip"));
        }
        ("source-ip", Some(_)) => Condition::source_ip(&values),
        (_, Some(config)) => Condition::query_string(&pairs(config)?),
    };
    Ok(condition?)
}

/// The values, from where the caller put them. Those of a query are read by [`pairs`].
fn values<'a>(
    member: &Params<'a>,
    field: &ConditionField,
    config: Option<&Params<'a>>,
) -> Result<Vec<&'a str>, Error> {
    let direct = member.texts("Values")?.unwrap_or_default();
    let name = field.name;
    match (direct.as_slice(), config) {
        ([], _) if name == "query-string" => Ok(Vec::new()),
        ([], Some(config)) => Ok(config.texts("Values")?.unwrap_or_default()),
        ([], None) => Ok(direct),
        _ if !field.takes_values => Err(incompatible("Values", name)),
        (_, Some(_)) => Err(Error::validation(format!(
            "You cannot provide both Values and '{}' for a condition of type '{name}'",
            field.config
        ))),
        ([_], None) => Ok(direct),
        _ => Err(Error::validation(format!("The '{name}' field contains too many values; the limit is '1'"))),
    }
}

fn regexes<'a>(
    member: &Params<'a>,
    field: &ConditionField,
    config: Option<&Params<'a>>,
) -> Result<Vec<&'a str>, Error> {
    let direct = member.texts("RegexValues")?.unwrap_or_default();
    let inner = config.map(|config| config.texts("RegexValues")).transpose()?.flatten().unwrap_or_default();
    match (direct.is_empty(), inner.is_empty()) {
        (true, true) => Ok(direct),
        _ if !field.takes_regexes => Err(incompatible("RegexValues", field.name)),
        (false, true) => Ok(direct),
        (true, false) => Ok(inner),
        (false, false) => Err(Error::validation(format!(
            "You cannot provide RegexValues both in and beside '{}' for a condition of type '{}'",
            field.config, field.name
        ))),
    }
}

fn pairs<'a>(config: &Params<'a>) -> Result<Vec<(Option<&'a str>, &'a str)>, Error> {
    let members = config.list("Values")?.unwrap_or_default();
    let pair = |member: &Params<'a>| {
        let value = member
            .text("Value")
            .ok_or_else(|| Error::validation("A 'Value' must be specified in 'QueryStringKeyValuePair'"))?;
        Ok((member.text("Key"), value))
    };
    members.iter().map(pair).collect()
}

fn check_foreign(member: &Params<'_>, field: &ConditionField) -> Result<(), Error> {
    let mut others = CONDITION_FIELDS.iter().filter(|other| other.name != field.name);
    match others.find(|other| member.has(other.config)) {
        Some(other) => Err(incompatible(other.config, field.name)),
        None => Ok(()),
    }
}

fn unknown(name: &str) -> Error {
    let known: Vec<&str> = CONDITION_FIELDS.iter().map(|field| field.name).collect();
    Error::validation(format!("Condition field '{name}' must be one of '[{}]'", known.join(",")))
}

fn incompatible(what: &str, name: &str) -> Error {
    Error::validation(format!("The '{what}' field is not compatible with '{name}'"))
}

fn lacks_config(field: &ConditionField) -> Error {
    Error::validation(format!("A '{}' must be specified with '{}'", field.config, field.name))
}
