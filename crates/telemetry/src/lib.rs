//! What happened: one [`RequestFinished`] for each request, counted by [`Metrics`], and how targets do.
//!
//! Start with [`RequestFinished`]: it carries what an access log line and the CloudWatch metrics need, borrowed from
//! the request, so that emitting it costs no copy. A [`Sink`] receives it. [`Recorder`] is the sink that every worker
//! has: it counts into a shard that only this worker writes, and [`Metrics::snapshot`] adds the shards up on demand.
//!
//! [`AccessLogs`] has the lines of load balancers that log their requests; each worker writes them through its [`LogWriter`].
//!
//! [`HealthChecked`] is the same for health checks. How targets do is no event: [`TargetGroupHealth`] is made of the routing
//! table when somebody asks.
//!
//! This crate decides nothing about requests and performs no I/O; [`Snapshot::write_prometheus`] writes text into a
//! buffer that somebody else serves.

mod access_log;
mod counter;
mod event;
mod health;
mod history;
mod keys;
mod metrics;
mod prometheus;
mod recorder;
mod sessions;
mod snapshot;

pub use access_log::{AccessLogs, Civil, LogFormat, LogTime, LogTimes, LogWriter, Logged};
pub use event::{
    AnsweredBy, CheckFailure, ExecutedAction, Handshake, HandshakeFailure, HealthChecked, InvalidNames,
    MatchedRule, NonSticky, RequestFinished, Sink, TargetTimes,
};
pub use health::TargetGroupHealth;
pub use history::{
    GroupNow, History, LoadBalancerSample, ResponseTimes, Step, TargetGroupSample, TargetSample,
};
pub use metrics::Metrics;
pub use recorder::Recorder;
pub use sessions::{LiveSessions, SessionSeen};
pub use snapshot::{LoadBalancerCount, Snapshot, StatusClasses, TargetCount, TargetGroupCount};
