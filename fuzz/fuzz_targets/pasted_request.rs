//! Any text as a request that somebody pastes: no panic, and what comes of it is a head that ends.

#![no_main]

use elbow_api::extension::pasted;
use elbow_http1::Limits;
use elbow_http1::request::{Head, Progress, ScanState};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = str::from_utf8(data) else { return };
    for text in [text, &format!("curl {text}")] {
        let Ok(pasted) = pasted::read(text) else { continue };
        let (bytes, _) = pasted.into_head("shop.test");
        assert!(bytes.ends_with(b"\r\n\r\n"));
        let read = Head::default().parse(&bytes, &mut ScanState::default(), &Limits::REQUEST);
        assert_ne!(read, Ok(Progress::Partial));
    }
});
