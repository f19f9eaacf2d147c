//! The targets as child processes: started, killed with SIGKILL, brought back on the same port, and never
//! left behind.
//!
//! Three things see to the last: a child is killed when its [`Fleet`] is dropped; it ends by itself when
//! its standard input closes, which the system does even if this process is killed with SIGKILL; and it is
//! in a process group of its own, so that Ctrl-C reaches the parent only and the parent stops in its own
//! order.
//!
//! Start at [`Fleet::start`]; one child is in `member`, ports are in `port`.

mod member;
mod port;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::{Error, SessionBackend, Sessions};
use member::Member;

/// The environment variable that tells a target where to keep its carts. It may hold a password, and arguments can be
/// read by every user of the machine.
pub const SESSIONS_VARIABLE: &str = "ELBOW_SESSIONS";

/// What a fleet needs to know.
#[derive(Clone, Debug)]
pub struct FleetSettings {
    /// Program to start for each target, for example `std::env::current_exe()`.
    pub program: PathBuf,
    /// Arguments before ours, for example `demo-target`. Ours are `--name N --zone Z --port P [--control ADDRESS]`, and
    /// [`SESSIONS_VARIABLE`] in the environment; the program turns them into [`crate::TargetSettings`] and calls
    /// [`crate::target::run`].
    pub arguments: Vec<OsString>,
    /// The targets.
    pub targets: Vec<TargetPlace>,
    /// Where they keep their carts.
    pub sessions: SessionBackend,
    /// Where the page finds the control server.
    pub control: Option<SocketAddr>,
}

/// Name and zone of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetPlace {
    /// For example `cart-1`. Names must differ.
    pub name: String,
    /// Availability zone.
    pub zone: String,
}

/// One target as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetStatus {
    /// Name and zone.
    pub place: TargetPlace,
    /// Where it listens, or will again: the same for the fleet's whole life.
    pub address: SocketAddr,
    /// The running process; `None` after it was killed or has ended by itself.
    pub pid: Option<u32>,
    /// Cart requests answered by this process.
    pub requests: u64,
    /// Sessions in this process's memory.
    pub sessions: usize,
}

/// Running targets. Dropping it kills them.
#[derive(Debug)]
pub struct Fleet {
    members: Vec<Member>,
    sessions: SessionBackend,
}

impl Fleet {
    /// Starts all targets and returns when all of them answer.
    ///
    /// # Errors
    /// [`Error::Redis`] if the session store does not answer, [`Error::Spawn`] or [`Error::NotStarted`] if a
    /// target does not come up; those that did are stopped again.
    pub async fn start(settings: FleetSettings) -> Result<Self, Error> {
        // Asked here once, so that the user reads one clear reason instead of one for each target.
        Sessions::open(&settings.sessions).await?;
        let places = settings.targets.iter().cloned();
        let members = places.map(|place| Member::new(place, &settings)).collect::<Result<Vec<_>, _>>()?;
        let fleet = Self { members, sessions: settings.sessions };
        for member in &fleet.members {
            member.revive().await?;
        }
        Ok(fleet)
    }

    /// All targets, in the order in which they were given.
    #[must_use]
    pub fn targets(&self) -> Vec<TargetStatus> {
        self.members.iter().map(Member::status).collect()
    }

    /// Where the targets keep their carts.
    #[must_use]
    pub fn sessions(&self) -> &SessionBackend {
        &self.sessions
    }

    /// Kills a target with SIGKILL and returns when it is dead. A dead one stays dead.
    ///
    /// # Errors
    /// [`Error::UnknownTarget`].
    pub async fn kill(&self, name: &str) -> Result<(), Error> {
        self.member(name)?.kill().await;
        Ok(())
    }

    /// Starts a dead target again, with the same name, zone and port, and returns when it answers. One that
    /// runs is left alone.
    ///
    /// # Errors
    /// [`Error::UnknownTarget`], [`Error::Spawn`], [`Error::NotStarted`].
    pub async fn revive(&self, name: &str) -> Result<(), Error> {
        self.member(name)?.revive().await
    }

    /// Kills all targets and returns when they are dead.
    pub async fn stop(&self) {
        for member in &self.members {
            member.kill().await;
        }
    }

    fn member(&self, name: &str) -> Result<&Member, Error> {
        let found = self.members.iter().find(|member| member.name() == name);
        found.ok_or_else(|| Error::UnknownTarget(name.to_owned()))
    }
}
