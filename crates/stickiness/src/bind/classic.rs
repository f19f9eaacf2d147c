//! `AWSELB` and `AWSELBCORS` in Classic's form: `;PATH=/;MAX-AGE=600`, upper case, no spaces, and only when the client
//! needs one.

use std::time::Duration;

use elbow_model::key::TargetKey;
use rand_core::CryptoRng;

use super::begin_line;
use crate::Context;
use crate::cookie::{Name, set_cookie};
use crate::decide::{Carried, Choice, Decision};
use crate::token::{self, Session, SessionId};

/// The attributes that `AWSELB` takes over from the application's cookie.
const COPIED: [&str; 12] = [
    "PATH",
    "PORT",
    "DOMAIN",
    "SECURE",
    "HTTPONLY",
    "DISCARD",
    "MAX-AGE",
    "EXPIRES",
    "VERSION",
    "COMMENT",
    "COMMENTURL",
    "SAMESITE",
];

/// Most bytes of attributes that are taken over; an attribute that does not fit is left out.
const COPIED_BYTES_MAX: usize = 2_048;

/// Duration-based: a cookie for a new or moved session. It is not refreshed; the client ages it.
pub(super) fn duration<R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    decision: &Decision,
    target: TargetKey,
    period: Option<Duration>,
    rng: &mut R,
    out: &mut Vec<u8>,
) -> Option<SessionId> {
    let session = match &decision.session {
        // AWS: one observer saw a cookie on each response, others only on the first. We follow the documentation, with
        // one exception: a cookie whose key has stopped issuing is sealed anew with the time it has left, because the
        // load balancer would outlive its keys otherwise, and the session not.
        Some(session) if decision.choice == Choice::Follow(target) => {
            let Carried::Classic { old_key: true } = decision.carried else { return Some(session.id) };
            *session
        }
        _ => super::session(context, decision, target, rng),
    };
    let attributes = match period {
        None => b";PATH=/".to_vec(),
        Some(period) => {
            let left =
                period.as_secs().saturating_sub(context.now.saturating_since(session.last_seen).as_secs());
            if left == 0 && !period.is_zero() {
                return Some(session.id);
            }
            format!(";PATH=/;MAX-AGE={left}").into_bytes()
        }
    };
    pair(context, &session, &attributes, &attributes, rng, out);
    Some(session.id)
}

/// Application-controlled: a cookie beside the application's own, `cookie`, with its attributes.
// AWS: says that a cookie is inserted only when the response sets the application's, and that a session whose instance
// failed stays with the next one. Without a cookie it could not, so we also insert one when a session moves, as a
// browser-session cookie for `/`; and when the key of the client's has stopped issuing, because sessions of applications
// may last longer than keys are accepted.
pub(super) fn application<R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    decision: &Decision,
    target: TargetKey,
    cookie: Option<&[u8]>,
    rng: &mut R,
    out: &mut Vec<u8>,
) -> Option<SessionId> {
    // A semicolon at the end makes AWS ignore the application's cookie.
    let cookie = cookie.filter(|value| !value.trim_ascii_end().ends_with(b";"));
    let moved = decision.session.is_some() && decision.choice != Choice::Follow(target);
    let (plain, twin) = match cookie {
        Some(value) => {
            (copied(value, |_| true), copied(value, |name| !matches!(name, "SECURE" | "SAMESITE")))
        }
        None if moved || matches!(decision.carried, Carried::Classic { old_key: true }) => {
            (b";PATH=/".to_vec(), b";PATH=/".to_vec())
        }
        None => return decision.session.map(|session| session.id),
    };
    let session = super::session(context, decision, target, rng);
    pair(context, &session, &plain, &twin, rng, out);
    Some(session.id)
}

/// Both cookies, and the header that AWS sends with them so that no cache keeps them.
// AWS: the twin was only seen with SECURE. On a plain-HTTP listener we leave SECURE out, as ALB does (S2).
fn pair<R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    session: &Session,
    plain: &[u8],
    twin: &[u8],
    rng: &mut R,
    out: &mut Vec<u8>,
) {
    let start = out.len();
    begin_line(Name::Classic, out);
    let value = out.len();
    if token::seal_classic(context, session, rng, out).is_none() {
        out.truncate(start);
        return;
    }
    let value = value..out.len();
    out.extend_from_slice(plain);
    out.extend_from_slice(b"\r\n");
    begin_line(Name::ClassicCors, out);
    out.extend_from_within(value);
    out.extend_from_slice(twin);
    out.extend_from_slice(if context.secure { b";SECURE;SAMESITE=None\r\n" } else { b";SAMESITE=None\r\n" });
    out.extend_from_slice(b"Cache-control: no-cache=\"set-cookie\"\r\n");
}

/// The attributes of the application's cookie in Classic's form.
fn copied(cookie: &[u8], wanted: impl Fn(&str) -> bool) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in set_cookie::attributes(cookie) {
        let known = COPIED.into_iter().find(|known| known.as_bytes().eq_ignore_ascii_case(name));
        let Some(known) = known.filter(|known| wanted(known)) else { continue };
        let before = out.len();
        out.push(b';');
        out.extend_from_slice(known.as_bytes());
        if let Some(value) = value {
            out.push(b'=');
            for byte in value {
                match byte {
                    b'_' if known == "PATH" => out.extend_from_slice(b"%5F"),
                    byte => out.push(*byte),
                }
            }
        }
        if out.len() > COPIED_BYTES_MAX || out.iter().any(u8::is_ascii_control) {
            out.truncate(before);
        }
    }
    out
}
