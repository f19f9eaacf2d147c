//! The settings file: TOML, the keys being the flags without their dashes.

use std::path::Path;

use elbow_api::AddressPool;
use elbow_model::{AccountId, Region};
use serde::{Deserialize, Deserializer};

use super::Given;

/// Largest settings file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Reads a file; the error is one line that names the file and the place in it.
pub(super) fn read(path: &Path) -> Result<Given, String> {
    let shown = path.display();
    let size = std::fs::metadata(path).map_err(|error| format!("cannot read {shown}: {error}"))?.len();
    if size > MAX_FILE_BYTES {
        return Err(format!("{shown} has {size} bytes; a settings file has at most {MAX_FILE_BYTES}"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
    toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let number = 1 + text.bytes().take(start).filter(|b| *b == b'\n').count();
        let line = text.lines().nth(number - 1).unwrap_or_default().trim();
        let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{shown}, line {number}: {message}: {line}")
    })
}

pub(super) fn regions<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Region>, D::Error> {
    let names = Vec::<String>::deserialize(from)?;
    names.iter().map(|name| Region::parse(name)).collect::<Result<_, _>>().map_err(serde::de::Error::custom)
}

pub(super) fn account<'de, D: Deserializer<'de>>(from: D) -> Result<Option<AccountId>, D::Error> {
    let digits = String::deserialize(from)?;
    AccountId::parse(&digits).map(Some).map_err(serde::de::Error::custom)
}

pub(super) fn address_pool<'de, D: Deserializer<'de>>(from: D) -> Result<Option<AddressPool>, D::Error> {
    let block = String::deserialize(from)?;
    AddressPool::parse(&block).map(Some).map_err(serde::de::Error::custom)
}
