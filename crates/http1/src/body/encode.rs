//! Writing chunks.

/// Stands behind a chunk's data.
pub const CHUNK_END: &[u8] = b"\r\n";

/// Appends what stands before a chunk's data. The data and [`CHUNK_END`] follow.
///
/// `length` must not be zero: that chunk ends the body, see [`write_last_chunk`].
pub fn write_chunk_head(out: &mut Vec<u8>, length: usize) {
    debug_assert_ne!(length, 0, "an empty chunk ends the body");
    let digits = (usize::BITS - length.leading_zeros()).div_ceil(4).max(1);
    for place in (0..digits).rev() {
        let nibble = (length >> (place * 4)) & 15;
        out.push(b"0123456789abcdef".get(nibble).copied().unwrap_or(b'0'));
    }
    out.extend_from_slice(CHUNK_END);
}

/// Appends a whole chunk; nothing if there is no data.
pub fn write_chunk(out: &mut Vec<u8>, data: &[u8]) {
    if !data.is_empty() {
        out.reserve(data.len() + 20);
        write_chunk_head(out, data.len());
        out.extend_from_slice(data);
        out.extend_from_slice(CHUNK_END);
    }
}

/// Appends the end of a chunked body. `trailers` are complete lines, as [`super::Decoder::trailers`] gives them.
pub fn write_last_chunk(out: &mut Vec<u8>, trailers: &[u8]) {
    out.extend_from_slice(b"0\r\n");
    out.extend_from_slice(trailers);
    out.extend_from_slice(CHUNK_END);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_heads_are_hexadecimal_without_leading_zeros() {
        for (length, expected) in [(1, "1\r\n"), (15, "f\r\n"), (16, "10\r\n"), (65_536, "10000\r\n")] {
            let mut out = Vec::new();
            write_chunk_head(&mut out, length);
            assert_eq!(out, expected.as_bytes());
        }
        let mut out = Vec::new();
        write_chunk_head(&mut out, usize::MAX);
        assert_eq!(out, format!("{:x}\r\n", usize::MAX).as_bytes());
    }

    #[test]
    fn no_data_is_no_chunk() {
        let mut out = Vec::new();
        write_chunk(&mut out, b"");
        write_chunk(&mut out, b"abc");
        write_last_chunk(&mut out, b"a: b\r\n");
        assert_eq!(out, b"3\r\nabc\r\n0\r\na: b\r\n\r\n");
    }
}
