//! Any bytes as an answer of an EC2 endpoint: no panic, nothing that no host can have, and what is told of a refusal is
//! one short line.

#![no_main]

use elbow_api::instances::Described;
use elbow_api::instances::answer::{read, refusal};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(said) = refusal(data) {
        assert!(said.len() <= 200 && !said.contains(char::is_control));
    }
    let Ok(page) = read(data) else { return };
    assert!(page.instances.len() <= 1_000);
    for (id, described) in page.instances {
        assert!(id.as_str().starts_with("i-"));
        let Described::Running { address, zone } = described else { continue };
        assert!(!address.is_unspecified() && !address.is_multicast());
        assert!(!zone.as_str().is_empty());
    }
});
