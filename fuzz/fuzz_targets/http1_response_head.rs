//! Any bytes as a response head: no panic, and what a client would get is one valid head.
//!
//! The first byte says what was asked and by which client, the second where the head is cut.

#![no_main]

use elbow_fuzz::http1::{answered, check_answer};
use elbow_http1::response::{self, Answering};
use elbow_http1::{Limits, Progress, Version};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [flags, cut, text @ ..] = data else { return };
    let answering = Answering { head_request: flags & 1 != 0, upgrade: flags & 2 != 0 };
    let client_version = if flags & 4 != 0 { Version::Http10 } else { Version::Http11 };
    let cut = usize::from(*cut) % (text.len() + 1);

    let mut head = response::Head::default();
    let whole = head.parse(text, 0, answering, &Limits::RESPONSE);
    let mut other = response::Head::default();
    let split = match other.parse(&text[..cut], 0, answering, &Limits::RESPONSE) {
        Ok(Progress::Partial) => other.parse(text, cut, answering, &Limits::RESPONSE),
        first => first,
    };
    if whole == Ok(Progress::Complete) {
        assert_eq!(split, whole, "the cut changes the answer");
        assert_eq!((other.len(), other.framing()), (head.len(), head.framing()));
    } else {
        assert_ne!(split, Ok(Progress::Complete), "the cut changes the answer");
        return;
    }

    check_answer(&answered(&head, text, client_version), &head, client_version);
});
