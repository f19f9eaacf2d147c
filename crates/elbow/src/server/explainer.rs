//! What the data plane would do with a request, for the API that asks about it.

use elbow_api::explanation::{
    Explained, Explainer, Explanation, Forwarded, InGroup, Opened, Outcome, Question, Session, Stickiness,
    Token,
};
use elbow_proxy::explain::{self, Unanswered};
use elbow_proxy::publisher::Snapshots;
use elbow_stickiness::Policy;

/// Asks the newest snapshot.
pub(super) struct LiveExplainer(pub(super) Snapshots);

impl Explainer for LiveExplainer {
    fn explain(&self, question: &Question<'_>) -> Result<Explanation, String> {
        let Question { listener, head, source, now } = *question;
        let question = explain::Question { listener, head, source, now };
        let told = explain::explain(&self.0.load(), &question).map_err(|why| unanswered(&why))?;
        let action = match told.action {
            explain::Explained::Redirect => Explained::Redirect,
            explain::Explained::FixedResponse => Explained::FixedResponse,
            explain::Explained::Forward(forwarded) => Explained::Forward(of_forward(forwarded)),
        };
        Ok(Explanation { rule: told.rule, passed_over: told.passed_over, action })
    }
}

fn unanswered(why: &Unanswered) -> String {
    match why {
        Unanswered::NoListener => {
            "The listener serves no requests: it passes connections on as they are, or is not in force"
                .to_owned()
        }
        Unanswered::Head(error) => format!("The request cannot be read, and would be refused: {error}"),
        Unanswered::Incomplete => "The request's head does not end: an empty line is missing".to_owned(),
    }
}

fn of_forward(told: explain::Forwarded) -> Forwarded {
    Forwarded {
        of_group: told.of_group.map(outcome),
        groups: told.groups.into_iter().map(in_group).collect(),
        tokens: told.tokens.into_iter().map(token).collect(),
    }
}

fn in_group(told: explain::InGroup) -> InGroup {
    InGroup {
        group: told.group,
        share: told.share,
        stickiness: stickiness(told.policy),
        outcome: outcome(told.outcome),
        follows: told.follows,
        leaves: told.leaves,
        eligible: told.eligible,
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

fn token(told: elbow_stickiness::Token) -> Token {
    let content = told.content.map_err(|invalid| outcome(invalid.into())).map(|opened| Opened {
        key: opened.key.to_string(),
        sessions: opened.content.into_iter().map(session).collect(),
    });
    Token { cookie: told.cookie, content }
}

fn session(told: elbow_stickiness::Session) -> Session {
    Session {
        group: told.group,
        // A cookie of group stickiness names no target.
        target: Some(told.target).filter(|target| target.get() != 0),
        id: told.id.to_string(),
        begun: told.first_seen,
        last_used: told.last_seen,
        moves: told.epoch,
        secure: told.secure,
    }
}

fn outcome(outcome: elbow_stickiness::Outcome) -> Outcome {
    Outcome { word: outcome.as_str(), meaning: outcome.meaning() }
}
