//! The shape of `GET /state`.

use serde::Serialize;

use super::{BalancerError, BalancerView, HealthState, Stickiness};
use crate::fleet::TargetStatus;
use crate::{Fleet, SessionBackend};

#[derive(Serialize)]
pub(super) struct State {
    balancer: BalancerState,
    sessions: SessionsState,
    targets: Vec<TargetState>,
}

/// Absent fields: the load balancer could not be asked, and `error` says why.
#[derive(Serialize)]
struct BalancerState {
    name: Option<String>,
    plain_page: Option<String>,
    secure_page: Option<String>,
    stickiness: Option<Stickiness>,
    error: Option<String>,
}

#[derive(Serialize)]
struct SessionsState {
    kind: &'static str,
    address: Option<String>,
}

#[derive(Serialize)]
struct TargetState {
    name: String,
    zone: String,
    address: String,
    pid: Option<u32>,
    requests: u64,
    sessions: usize,
    health: Option<HealthState>,
    health_reason: Option<String>,
}

impl State {
    pub(super) fn new(fleet: &Fleet, view: &Result<BalancerView, BalancerError>) -> Self {
        let view = view.as_ref();
        let targets = fleet.targets().into_iter().map(|target| TargetState::new(target, view.ok()));
        let address = match fleet.sessions() {
            SessionBackend::Memory => None,
            SessionBackend::Redis(redis) => Some(redis.address().to_owned()),
        };
        Self {
            balancer: BalancerState {
                name: view.ok().map(|view| view.name.clone()),
                plain_page: view.ok().map(|view| view.plain_page.clone()),
                secure_page: view.ok().map(|view| view.secure_page.clone()),
                stickiness: view.ok().map(|view| view.stickiness),
                error: view.err().map(ToString::to_string),
            },
            sessions: SessionsState { kind: fleet.sessions().kind(), address },
            targets: targets.collect(),
        }
    }
}

impl TargetState {
    fn new(target: TargetStatus, view: Option<&BalancerView>) -> Self {
        let health = view.and_then(|view| view.health.iter().find(|health| health.address == target.address));
        Self {
            name: target.place.name,
            zone: target.place.zone,
            address: target.address.to_string(),
            pid: target.pid,
            requests: target.requests,
            sessions: target.sessions,
            health: health.map(|health| health.state),
            health_reason: health.and_then(|health| health.reason.clone()),
        }
    }
}
