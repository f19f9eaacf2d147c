//! The real program as a child process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use super::PAIR;

/// A running `elbow serve`. Dropping it kills it.
pub struct Program {
    child: Child,
    api: SocketAddr,
    data: PathBuf,
}

impl Program {
    /// Starts the server on a data directory and returns when the API answers.
    pub fn start(data: &Path) -> Self {
        let mut child = command(&["serve", "--api-address", "127.0.0.1:0", "--workers", "2"])
            .arg("--data-dir")
            .arg(data)
            .env("ELBOW_ACCESS_KEY_ID", PAIR.0)
            .env("ELBOW_SECRET_ACCESS_KEY", PAIR.1)
            .env("ELBOW_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let api =
            line.trim().strip_prefix("Elbow API on http://").expect("the server starts").parse().unwrap();
        Self { child, api, data: data.to_owned() }
    }

    /// Where the API is.
    pub fn api(&self) -> SocketAddr {
        self.api
    }

    /// Kills it with SIGKILL and starts it again on the same data.
    pub fn kill_and_restart(mut self) -> Self {
        self.kill();
        Self::start(&self.data)
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits until it has ended by itself.
    pub fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs the program to its end.
pub fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// The program without anything from the environment of whoever runs the tests.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_elbow"));
    let inherited = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ELBOW_"));
    for (name, _) in inherited {
        command.env_remove(name);
    }
    command.args(arguments);
    command
}
