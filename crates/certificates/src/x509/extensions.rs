//! The extensions of a certificate that anybody asks for (RFC 5280, section 4.2.1). The others are passed over: it is
//! for clients to refuse those that they do not know.

use std::net::{Ipv4Addr, Ipv6Addr};

use elbow_model::{ExtendedKeyUsage, KeyUsage};

use super::flags;
use crate::der::{BOOLEAN, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE, Value};

const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
/// `TRUE` in DER.
const TRUE: u8 = 0xff;
/// Tags of alternative names.
const DNS_NAME: u8 = 0x82;
const ADDRESS: u8 = 0x87;
/// What the object identifiers of purposes begin with, and the one for any.
const PURPOSE: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3];
const ANY_PURPOSE: &[u8] = &[0x55, 0x1d, 0x25, 0];
/// Most extensions.
const EXTENSIONS: usize = 64;

/// What extensions say.
#[derive(Default)]
pub(super) struct Extensions {
    pub(super) names: Vec<String>,
    pub(super) key_usages: Vec<KeyUsage>,
    pub(super) extended_key_usages: Vec<ExtendedKeyUsage>,
    pub(super) is_authority: bool,
}

impl Extensions {
    pub(super) fn read(mut explicit: Reader<'_>) -> Option<Self> {
        let mut list = explicit.inside(SEQUENCE)?;
        explicit.end()?;
        let mut seen: Vec<&[u8]> = Vec::new();
        let mut read = Self::default();
        while !list.is_empty() {
            let mut extension = list.inside(SEQUENCE)?;
            let oid = extension.content(OBJECT_IDENTIFIER)?;
            extension.optional(BOOLEAN)?;
            let content = extension.content(OCTET_STRING)?;
            extension.end()?;
            // Section 4.2: not twice.
            if seen.contains(&oid) || seen.len() == EXTENSIONS {
                return None;
            }
            seen.push(oid);
            match oid {
                KEY_USAGE => read.key_usages = key_usages(content)?,
                ALTERNATIVE_NAME => read.names = sequence(content, alternative_name)?,
                BASIC_CONSTRAINTS => read.is_authority = is_authority(content)?,
                EXTENDED_KEY_USAGE => read.extended_key_usages = sequence(content, purpose)?,
                _ => {}
            }
        }
        Some(read)
    }
}

/// The usages are bits in the order of the words, the highest of the first byte first.
fn key_usages(content: &[u8]) -> Option<Vec<KeyUsage>> {
    let flags = flags(content)?;
    let is_set = |bit: usize| flags.get(bit / 8).is_some_and(|byte| byte << (bit % 8) & 0x80 != 0);
    let usages = KeyUsage::ALL.iter().enumerate();
    Some(usages.filter(|(bit, _)| is_set(*bit)).map(|(_, usage)| *usage).collect())
}

/// The flag is `FALSE` unless it is there; how long a chain may be below it is for who follows one.
fn is_authority(content: &[u8]) -> Option<bool> {
    let mut outer = Reader::new(content);
    let mut constraints = outer.inside(SEQUENCE)?;
    outer.end()?;
    Some(constraints.optional(BOOLEAN)?.is_some_and(|flag| flag == [TRUE]))
}

/// The members of a sequence as `read` reads them; it makes nothing of some.
fn sequence<T>(content: &[u8], read: fn(Value<'_>) -> Option<Option<T>>) -> Option<Vec<T>> {
    let mut outer = Reader::new(content);
    let mut list = outer.inside(SEQUENCE)?;
    outer.end()?;
    let mut members = Vec::new();
    while !list.is_empty() {
        members.extend(read(list.value()?)?);
    }
    Some(members)
}

fn alternative_name(name: Value<'_>) -> Option<Option<String>> {
    match name.tag {
        DNS_NAME if name.content.is_ascii() => Some(String::from_utf8(name.content.to_vec()).ok()),
        DNS_NAME => None,
        ADDRESS => address(name.content).map(Some),
        _ => Some(None),
    }
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(bytes).to_string());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|bytes| Ipv6Addr::from(bytes).to_string())
}

fn purpose(purpose: Value<'_>) -> Option<Option<ExtendedKeyUsage>> {
    if purpose.tag != OBJECT_IDENTIFIER {
        return None;
    }
    Some(Some(match purpose.content.strip_prefix(PURPOSE) {
        Some([1]) => ExtendedKeyUsage::Server,
        Some([2]) => ExtendedKeyUsage::Client,
        Some([3]) => ExtendedKeyUsage::Code,
        Some([4]) => ExtendedKeyUsage::Email,
        Some([8]) => ExtendedKeyUsage::TimeStamp,
        Some([9]) => ExtendedKeyUsage::Ocsp,
        _ if purpose.content == ANY_PURPOSE => ExtendedKeyUsage::Any,
        _ => ExtendedKeyUsage::Custom,
    }))
}
