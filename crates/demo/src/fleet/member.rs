//! One child process and its keeper: a task that owns the process, reads its reports and waits for its end,
//! whoever brings that about.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{Mutex, oneshot, watch};
use tokio::task::JoinHandle;

use super::port::Port;
use super::{FleetSettings, SESSIONS_VARIABLE, TargetPlace, TargetStatus};
use crate::target::report::Report;
use crate::{Error, SessionBackend};

/// From the start of a process to its first line.
const START_TIMEOUT: Duration = Duration::from_secs(10);

/// One target: its place and port for good, its process from time to time.
#[derive(Debug)]
pub(super) struct Member {
    place: TargetPlace,
    port: Port,
    program: PathBuf,
    arguments: Vec<OsString>,
    sessions: SessionBackend,
    life: watch::Sender<Life>,
    /// Held while killing or reviving, so that both never happen at once.
    keeper: Mutex<Option<Keeper>>,
}

/// What is known about the process; all zero when there is none.
#[derive(Clone, Copy, Debug, Default)]
struct Life {
    pid: Option<u32>,
    requests: u64,
    sessions: usize,
}

/// The handle of the keeper task. Dropping it ends the task, and with the task the process.
#[derive(Debug)]
struct Keeper {
    kill: oneshot::Sender<()>,
    task: Ending,
}

#[derive(Debug)]
struct Ending(JoinHandle<()>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A started process, as its keeper needs it.
struct Process {
    child: Child,
    reports: Lines<BufReader<ChildStdout>>,
    /// The child ends when this closes; never written to.
    _lifeline: Option<ChildStdin>,
}

impl Member {
    pub(super) fn new(place: TargetPlace, settings: &FleetSettings) -> Result<Self, Error> {
        let spawn_failed = |source| Error::Spawn { name: place.name.clone(), source };
        let port = Port::reserve().map_err(spawn_failed)?;
        let mut arguments = settings.arguments.clone();
        let number = port.address().port().to_string();
        for (flag, value) in [("--name", place.name.as_str()), ("--zone", &place.zone), ("--port", &number)] {
            arguments.extend([flag.into(), value.into()]);
        }
        if let Some(control) = settings.control {
            arguments.extend(["--control".into(), control.to_string().into()]);
        }
        Ok(Self {
            place,
            port,
            program: settings.program.clone(),
            arguments,
            sessions: settings.sessions.clone(),
            life: watch::Sender::new(Life::default()),
            keeper: Mutex::new(None),
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.place.name
    }

    pub(super) fn status(&self) -> TargetStatus {
        let Life { pid, requests, sessions } = *self.life.borrow();
        TargetStatus { place: self.place.clone(), address: self.port.address(), pid, requests, sessions }
    }

    pub(super) async fn kill(&self) {
        let Some(Keeper { kill, mut task }) = self.keeper.lock().await.take() else { return };
        // An error means that the process ended first.
        let _ = kill.send(());
        let _ = (&mut task.0).await;
    }

    pub(super) async fn revive(&self) -> Result<(), Error> {
        let mut keeper = self.keeper.lock().await;
        if self.life.borrow().pid.is_some() {
            return Ok(());
        }
        let process = self.spawn()?;
        let pid = process.child.id();
        let process = self.listening(process).await?;
        self.life.send_replace(Life { pid, ..Life::default() });
        let (kill, killed) = oneshot::channel();
        let task = Ending(tokio::spawn(keep(process, self.life.clone(), killed)));
        *keeper = Some(Keeper { kill, task });
        Ok(())
    }

    fn spawn(&self) -> Result<Process, Error> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env(SESSIONS_VARIABLE, self.sessions.secret_text());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child =
            command.spawn().map_err(|source| Error::Spawn { name: self.place.name.clone(), source })?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let stdout = stdout.ok_or_else(|| self.not_started("it has no standard output"))?;
        Ok(Process { child, reports: BufReader::new(stdout).lines(), _lifeline: stdin })
    }

    /// Waits for the first line. On any failure the process is dropped, which kills it.
    async fn listening(&self, mut process: Process) -> Result<Process, Error> {
        match tokio::time::timeout(START_TIMEOUT, process.reports.next_line()).await {
            Err(_) => Err(self.not_started("it said nothing in time")),
            Ok(Err(cause)) => Err(self.not_started(&cause.to_string())),
            Ok(Ok(None)) => match process.child.wait().await {
                Ok(status) => Err(self.not_started(&format!("it ended with {status}"))),
                Err(cause) => Err(self.not_started(&cause.to_string())),
            },
            Ok(Ok(Some(line))) if self.is_ready(&line) => Ok(process),
            Ok(Ok(Some(line))) => Err(self.not_started(&format!("it said {line:?}"))),
        }
    }

    fn is_ready(&self, line: &str) -> bool {
        Report::parse(line) == Some(Report::Listening(self.address()))
    }

    fn address(&self) -> SocketAddr {
        self.port.address()
    }

    fn not_started(&self, reason: &str) -> Error {
        Error::NotStarted { name: self.place.name.clone(), reason: reason.to_owned() }
    }
}

/// Keeps a process until it ends.
async fn keep(mut process: Process, life: watch::Sender<Life>, mut killed: oneshot::Receiver<()>) {
    let mut reporting = true;
    let mut asked_to_kill = false;
    loop {
        tokio::select! {
            line = process.reports.next_line(), if reporting => match line {
                Ok(Some(line)) => note(&line, &life),
                _ => reporting = false,
            },
            // A dropped sender is the same wish: nobody is left to want this process.
            _ = &mut killed, if !asked_to_kill => {
                asked_to_kill = true;
                if let Err(error) = process.child.start_kill() {
                    tracing::debug!(%error, "the process had ended already");
                }
            }
            ended = process.child.wait() => {
                tracing::debug!(?ended, "a target's process ended");
                break;
            }
        }
    }
    life.send_replace(Life::default());
}

fn note(line: &str, life: &watch::Sender<Life>) {
    if let Some(Report::Counts { requests, sessions }) = Report::parse(line) {
        life.send_modify(|life| (life.requests, life.sessions) = (requests, sessions));
    }
}
