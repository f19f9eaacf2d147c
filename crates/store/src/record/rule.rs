//! How a rule is recorded.

use elbow_model::{Actions, Arn, Condition, Conditions, Patterns, Priority, Rewrite, Rule, Transforms};
use serde::{Deserialize, Serialize};

use super::action::ActionsRecord;
use super::field::{Texts, Wrong, field, tags, texts};

/// Version 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleRecord {
    arn: String,
    priority: u16,
    conditions: Vec<ConditionRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rewrite_host: Option<RewriteRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rewrite_url: Option<RewriteRecord>,
    actions: ActionsRecord,
    tags: Texts,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "field", rename_all = "kebab-case", deny_unknown_fields)]
enum ConditionRecord {
    HostHeader { values: Vec<String>, regexes: Vec<String> },
    PathPattern { values: Vec<String>, regexes: Vec<String> },
    HttpHeader { name: String, values: Vec<String>, regexes: Vec<String> },
    HttpRequestMethod { values: Vec<String> },
    QueryString { values: Vec<QueryRecord> },
    SourceIp { values: Vec<String> },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QueryRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    value: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RewriteRecord {
    regex: String,
    replace: String,
}

impl From<&Rule> for RuleRecord {
    fn from(rule: &Rule) -> Self {
        Self {
            arn: rule.arn.to_string(),
            priority: rule.priority.get(),
            conditions: rule.conditions.as_slice().iter().map(ConditionRecord::from).collect(),
            rewrite_host: rule.transforms.host.as_ref().map(RewriteRecord::from),
            rewrite_url: rule.transforms.url.as_ref().map(RewriteRecord::from),
            actions: ActionsRecord::from(&rule.actions),
            tags: texts(rule.tags.iter()),
        }
    }
}

impl From<&Condition> for ConditionRecord {
    fn from(condition: &Condition) -> Self {
        match condition {
            Condition::HostHeader(patterns) => {
                Self::HostHeader { values: values(patterns), regexes: regexes(patterns) }
            }
            Condition::PathPattern(patterns) => {
                Self::PathPattern { values: values(patterns), regexes: regexes(patterns) }
            }
            Condition::HttpHeader { name, patterns } => Self::HttpHeader {
                name: name.to_string(),
                values: values(patterns),
                regexes: regexes(patterns),
            },
            Condition::RequestMethod(methods) => {
                Self::HttpRequestMethod { values: methods.iter().map(ToString::to_string).collect() }
            }
            Condition::QueryString(pairs) => Self::QueryString {
                values: pairs
                    .iter()
                    .map(|it| QueryRecord {
                        key: it.key.as_ref().map(ToString::to_string),
                        value: it.value.to_string(),
                    })
                    .collect(),
            },
            Condition::SourceIp(blocks) => {
                Self::SourceIp { values: blocks.iter().map(ToString::to_string).collect() }
            }
        }
    }
}

fn values(patterns: &Patterns) -> Vec<String> {
    patterns.values().iter().map(ToString::to_string).collect()
}

fn regexes(patterns: &Patterns) -> Vec<String> {
    patterns.regexes().iter().map(|regex| regex.text().to_string()).collect()
}

impl From<&Rewrite> for RewriteRecord {
    fn from(rewrite: &Rewrite) -> Self {
        Self { regex: rewrite.regex().text().to_string(), replace: rewrite.replace().to_string() }
    }
}

impl TryFrom<RuleRecord> for Rule {
    type Error = Wrong;

    fn try_from(record: RuleRecord) -> Result<Self, Wrong> {
        let Some(Arn::Rule(arn)) = Arn::parse(&record.arn) else {
            return Err(Wrong::new("arn", format!("'{}' is not the ARN of a rule", record.arn)));
        };
        let conditions = record.conditions.iter().enumerate().map(|(i, record)| {
            condition(record).map_err(|invalid| Wrong::new(format!("conditions[{i}]"), invalid))
        });
        let conditions = conditions.collect::<Result<_, _>>()?;
        let rewrite = |name, record: Option<RewriteRecord>, parse: fn(&str, &str) -> _| {
            record.map(|it| field(name, parse(&it.regex, &it.replace))).transpose()
        };
        Ok(Self {
            arn,
            priority: field("priority", Priority::new(record.priority))?,
            conditions: field("conditions", Conditions::new(conditions))?,
            transforms: Transforms {
                host: rewrite("rewrite_host", record.rewrite_host, Rewrite::of_host)?,
                url: rewrite("rewrite_url", record.rewrite_url, Rewrite::of_url)?,
            },
            actions: Actions::try_from(record.actions).map_err(|wrong| wrong.within("actions"))?,
            tags: tags(&record.tags)?,
        })
    }
}

fn condition(record: &ConditionRecord) -> Result<Condition, elbow_model::Invalid> {
    match record {
        ConditionRecord::HostHeader { values, regexes } => {
            Condition::host_header(&strs(values), &strs(regexes))
        }
        ConditionRecord::PathPattern { values, regexes } => {
            Condition::path_pattern(&strs(values), &strs(regexes))
        }
        ConditionRecord::HttpHeader { name, values, regexes } => {
            Condition::http_header(name, &strs(values), &strs(regexes))
        }
        ConditionRecord::HttpRequestMethod { values } => Condition::request_method(&strs(values)),
        ConditionRecord::QueryString { values } => {
            let pairs: Vec<_> = values.iter().map(|it| (it.key.as_deref(), it.value.as_str())).collect();
            Condition::query_string(&pairs)
        }
        ConditionRecord::SourceIp { values } => Condition::source_ip(&strs(values)),
    }
}

fn strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
