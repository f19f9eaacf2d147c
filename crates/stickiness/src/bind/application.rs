//! `AWSALBAPP-0` to `-3`: the sessions of every application-sticky target group in one token, cut into fragments.
//!
//! What becomes of this target group's session, by what the request and the response carry:
//!
//! | session in the token | application cookie in the request | target sets it | written |
//! |---|---|---|---|
//! | any | any | yes | bound to the target that answered |
//! | alive, followed | yes | no | refreshed |
//! | alive, its target cannot take it | yes | no | moved to the target that answered |
//! | idle too long | yes | no | dropped |
//! | any | no | no | kept as it was |
//! | none | any | no | none |
//!
//! Sessions of other target groups are kept as they came. If the target is a load balancer, its response carries the
//! token too, and its word on them counts: it has opened the same request's token, and bound its own client (S49).

use elbow_model::key::TargetKey;
use rand_core::CryptoRng;

use super::{CookieForm, SameSite, begin_line, expires_and_path};
use crate::cookie::{Name, REMOVE, set_cookie};
use crate::decide::{Carried, Decision, FRAGMENT_CHARS_MAX, open_application};
use crate::token::{self, SESSIONS_MAX, Session};
use crate::{Context, ResponseDate};

/// The sessions that the token carries after a response with these `Set-Cookie` values.
pub(super) fn sessions<'v, R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    decision: &Decision,
    target: TargetKey,
    cookie_name: &str,
    set_cookies: impl Iterator<Item = &'v [u8]> + Clone,
    rng: &mut R,
) -> Vec<Session> {
    let mut sessions = match &decision.carried {
        Carried::Application { others } => others.clone(),
        Carried::Nothing | Carried::Classic { .. } => Vec::new(),
    };
    if let Some(behind) = sessions_behind(context, set_cookies.clone()) {
        sessions.retain(|session| session.group == decision.group);
        sessions.extend(behind.into_iter().filter(|session| session.group != decision.group));
    }
    if set_cookie::find(set_cookies, cookie_name).is_some() || decision.session.is_some() {
        sessions.retain(|other| other.group != decision.group);
        sessions.insert(0, super::session(context, decision, target, rng));
    }
    sessions.sort_by_key(|session| std::cmp::Reverse(session.last_seen));
    sessions.truncate(SESSIONS_MAX);
    sessions
}

/// The sessions that a load balancer behind this one has put into its response; none if there is no token that opens.
fn sessions_behind<'v>(
    context: &Context<'_>,
    set_cookies: impl Iterator<Item = &'v [u8]>,
) -> Option<Vec<Session>> {
    let mut fragments = [None; 4];
    for (name, value) in set_cookies.filter_map(set_cookie::cookie) {
        let places = Name::APPLICATION.iter().zip(&mut fragments);
        let place = places.into_iter().find(|(known, _)| known.as_str().as_bytes() == name);
        if let Some((_, fragment)) = place {
            *fragment = Some(value);
        }
    }
    Some(open_application(context, fragments)?.ok()?.content)
}

/// Appends all four fragments. Those not in use, which without a session are all of them, say `_remove_` (S45).
// AWS: unknown what happens to the sessions of other target groups when this one's response has no application cookie.
// We keep them: `_remove_` would end them although nothing is wrong with them.
pub(super) fn write<R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    sessions: &[Session],
    (date, form): (&ResponseDate, CookieForm),
    same_site: Option<SameSite>,
    rng: &mut R,
    out: &mut Vec<u8>,
) {
    let token = match sessions {
        [] => Vec::new(),
        sessions => token::seal_application(context, sessions, rng).unwrap_or_default(),
    };
    let mut fragments = token.chunks(FRAGMENT_CHARS_MAX);
    for name in Name::APPLICATION {
        begin_line(name, out);
        out.extend_from_slice(fragments.next().unwrap_or(REMOVE));
        expires_and_path(date, out);
        form.end_line(context, same_site, out);
    }
    debug_assert!(fragments.next().is_none(), "{SESSIONS_MAX} sessions fit into the fragments");
}
