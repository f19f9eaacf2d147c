//! The frames of a connection, as its bytes go by on their way to the library.
//!
//! Two things need to be known that the library does not tell or cannot be told. It keeps bytes because more are to come: of
//! a frame, or of a block of header fields that goes over several. And it ends a connection with a hundred and one empty
//! pieces of bodies in its whole life, whatever else was sent. So the bytes are followed here as far as that takes: where
//! frames begin and end. What a frame says is the library's matter, and so is one that is malformed: then the connection is
//! over.
//!
//! An empty piece that does not end its body says nothing (RFC 9113 section 6.1), and some senders flush with it. It goes on
//! as a frame of a type that nobody knows, which is ignored (RFC 9113 section 5.5): then it costs its sender more than this
//! side. One that is padded takes room in a window, so it stays what it is, and so does one whose head is cut by the end of a
//! read where its type has gone on and its flags have not come.

use super::{MAX_HEADER_LIST, PREFACE};

/// The head of a frame (RFC 9113 section 4.1): length, type, flags, stream.
const HEAD_BYTES: usize = 9;
/// Where its type is, and its flags.
const TYPE_AT: usize = 3;
const FLAGS_AT: usize = 4;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
/// A type that means nothing: the highest of those that anybody may use for experiments.
const NOTHING: u8 = 0xff;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Frames {
    head: [u8; HEAD_BYTES],
    /// How much of it has come.
    head_bytes: usize,
    /// What is to come of its payload.
    payload_left: usize,
    /// Bytes of the frame that have come.
    frame: usize,
    /// A block of header fields goes on in the next frame.
    in_block: bool,
    /// Blocks of header fields that have begun, round again.
    blocks: u32,
    /// Bytes of bodies, padding included.
    bodies: u64,
}

impl Frames {
    /// Of a client that begins: its preface is taken for the payload of a frame that means nothing.
    pub(super) const fn of_client() -> Self {
        let head = [0; HEAD_BYTES];
        let (head_bytes, payload_left) = (HEAD_BYTES, PREFACE.len());
        Self { head, head_bytes, payload_left, frame: 0, in_block: false, blocks: 0, bodies: 0 }
    }

    /// Of a target that begins.
    pub(super) const fn of_target() -> Self {
        Self { head_bytes: 0, payload_left: 0, ..Self::of_client() }
    }

    /// Bytes of memory that are kept because more are to come, at most. Fields are kept decoded, and one byte can stand for
    /// a long one.
    pub(super) const fn incomplete(&self) -> usize {
        if self.in_block { MAX_HEADER_LIST as usize } else { self.frame }
    }

    /// Bytes of bodies that have come, or are announced to come next, padding included.
    pub(super) const fn bodies(&self) -> u64 {
        self.bodies
    }

    /// The number of the block of header fields that has begun and not ended; the first is 1.
    pub(super) fn block(&self) -> Option<u32> {
        let [_, _, _, kind, ..] = self.head;
        let in_frame = kind == HEADERS && self.head_bytes == HEAD_BYTES;
        (self.in_block || in_frame).then_some(self.blocks)
    }

    /// Follows what has come, and takes the meaning from what says nothing.
    pub(super) fn follow(&mut self, mut bytes: &mut [u8]) {
        loop {
            if self.head_bytes < HEAD_BYTES {
                bytes = self.follow_head(bytes);
                if self.head_bytes < HEAD_BYTES {
                    return;
                }
            }
            let count = self.payload_left.min(bytes.len());
            self.payload_left -= count;
            self.frame += count;
            bytes = bytes.get_mut(count..).unwrap_or_default();
            if self.payload_left > 0 {
                return;
            }
            let [_, _, _, kind, flags, ..] = self.head;
            self.in_block = matches!(kind, HEADERS | CONTINUATION) && flags & END_HEADERS == 0;
            (self.head_bytes, self.frame) = (0, 0);
        }
    }

    /// Follows what has come of a frame's head, and returns the rest.
    fn follow_head<'b>(&mut self, bytes: &'b mut [u8]) -> &'b mut [u8] {
        let before = self.head_bytes;
        let space = self.head.get_mut(before..).unwrap_or_default();
        let count = space.len().min(bytes.len());
        let (taken, rest) = bytes.split_at_mut(count);
        space.iter_mut().zip(&*taken).for_each(|(to, from)| *to = *from);
        self.head_bytes += count;
        self.frame += count;
        if before <= TYPE_AT && self.head_bytes > FLAGS_AT && self.says_nothing() {
            taken.iter_mut().skip(TYPE_AT - before).take(1).for_each(|kind| *kind = NOTHING);
        }
        if self.head_bytes == HEAD_BYTES {
            let [high, middle, low, kind, ..] = self.head;
            self.payload_left = u32::from_be_bytes([0, high, middle, low]) as usize;
            match kind {
                DATA => self.bodies = self.bodies.wrapping_add(self.payload_left as u64),
                HEADERS => self.blocks = self.blocks.wrapping_add(1),
                _ => {}
            }
        }
        rest
    }

    /// Whether the frame is an empty piece of a body that goes on. Within a block of header fields it would be an error.
    const fn says_nothing(&self) -> bool {
        matches!(self.head, [0, 0, 0, DATA, flags, ..] if flags & (END_STREAM | PADDED) == 0)
            && !self.in_block
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
        let mut frames = Frames::of_client();
        let follow = |piece: &&[u8]| {
            frames.follow(&mut piece.to_vec());
            frames.incomplete()
        };
        pieces.iter().map(follow).collect()
    }

    /// What the library gets of these pieces.
    fn passed(pieces: &[&[u8]]) -> Vec<u8> {
        let mut frames = Frames::of_target();
        let follow = |piece: &&[u8]| {
            let mut piece = piece.to_vec();
            frames.follow(&mut piece);
            piece
        };
        pieces.iter().flat_map(follow).collect()
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

    #[test]
    fn a_block_has_begun_until_it_ends_and_the_next_is_another() {
        let (begin, end) = (frame(HEADERS, 0, b"\x82"), frame(CONTINUATION, END_HEADERS, b"\x86"));
        let mut frames = Frames::of_target();
        let mut block = |bytes: &[u8]| {
            frames.follow(&mut bytes.to_vec());
            frames.block()
        };
        let (half, rest) = begin.split_at(HEAD_BYTES);
        assert_eq!([block(b""), block(half), block(rest), block(&end)], [None, Some(1), Some(1), None]);
        assert_eq!(
            [block(&begin), block(&frame(CONTINUATION, 0, b"")), block(&end)],
            [Some(2), Some(2), None]
        );
        assert_eq!(block(&frame(DATA, 0, b"x")), None);
    }

    #[test]
    fn an_empty_piece_goes_on_as_nothing_and_all_else_as_it_is() {
        let nothing = frame(NOTHING, 0, b"");
        let same = [
            frame(DATA, 0, b"x"),
            frame(DATA, END_STREAM, b""),
            frame(DATA, PADDED, b"\0"),
            frame(HEADERS, END_HEADERS, b""),
        ];
        for other in &same {
            let empty = frame(DATA, 0, b"");
            assert_eq!(
                passed(&[&[empty.as_slice(), other, &empty].concat()]),
                [nothing.as_slice(), other, &nothing].concat()
            );
        }
        for cut in 0..HEAD_BYTES {
            let empty = frame(DATA, 0, b"");
            let (before, after) = empty.split_at(cut);
            let expected = if cut == FLAGS_AT { &empty } else { &nothing };
            assert_eq!(passed(&[before, after]), *expected, "cut at {cut}");
        }
        let mut frames = Frames::of_target();
        same.iter().for_each(|frame| frames.follow(&mut frame.clone()));
        assert_eq!(frames.bodies(), 2, "what takes room in a window");
        let in_block = [frame(HEADERS, 0, b"\x82"), frame(DATA, 0, b"")].concat();
        assert_eq!(passed(&[&in_block]), in_block, "an error, for the library to find");
    }
}
