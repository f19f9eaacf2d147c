//! WebSocket messages (RFC 6455) as a benchmark needs them: short, binary, in one frame each.

/// Longest message: what a frame without extended length holds (RFC 6455, 5.2).
pub const MESSAGE_BYTES_MAX: usize = 125;
/// The key of a handshake and the answer to it, from the example in RFC 6455, 1.3. A key proves nothing to a proxy, and
/// with this one nobody has to compute a hash.
pub const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// See [`KEY`].
pub const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// A whole message, not text.
const FINAL_BINARY: u8 = 0x82;
const MASKED: u8 = 0x80;
const MASK_BYTES: usize = 4;
/// Of a message that is its number.
const NUMBER_BYTES: usize = 8;

/// The client's side: sends numbered messages one by one, and knows the echo of each.
#[derive(Debug)]
pub struct Messages {
    number: u64,
    bytes: usize,
    expected: Vec<u8>,
    came: Vec<u8>,
}

impl Messages {
    /// Messages of `bytes` (8 to [`MESSAGE_BYTES_MAX`]) that are counted from `first`, so that no two clients send the
    /// same.
    pub fn new(bytes: usize, first: u64) -> Self {
        Self { number: first, bytes, expected: Vec::new(), came: Vec::new() }
    }

    /// The frame with the next message.
    pub fn next_frame(&mut self) -> Vec<u8> {
        self.number += 1;
        let mut message = self.number.to_be_bytes().to_vec();
        message.resize(self.bytes.max(NUMBER_BYTES), b'.');
        self.expected = target_frame(&message);
        self.came.clear();
        client_frame(&message, self.number as u32)
    }

    /// Takes bytes that came. True when they complete the echo; an error when they are anything else.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<bool, String> {
        self.came.extend_from_slice(bytes);
        if !self.expected.starts_with(&self.came) {
            return Err(format!("the echo of message {} was changed", self.number));
        }
        Ok(self.came.len() == self.expected.len())
    }
}

/// The target's side: takes frames and gives their echo.
#[derive(Debug, Default)]
pub struct Echo {
    pending: Vec<u8>,
}

impl Echo {
    /// Takes bytes that came; gives the frames that answer those which are whole. `None` for what is no short message.
    pub fn feed(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.pending.extend_from_slice(bytes);
        let mut answers = Vec::new();
        while let [kind, length, rest @ ..] = self.pending.as_slice() {
            let length = usize::from(length.checked_sub(MASKED)?);
            if *kind != FINAL_BINARY || length > MESSAGE_BYTES_MAX {
                return None;
            }
            let Some((mask, rest)) = rest.split_first_chunk::<MASK_BYTES>() else { break };
            let Some(masked) = rest.get(..length) else { break };
            answers.extend_from_slice(&target_frame(&apply(*mask, masked)));
            self.pending.drain(..2 + MASK_BYTES + length);
        }
        Some(answers)
    }
}

fn client_frame(message: &[u8], mask: u32) -> Vec<u8> {
    let mask = mask.to_be_bytes();
    let mut frame = vec![FINAL_BINARY, MASKED | short_length(message)];
    frame.extend_from_slice(&mask);
    frame.extend_from_slice(&apply(mask, message));
    frame
}

fn target_frame(message: &[u8]) -> Vec<u8> {
    let mut frame = vec![FINAL_BINARY, short_length(message)];
    frame.extend_from_slice(message);
    frame
}

fn short_length(message: &[u8]) -> u8 {
    debug_assert!(message.len() <= MESSAGE_BYTES_MAX);
    message.len() as u8
}

fn apply(mask: [u8; MASK_BYTES], bytes: &[u8]) -> Vec<u8> {
    bytes.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect()
}

#[cfg(test)]
mod tests {
    use super::{Echo, Messages};

    #[test]
    fn a_message_comes_back_however_it_is_cut() {
        let (mut client, mut target) = (Messages::new(64, 7), Echo::default());
        for size in [1, 3, 64, 1000] {
            let frame = client.next_frame();
            let mut whole = false;
            for piece in frame.chunks(size) {
                for answer in target.feed(piece).unwrap().chunks(size) {
                    assert!(!whole, "nothing comes after the echo");
                    whole = client.feed(answer).unwrap();
                }
            }
            assert!(whole, "{size} bytes at a time");
        }
    }

    #[test]
    fn another_message_than_the_own_is_noticed() {
        let (mut one, mut two, mut target) =
            (Messages::new(16, 1), Messages::new(16, 1 << 32), Echo::default());
        let answer = target.feed(&one.next_frame()).unwrap();
        two.next_frame();
        assert!(two.feed(&answer).is_err());
        assert_eq!(one.feed(&answer), Ok(true));
        assert!(one.feed(b"more").is_err());
    }

    #[test]
    fn a_target_refuses_what_is_no_short_message() {
        for frame in [&b"\x88\x80abcd"[..], b"\x82\xfe\x00\x80", b"\x82\x02ab", b"GET / HTTP/1.1"] {
            assert_eq!(Echo::default().feed(frame), None, "{frame:?}");
        }
    }
}
