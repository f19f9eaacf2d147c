//! The data plane, and what feeds it: the publisher of snapshots and the health prober.

pub mod publisher;
#[cfg(test)]
mod testing;
