//! The head that the client gets: the target's with the cookies that bind the client and the listener's own lines.

use elbow_http1::response::{self, Edits, client_framing};
use elbow_http1::write_line;
use elbow_routing::{Group, Hardening, ResponseHeader};
use elbow_stickiness::{Context as Moment, Policy, Reply, bind, bind_group, harden};
use elbow_telemetry::SessionSeen;

use crate::connection::Client;
use crate::exchange::Exchange;
use crate::forward::{Answered, Route};
use crate::pump::Pump;

/// Header lines of a listener's own that are looked for among the target's (R26: there are ten).
const MAX_OWN_HEADERS: usize = 16;

/// Writes the answer's head into `x.down`, and returns what will move the body behind it.
pub(crate) fn write_head(
    client: &Client,
    x: &mut Exchange,
    route: &Route<'_>,
    answered: &Answered,
    keep_alive: bool,
) -> Pump {
    // Taken out, because the rest of the exchange is looked at meanwhile.
    let mut lines = std::mem::take(&mut x.own_lines);
    lines.clear();
    let group = answered.newer_group.as_ref().unwrap_or(route.group);
    let moment = route.moment(client);
    let hardening = group.hardening().filter(|_| moment.secure);
    if let Some(hardening) = hardening {
        harden_cookies(x, hardening, &mut lines);
    }
    x.notes.session = write_cookies(client, x, route, &moment, (group, answered), &mut lines);
    let own = &route.listener.response_headers;
    write_lines(&mut lines, own);
    let mut names: [&[u8]; MAX_OWN_HEADERS] = [b""; MAX_OWN_HEADERS];
    names.iter_mut().zip(own).for_each(|(name, header)| *name = header.name.as_bytes());
    let version = x.head.version();
    let edits = Edits {
        client_version: version,
        keep_alive,
        date: &client.worker.clock.date(),
        remove: names.get(..own.len()).unwrap_or(&names),
        rewrites_cookies: hardening.is_some(),
        lines: &lines,
    };
    x.down.clear();
    response::write_head(&mut x.down, x.response.filled(), &x.answer, &edits);
    x.own_lines = lines;
    let framing = x.answer.framing();
    let length = x.answer.len();
    x.response.consume(length);
    Pump::new(framing, client_framing(framing, version))
}

/// The target's own cookies, with what they lack.
fn harden_cookies(x: &Exchange, hardening: &Hardening, lines: &mut Vec<u8>) {
    for value in x.answer.set_cookies(x.response.filled()) {
        lines.extend_from_slice(b"Set-Cookie: ");
        harden(value, |name| hardening.leaves_alone(name), lines);
        lines.extend_from_slice(b"\r\n");
    }
}

/// The cookies that keep the client in its group and with the target that answered (S54). Returns the session that the
/// client has by them.
fn write_cookies(
    client: &Client,
    x: &Exchange,
    route: &Route<'_>,
    moment: &Moment<'_>,
    (group, answered): (&Group, &Answered),
    lines: &mut Vec<u8>,
) -> Option<SessionSeen> {
    let policy = route.policy(group);
    if !policy.is_sticky() && route.of_group.is_none() {
        return None;
    }
    let wants_agent = matches!(policy, Policy::AppCookie { .. });
    let reply = Reply {
        date: &client.worker.clock.expires(),
        user_agent: if wants_agent { x.user_agent() } else { None },
        set_cookies: x.answer.set_cookies(x.response.filled()),
        form: group.cookie_form(),
    };
    let mut rng = client.worker.rng.borrow_mut();
    if let Some(decision) = &route.of_group {
        bind_group(moment, decision, route.group.key(), reply.date, reply.form, &mut *rng, lines);
    }
    let session = bind(moment, policy, &answered.decision, answered.target, reply, &mut *rng, lines)?;
    Some(SessionSeen { id: session.short(), lives: policy.idle_time()? })
}

/// The header lines that a listener gives every response (R26).
pub(crate) fn write_lines(lines: &mut Vec<u8>, headers: &[ResponseHeader]) {
    for ResponseHeader { name, value } in headers {
        write_line(lines, name.as_bytes(), value.as_bytes());
    }
}
