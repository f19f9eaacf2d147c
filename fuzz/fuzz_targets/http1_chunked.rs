//! Any bytes as a chunked body: no panic, the same body however it is cut, and a body that was accepted comes back
//! unchanged when it is encoded and decoded again.
//!
//! The first byte is the size of the pieces, the rest is the body and what follows it.

#![no_main]

use elbow_http1::Framing;
use elbow_http1::body::{self, BodyError, Decoder};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((step, input)) = data.split_first() else { return };
    let whole = decode(input, input.len().max(1));
    assert_eq!(decode(input, usize::from(*step).max(1)), whole, "the cut changes the body");
    let Ok(Body { data, trailers, .. }) = whole else { return };

    let mut encoded = Vec::new();
    for chunk in data.chunks(7) {
        body::write_chunk(&mut encoded, chunk);
    }
    body::write_last_chunk(&mut encoded, &trailers);
    let length = encoded.len();
    encoded.extend_from_slice(b"next");
    assert_eq!(decode(&encoded, 5), Ok(Body { data, trailers, length }));
});

#[derive(Debug, PartialEq, Eq)]
struct Body {
    data: Vec<u8>,
    trailers: Vec<u8>,
    length: usize,
}

fn decode(input: &[u8], step: usize) -> Result<Body, BodyError> {
    let mut decoder = Decoder::new(Framing::Chunked);
    let (mut data, mut at, mut arrived) = (Vec::new(), 0, 0);
    while !decoder.is_end() {
        let piece = decoder.decode(&input[at..arrived])?;
        data.extend_from_slice(&input[at..arrived][piece.data]);
        at += piece.consumed;
        if piece.consumed == 0 && !piece.end {
            if arrived == input.len() {
                decoder.close()?;
            }
            arrived = (arrived + step).min(input.len());
        }
    }
    Ok(Body { data, trailers: decoder.trailers().to_vec(), length: at })
}
