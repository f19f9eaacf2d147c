//! Reading and writing fixed-width fields without an index that could be wrong.

/// Takes the next `N` bytes off `rest`; none if there are fewer.
pub(super) fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (field, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*field)
}

/// Takes a big-endian number of six bytes off `rest`.
pub(super) fn take_u48(rest: &mut &[u8]) -> Option<u64> {
    let [a, b, c, d, e, f] = take(rest)?;
    Some(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
}

/// Writes fields one after the other into a buffer that was made for them.
pub(super) struct Writer<'a> {
    rest: &'a mut [u8],
}

impl<'a> Writer<'a> {
    pub(super) fn new(buffer: &'a mut [u8]) -> Self {
        Self { rest: buffer }
    }

    /// Writes a field. The buffers' lengths are constants of the layout, so there is always room.
    pub(super) fn put<const N: usize>(&mut self, field: [u8; N]) {
        match std::mem::take(&mut self.rest).split_first_chunk_mut() {
            Some((place, tail)) => {
                *place = field;
                self.rest = tail;
            }
            None => debug_assert!(false, "a token's buffer is too short for its fields"),
        }
    }

    /// Writes the lower six bytes of a number; the largest that fits, if it is larger.
    pub(super) fn put_u48(&mut self, number: u64) {
        let [_, _, a, b, c, d, e, f] = number.min((1 << 48) - 1).to_be_bytes();
        self.put([a, b, c, d, e, f]);
    }

    /// How many bytes have not been written.
    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }
}
