//! Bytes on their way into a socket: a head, then a body of filling.
//!
//! A body is not kept in memory: it is written again and again from one block.

use std::io::{ErrorKind, IoSlice, Write};

const BLOCK: &[u8] = &[b'.'; 64 * 1024];

/// What is still to be written.
#[derive(Debug, Default)]
pub struct Output {
    head: Vec<u8>,
    written: usize,
    filling: u64,
}

impl Output {
    /// Whether all is written.
    pub fn is_empty(&self) -> bool {
        self.written == self.head.len() && self.filling == 0
    }

    /// Adds bytes and so much filling behind them. Only when no filling is left of before.
    pub fn push(&mut self, head: &[u8], filling: u64) {
        debug_assert_eq!(self.filling, 0, "these bytes would come in the midst of a body");
        self.head.extend_from_slice(head);
        self.filling = filling;
    }

    /// Gives up what is not written.
    pub fn clear(&mut self) {
        self.head.clear();
        (self.written, self.filling) = (0, 0);
    }

    /// Writes as much as `socket` takes now. An error is one of the connection.
    pub fn write_to(&mut self, socket: &mut impl Write) -> std::io::Result<()> {
        while !self.is_empty() {
            let head = self.head.get(self.written..).unwrap_or_default();
            let filling = usize::try_from(self.filling).unwrap_or(usize::MAX).min(BLOCK.len());
            let body = BLOCK.get(..filling).unwrap_or_default();
            let count = match (head, body) {
                (_, []) => socket.write(head),
                ([], _) => socket.write(body),
                _ => socket.write_vectored(&[IoSlice::new(head), IoSlice::new(body)]),
            };
            match count {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => self.advance(count),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.clear();
        Ok(())
    }

    fn advance(&mut self, count: usize) {
        let of_head = count.min(self.head.len() - self.written);
        self.written += of_head;
        self.filling -= (count - of_head) as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Write};

    use super::{BLOCK, Output};

    /// Takes so many bytes at a time, and then none until it is emptied.
    struct Narrow {
        taken: Vec<u8>,
        width: usize,
        full: bool,
    }

    impl Write for Narrow {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if std::mem::replace(&mut self.full, true) {
                return Err(ErrorKind::WouldBlock.into());
            }
            let count = bytes.len().min(self.width);
            self.taken.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn every_byte_is_written_once_however_little_is_taken() {
        let filling = BLOCK.len() + 10;
        for width in [1_000, 5, 1_000_000] {
            let mut socket = Narrow { taken: Vec::new(), width, full: false };
            let mut output = Output::default();
            output.push(b"HEAD", filling as u64);
            while !output.is_empty() {
                socket.full = false;
                output.write_to(&mut socket).unwrap();
            }
            assert_eq!(socket.taken.len(), 4 + filling, "{width} bytes at a time");
            assert!(socket.taken.starts_with(b"HEAD....") && socket.taken.ends_with(b"...."));
        }
    }

    #[test]
    fn what_is_written_is_forgotten() {
        let mut output = Output::default();
        let mut taken = Vec::new();
        for text in [&b"one"[..], b"two"] {
            output.push(text, 0);
            output.write_to(&mut taken).unwrap();
        }
        assert_eq!(taken, b"onetwo");
    }
}
