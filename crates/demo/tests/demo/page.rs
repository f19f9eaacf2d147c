//! The page's own tests, which are written in its own language and run by Node.

use std::process::Command;

#[test]
fn the_words_of_the_page() {
    let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/page/story.test.mjs");
    match Command::new("node").args(["--test", tests]).output() {
        Ok(run) => assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout)),
        Err(error) => println!("skipped: node cannot be started ({error}); install Node to run this test"),
    }
}
