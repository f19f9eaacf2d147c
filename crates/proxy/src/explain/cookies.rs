//! What the load balancer's cookies in a request say, and until when.

use elbow_model::Timestamp;
use elbow_model::key::TargetGroupKey;
use elbow_routing::Forward;
use elbow_stickiness::{Cookies, Opened, Outcome, Policy, Session, Token, tokens};

use super::{Asked, InGroup};
use crate::forward;

/// One of the load balancer's cookies.
#[derive(Clone, Debug)]
pub struct Cookie {
    /// Its name; of one in several parts that of the first.
    pub name: &'static str,
    /// What it holds, or why it cannot be read.
    pub content: Result<Opened<Vec<Seen>>, Outcome>,
}

/// A session that a cookie carries.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The session.
    pub session: Session,
    /// When it ends unless the client comes back; `None` if that is not for the load balancer to say.
    pub ends: Option<Timestamp>,
}

pub(super) fn explain<'c>(
    asked: &Asked<'_>,
    forward: &Forward,
    groups: &[InGroup],
    cookies: &Cookies<'c, impl Iterator<Item = &'c [u8]> + Clone>,
) -> Vec<Cookie> {
    let seen = |session: Session| Seen { session, ends: ends(asked, forward, &session) };
    let of_token = |Token { cookie, content }| Cookie {
        name: cookie,
        content: content
            .map_err(Into::into)
            .map(|Opened { key, content }| Opened { key, content: content.into_iter().map(seen).collect() }),
    };
    let classic = groups.first().map_or(TargetGroupKey::new(0), |it| it.group);
    tokens(&asked.moment(), classic, cookies).into_iter().map(of_token).collect()
}

/// When a session is over by the duration that is set now (S33, S42, S54).
fn ends(asked: &Asked<'_>, forward: &Forward, session: &Session) -> Option<Timestamp> {
    // A cookie of group stickiness names no target.
    if session.target.get() == 0 {
        return forward.stickiness().map(|policy| session.last_seen + policy.duration);
    }
    let group = asked.snapshot.table.group(session.group)?;
    match forward::policy(group, forward.is_weighted()) {
        Policy::LbCookie { duration, .. } | Policy::AppCookie { duration, .. } => {
            Some(session.last_seen + *duration)
        }
        Policy::None | Policy::ClassicDuration { .. } | Policy::ClassicApplication { .. } => None,
    }
}
