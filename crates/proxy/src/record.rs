//! The record of a request that is over.

use elbow_telemetry::{LogFormat, LogTimes, Logged, RequestFinished, TargetTimes};

use crate::access_log::LoggedListener;
use crate::connection::Client;
use crate::exchange::Exchange;

/// Tells telemetry.
pub(crate) fn finish(client: &Client, x: &mut Exchange) {
    // Taken out, because exchanges are kept and what is known of listeners should not be.
    let logs = x.notes.logs.take();
    let x = &*x;
    let notes = &x.notes;
    let head = x.head_bytes();
    let clock = &client.worker.clock;
    let finished = client.worker.moment();
    let times = notes.sent.map(|sent| TargetTimes {
        request: sent.since(notes.created),
        target: notes.answered.map(|answered| answered.since(sent)),
        response: notes.answered.map(|answered| finished.since(answered)),
    });
    client.worker.finished(&RequestFinished {
        load_balancer: notes.listener.map(|(load_balancer, _)| load_balancer),
        listener: notes.listener.map(|(_, listener)| listener),
        client: client.address,
        target: notes.target,
        target_group: notes.group,
        created: clock.timestamp(notes.created),
        finished: clock.timestamp(finished),
        times,
        status: notes.status,
        answered_by: notes.answered_by,
        target_status: notes.target_status,
        received_bytes: x.received(),
        sent_bytes: notes.written,
        method: x.head.method(head),
        uri: x.head.target(head),
        version: client.stream.http_version().unwrap_or(x.head.version().as_str()),
        host: x.head.host(head).unwrap_or_default(),
        user_agent: x.user_agent().unwrap_or_default(),
        trace_id: &x.trace_id,
        rule: notes.rule,
        rule_evaluations: notes.rule_evaluations,
        action: notes.action,
        redirect_url: &x.location,
        transformed_host: &x.rewritten_host,
        transformed_uri: &x.rewritten_url,
        request_transform_status: notes.transform_status,
        error_reason: notes.error_reason,
        classification: notes.classification.map_or("", |it| it.tier.as_str()),
        classification_reason: notes.classification.map_or("", |it| it.reason.as_str()),
        invalid_names: notes.invalid_names,
        outcome: notes.outcome.as_str(),
        non_sticky: notes.non_sticky,
        session: notes.session,
        insecure_replay: notes.insecure_replay,
        unhealthy_routing: notes.unhealthy_routing,
        refused_connections: notes.refused,
        upgraded: notes.upgraded,
        grpc: notes.grpc,
        logged: logs.as_deref().map(|listener| logged(client, x, listener)),
    });
}

/// What the access log of the listener's load balancer needs.
fn logged<'a>(client: &Client, x: &'a Exchange, listener: &'a LoggedListener) -> Logged<'a> {
    let (notes, head) = (&x.notes, x.head_bytes());
    // A target may answer before it has all of the request: then it has seen enough.
    let sent = notes.sent.or(notes.answered);
    let times = LogTimes {
        request: sent.map(|sent| sent.since(notes.created)),
        target: sent.zip(notes.answered).map(|(sent, answered)| answered.since(sent)),
        response: notes.answered.zip(notes.began).map(|(answered, began)| began.since(answered)),
    };
    Logged {
        format: LogFormat::Classic,
        load_balancer: &listener.load_balancer,
        protocol: listener.protocol,
        port: listener.port,
        secured: client.stream.secured().map(|secured| (secured.cipher, secured.version)),
        created: client.worker.clock.log_time(notes.created),
        times,
        received_head: x.head.len() as u64,
        sent_heads: notes.heads_written,
        host: x.head.host_and_port(head).map_or(listener.dns_name.as_bytes(), |(host, _)| host),
        path: x.head.path(head),
        query: x.head.query(head),
    }
}
