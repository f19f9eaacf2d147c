//! What the data plane would do with a request, for the API that asks about it.

use elbow_api::explanation::{
    Decided, Explained, Explainer, Explanation, Forwarded, InGroup, Opened, Outcome, Question, Refused,
    Session, Stickiness, Token,
};
use elbow_proxy::explain::{self, Unanswered};
use elbow_proxy::publisher::Snapshots;
use elbow_stickiness::Policy;

/// Asks the newest snapshot.
pub(super) struct LiveExplainer(pub(super) Snapshots);

impl Explainer for LiveExplainer {
    fn explain(&self, question: &Question<'_>) -> Result<Explanation, String> {
        let Question { listener, head, http2, source, now } = *question;
        let question = explain::Question { listener, head, http2, source, now };
        let told = explain::explain(&self.0.load(), &question).map_err(unanswered)?;
        Ok(match told {
            explain::Explanation::Elsewhere(listener) => Explanation::Elsewhere(listener),
            explain::Explanation::Refused(refused) => Explanation::Refused(refusal(refused)),
            explain::Explanation::Decided(decided) => Explanation::Decided(Decided {
                rule: decided.rule,
                passed_over: decided.passed_over,
                action: action(decided.action),
            }),
        })
    }
}

fn unanswered(why: Unanswered) -> String {
    let text = match why {
        Unanswered::NoListener => {
            "The listener serves no requests: it passes connections on as they are, or is not in force"
        }
        Unanswered::Incomplete => "The request's head does not end: an empty line is missing",
    };
    text.to_owned()
}

fn refusal(refused: explain::Refused) -> Refused {
    let meaning = match refused {
        explain::Refused::Head(error) => format!("the request cannot be read: {error}"),
        explain::Refused::Method => {
            "its method is longer than the 127 bytes that a Classic Load Balancer takes".to_owned()
        }
        explain::Refused::Desync(it) => {
            format!(
                "it could be read in two ways ({}, {}), and the desync mitigation mode of the load balancer is against that",
                it.tier.as_str(),
                it.reason.as_str()
            )
        }
        explain::Refused::Location => "the address that its rule redirects it to is too long".to_owned(),
    };
    Refused { status: refused.status(), meaning }
}

fn action(told: explain::Explained) -> Explained {
    match told {
        explain::Explained::Redirect { status, location } => Explained::Redirect { status, location },
        explain::Explained::FixedResponse(status) => Explained::FixedResponse(status),
        explain::Explained::Forward(forwarded) => Explained::Forward(Forwarded {
            of_group: forwarded.of_group.map(outcome),
            groups: forwarded.groups.into_iter().map(in_group).collect(),
            tokens: forwarded.cookies.into_iter().map(token).collect(),
        }),
    }
}

fn in_group(told: explain::InGroup) -> InGroup {
    InGroup {
        group: told.group,
        share: told.share,
        incompatible: told.incompatible,
        stickiness: stickiness(told.policy),
        outcome: outcome(told.outcome),
        follows: told.follows,
        leaves: told.leaves,
        eligible: told.eligible,
        zones: told.zones.into_iter().map(|it| (it.zone, it.eligible)).collect(),
        sets: told.sets,
        insecure_replay: told.insecure_replay,
    }
}

fn stickiness(policy: Policy) -> Stickiness {
    let (kind, duration, cookie_name) = match policy {
        Policy::None => ("none", None, None),
        Policy::LbCookie { duration, .. } => ("lb_cookie", Some(duration), None),
        Policy::AppCookie { duration, cookie_name, .. } => ("app_cookie", Some(duration), Some(cookie_name)),
        Policy::ClassicDuration { period } => ("LBCookieStickinessPolicyType", period, None),
        Policy::ClassicApplication { cookie_name } => {
            ("AppCookieStickinessPolicyType", None, Some(cookie_name))
        }
    };
    Stickiness { kind, duration, cookie_name }
}

fn token(told: explain::Cookie) -> Token {
    let content = told.content.map_err(outcome).map(|opened| Opened {
        key: opened.key.to_string(),
        sessions: opened.content.into_iter().map(session).collect(),
    });
    Token { cookie: told.name, content }
}

fn session(seen: explain::Seen) -> Session {
    let explain::Seen { session: told, ends } = seen;
    Session {
        group: told.group,
        // A cookie of group stickiness names no target.
        target: Some(told.target).filter(|target| target.get() != 0),
        id: told.id.to_string(),
        begun: told.first_seen,
        last_used: told.last_seen,
        ends,
        moves: told.epoch,
        secure: told.secure,
    }
}

fn outcome(outcome: elbow_stickiness::Outcome) -> Outcome {
    Outcome { word: outcome.as_str(), meaning: outcome.meaning() }
}
