//! Why a request goes where it goes: what the data plane tells of one, in the words of the configuration.
//!
//! Who decides is not here, and nothing is decided twice: an [`Explainer`] comes in with the
//! [`Surroundings`](crate::Surroundings).

use std::net::IpAddr;
use std::time::Duration;

use elbow_model::key::{ListenerKey, TargetGroupKey, TargetKey};
use elbow_model::{Priority, Timestamp, Zone};

/// Knows what would be done with a request.
pub trait Explainer: Send + Sync {
    /// Tells it, of this moment. Nothing is sent, counted or kept.
    ///
    /// # Errors
    /// Why nobody would serve the request, for the caller.
    fn explain(&self, question: &Question<'_>) -> Result<Explanation, String>;
}

/// A request that somebody asks about.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The listener that it comes to.
    pub listener: ListenerKey,
    /// Its head, as it would come over HTTP/1.1.
    pub head: &'a [u8],
    /// Whether it comes over HTTP/2; `None`: over what the targets understand.
    pub http2: Option<bool>,
    /// Whom it comes from.
    pub source: IpAddr,
    /// When.
    pub now: Timestamp,
}

/// What becomes of the request.
#[derive(Clone, Debug)]
pub enum Explanation {
    /// Another listener on the same port takes it, by its Host.
    Elsewhere(ListenerKey),
    /// The load balancer refuses it before a rule does anything.
    Refused(Refused),
    /// A rule decides.
    Decided(Decided),
}

/// How a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The status that its client gets.
    pub status: u16,
    /// Why, and what to do about it.
    pub meaning: String,
}

/// What a rule does with the request.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The rule that it meets; `None` for the default one.
    pub rule: Option<Priority>,
    /// The rules before that, each with the place of the first of its conditions that does not hold.
    pub passed_over: Vec<(Priority, usize)>,
    /// What the rule does.
    pub action: Explained,
}

/// What a rule does with a request.
#[derive(Clone, Debug)]
pub enum Explained {
    /// Its client is sent elsewhere; cookies do not matter.
    Redirect {
        /// 301 or 302.
        status: u16,
        /// The address in `Location`.
        location: String,
    },
    /// It is answered at once with this status; cookies do not matter.
    FixedResponse(u16),
    /// It goes to a target.
    Forward(Forwarded),
}

/// What happens to stickiness: the word that logs and metrics have for it, and a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// `hit`, `rebound:expired` and the like.
    pub word: &'static str,
    /// What it means, and what to do about it.
    pub meaning: &'static str,
}

/// Where a request goes.
#[derive(Clone, Debug)]
pub struct Forwarded {
    /// What group stickiness says; `None` if the action has none.
    pub of_group: Option<Outcome>,
    /// The target groups that it may go to: the one that its cookie names, or all that the weights may choose.
    pub groups: Vec<InGroup>,
    /// What each of the load balancer's cookies says.
    pub tokens: Vec<Token>,
}

/// What happens in one of the target groups.
#[derive(Clone, Debug)]
pub struct InGroup {
    /// The group.
    pub group: TargetGroupKey,
    /// The share of requests like this one that go there, above 0 and up to 1.
    pub share: f64,
    /// Its targets do not understand the client's version of HTTP: the client gets 464 (R18).
    pub incompatible: bool,
    /// How its clients are kept with their targets.
    pub stickiness: Stickiness,
    /// What happens to stickiness.
    pub outcome: Outcome,
    /// The target that is followed; `None`: one is chosen.
    pub follows: Option<TargetKey>,
    /// The target that the session leaves, if it moves.
    pub leaves: Option<TargetKey>,
    /// How many targets may be chosen, in all zones together.
    pub eligible: usize,
    /// Of each zone that connections are given to, if requests stay in theirs (B4).
    pub zones: Vec<(Zone, usize)>,
    /// The values of `Set-Cookie` that the load balancer adds to the target's answer, without what is sealed in them. Where
    /// they go with the application's cookie, it is taken that the target sets that.
    pub sets: Vec<String>,
    /// The cookie was issued over HTTPS and came over HTTP.
    pub insecure_replay: bool,
}

/// How clients are kept with their targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stickiness {
    /// `none`, `lb_cookie`, `app_cookie`, and of Classic Load Balancers `LBCookieStickinessPolicyType` and
    /// `AppCookieStickinessPolicyType`.
    pub kind: &'static str,
    /// For how long without a request, or of a Classic one for how long in all.
    pub duration: Option<Duration>,
    /// The application's cookie that it goes with.
    pub cookie_name: Option<String>,
}

/// One of the load balancer's cookies in a request, and what it says.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its name; of one in several parts that of the first.
    pub cookie: &'static str,
    /// What it holds, or why it cannot be read.
    pub content: Result<Opened, Outcome>,
}

/// What a cookie holds.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The generation of the key that sealed it.
    pub key: String,
    /// Its sessions, each with one target group.
    pub sessions: Vec<Session>,
}

/// A session, as a cookie carries it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The target group that it belongs to.
    pub group: TargetGroupKey,
    /// The target that it follows; `None` in a cookie that names a target group alone.
    pub target: Option<TargetKey>,
    /// Its id, the same for as long as it lives.
    pub id: String,
    /// When it began.
    pub begun: Timestamp,
    /// When a response last carried it.
    pub last_used: Timestamp,
    /// When it ends unless the client comes back; `None` if that is not for the load balancer to say.
    pub ends: Option<Timestamp>,
    /// How often it has moved to another target.
    pub moves: u16,
    /// Whether a response over HTTPS has carried it.
    pub secure: bool,
}
