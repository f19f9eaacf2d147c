//! Application-based stickiness: one token for every target group, honoured only beside the application's cookie.

use std::time::Duration;

use elbow_model::key::TargetGroupKey;

use super::{Carried, Decision, check_channel};
use crate::cookie::{Cookies, Name, REMOVE};
use crate::outcome::{Outcome, Rebound};
use crate::policy::DURATION_MAX;
use crate::standing::Targets;
use crate::token::{self, Opened, Session};
use crate::{Context, Invalid};

/// Most characters of one fragment of the token. Browsers keep 4,096 bytes of name, value and attributes, of which a
/// fragment's name and longest attributes take 82.
pub(crate) const FRAGMENT_CHARS_MAX: usize = 4_000;

/// What an application policy says.
#[derive(Clone, Copy)]
pub(super) struct Policy<'a> {
    pub(super) duration: Duration,
    pub(super) cookie_name: &'a str,
    pub(super) https_only: bool,
}

/// Decides as [`super::decide`] does, for `app_cookie`.
pub(super) fn decide<'c, L, T>(
    context: &Context<'_>,
    Policy { duration, cookie_name, https_only }: Policy<'_>,
    group: TargetGroupKey,
    cookies: &Cookies<'c, L>,
    targets: &T,
) -> Decision
where
    L: Iterator<Item = &'c [u8]> + Clone,
    T: Targets + ?Sized,
{
    let fragments = Name::APPLICATION.map(|name| cookies.value(name));
    let opened = open(context, fragments).map(|opened| {
        opened.and_then(|Opened { content: sessions, .. }| {
            // They came in one token, over one channel.
            sessions.iter().try_for_each(|session| check_channel(context, session, https_only))?;
            Ok(sessions)
        })
    });
    let mut sessions = match opened {
        None => return with(Decision::choose(group, Outcome::New), Vec::new()),
        Some(Err(reason)) => return with(Decision::choose(group, Outcome::Invalid(reason)), Vec::new()),
        Some(Ok(sessions)) => sessions,
    };
    let ours = sessions.iter().position(|session| session.group == group).map(|at| sessions.swap_remove(at));
    // How long the other target groups keep their sessions is not known here; none keeps one for longer than this.
    sessions.retain(|session| session.check_age(DURATION_MAX, context.now).is_ok());
    let Some(session) = ours else {
        return with(Decision::choose(group, Outcome::New), sessions);
    };
    if let Err(stale) = session.check_age(duration, context.now) {
        return with(Decision::choose(group, stale.into()), sessions);
    }
    if !cookies.carries(cookie_name) {
        // AWS: unknown what becomes of the session. We keep it in the token as it is: an application cookie with a
        // narrower path is absent on some requests and back on the next.
        sessions.push(session);
        return with(Decision::choose(group, Outcome::Rebound(Rebound::NoApplicationCookie)), sessions);
    }
    with(Decision::follow(context, session, targets), sessions)
}

fn with(mut decision: Decision, others: Vec<Session>) -> Decision {
    decision.carried = Carried::Application { others };
    decision
}

/// Opens the token from the values of its fragments; none if no part of one is there.
pub(crate) fn open(
    context: &Context<'_>,
    fragments: [Option<&[u8]>; 4],
) -> Option<Result<Opened<Vec<Session>>, Invalid>> {
    let open = |value: &[u8]| token::open_application(context, value);
    match fragments.map(|fragment| fragment.filter(|value| *value != REMOVE)) {
        [None, None, None, None] => None,
        [Some(only), None, None, None] => Some(open(only)),
        fragments => Some(join(fragments).and_then(|joined| open(&joined))),
    }
}

/// Puts the fragments together. They are numbered from 0 without a gap (S44).
fn join(fragments: [Option<&[u8]>; 4]) -> Result<Vec<u8>, Invalid> {
    let mut joined = Vec::new();
    let mut ended = false;
    for fragment in fragments {
        match fragment {
            None => ended = true,
            Some(_) if ended => return Err(Invalid::Fragment),
            Some(fragment) if fragment.len() > FRAGMENT_CHARS_MAX => return Err(Invalid::Length),
            Some(fragment) => joined.extend_from_slice(fragment),
        }
    }
    Ok(joined)
}
