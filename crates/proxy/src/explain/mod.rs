//! Why a request went where it went, or would: the decisions that requests get, told instead of carried out.
//!
//! It is the same code on the same snapshot. Nothing is counted, nothing is chosen by chance, and nothing is kept of the
//! request, whose cookies let whoever has them into a session.

mod cookies;
mod in_group;

use std::net::IpAddr;

use elbow_http1::Limits;
use elbow_http1::desync::Classification;
use elbow_http1::request::{Head, HeadError, Progress, ScanState};
use elbow_model::key::ListenerKey;
use elbow_model::{Priority, Timestamp};
use elbow_routing::{Action, Forward, ListenerRoutes, Redirect};
use elbow_stickiness::{Context, Cookies, GroupChoice, Outcome};

pub use self::cookies::{Cookie, Seen};
pub use self::in_group::{InGroup, InZone};
use crate::admission::{self, Refusal};
use crate::publisher::Snapshot;
use crate::{decision, own_answer};

/// A request that somebody asks about.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The listener that it came to.
    pub listener: ListenerKey,
    /// Its head, as it would come over HTTP/1.1.
    pub head: &'a [u8],
    /// Whether it comes over HTTP/2; `None`: over what the targets understand.
    pub http2: Option<bool>,
    /// Whom it came from.
    pub source: IpAddr,
    /// When.
    pub now: Timestamp,
}

/// Why there is no explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// The listener serves no requests: it is not there, or passes connections on as they are.
    NoListener,
    /// The head does not end.
    Incomplete,
}

/// What becomes of the request.
#[derive(Clone, Debug)]
pub enum Explanation {
    /// Another listener on the same port takes it, by its Host.
    Elsewhere(ListenerKey),
    /// It is refused before a rule does anything.
    Refused(Refused),
    /// A rule decides.
    Decided(Decided),
}

/// Why a request is refused by the load balancer itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Its head cannot be read.
    Head(HeadError),
    /// Its method is longer than a Classic Load Balancer takes.
    Method,
    /// It could be read in two ways, and the load balancer's desync mitigation mode is against it (R11).
    Desync(Classification),
    /// The address that a rule redirects it to would be too long (L17).
    Location,
}

impl Refused {
    /// The status that its client gets.
    pub const fn status(self) -> u16 {
        match self {
            Self::Head(error) => error.status(),
            Self::Method => Refusal::Method.status(),
            Self::Desync(classification) => Refusal::Desync(classification).status(),
            Self::Location => own_answer::LONG_LOCATION,
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Method => Self::Method,
            Refusal::Desync(classification) => Self::Desync(classification),
        }
    }
}

/// What a rule does with the request.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The rule that it meets; `None` for the default one.
    pub rule: Option<Priority>,
    /// The rules before that, each with the place of the first of its conditions that does not hold.
    pub passed_over: Vec<(Priority, usize)>,
    /// What that does.
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

/// Where a request goes.
#[derive(Clone, Debug)]
pub struct Forwarded {
    /// What group stickiness says; `None` if the action has none.
    pub of_group: Option<Outcome>,
    /// The target groups that it may go to: the one that its cookie names, or all that the weights may choose.
    pub groups: Vec<InGroup>,
    /// What each of the load balancer's cookies says.
    pub cookies: Vec<Cookie>,
}

/// A request whose head is read, and the listener that takes it.
struct Asked<'a> {
    snapshot: &'a Snapshot,
    listener: &'a ListenerRoutes,
    head: &'a Head,
    question: &'a Question<'a>,
}

/// Explains what would be done with a request at this moment.
///
/// # Errors
/// Nobody would serve the request, or it has not come as a whole.
pub fn explain(snapshot: &Snapshot, question: &Question<'_>) -> Result<Explanation, Unanswered> {
    let listener = snapshot.table.listener(question.listener).ok_or(Unanswered::NoListener)?;
    if !listener.protocol.is_http() {
        return Err(Unanswered::NoListener);
    }
    let mut head = Head::default();
    match head.parse(question.head, &mut ScanState::default(), &Limits::REQUEST) {
        Ok(Progress::Complete) => {}
        Ok(Progress::Partial) => return Err(Unanswered::Incomplete),
        Err(error) => return Ok(Explanation::Refused(Refused::Head(error))),
    }
    let binding = snapshot.table.bindings().of(listener.key).ok_or(Unanswered::NoListener)?;
    let taker = binding.listener(head.host(question.head));
    if taker.key != listener.key {
        return Ok(Explanation::Elsewhere(taker.key));
    }
    let asked = Asked { snapshot, listener, head: &head, question };
    Ok(asked.decided().map_or_else(Explanation::Refused, Explanation::Decided))
}

impl Asked<'_> {
    fn decided(&self) -> Result<Decided, Refused> {
        let (listener, whole) = (self.listener, (self.head, self.question.head));
        admission::admit(listener, self.head, self.question.head)?;
        let decided = decision::rule(listener, whole, self.question.source);
        let action = match decided.action {
            Action::Redirect(redirect) => self.redirect(redirect)?,
            Action::FixedResponse(response) => Explained::FixedResponse(response.status()),
            Action::Forward(forward) => Explained::Forward(self.forwarded(forward)),
        };
        let passed_over = decision::passed_over(listener, whole, self.question.source);
        Ok(Decided { rule: decided.priority, passed_over, action })
    }

    fn redirect(&self, redirect: &Redirect) -> Result<Explained, Refused> {
        let mut location = Vec::new();
        let scheme = if self.listener.protocol.is_secure() { "https" } else { "http" };
        let whole = (self.head, self.question.head);
        if !own_answer::write_location(&mut location, redirect, self.listener, whole, scheme) {
            return Err(Refused::Location);
        }
        let location = String::from_utf8_lossy(&location).into_owned();
        Ok(Explained::Redirect { status: redirect.status().code(), location })
    }

    fn moment(&self) -> Context<'_> {
        Context {
            load_balancer: self.listener.load_balancer,
            keys: &self.snapshot.keyring,
            now: self.question.now,
            secure: self.listener.protocol.is_secure(),
        }
    }

    fn forwarded(&self, forward: &Forward) -> Forwarded {
        let moment = self.moment();
        let cookies = Cookies::read(self.head.cookies(self.question.head));
        let of_group = decision::of_group(&moment, &self.snapshot.table, forward, &cookies);
        let shares: Vec<_> = match of_group.map(|decision| decision.choice) {
            Some(GroupChoice::Follow(group)) => vec![(group, 1.0)],
            _ => forward.shares().collect(),
        };
        let groups = shares.into_iter().filter_map(|(key, share)| {
            let group = self.snapshot.table.group(key)?;
            Some(in_group::explain(self, forward, (group, of_group.as_ref()), share, &cookies))
        });
        let groups: Vec<_> = groups.collect();
        let cookies = cookies::explain(self, forward, &groups, &cookies);
        Forwarded { of_group: of_group.map(|it| it.outcome), groups, cookies }
    }
}
