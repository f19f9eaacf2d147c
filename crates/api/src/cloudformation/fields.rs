//! Properties of a template as parameters of an action: `{A: [{B: c}]}` is `A.member.1.B=c`.

use super::template::value::{Map, Value};

/// Parameters of one call.
#[derive(Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// One text.
    pub(super) fn with(mut self, name: &str, text: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), text.into()));
        self
    }

    /// A list of texts.
    pub(super) fn with_texts<'a>(self, name: &str, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let list = texts.into_iter().map(Value::text).collect();
        self.with_value(name, &Value::List(list))
    }

    /// A value of any shape.
    pub(super) fn with_value(mut self, name: &str, value: &Value) -> Self {
        self.push(name.to_owned(), value);
        self
    }

    /// The properties that are given, of those that are named as their parameters are.
    pub(super) fn with_some(mut self, properties: &Map, names: &[&str]) -> Self {
        for (name, value) in properties.iter().filter(|(name, _)| names.contains(&name.as_str())) {
            self.push(name.clone(), value);
        }
        self
    }

    /// The pairs of a form.
    pub(super) fn into_entries(self) -> Vec<(String, String)> {
        self.0
    }

    fn push(&mut self, name: String, value: &Value) {
        match value {
            Value::Text(text) => self.0.push((name, text.clone())),
            // A bare key is an empty list.
            Value::List(list) if list.is_empty() => self.0.push((name, String::new())),
            Value::List(list) => {
                for (i, member) in list.iter().enumerate() {
                    self.push(format!("{name}.member.{}", i + 1), member);
                }
            }
            Value::Map(map) => {
                for (key, member) in map {
                    self.push(format!("{name}.{key}"), member);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_become_names_with_dots() {
        let inner = Value::Map([("B".to_owned(), Value::text("c"))].into());
        let fields = Fields::default()
            .with("X", "1")
            .with_value("A", &Value::List(vec![inner]))
            .with_texts("L", ["x", "y"])
            .with_texts("E", []);
        let entries = fields.into_entries();
        let pairs: Vec<_> = entries.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(pairs, ["X=1", "A.member.1.B=c", "L.member.1=x", "L.member.2=y", "E="]);
    }
}
