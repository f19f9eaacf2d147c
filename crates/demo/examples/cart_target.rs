//! One cart target as a program of its own: what the tests start, and what you can start by hand.
//!
//! ```text
//! cargo run -p elbow-demo --example cart_target -- --name cart-1 --zone us-east-1a --port 8081
//! ```

use std::error::Error;
use std::process::ExitCode;

use elbow_demo::fleet::SESSIONS_VARIABLE;
use elbow_demo::{SessionBackend, TargetSettings, target};

fn main() -> ExitCode {
    let done = settings().and_then(|settings| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(target::run(settings))?)
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cart_target: {error}");
            ExitCode::FAILURE
        }
    }
}

fn settings() -> Result<TargetSettings, Box<dyn Error>> {
    let mut settings = TargetSettings {
        name: "cart".to_owned(),
        zone: "zone".to_owned(),
        port: 0,
        sessions: match std::env::var(SESSIONS_VARIABLE) {
            Ok(given) => given.parse()?,
            Err(_) => SessionBackend::Memory,
        },
        control: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--name" => settings.name = value,
            "--zone" => settings.zone = value,
            "--port" => settings.port = value.parse()?,
            "--control" => settings.control = Some(value.parse()?),
            _ => return Err(format!("unknown flag {flag}").into()),
        }
    }
    Ok(settings)
}
