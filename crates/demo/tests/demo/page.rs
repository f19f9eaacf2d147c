//! The page's own tests, which are written in its own language and run by Node.

use std::process::Command;

#[test]
fn the_words_of_the_page() {
    let page = |name: &str| format!("{}/page/{name}", env!("CARGO_MANIFEST_DIR"));
    let tests = ["story.test.mjs", "https.test.mjs"].map(page);
    match Command::new("node").arg("--test").args(tests).output() {
        Ok(run) => assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout)),
        Err(error) => println!("skipped: node cannot be started ({error}); install Node to run this test"),
    }
}
