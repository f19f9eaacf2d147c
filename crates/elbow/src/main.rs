//! elbow
fn main() {}
