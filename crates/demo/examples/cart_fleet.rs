//! A parent with two targets and nothing else, for the test that kills the parent. Prints the targets'
//! process ids, a line each, and waits.

use std::error::Error;
use std::io::Write as _;

use elbow_demo::fleet::{FleetSettings, TargetPlace};
use elbow_demo::{Fleet, SessionBackend};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = |name: &str| TargetPlace { name: name.to_owned(), zone: "us-east-1a".to_owned() };
    let settings = FleetSettings {
        program: std::env::current_exe()?.with_file_name("cart_target"),
        arguments: Vec::new(),
        targets: vec![place("cart-1"), place("cart-2")],
        sessions: SessionBackend::Memory,
        control: None,
    };
    let fleet = Fleet::start(settings).await?;
    for pid in fleet.targets().iter().filter_map(|target| target.pid) {
        writeln!(std::io::stdout(), "{pid}")?;
    }
    std::future::pending().await
}
