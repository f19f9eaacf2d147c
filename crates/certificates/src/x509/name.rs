//! Distinguished names (RFC 5280, section 4.1.2.4), as people read them.

use crate::der::{OBJECT_IDENTIFIER, Reader, SEQUENCE, SET};

const COMMON_NAME: &[u8] = &[0x55, 4, 3];
/// The attributes that have a short word (RFC 4514, section 3), and those that certificates have beside them.
const WORDS: &[(&[u8], &str)] = &[
    (COMMON_NAME, "CN"),
    (&[0x55, 4, 5], "serialNumber"),
    (&[0x55, 4, 6], "C"),
    (&[0x55, 4, 7], "L"),
    (&[0x55, 4, 8], "ST"),
    (&[0x55, 4, 10], "O"),
    (&[0x55, 4, 11], "OU"),
    (&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 0x19], "DC"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "emailAddress"),
];
/// Text of two bytes a character.
const BMP_STRING: u8 = 0x1e;
/// Most attributes of a name.
const ATTRIBUTES: usize = 64;

/// The name in its own order: `O=Example, CN=example.com`.
pub(super) fn text(name: &[u8]) -> Option<String> {
    let word = |oid| WORDS.iter().find(|(known, _)| *known == oid).map_or("OID", |(_, word)| word);
    let attributes = attributes(name)?;
    let shown: Vec<String> = attributes.iter().map(|(oid, text)| format!("{}={text}", word(*oid))).collect();
    Some(shown.join(", "))
}

/// The first common name.
pub(super) fn common_name(name: &[u8]) -> Option<String> {
    attributes(name)?.into_iter().find(|(oid, _)| *oid == COMMON_NAME).map(|(_, text)| text)
}

fn attributes(name: &[u8]) -> Option<Vec<(&[u8], String)>> {
    let mut sets = Reader::new(name);
    let mut attributes = Vec::new();
    while !sets.is_empty() {
        let mut set = sets.inside(SET)?;
        while !set.is_empty() {
            let mut attribute = set.inside(SEQUENCE)?;
            let oid = attribute.content(OBJECT_IDENTIFIER)?;
            let value = attribute.value()?;
            attribute.end()?;
            if attributes.len() == ATTRIBUTES {
                return None;
            }
            let text = match value.tag {
                BMP_STRING => wide(value.content),
                _ => String::from_utf8_lossy(value.content).into_owned(),
            };
            attributes.push((oid, text));
        }
    }
    Some(attributes)
}

fn wide(bytes: &[u8]) -> String {
    let units =
        bytes.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
