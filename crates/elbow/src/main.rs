//! The `elbow` program: reads settings, puts the parts together and runs them.
mod cli;
mod settings;
fn main() {}
