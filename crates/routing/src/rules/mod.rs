//! The rules of a listener, compiled: which one a request meets first (L2).
//!
//! [`Rules::find`] asks an index which rules a request may meet, and asks those, lowest priority first, whether it
//! does. What a condition means is in `condition` and `pattern`; `index` says why nothing is missed. Nothing is
//! allocated on the way, unless a text has control characters, which are left out (L14), or a regular expression is
//! used by a thread for the first time.
//!
//! The default rule is not here: it has no conditions, and [`ListenerRoutes::decide`](crate::ListenerRoutes::decide)
//! takes it when this finds none.

mod beginnings;
mod condition;
mod index;
mod literals;
mod pattern;
mod request;
mod set;
mod sources;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use elbow_model::Priority;
use elbow_model::key::TargetGroupKey;

use self::condition::Condition;
use self::index::Index;
use self::request::Seen;
pub use self::request::{Fields, Request};
use self::set::Set;
use crate::{Action, Transforms};

/// The rules of one listener, its default one left aside.
#[derive(Debug, Default)]
pub struct Rules {
    /// Lowest priority first.
    rules: Box<[Rule]>,
    index: Index,
}

/// One rule. Two are equal if they were compiled of the same.
#[derive(Debug)]
pub struct Rule {
    conditions: Box<[Condition]>,
    action: Action,
    transforms: Transforms,
    configured: Arc<elbow_model::Rule>,
}

impl Rules {
    /// Compiles the rules of a listener, in any order.
    pub fn compile<'a>(rules: impl Iterator<Item = &'a Arc<elbow_model::Rule>>) -> Self {
        let mut rules: Box<[Rule]> = rules.map(Rule::compile).collect();
        rules.sort_by_key(Rule::priority);
        let index = Index::new(&rules);
        Self { rules, index }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// The rule of the lowest priority that the request meets, and its position.
    pub fn find<F: Fields>(&self, request: &Request<'_, F>) -> Option<(usize, &Rule)> {
        let request = Seen::new(request);
        let candidates = self.index.candidates(&request);
        // What the index has no place for is asked last, because its priority is higher.
        let rest = Set::CAPACITY..self.rules.len();
        candidates.iter().chain(rest).find_map(|position| {
            let rule = self.rules.get(position)?;
            rule.is_met_by(&request).then_some((position, rule))
        })
    }

    /// The same without the index: every rule is asked in turn. For tests that compare the two.
    pub fn find_naively<F: Fields>(&self, request: &Request<'_, F>) -> Option<(usize, &Rule)> {
        let request = Seen::new(request);
        self.rules.iter().enumerate().find(|(_, rule)| rule.is_met_by(&request))
    }

    /// The rules that come before the one that the request meets, each with the place of the first condition that does
    /// not hold: for whoever asks why that rule was not it.
    pub fn passed_over<F: Fields>(&self, request: &Request<'_, F>) -> Vec<(Priority, usize)> {
        let request = Seen::new(request);
        let unmet = |rule: &Rule| {
            let place = rule.conditions.iter().position(|condition| !condition.holds(&request))?;
            Some((rule.priority(), place))
        };
        self.rules.iter().map_while(unmet).collect()
    }

    /// The target groups that requests may be sent to.
    pub(crate) fn target_groups(&self) -> impl Iterator<Item = TargetGroupKey> + '_ {
        self.rules.iter().flat_map(|rule| rule.action.target_groups())
    }
}

impl Rule {
    fn compile(rule: &Arc<elbow_model::Rule>) -> Self {
        Self {
            conditions: rule.conditions.as_slice().iter().map(Condition::compile).collect(),
            action: Action::compile(&rule.actions),
            transforms: Transforms::compile(&rule.transforms),
            configured: rule.clone(),
        }
    }

    /// Where it stands among the rules of its listener.
    pub fn priority(&self) -> Priority {
        self.configured.priority
    }

    /// What is done with a request.
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// How a request is changed for the target.
    pub fn transforms(&self) -> &Transforms {
        &self.transforms
    }

    fn is_met_by<F: Fields>(&self, request: &Seen<'_, F>) -> bool {
        self.conditions.iter().all(|condition| condition.holds(request))
    }
}

impl PartialEq for Rules {
    fn eq(&self, other: &Self) -> bool {
        self.rules == other.rules
    }
}

impl Eq for Rules {}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.configured == other.configured
    }
}

impl Eq for Rule {}
