//! Memory does not grow with the size of a body. Alone in its file, because it measures the whole process.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use support::World;
use support::pattern::{LARGE, read_pattern, write_pattern};
use support::target::Target;

/// Resident memory of this process in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[test]
fn a_large_upload_and_a_large_download_need_no_memory() {
    let target = Target::start(|mut connection| {
        connection.head_alone();
        read_pattern(&connection.stream, LARGE);
        connection.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n"));
        write_pattern(&connection.stream, LARGE).unwrap();
        connection.wait_for_end();
    });
    let world = World::new(&[target.address]);
    let mut client = world.client();
    client.send(format!("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {LARGE}\r\n\r\n"));
    let before = resident();
    write_pattern(&client.stream, LARGE).unwrap();
    let head = client.head_alone();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    read_pattern(&client.stream, LARGE);
    let growth = resident().saturating_sub(before);
    assert!(growth < LARGE / 8, "{growth} bytes more are resident after {LARGE} each way");
    drop(client);
    let event = &world.events.wait(1)[0];
    assert!(event.received > LARGE as u64 && event.sent > LARGE as u64);
}
