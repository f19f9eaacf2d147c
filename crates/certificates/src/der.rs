//! The Distinguished Encoding Rules of ASN.1 (X.690), as much of them as a certificate needs: values of definite length,
//! one after the other, lengths written in the shortest way.

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
/// Tags of this form go on in further bytes; no certificate has them.
const LONG_TAG: u8 = 0x1f;
/// Bytes of a length in its long form; what we read is far smaller.
const LENGTH_BYTES: usize = 4;

/// Values that are not read yet. `None` from any of its methods means that this is not DER or not what was expected.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

/// One value.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    /// With tag and length.
    pub(crate) whole: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value.
    pub(crate) fn value(&mut self) -> Option<Value<'a>> {
        let start = self.0;
        let (&tag, rest) = start.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        if tag & LONG_TAG == LONG_TAG {
            return None;
        }
        let mut length = usize::from(first);
        if first >= 0x80 {
            let count = usize::from(first & 0x7f);
            let (bytes, after) = rest.split_at_checked(count)?;
            if count > LENGTH_BYTES || bytes.first() == Some(&0) {
                return None;
            }
            length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            rest = after;
            if length < 0x80 {
                return None;
            }
        }
        let (content, after) = rest.split_at_checked(length)?;
        let whole = start.get(..start.len() - after.len())?;
        self.0 = after;
        Some(Value { tag, content, whole })
    }

    /// The content of the next value, which must have this tag.
    pub(crate) fn content(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.value().filter(|value| value.tag == tag).map(|value| value.content)
    }

    /// What is in the next value, which must have this tag.
    pub(crate) fn inside(&mut self, tag: u8) -> Option<Self> {
        self.content(tag).map(Self)
    }

    /// The content of the next value if it has this tag; nothing is read if it has another.
    pub(crate) fn optional(&mut self, tag: u8) -> Option<Option<&'a [u8]>> {
        match self.0.first() {
            Some(next) if *next == tag => self.content(tag).map(Some),
            _ => Some(None),
        }
    }

    /// The bytes of a bit string that has whole bytes only.
    pub(crate) fn bits(&mut self) -> Option<&'a [u8]> {
        let (unused, bytes) = self.content(BIT_STRING)?.split_first()?;
        (*unused == 0).then_some(bytes)
    }

    /// That nothing is left over.
    pub(crate) fn end(self) -> Option<()> {
        self.is_empty().then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_one_after_the_other() {
        let long = [&[OCTET_STRING, 0x81, 0x80][..], &[7; 0x80]].concat();
        let bytes = [&[INTEGER, 1, 5][..], &long].concat();
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.optional(SEQUENCE), Some(None));
        assert_eq!(reader.optional(INTEGER), Some(Some(&[5][..])));
        assert_eq!(reader.value().unwrap().whole, long);
        assert!(reader.end().is_some());
    }

    #[test]
    fn anything_else_is_refused() {
        for bytes in [
            &[][..],
            &[INTEGER],
            &[INTEGER, 2, 1],
            &[INTEGER, 0x80, 0, 0],
            &[INTEGER, 0x81, 1, 5],
            &[INTEGER, 0x82, 0, 0x80],
            &[INTEGER, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[INTEGER, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[INTEGER, 0xff],
            &[0x1f, 0x81, 1, 5],
        ] {
            assert!(Reader::new(bytes).value().is_none(), "{bytes:x?}");
        }
    }
}
