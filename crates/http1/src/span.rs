//! Places in the caller's read buffer.
//!
//! A head never copies what it has read: it remembers where each part lies. The caller passes the same buffer
//! again to look at a part. A span that does not fit the buffer it is given yields nothing instead of a panic.

/// A range of bytes in the buffer that a head was parsed from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    /// Heads are limited to far less than 4 GiB (see [`crate::Limits`]); a larger offset becomes an empty span.
    pub(crate) fn new(start: usize, end: usize) -> Self {
        match u32::try_from(end) {
            Ok(end) if start <= end as usize => Self { start: start as u32, end },
            _ => Self::default(),
        }
    }

    /// Where `part` lies inside `whole`; `part` must be a slice of `whole`.
    pub(crate) fn of(part: &[u8], whole: &[u8]) -> Self {
        let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
        Self::new(start, start.wrapping_add(part.len()))
    }

    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    pub(crate) fn end(self) -> usize {
        self.end as usize
    }

    pub(crate) fn len(self) -> usize {
        self.end().saturating_sub(self.start())
    }

    pub(crate) fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The bytes of this span, empty if `buf` is too short.
    pub(crate) fn of_buf(self, buf: &[u8]) -> &[u8] {
        buf.get(self.start()..self.end()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_finds_its_bytes_again() {
        let buf = b"Host: a";
        let span = Span::of(buf.get(6..).unwrap(), buf);
        assert_eq!(span, Span::new(6, 7));
        assert_eq!(span.of_buf(buf), b"a");
    }

    #[test]
    fn a_span_of_another_buffer_is_empty_not_a_panic() {
        assert_eq!(Span::new(5, 9).of_buf(b"abc"), b"");
        assert!(Span::new(9, 5).is_empty());
    }
}
