//! The record of a connection that was passed on.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use elbow_model::key::{ListenerKey, LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_routing::{Group, ListenerRoutes, Target};
use elbow_telemetry::{
    AnsweredBy, ExecutedAction, LogFormat, LogTimes, Logged, RequestFinished, TargetTimes,
};

use crate::access_log::LoggedListener;
use crate::clock::Moment;
use crate::connection::Client;
use crate::tunnel::Moved;

/// What is known of a connection by the time it ends.
pub(crate) struct Record {
    load_balancer: LoadBalancerKey,
    listener: ListenerKey,
    /// The listener, if it logs its requests.
    logs: Option<Rc<LoggedListener>>,
    created: Moment,
    tried: Option<Moment>,
    connected: Option<Moment>,
    group: Option<TargetGroupKey>,
    target: Option<(TargetKey, SocketAddr)>,
    refused: u8,
    moved: Moved,
}

impl Record {
    pub(super) fn begin(client: &Client, listener: &ListenerRoutes) -> Self {
        Self {
            load_balancer: listener.load_balancer,
            listener: listener.key,
            logs: client.worker.logged_listeners.of(listener),
            created: client.worker.moment(),
            tried: None,
            connected: None,
            group: None,
            target: None,
            refused: 0,
            moved: Moved::default(),
        }
    }

    /// The connection is offered to a target.
    pub(super) fn tries(&mut self, client: &Client, group: &Arc<Group>, target: &Target) {
        self.tried = self.logs.is_some().then(|| client.worker.moment());
        self.group = Some(group.key());
        self.target = Some((target.key, target.address));
    }

    /// The target refused it.
    pub(super) fn refused(&mut self) {
        self.refused = self.refused.saturating_add(1);
    }

    /// The target took it.
    pub(super) fn connected(&mut self, client: &Client) {
        self.connected = Some(client.worker.moment());
    }

    pub(super) fn moved(&mut self, moved: Moved) {
        self.moved = moved;
    }

    /// Tells telemetry.
    pub(super) fn finish(&self, client: &Client) {
        let clock = &client.worker.clock;
        let times = self.connected.map(|connected| TargetTimes {
            request: connected.since(self.created),
            target: None,
            response: None,
        });
        client.worker.finished(&RequestFinished {
            load_balancer: Some(self.load_balancer),
            listener: Some(self.listener),
            client: client.address,
            target: self.target,
            target_group: self.group,
            created: clock.timestamp(self.created),
            finished: clock.timestamp(client.worker.moment()),
            times,
            status: 0,
            answered_by: AnsweredBy::Target,
            target_status: None,
            received_bytes: self.moved.up,
            sent_bytes: self.moved.down,
            method: b"",
            uri: b"",
            version: "",
            host: b"",
            user_agent: b"",
            trace_id: b"",
            rule: None,
            rule_evaluations: 0,
            action: Some(ExecutedAction::Forward),
            redirect_url: b"",
            transformed_host: b"",
            transformed_uri: b"",
            request_transform_status: None,
            error_reason: None,
            classification: "",
            classification_reason: "",
            invalid_names: None,
            outcome: "skipped",
            non_sticky: None,
            session: None,
            insecure_replay: false,
            unhealthy_routing: false,
            refused_connections: self.refused,
            upgraded: false,
            grpc: false,
            logged: self.logs.as_deref().map(|listener| self.logged(client, listener)),
        });
    }

    /// What the access log of the listener's load balancer needs.
    fn logged<'a>(&self, client: &Client, listener: &'a LoggedListener) -> Logged<'a> {
        let times = LogTimes {
            request: self.moved.began.map(|began| began.since(self.created)),
            target: self.tried.zip(self.connected).map(|(tried, connected)| connected.since(tried)),
            // What is read is written in the same turn, which is one moment.
            response: (self.moved.down > 0).then_some(Duration::ZERO),
        };
        Logged {
            format: LogFormat::Classic,
            load_balancer: &listener.load_balancer,
            protocol: listener.protocol,
            port: listener.port,
            secured: client.stream.secured().map(|secured| (secured.cipher, secured.version)),
            created: client.worker.clock.log_time(self.created),
            times,
            received_head: 0,
            sent_heads: 0,
            host: b"",
            path: b"",
            query: None,
        }
    }
}
