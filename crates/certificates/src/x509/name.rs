//! Distinguished names (RFC 5280, section 4.1.2.4), as people and programs read them.

use std::fmt::Write;

use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Encode, Tag, Tagged};
use x509_cert::name::Name;

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// The attributes that have a short word (RFC 4514, section 3), and those that certificates have beside them, in OpenSSL's
/// words.
const WORDS: &[(ObjectIdentifier, &str)] = &[
    (COMMON_NAME, "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.4"), "SN"),
    (ObjectIdentifier::new_unwrap("2.5.4.5"), "serialNumber"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.9"), "street"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
    (ObjectIdentifier::new_unwrap("2.5.4.12"), "title"),
    (ObjectIdentifier::new_unwrap("2.5.4.17"), "postalCode"),
    (ObjectIdentifier::new_unwrap("2.5.4.42"), "GN"),
    (ObjectIdentifier::new_unwrap("2.5.4.97"), "organizationIdentifier"),
    (ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1"), "UID"),
    (ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"), "DC"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"), "emailAddress"),
];

/// The name as it is compared with others (section 7.1): two that mean the same have the same bytes, whichever type their
/// strings are of, and whatever their case and their blanks.
pub(crate) fn folded(name: &Name) -> Vec<u8> {
    let mut folded = Vec::new();
    for part in name.iter_rdn() {
        let mut attributes: Vec<Vec<u8>> = part.iter().map(folded_attribute).collect();
        attributes.sort_unstable();
        append(&mut folded, &attributes.concat());
    }
    folded
}

fn folded_attribute(attribute: &AttributeTypeAndValue) -> Vec<u8> {
    let value = match decoded(attribute) {
        Some(text) => text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ").into_bytes(),
        None => attribute.value.to_der().unwrap_or_default(),
    };
    let mut folded = Vec::new();
    append(&mut folded, attribute.oid.as_bytes());
    append(&mut folded, &value);
    folded
}

/// Bytes behind their length, so that what follows cannot be taken for them.
fn append(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend(bytes.len().to_be_bytes());
    to.extend(bytes);
}

/// The name in its own order: `O=Example, CN=example.com`.
pub(super) fn text(name: &Name) -> String {
    let shown = |attribute: &AttributeTypeAndValue| {
        format!("{}={}", word(attribute.oid).unwrap_or("OID"), lossy(attribute))
    };
    name.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// The first common name.
pub(super) fn common_name(name: &Name) -> Option<String> {
    name.iter().find(|attribute| attribute.oid == COMMON_NAME).map(lossy)
}

/// The name as RFC 2253 writes it, the last part first: `CN=example.com,O=Example`. All of it is printable ASCII: other
/// bytes are escaped, so that it can stand in a header or a log line whoever has chosen it.
pub(crate) fn rfc2253(name: &Name) -> String {
    let parts: Vec<_> = name.iter_rdn().collect();
    let mut text = String::new();
    for part in parts.into_iter().rev() {
        for (place, attribute) in part.iter().enumerate() {
            match (place, text.is_empty()) {
                (0, true) => {}
                (0, false) => text.push(','),
                _ => text.push('+'),
            }
            write_attribute(&mut text, attribute);
        }
    }
    text
}

fn write_attribute(text: &mut String, attribute: &AttributeTypeAndValue) {
    match (word(attribute.oid), decoded(attribute)) {
        (Some(word), Some(value)) => {
            text.push_str(word);
            text.push('=');
            escape(text, &value);
        }
        // Section 2.4: what has no word or is no text is shown as it is encoded.
        (word, _) => {
            text.push_str(&word.map_or_else(|| attribute.oid.to_string(), str::to_owned));
            text.push_str("=#");
            for byte in attribute.value.to_der().unwrap_or_default() {
                write_hex(text, byte);
            }
        }
    }
}

/// Section 2.4.
fn escape(text: &mut String, value: &str) {
    let last = value.len().saturating_sub(1);
    for (place, byte) in value.bytes().enumerate() {
        match byte {
            b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';' => {
                text.push('\\');
                text.push(char::from(byte));
            }
            b' ' if place == 0 || place == last => text.push_str("\\ "),
            b'#' if place == 0 => text.push_str("\\#"),
            b' '..=b'~' => text.push(char::from(byte)),
            _ => {
                text.push('\\');
                write_hex(text, byte);
            }
        }
    }
}

fn write_hex(text: &mut String, byte: u8) {
    // Writing to a string cannot fail.
    let _ = write!(text, "{byte:02X}");
}

fn word(oid: ObjectIdentifier) -> Option<&'static str> {
    WORDS.iter().find(|(known, _)| *known == oid).map(|(_, word)| *word)
}

/// The text of an attribute, whatever it is encoded as.
fn lossy(attribute: &AttributeTypeAndValue) -> String {
    decoded(attribute).unwrap_or_else(|| String::from_utf8_lossy(attribute.value.value()).into_owned())
}

/// The text of an attribute; `None` if it is none.
fn decoded(attribute: &AttributeTypeAndValue) -> Option<String> {
    let bytes = attribute.value.value();
    match attribute.value.tag() {
        Tag::Utf8String => String::from_utf8(bytes.to_vec()).ok(),
        Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => Some(bytes)
            .filter(|bytes| bytes.is_ascii())
            .map(|bytes| bytes.iter().copied().map(char::from).collect()),
        // What it means is lost in history; the first 256 characters are what everybody takes it for.
        Tag::TeletexString => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let units = bytes.chunks_exact(2);
            let whole = units.remainder().is_empty();
            let units = units.map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
            char::decode_utf16(units).collect::<Result<_, _>>().ok().filter(|_| whole)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use x509_cert::der::Decode;

    use super::*;

    /// A name of one attribute a part: the last number of its type below 2.5.4, tag, content.
    fn name(attributes: &[(u8, u8, &[u8])]) -> Name {
        let wrap = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
        let parts = attributes.iter().map(|(kind, tag, content)| {
            let attribute = [wrap(6, &[0x55, 4, *kind]), wrap(*tag, content)].concat();
            wrap(0x31, &wrap(0x30, &attribute))
        });
        Name::from_der(&wrap(0x30, &parts.collect::<Vec<_>>().concat())).unwrap()
    }

    #[test]
    fn r32_a_name_is_written_backwards_and_can_stand_anywhere() {
        for (attributes, expected) in [
            (
                &[(6, 0x13, &b"US"[..]), (10, 0x0c, b"Ex, Inc."), (3, 0x0c, b"a.test")][..],
                r"CN=a.test,O=Ex\, Inc.,C=US",
            ),
            (&[(3, 0x0c, b"a\r\nX-Forged: 1")], r"CN=a\0D\0AX-Forged: 1"),
            (&[(3, 0x0c, "Zoë".as_bytes())], r"CN=Zo\C3\AB"),
            (&[(3, 0x14, b"Zo\xeb")], r"CN=Zo\C3\AB"),
            (&[(3, 0x1e, b"\0Z\0o\0\xeb")], r"CN=Zo\C3\AB"),
            (&[(3, 0x0c, b" #a;<>+\"\\ ")], "CN=\\ #a\\;\\<\\>\\+\\\"\\\\\\ "),
            (&[(3, 0x0c, b"#a")], r"CN=\#a"),
            (&[(3, 0x0c, b"a\0b\x7f")], r"CN=a\00b\7F"),
            (&[(99, 0x0c, b"a")], "2.5.4.99=#0C0161"),
            (&[(3, 0x04, b"a")], "CN=#040161"),
            (&[(3, 0x1e, b"\0Z\0")], "CN=#1E03005A00"),
            (&[], ""),
        ] {
            assert_eq!(rfc2253(&name(attributes)), expected);
        }
    }

    #[test]
    fn people_read_it_in_its_own_order() {
        let name = name(&[(10, 0x0c, b"Example"), (3, 0x0c, b"a"), (3, 0x0c, b"b"), (99, 0x0c, b"c")]);
        assert_eq!(text(&name), "O=Example, CN=a, CN=b, OID=c");
        assert_eq!(common_name(&name).as_deref(), Some("a"));
    }
}
