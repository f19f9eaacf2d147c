//! Any bytes as a request head: no panic, the same answer however they are cut, and what a target would get is one
//! strictly valid request that AWS's classifier finds nothing wrong with.
//!
//! The first byte says where the head is cut, the rest is the head.

#![no_main]

use elbow_fuzz::http1::{check_request, forwarded};
use elbow_http1::request::{self, HeadError, ScanState};
use elbow_http1::{Limits, Progress};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((cut, text)) = data.split_first() else { return };
    let whole = outcome(text, &[text.len()]);
    let cut = usize::from(*cut) % (text.len() + 1);
    assert_eq!(outcome(text, &[cut, text.len()]), whole, "the cut changes the answer");
    if let Ok(Some(sent)) = whole {
        check_request(&sent);
    }
});

/// Feeds a head in pieces. None if it is not complete; else what the target gets.
fn outcome(text: &[u8], ends: &[usize]) -> Result<Option<Vec<u8>>, u16> {
    let mut head = request::Head::default();
    let mut scan = ScanState::default();
    for &end in ends {
        let text = &text[..end];
        if head.parse(text, &mut scan, &Limits::REQUEST).map_err(HeadError::status)? == Progress::Complete {
            assert!(head.len() <= end);
            look_at_all(&head, text);
            return Ok(Some(forwarded(&head, text)));
        }
    }
    Ok(None)
}

fn look_at_all(head: &request::Head, text: &[u8]) {
    assert!(!head.path(text).is_empty());
    let _ = (head.host(text), head.query(text), head.upgrade(text), head.trace_id(text), head.keep_alive());
    let _ = (head.cookies(text).count(), head.has_invalid_names(text), head.expects_continue(text));
}
