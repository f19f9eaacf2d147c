//! The head that the target gets: the client's with the listener's edits (R1-R9) and the rule's rewrites (L21), and the
//! body's first bytes behind it.

use elbow_http1::request::{self, Edits, ForwardedFor, HostEdit, TargetConnection};
use elbow_http1::{forwarded, trace, write_line};
use elbow_routing::{Group, ListenerRoutes, XForwardedFor};
use elbow_stickiness::Decision;
use elbow_telemetry::InvalidNames;
use rand_core::Rng;

use crate::connection::Client;
use crate::exchange::Exchange;
use crate::forward::Route;

/// What stickiness did (design D5).
const OUTCOME_HEADERS: [&[u8]; 2] = [b"X-Elbow-Stickiness", b"X-Elbow-Stickiness-From"];

/// Writes all of the request that is here into `x.up`, for a target of `group`, which may be newer than the route's own.
pub(crate) fn write(
    client: &Client,
    x: &mut Exchange,
    route: &Route<'_>,
    group: &Group,
    decision: &Decision,
) {
    if route.listener.manners.traces {
        write_trace_id(client, x);
    }
    x.lines.clear();
    let outcome_header = group.outcome_header();
    if outcome_header {
        write_outcome(&mut x.lines, group, decision);
    }
    let tls_names =
        route.listener.tls_headers.as_ref().map(|names| names.each_ref().map(|name| name.as_bytes()));
    if let (Some([version, cipher]), Some(secured)) = (tls_names, client.stream.secured()) {
        write_line(&mut x.lines, version, secured.version.as_str().as_bytes());
        write_line(&mut x.lines, cipher, secured.cipher.as_bytes());
    }
    write_client_certificate(client, x, route.listener);
    // What only the load balancer may say.
    let ([outcome, from], all) = (OUTCOME_HEADERS, &mut [b"".as_slice(); 4]);
    let mut with_certificates: Vec<&[u8]> = Vec::new();
    let remove: &[&[u8]] = match (outcome_header, &tls_names) {
        (false, None) => &[],
        (true, None) => &OUTCOME_HEADERS,
        (false, Some(names)) => names,
        (true, Some([version, cipher])) => {
            *all = [outcome, from, version, cipher];
            all
        }
    };
    let remove = match route.listener.client_certificates.reserved() {
        None => remove,
        Some(reserved) => {
            with_certificates.extend(remove.iter().copied().chain(reserved.names()));
            &with_certificates
        }
    };
    x.client_text.clear();
    let forwarded_for = match route.listener.x_forwarded_for {
        XForwardedFor::Append { port } => {
            forwarded::client_text(&mut x.client_text, client.address, port);
            ForwardedFor::Append(&x.client_text)
        }
        XForwardedFor::Preserve => ForwardedFor::Preserve,
        XForwardedFor::Remove => ForwardedFor::Remove,
    };
    let port = route.listener.port.get();
    let edits = Edits {
        forwarded_for,
        forwarded_proto: client.stream.scheme().as_bytes(),
        forwarded_port: port,
        host: HostEdit {
            preserve: route.listener.preserve_host,
            listener_port: port,
            default_host: route.listener.dns_name.as_bytes(),
            rewritten: not_empty(&x.rewritten_host),
        },
        path_and_query: not_empty(&x.rewritten_url),
        trace_id: not_empty(&x.trace_id),
        connection: match route.close_both {
            true => TargetConnection::Close,
            false => TargetConnection::Upgrade,
        },
        drop_invalid_names: route.listener.drop_invalid_headers,
        remove,
        lines: &x.lines,
    };
    if x.head.has_invalid_names(x.request.filled()) {
        let dropped = route.listener.drop_invalid_headers;
        x.notes.invalid_names = Some(if dropped { InvalidNames::Dropped } else { InvalidNames::Forwarded });
    }
    x.up.clear();
    request::write_head(&mut x.up, x.request.filled(), &x.head, &edits);
    x.up.extend_from_slice(&x.body);
}

/// R32. That the client was asked by this listener was seen before its request was admitted.
fn write_client_certificate(client: &Client, x: &mut Exchange, listener: &ListenerRoutes) {
    let Some(identity) = client.stream.client() else { return };
    for (name, value) in identity.lines(&listener.client_certificates).into_iter().flatten() {
        write_line(&mut x.lines, name.as_bytes(), value.as_bytes());
    }
}

fn not_empty(rewritten: &[u8]) -> Option<&[u8]> {
    (!rewritten.is_empty()).then_some(rewritten)
}

/// R7. A second attempt keeps the id of the first.
fn write_trace_id(client: &Client, x: &mut Exchange) {
    if x.trace_id.is_empty() {
        let mut random = [0; 12];
        client.worker.rng.borrow_mut().fill_bytes(&mut random);
        let seconds = client.worker.clock.now().as_secs();
        let seed = trace::Seed { epoch_seconds: u32::try_from(seconds).unwrap_or(u32::MAX), random };
        trace::write(&mut x.trace_id, x.head.trace_id(x.request.filled()), x.head.size(), seed);
    }
}

fn write_outcome(lines: &mut Vec<u8>, group: &Group, decision: &Decision) {
    let [outcome, from] = OUTCOME_HEADERS;
    write_line(lines, outcome, decision.outcome.as_str().as_bytes());
    if let Some(target) = decision.moved_from().and_then(|key| group.target(key)) {
        write_line(lines, from, target.id.as_bytes());
    }
}
