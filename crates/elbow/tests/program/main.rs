//! The real program, from outside: what a user is promised.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test states what must be true; it may fail loudly"
)]
#![allow(unreachable_pub, reason = "nothing outside this crate uses it")]

mod changes;
mod classic;
mod command_line;
mod sessions;
mod world;
