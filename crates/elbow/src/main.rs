//! The `elbow` program: reads settings, puts the parts together and runs them.
//!
//! [`cli`] says what can be asked for, [`command`] has one file for each thing that can be done, [`serve`] puts the
//! server together. Nothing here decides about requests, sessions or API calls; that is in the crates below.

mod access_logs;
mod caller;
mod cli;
mod clock;
mod command;
mod console;
mod demo;
mod descriptors;
mod ec2_endpoint;
mod failure;
mod http_server;
mod key_ring;
mod log;
mod migrate;
mod object_store;
mod outgoing;
mod random;
mod server;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::failure::Failure;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return failure::of_command_line(&error),
    };
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(serve) => command::serve::run(serve),
        Command::Demo(demo) => command::demo::run(&demo),
        Command::Console(console) => command::console::run(console),
        Command::Explain(explain) => command::explain::run(explain),
        Command::Sessions(sessions) => command::sessions::run(sessions),
        Command::Credentials(credentials) => command::credentials::run(credentials),
        Command::Keys(keys) => command::keys::run(keys),
        Command::Instance(instance) => command::instance::run(instance),
        Command::Certificate(certificate) => command::certificate::run(certificate),
        Command::Export(export) => command::transfer::export(export),
        Command::Import(import) => command::transfer::import(import),
        Command::Migrate(migrate) => command::migrate::run(migrate),
        Command::Completions { shell } => command::manual::completions(shell),
        Command::Man(man) => command::manual::man(&man),
        Command::DemoTarget(target) => command::demo::target(target),
    }
}
