//! The binding: which cookies a response carries, to the byte.
//!
//! Both functions append complete `Set-Cookie: NAME=VALUE; …` lines, each ended by CR LF, for the target that answered.
//! Call them for responses of a target only.
// AWS: unknown whether responses of the load balancer itself carry these cookies, and whether a 101 does; they were only
// ever seen on responses of targets. We set them on every final response of a target, 101 included.

mod application;
mod chromium;
mod classic;
mod form;

use elbow_model::key::{TargetGroupKey, TargetKey};
use rand_core::CryptoRng;

pub use self::form::{CookieForm, SameSite};
use crate::cookie::{Name, set_cookie};
use crate::decide::{Decision, GroupDecision};
use crate::outcome::{Outcome, Rebound};
use crate::policy::Policy;
use crate::token::{self, Kind, Session, SessionId};
use crate::{Context, ResponseDate};

/// What binding needs to know of the request's and the response's heads.
#[derive(Clone, Debug)]
pub struct Reply<'a, S> {
    /// The date of the response, shared by all responses of a second.
    pub date: &'a ResponseDate,
    /// The request's `User-Agent`; decides `SameSite` of `AWSALBAPP-n` (S46). Other cookies do not look at it.
    pub user_agent: Option<&'a [u8]>,
    /// The values of the target's `Set-Cookie` headers. Only application-based policies look at them.
    pub set_cookies: S,
    /// Attributes beyond ALB's. Classic policies do not look at them.
    pub form: CookieForm,
}

/// Appends the cookies that keep the client with `target`, which answered. Writes nothing for [`Policy::None`], and
/// leaves `out` as it is if a token cannot be sealed. Returns the session that the request was one of, or that begins with
/// it.
pub fn bind<'a, 'v, S, R>(
    context: &Context<'_>,
    policy: &Policy,
    decision: &Decision,
    target: TargetKey,
    reply: Reply<'a, S>,
    rng: &mut R,
    out: &mut Vec<u8>,
) -> Option<SessionId>
where
    S: Iterator<Item = &'v [u8]> + Clone,
    R: CryptoRng + ?Sized,
{
    match policy {
        Policy::None => None,
        Policy::LbCookie { .. } => {
            let session = session(context, decision, target, rng);
            pair(context, Kind::Target, Name::TARGET, &session, (reply.date, reply.form), rng, out);
            Some(session.id)
        }
        Policy::AppCookie { cookie_name, .. } => {
            let wants_none = context.secure && reply.user_agent.is_some_and(chromium::needs_same_site);
            let same_site = wants_none.then_some(SameSite::None);
            let sessions =
                application::sessions(context, decision, target, cookie_name, reply.set_cookies, rng);
            application::write(context, &sessions, (reply.date, reply.form), same_site, rng, out);
            // One that the request did not carry the application's cookie for is kept, and was not seen.
            let is_seen = |it: &&Session| it.group == decision.group && it.last_seen == context.now;
            sessions.iter().find(is_seen).map(|session| session.id)
        }
        Policy::ClassicDuration { period } => classic::duration(context, decision, target, *period, rng, out),
        Policy::ClassicApplication { cookie_name } => {
            let cookie = set_cookie::find(reply.set_cookies, cookie_name);
            classic::application(context, decision, target, cookie, rng, out)
        }
    }
}

/// Appends the cookies that keep the client in `group`, whose target answered. Writes nothing if the forward action has
/// no group stickiness.
pub fn bind_group<R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    decision: &GroupDecision,
    group: TargetGroupKey,
    date: &ResponseDate,
    form: CookieForm,
    rng: &mut R,
    out: &mut Vec<u8>,
) {
    if decision.outcome == Outcome::Skipped {
        return;
    }
    let no_target = TargetKey::new(0);
    let session = match decision.session.filter(|session| session.group == group) {
        Some(session) => session.answered_by(context, no_target, false),
        None => Session::begin(context, group, no_target, rng),
    };
    pair(context, Kind::Group, Name::GROUP, &session, (date, form), rng, out);
}

/// The session after the response: the one that goes on, or a new one.
fn session<R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    decision: &Decision,
    target: TargetKey,
    rng: &mut R,
) -> Session {
    match decision.session {
        Some(session) => {
            let comes_back = decision.outcome != Outcome::Rebound(Rebound::Deregistered);
            session.answered_by(context, target, comes_back)
        }
        None => Session::begin(context, decision.group, target, rng),
    }
}

/// A cookie and its CORS twin with the same value, in ALB's form (S2, S5, S9, S10).
fn pair<R: CryptoRng + ?Sized>(
    context: &Context<'_>,
    kind: Kind,
    (plain, twin): (Name, Name),
    session: &Session,
    (date, form): (&ResponseDate, CookieForm),
    rng: &mut R,
    out: &mut Vec<u8>,
) {
    let start = out.len();
    begin_line(plain, out);
    let value = out.len();
    if token::seal(context, kind, session, rng, out).is_none() {
        out.truncate(start);
        return;
    }
    let value = value..out.len();
    expires_and_path(date, out);
    form.end_line(context, None, out);
    begin_line(twin, out);
    out.extend_from_within(value);
    expires_and_path(date, out);
    form.end_line(context, Some(SameSite::None), out);
}

fn begin_line(name: Name, out: &mut Vec<u8>) {
    out.extend_from_slice(b"Set-Cookie: ");
    out.extend_from_slice(name.as_str().as_bytes());
    out.push(b'=');
}

fn expires_and_path(date: &ResponseDate, out: &mut Vec<u8>) {
    out.extend_from_slice(b"; Expires=");
    out.extend_from_slice(date.expires());
    out.extend_from_slice(b"; Path=/");
}

#[cfg(test)]
mod tests;
