//! Large bodies whose every byte is known.

use std::io::{Read, Write};

/// More than all buffers of both kernels and ours together.
pub(crate) const LARGE: usize = 64 << 20;

fn byte(position: usize) -> u8 {
    (position % 251) as u8
}

/// Writes `count` bytes of a known pattern.
pub(crate) fn write_pattern(mut to: impl Write, count: usize) -> std::io::Result<()> {
    let block: Vec<u8> = (0..251 * 64).map(byte).collect();
    let mut left = count;
    while left > 0 {
        let part = left.min(block.len());
        to.write_all(&block[..part])?;
        left -= part;
    }
    Ok(())
}

/// Reads `count` bytes and checks that they are the pattern.
pub(crate) fn read_pattern(mut from: impl Read, count: usize) {
    let mut block = vec![0; 251 * 64];
    let mut done = 0;
    while done < count {
        let part = (count - done).min(block.len());
        from.read_exact(&mut block[..part]).unwrap();
        assert!(block[..part].iter().enumerate().all(|(n, b)| *b == byte(done + n)), "around byte {done}");
        done += part;
    }
}
