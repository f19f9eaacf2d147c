//! Sticky sessions: which target a request's cookies lead to, and which cookies its response carries.
//!
//! This crate is pure. It performs no I/O, reads no clock, draws no randomness and writes no log: the moment, the keys,
//! the standing of targets and the random generator are arguments. Two nodes with the same keys and the same
//! configuration therefore decide the same, and a whole fleet can be simulated in one loop (`tests/simulation.rs`).
//!
//! # A request's way
//!
//! 1. [`Cookies::read`] finds the load balancer's own cookies in the request's `Cookie` lines.
//! 2. [`decide_group`] answers which target group a weighted forward action keeps the client in (`AWSALBTG`).
//! 3. [`decide`] answers which target of that group the request follows (`AWSALB`, `AWSALBAPP-n`, `AWSELB`), or that
//!    one has to be chosen, and says why in an [`Outcome`].
//! 4. The caller picks a target when told to choose, and sends the request. If the target refuses the connection it
//!    comes back to step 3 with that target [`Standing::Unreachable`].
//! 5. [`bind_group`] and [`bind`] append the response's `Set-Cookie` lines for the target that answered.
//!
//! # What sessions are promised
//!
//! - A live session stays on its target for as long as that target is eligible.
//! - A session that moved is not pulled back when its old target recovers: the token names only the new target, and
//!   remembers the last [`LEFT_MAX`] targets it left, so that a second move avoids them ([`Decision::avoids`]) while
//!   another one is eligible. (Classic's token is too small to remember; there only the first half holds.)
//! - An unreadable, foreign, changed or expired cookie is a reason, never an error and never a panic.
//!
//! What a token alone cannot promise, because the client carries the only copy: a client that keeps two jars, or sends
//! back an older value it has saved, is where that value says; and when a slow response from the old target arrives at
//! the client after a faster one has moved the session, the later `Set-Cookie` wins. Only a table shared by all nodes
//! could tell those apart, and a shared table is what this design does without.
//!
//! Fact numbers (S1 and so on) in the documentation refer to the project's list of observed ALB behaviour.
//!
//! # Example
//!
//! ```
//! use std::{iter, time::Duration};
//!
//! use elbow_model::Timestamp;
//! use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
//! use elbow_stickiness::*;
//! use rand_chacha::{ChaCha12Rng, rand_core::SeedableRng};
//!
//! struct Healthy;
//! impl Targets for Healthy {
//!     fn standing(&self, _: TargetKey) -> Standing {
//!         Standing::Eligible
//!     }
//! }
//!
//! let now = Timestamp::from_secs(1_700_000_000);
//! let mut rng = ChaCha12Rng::seed_from_u64(7); // A server seeds it from the system.
//! let keys = Keyring::first(now, &mut rng)?;
//! let context = Context { load_balancer: LoadBalancerKey::new(1), keys: &keys, now, secure: true };
//! let policy = Policy::LbCookie { duration: Duration::from_secs(86_400), https_only: false };
//! let (group, target) = (TargetGroupKey::new(2), TargetKey::new(3));
//!
//! // A first request has no cookie: the caller chooses, and the response binds the client to the choice.
//! let decision = decide(&context, &policy, group, &Cookies::read(iter::empty()), &Healthy);
//! assert_eq!((decision.choice, decision.outcome), (Choice::Choose, Outcome::New));
//! let date = ResponseDate::new(now);
//! let reply =
//!     Reply { date: &date, user_agent: None, set_cookies: iter::empty(), form: CookieForm::default() };
//! let mut lines = Vec::new();
//! bind(&context, &policy, &decision, target, reply, &mut rng, &mut lines);
//!
//! // The client sends the cookie back and is followed.
//! let cookie = &lines["Set-Cookie: ".len()..];
//! let cookie = cookie.split(|byte| *byte == b';').next().unwrap_or_default();
//! let decision = decide(&context, &policy, group, &Cookies::read(iter::once(cookie)), &Healthy);
//! assert_eq!((decision.choice, decision.outcome), (Choice::Follow(target), Outcome::Hit));
//! # Ok::<(), KeyringError>(())
//! ```

mod bind;
mod context;
mod cookie;
mod date;
mod decide;
mod explain;
mod harden;
mod keyring;
mod outcome;
mod policy;
mod standing;
#[cfg(test)]
mod testing;
mod token;

pub use bind::{CookieForm, Reply, SameSite, bind, bind_group};
pub use context::Context;
pub use cookie::{COOKIE_BYTES_MAX, Cookies};
pub use date::ResponseDate;
pub use decide::{Choice, Decision, GroupChoice, GroupDecision, Membership, decide, decide_group};
pub use explain::{Token, tokens};
pub use harden::harden;
pub use keyring::{
    ACCEPT_AFTER_ISSUING, GENERATIONS_MAX, Generation, KeyId, Keyring, KeyringError, PROPAGATION, Secret,
};
pub use outcome::{Invalid, Outcome, Rebound};
pub use policy::{DURATION_MAX, GroupPolicy, Policy};
pub use standing::{Standing, Targets};
pub use token::{
    CLOCK_SKEW_MAX, LEFT_MAX, Left, Opened, SESSIONS_MAX, Session, SessionId, open_application, open_classic,
    open_group, open_target,
};
