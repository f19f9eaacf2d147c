//! `--name value` arguments, which are all these programs take.

use std::collections::BTreeMap;
use std::str::FromStr;

/// The arguments of one call, by name.
#[derive(Debug, Default)]
pub struct Arguments(BTreeMap<String, String>);

impl Arguments {
    /// Reads pairs of `--name value`. Any other form is an error that says what was wrong.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut words = words.into_iter();
        let mut arguments = BTreeMap::new();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").ok_or_else(|| format!("{word}: expected --name value"))?;
            let value = words.next().ok_or_else(|| format!("--{name} needs a value"))?;
            arguments.insert(name.to_owned(), value);
        }
        Ok(Self(arguments))
    }

    /// Takes an argument that must be there.
    pub fn required<T: FromStr>(&mut self, name: &str) -> Result<T, String> {
        self.optional(name)?.ok_or_else(|| format!("--{name} is missing"))
    }

    /// Takes an argument that may be left out.
    pub fn optional<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, String> {
        let Some(value) = self.0.remove(name) else { return Ok(None) };
        value.parse().map(Some).map_err(|_| format!("--{name} {value}: not understood"))
    }

    /// Says which argument nobody took, if any.
    pub fn finish(self) -> Result<(), String> {
        self.0.keys().next().map_or(Ok(()), |name| Err(format!("--{name} is not known")))
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn takes_what_is_there_and_names_what_is_wrong() {
        let mut arguments = parse("--connections 64 --colour red").unwrap();
        assert_eq!(arguments.required::<usize>("connections"), Ok(64));
        assert_eq!(arguments.optional::<u32>("rate"), Ok(None));
        assert_eq!(arguments.required::<u32>("requests"), Err("--requests is missing".to_owned()));
        assert_eq!(arguments.finish(), Err("--colour is not known".to_owned()));

        assert_eq!(parse("64").unwrap_err(), "64: expected --name value");
        assert_eq!(parse("--rate").unwrap_err(), "--rate needs a value");
        assert_eq!(
            parse("--rate x").unwrap().required::<u32>("rate"),
            Err("--rate x: not understood".to_owned())
        );
    }
}
