//! How much of a client's bytes the library keeps because more are to come: of a frame, or of a block of header fields
//! that goes over several.
//!
//! It has no way to ask, so the bytes are followed here as far as that takes: where frames begin and end. What a frame
//! says is the library's matter, and so is one that is malformed: then the connection is over.

use super::{MAX_HEADER_LIST, PREFACE};

/// The head of a frame (RFC 9113 section 4.1): length, type, flags, stream.
const HEAD_BYTES: usize = 9;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Incomplete {
    head: [u8; HEAD_BYTES],
    /// How much of it has come.
    head_bytes: usize,
    /// What is to come of its payload.
    payload_left: usize,
    /// Bytes of the frame that have come.
    frame: usize,
    /// A block of header fields goes on in the next frame.
    in_block: bool,
}

impl Incomplete {
    /// For a connection that begins: its preface is taken for the payload of a frame that means nothing.
    pub(super) const fn new() -> Self {
        let head = [0; HEAD_BYTES];
        Self { head, head_bytes: HEAD_BYTES, payload_left: PREFACE.len(), frame: 0, in_block: false }
    }

    /// Bytes of memory, at most. Fields are kept decoded, and one byte can stand for a long one.
    pub(super) const fn bytes(&self) -> usize {
        if self.in_block { MAX_HEADER_LIST as usize } else { self.frame }
    }

    /// Follows what has come.
    pub(super) fn follow(&mut self, mut bytes: &[u8]) {
        loop {
            if self.head_bytes < HEAD_BYTES {
                let space = self.head.get_mut(self.head_bytes..).unwrap_or_default();
                let count = space.len().min(bytes.len());
                let (taken, rest) = bytes.split_at(count);
                space.iter_mut().zip(taken).for_each(|(to, from)| *to = *from);
                self.head_bytes += count;
                self.frame += count;
                bytes = rest;
                if self.head_bytes < HEAD_BYTES {
                    return;
                }
                let [high, middle, low, ..] = self.head;
                self.payload_left = u32::from_be_bytes([0, high, middle, low]) as usize;
            }
            let count = self.payload_left.min(bytes.len());
            self.payload_left -= count;
            self.frame += count;
            bytes = bytes.get(count..).unwrap_or_default();
            if self.payload_left > 0 {
                return;
            }
            let [_, _, _, kind, flags, ..] = self.head;
            self.in_block = matches!(kind, HEADERS | CONTINUATION) && flags & END_HEADERS == 0;
            (self.head_bytes, self.frame) = (0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).unwrap();
        [&[0, 0, length, kind, flags, 0, 0, 0, 1], payload].concat()
    }

    /// What is kept after each of these pieces.
    fn kept(pieces: &[&[u8]]) -> Vec<usize> {
        let mut incomplete = Incomplete::new();
        let follow = |piece: &&[u8]| {
            incomplete.follow(piece);
            incomplete.bytes()
        };
        pieces.iter().map(follow).collect()
    }

    #[test]
    fn whole_frames_leave_nothing_behind_however_they_are_cut() {
        let pings = [PREFACE, &frame(4, 0, &[0; 12]), &frame(6, 0, &[7; 8]), &frame(4, 1, b"")].concat();
        assert_eq!(kept(&[&pings]), [0]);
        for cut in 1..pings.len() {
            let (before, after) = pings.split_at(cut);
            assert_eq!(kept(&[before, after]).last(), Some(&0), "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = pings.chunks(1).collect();
        let kept = kept(&bytes);
        assert_eq!((kept.iter().max(), kept.last()), (Some(&23), Some(&0)));
    }

    #[test]
    fn half_a_block_counts_as_all_that_it_may_become() {
        let (begin, end) = (frame(HEADERS, 0, b"\x82"), frame(CONTINUATION, END_HEADERS, b"\x86"));
        let (half, rest) = end.split_at(4);
        let most = MAX_HEADER_LIST as usize;
        assert_eq!(kept(&[PREFACE, &begin, half, rest]), [0, most, most, 0]);
        assert_eq!(kept(&[PREFACE, &frame(HEADERS, END_HEADERS, b"\x82")]), [0, 0]);
    }
}
