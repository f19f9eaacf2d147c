//! The state machine of one target (B17, B18).

use std::time::Instant;

use elbow_model::{HealthCheck, HealthReason, HealthState, TargetHealth};

/// Why a health check failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The target answered with a status that the matcher does not accept.
    Status(u16),
    /// No answer within the check's timeout.
    Timeout,
    /// The connection was refused or broke, or the answer was not HTTP.
    Broken,
}

impl Failure {
    /// The reason that AWS gives for it.
    pub const fn reason(self) -> HealthReason {
        match self {
            Self::Status(code) => HealthReason::ResponseCodeMismatch(code),
            Self::Timeout => HealthReason::Timeout,
            Self::Broken => HealthReason::FailedHealthChecks,
        }
    }
}

/// What was seen of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// A health check passed.
    Passed,
    /// A health check failed.
    Failed(Failure),
    /// The target refused the connection of a request.
    Refused,
}

/// A change of what is said of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// What was said until now.
    pub from: TargetHealth,
    /// What is said from now on.
    pub to: TargetHealth,
}

/// What health checks have found out about one target.
///
/// Above the states of AWS lies a refusal, which AWS does not have: a target that refuses a request's connection is
/// unhealthy at once and without a threshold, until a check that *began after* the refusal passes. A refusal that is
/// older than the last passed check is out of date and changes nothing. So late reports cannot flap a target, and a
/// check that was under way when the target died cannot bring it back. Beneath a refusal the states go on as ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    state: State,
    /// Results in a row that speak against the state.
    streak: u8,
    refused: Option<Instant>,
    /// When the newest check that passed began.
    passed: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Initial,
    Healthy,
    Unhealthy(Failure),
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

impl Machine {
    /// A target whose first check is under way.
    pub const fn new() -> Self {
        Self { state: State::Initial, streak: 0, refused: None, passed: None }
    }

    /// What is said of the target.
    pub const fn health(&self) -> TargetHealth {
        let (state, reason) = match (self.refused, self.state) {
            (Some(_), State::Initial | State::Healthy) => {
                (HealthState::Unhealthy, Some(Failure::Broken.reason()))
            }
            (None, State::Initial) => (HealthState::Initial, Some(HealthReason::InitialHealthChecking)),
            (None, State::Healthy) => (HealthState::Healthy, None),
            (_, State::Unhealthy(failure)) => (HealthState::Unhealthy, Some(failure.reason())),
        };
        TargetHealth { state, reason }
    }

    /// Takes in what was seen. `at` is when the evidence is from: the moment a check began (not when it ended), or the
    /// moment of a refusal. Returns what changed, if anything did.
    pub fn observe(
        &mut self,
        observation: Observation,
        at: Instant,
        check: &HealthCheck,
    ) -> Option<Transition> {
        let from = self.health();
        match observation {
            Observation::Passed => self.pass(at, check.healthy_threshold),
            Observation::Failed(failure) => self.fail(failure, check.unhealthy_threshold),
            Observation::Refused => self.refuse(at),
        }
        let to = self.health();
        (from != to).then_some(Transition { from, to })
    }

    fn pass(&mut self, began: Instant, threshold: u8) {
        self.passed = self.passed.max(Some(began));
        if self.refused.is_some_and(|refused| refused <= began) {
            self.refused = None;
        }
        match self.state {
            State::Initial => self.enter(State::Healthy),
            State::Healthy => self.streak = 0,
            State::Unhealthy(_) => {
                self.streak = self.streak.saturating_add(1);
                if self.streak >= threshold {
                    self.enter(State::Healthy);
                }
            }
        }
    }

    fn fail(&mut self, failure: Failure, threshold: u8) {
        match self.state {
            State::Initial | State::Healthy => {
                self.streak = self.streak.saturating_add(1);
                if self.streak >= threshold {
                    self.enter(State::Unhealthy(failure));
                }
            }
            State::Unhealthy(_) => self.enter(State::Unhealthy(failure)),
        }
    }

    fn refuse(&mut self, at: Instant) {
        if self.passed.is_none_or(|passed| passed <= at) {
            self.refused = self.refused.max(Some(at));
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.streak = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Thresholds of two failures and three successes.
    fn check() -> HealthCheck {
        HealthCheck { unhealthy_threshold: 2, healthy_threshold: 3, ..HealthCheck::default() }
    }

    const BAD_STATUS: Observation = Observation::Failed(Failure::Status(503));
    const LATE: Observation = Observation::Failed(Failure::Timeout);

    /// Observes one letter after the other, a second apart: `p`assed, bad `s`tatus, `t`imed out, `r`efused; returns
    /// the states as letters: `i`nitial, `h`ealthy, `u`nhealthy.
    fn states(observations: &str) -> String {
        let (mut machine, mut now) = (Machine::new(), Instant::now());
        let step = |letter| {
            now += Duration::from_secs(1);
            let observation = match letter {
                'p' => Observation::Passed,
                's' => BAD_STATUS,
                't' => LATE,
                _ => Observation::Refused,
            };
            let before = machine.health();
            let transition = machine.observe(observation, now, &check());
            assert_eq!(transition.is_some(), before != machine.health(), "{observations}");
            match machine.health().state {
                HealthState::Initial => 'i',
                HealthState::Healthy => 'h',
                _ => 'u',
            }
        };
        observations.chars().map(step).collect()
    }

    #[test]
    fn states_change_at_the_thresholds() {
        let table = [
            // One success is enough at first, and the threshold of failures holds from the first check on.
            ("p", "h"),
            ("sp", "ih"),
            ("ss", "iu"),
            ("st", "iu"),
            // Only failures in a row count.
            ("pspsps", "hhhhhh"),
            ("pss", "hhu"),
            ("ptt", "hhu"),
            // And only successes in a row.
            ("ssppp", "iuuuh"),
            ("ssppspp", "iuuuuuu"),
            ("ssppsppp", "iuuuuuuh"),
            // After either, counting begins anew.
            ("sspppsps", "iuuuhhhh"),
            // A refusal needs no threshold, and one success ends it.
            ("pr", "hu"),
            ("prp", "huh"),
            ("prrrp", "huuuh"),
            ("r", "u"),
            ("rp", "uh"),
            // Beneath it the states go on: two failures make the target unhealthy in its own right.
            ("prsp", "huuh"),
            ("prssp", "huuuu"),
            ("prssppp", "huuuuuh"),
            // A refusal of an unhealthy target changes nothing.
            ("ssrppp", "iuuuuh"),
        ];
        for (observations, expected) in table {
            assert_eq!(states(observations), expected, "{observations}");
        }
    }

    #[test]
    fn each_state_has_the_reason_that_aws_gives() {
        let (mut machine, now) = (Machine::new(), Instant::now());
        assert_eq!(machine.health().reason, Some(HealthReason::InitialHealthChecking));
        machine.observe(LATE, now, &check());
        assert_eq!(machine.health().reason, Some(HealthReason::InitialHealthChecking));
        machine.observe(LATE, now, &check());
        assert_eq!(machine.health().reason, Some(HealthReason::Timeout));
        machine.observe(BAD_STATUS, now, &check());
        assert_eq!(machine.health().reason, Some(HealthReason::ResponseCodeMismatch(503)));
        machine.observe(Observation::Failed(Failure::Broken), now, &check());
        assert_eq!(machine.health().reason, Some(HealthReason::FailedHealthChecks));
        for _ in 0..3 {
            machine.observe(Observation::Passed, now, &check());
        }
        assert_eq!(machine.health(), TargetHealth { state: HealthState::Healthy, reason: None });
        machine.observe(Observation::Refused, now, &check());
        assert_eq!(machine.health().reason, Some(HealthReason::FailedHealthChecks));
    }

    #[test]
    fn the_target_died_while_a_check_was_under_way() {
        let began = Instant::now();
        let died = began + Duration::from_millis(5);
        let mut machine = Machine::new();
        machine.observe(Observation::Passed, began, &check());
        machine.observe(Observation::Refused, died, &check());
        let passed_late = machine.observe(Observation::Passed, began, &check());
        assert_eq!((passed_late, machine.health().state), (None, HealthState::Unhealthy));
    }

    #[test]
    fn a_late_report_of_a_refusal_does_not_take_a_recovered_target_out() {
        let refused = Instant::now();
        let recovered = refused + Duration::from_millis(5);
        let mut machine = Machine::new();
        machine.observe(Observation::Passed, recovered, &check());
        assert_eq!(machine.observe(Observation::Refused, refused, &check()), None);
        assert_eq!(machine.health().state, HealthState::Healthy);
    }
}
