//! Bodies, whole and in pieces.

use crate::Framing;
use crate::body::{self, BodyError, Decoder, limits};

/// Decodes input that arrives in pieces of this size. Gives the data, how much of the input belonged to the body,
/// and the trailers.
fn decode(framing: Framing, input: &[u8], step: usize) -> Result<(Vec<u8>, usize, Vec<u8>), BodyError> {
    let mut decoder = Decoder::new(framing);
    let (mut data, mut at, mut arrived) = (Vec::new(), 0, 0);
    while !decoder.is_end() {
        let piece = decoder.decode(&input[at..arrived])?;
        data.extend_from_slice(&input[at..arrived][piece.data]);
        at += piece.consumed;
        assert_eq!(piece.end, decoder.is_end());
        if piece.consumed == 0 && !piece.end {
            if arrived == input.len() {
                decoder.close()?;
                break;
            }
            arrived = (arrived + step).min(input.len());
        }
    }
    Ok((data, at, decoder.trailers().to_vec()))
}

#[test]
fn a_length_ends_where_the_next_request_starts() {
    for step in 1..12 {
        assert_eq!(decode(Framing::Length(5), b"helloGET /", step).unwrap(), (b"hello".to_vec(), 5, vec![]));
        assert_eq!(decode(Framing::Length(5), b"hell", step).err(), Some(BodyError::Truncated));
        assert_eq!(decode(Framing::None, b"GET /", step).unwrap().1, 0);
        assert_eq!(decode(Framing::UntilClose, b"hello", step).unwrap(), (b"hello".to_vec(), 5, vec![]));
    }
}

#[test]
fn a_length_can_be_relayed_unseen() {
    let mut decoder = Decoder::new(Framing::Length(10));
    decoder.advance(4);
    assert_eq!((decoder.remaining(), decoder.is_end()), (Some(6), false));
    decoder.advance(6);
    assert_eq!((decoder.remaining(), decoder.is_end(), decoder.close()), (Some(0), true, Ok(())));
    assert_eq!(Decoder::new(Framing::Chunked).remaining(), None);
}

#[test]
fn chunks_are_found_however_they_arrive() {
    let cases: [(&[u8], &str, &str); 7] = [
        (b"5\r\nhello\r\n0\r\n\r\n", "hello", ""),
        (b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world", ""),
        (b"A\r\n0123456789\r\n00\r\n\r\n", "0123456789", ""),
        (b"00000005\r\nhello\r\n0\r\n\r\n", "hello", ""),
        (b"5;a=b;c=\"d\"\r\nhello\r\n0;x\r\n\r\n", "hello", ""),
        (b"5 ;a\r\nhello\r\n0\t \t;b\r\n\r\n", "hello", ""),
        (b"0\r\nChecksum: abc\r\nContent-Length: 5\r\nx:\r\n\r\n", "", "Checksum: abc\r\nx:\r\n"),
    ];
    for (input, data, trailers) in cases {
        let followed = [input, b"GET / HTTP/1.1\r\n"].concat();
        for step in 1..=followed.len() {
            let found = decode(Framing::Chunked, &followed, step).unwrap();
            let shown = String::from_utf8_lossy(input);
            assert_eq!(found, (data.into(), input.len(), trailers.into()), "{shown:?} by {step}");
        }
    }
}

#[test]
fn broken_chunks_break_the_body() {
    use BodyError as E;
    let cases: [(&[u8], BodyError); 34] = [
        (b"\r\n", E::BadChunkSize),
        (b"g\r\n", E::BadChunkSize),
        (b"-1\r\n", E::BadChunkSize),
        (b"+1\r\n", E::BadChunkSize),
        (b"0x1\r\n", E::BadChunkSize),
        (b"1_0\r\n", E::BadChunkSize),
        (b" 1\r\n", E::BadChunkSize),
        (b";a\r\n", E::BadChunkSize),
        (b"5\nhello\r\n", E::BadChunkSize),
        (b"5\rXhello", E::BadChunkSize),
        (b"5\r\rhello", E::BadChunkSize),
        (b"5 \r\nhello", E::BadChunkSize),
        (b"5 5\r\n", E::BadChunkSize),
        (b"5\x00\r\n", E::BadChunkSize),
        (b"5\x0b\r\n", E::BadChunkSize),
        (b"5,\r\n", E::BadChunkSize),
        (b"0\n\r\n", E::BadChunkSize),
        (b"0\r\r\n", E::BadChunkSize),
        (b"10000000000000000\r\n", E::ChunkTooLarge),
        (b"8000000000000000\r\n", E::ChunkTooLarge),
        (b"ffffffffffffffff\r\n", E::ChunkTooLarge),
        (b"00000000000000001\r\n", E::ChunkTooLarge),
        (b"5;a\nhello\r\n0\r\n\r\n", E::BadExtension),
        (b"5;a\x00\r\n", E::BadExtension),
        (b"5;a\x01\r\n", E::BadExtension),
        (b"5;a\rb\r\n", E::BadChunkSize),
        (b"5\r\nhelloX\r\n", E::BadChunkEnd),
        (b"5\r\nhello\n0\r\n\r\n", E::BadChunkEnd),
        (b"5\r\nhello\rX", E::BadChunkEnd),
        (b"5\r\nhello0\r\n\r\n", E::BadChunkEnd),
        (b"0\r\nGET / HTTP/1.1\r\n", E::BadTrailer),
        (b"0\r\na: b\n\r\n", E::BadTrailer),
        (b"0\r\n folded\r\n", E::BadTrailer),
        (b"0\r\na: b\x00\r\n", E::BadTrailer),
    ];
    for (input, expected) in cases {
        for step in [1, input.len()] {
            let shown = String::from_utf8_lossy(input);
            assert_eq!(decode(Framing::Chunked, input, step).err(), Some(expected), "{shown:?}");
        }
    }
}

#[test]
fn a_chunked_body_that_stops_is_never_complete() {
    let whole = b"5;a\r\nhello\r\n0\r\nx: y\r\n\r\n";
    for end in 0..whole.len() {
        assert_eq!(decode(Framing::Chunked, &whole[..end], 3).err(), Some(BodyError::Truncated), "{end}");
    }
}

#[test]
fn what_is_not_data_has_a_limit() {
    let extension = |bytes: usize| [b"1;".as_slice(), &vec![b'a'; bytes - 1], b"\r\nx\r\n0\r\n\r\n"].concat();
    let most = usize::from(limits::EXTENSION_BYTES);
    assert!(decode(Framing::Chunked, &extension(most), 4096).is_ok());
    assert_eq!(decode(Framing::Chunked, &extension(most + 1), 4096).err(), Some(BodyError::ExtensionTooLong));
    let many = b"1;abcdefg\r\nx\r\n".repeat(most / 8 + 1);
    assert_eq!(decode(Framing::Chunked, &many, 4096).err(), Some(BodyError::ExtensionTooLong));
    let trailer = |bytes: usize| [b"0\r\nx:".as_slice(), &vec![b'a'; bytes - 6], b"\r\n\r\n"].concat();
    assert!(decode(Framing::Chunked, &trailer(limits::TRAILER_BYTES), 4096).is_ok());
    let beyond = trailer(limits::TRAILER_BYTES + 1);
    assert_eq!(decode(Framing::Chunked, &beyond, 4096).err(), Some(BodyError::TrailersTooLong));
    let dropped = [b"0\r\n".as_slice(), &b"Host: a\r\n".repeat(limits::TRAILER_BYTES)].concat();
    assert_eq!(decode(Framing::Chunked, &dropped, 4096).err(), Some(BodyError::TrailersTooLong));
}

#[test]
fn what_is_written_is_read_back() {
    let mut out = Vec::new();
    let parts: [&[u8]; 4] = [b"hello", b"", b" ", &[0; 70_000]];
    for part in parts {
        body::write_chunk(&mut out, part);
    }
    body::write_last_chunk(&mut out, b"x: y\r\n");
    let expected = (parts.concat(), out.len(), b"x: y\r\n".to_vec());
    assert_eq!(decode(Framing::Chunked, &out, 1000).unwrap(), expected);
}
