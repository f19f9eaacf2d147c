//! The state machine of one target (B17, B18).

use std::time::Instant;

use elbow_model::{HealthCheck, HealthReason, HealthState, TargetHealth};

/// Why a health check failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The target answered with a status that the matcher does not accept.
    Status(u16),
    /// The target answered, and not with the status of gRPC that it was asked for.
    NoGrpcStatus,
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
            // AWS: unknown which reason an answer has that says nothing of how its target does.
            Self::NoGrpcStatus | Self::Broken => HealthReason::FailedHealthChecks,
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
    /// The target left a request without an answer: it said nothing in time, or broke the connection.
    Unanswered,
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
///
/// A request without an answer proves nothing: an application may be slow with one page. It only raises a doubt. If a
/// check that *began after it* gets no answer either, two witnesses agree, and the target is out as after a refusal,
/// without waiting for the threshold. Any answer to such a check ends the doubt, and counts as it would have without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    state: State,
    /// Results in a row that speak against the state.
    streak: u8,
    /// Since when it is out without a threshold, and why.
    out: Option<(Instant, Failure)>,
    doubted: Option<Doubt>,
    /// When the newest check that passed began.
    passed: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// With so many passes in a row.
    Initial(u8),
    Healthy,
    Unhealthy(Failure),
}

/// When requests got no answer, since the last check that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Doubt {
    first: Instant,
    last: Instant,
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

impl Machine {
    /// A target whose first check is under way.
    pub const fn new() -> Self {
        Self { state: State::Initial(0), streak: 0, out: None, doubted: None, passed: None }
    }

    /// What is said of the target.
    pub const fn health(&self) -> TargetHealth {
        let (state, reason) = match (self.out, self.state) {
            (Some((_, failure)), State::Initial(_) | State::Healthy) => {
                (HealthState::Unhealthy, Some(failure.reason()))
            }
            (None, State::Initial(_)) => (HealthState::Initial, Some(HealthReason::InitialHealthChecking)),
            (None, State::Healthy) => (HealthState::Healthy, None),
            (_, State::Unhealthy(failure)) => (HealthState::Unhealthy, Some(failure.reason())),
        };
        TargetHealth { state, reason }
    }

    /// Takes in what was seen. `at` is when the evidence is from: the moment a check began (not when it ended), or the
    /// moment when a request was refused or given up. Returns what changed, if anything did.
    pub fn observe(
        &mut self,
        observation: Observation,
        at: Instant,
        check: &HealthCheck,
    ) -> Option<Transition> {
        let from = self.health();
        match observation {
            Observation::Passed => self.pass(at, check),
            Observation::Failed(failure) => self.fail(failure, at, check.unhealthy_threshold),
            Observation::Refused => self.refuse(at),
            Observation::Unanswered => self.doubt(at),
        }
        let to = self.health();
        (from != to).then_some(Transition { from, to })
    }

    fn pass(&mut self, began: Instant, check: &HealthCheck) {
        self.passed = self.passed.max(Some(began));
        self.dispel_doubt(began);
        if self.out.is_some_and(|(since, _)| since <= began) {
            self.out = None;
        }
        match self.state {
            State::Initial(passes) => match passes.saturating_add(1) {
                passes if passes >= check.first_threshold => self.enter(State::Healthy),
                passes => self.enter(State::Initial(passes)),
            },
            State::Healthy => self.streak = 0,
            State::Unhealthy(_) => {
                self.streak = self.streak.saturating_add(1);
                if self.streak >= check.healthy_threshold {
                    self.enter(State::Healthy);
                }
            }
        }
    }

    fn fail(&mut self, failure: Failure, began: Instant, threshold: u8) {
        if let Failure::Status(_) | Failure::NoGrpcStatus = failure {
            self.dispel_doubt(began);
        } else if self.doubted.take_if(|doubt| doubt.first <= began).is_some() {
            self.out = self.out.or(Some((began, failure)));
        }
        match self.state {
            State::Initial(_) | State::Healthy => {
                if self.state != State::Healthy {
                    self.state = State::Initial(0);
                }
                self.streak = self.streak.saturating_add(1);
                if self.streak >= threshold {
                    self.enter(State::Unhealthy(failure));
                }
            }
            State::Unhealthy(_) => self.enter(State::Unhealthy(failure)),
        }
    }

    fn refuse(&mut self, at: Instant) {
        if self.is_news(at) {
            self.out = Some((self.out.map_or(at, |(since, _)| since.max(at)), Failure::Broken));
        }
    }

    fn doubt(&mut self, at: Instant) {
        if self.is_news(at) {
            let doubt = self.doubted.get_or_insert(Doubt { first: at, last: at });
            *doubt = Doubt { first: doubt.first.min(at), last: doubt.last.max(at) };
        }
    }

    /// Whether no check that began later has passed.
    fn is_news(&self, at: Instant) -> bool {
        self.passed.is_none_or(|passed| passed <= at)
    }

    /// A check that began at this time was answered.
    fn dispel_doubt(&mut self, began: Instant) {
        let Some(Doubt { first, last }) = self.doubted else { return };
        let first = if first > began { first } else { last };
        self.doubted = (last > began).then_some(Doubt { first, last });
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

    /// Observes one letter after the other, a second apart: `p`assed, bad `s`tatus, `t`imed out, `r`efused,
    /// `n`o answer to a request; returns the states as letters: `i`nitial, `h`ealthy, `u`nhealthy.
    fn states(observations: &str) -> String {
        let (mut machine, mut now) = (Machine::new(), Instant::now());
        let step = |letter| {
            now += Duration::from_secs(1);
            let observation = match letter {
                'p' => Observation::Passed,
                's' => BAD_STATUS,
                't' => LATE,
                'n' => Observation::Unanswered,
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

    /// B11, B12, B17.
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
            // Requests without an answer change nothing by themselves, and nothing if the check passes.
            ("pnnnnn", "hhhhhh"),
            ("pnpnpnp", "hhhhhhh"),
            // Nor does a check that is answered, whatever the status: the threshold holds.
            ("pnspns", "hhhhhh"),
            ("pnss", "hhhu"),
            // A check without an answer settles it at once, and one success ends that.
            ("pnt", "hhu"),
            ("pntp", "hhuh"),
            ("nt", "iu"),
            ("pntt", "hhuu"),
            ("pnttppp", "hhuuuuh"),
            // A doubt that was settled is gone.
            ("pnpt", "hhhh"),
            ("pnspt", "hhhhh"),
            // An unhealthy target cannot be doubted into anything else.
            ("ssntppp", "iuuuuuh"),
        ];
        for (observations, expected) in table {
            assert_eq!(states(observations), expected, "{observations}");
        }
    }

    /// B18.
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
        machine.observe(Observation::Passed, now, &check());
        machine.observe(Observation::Unanswered, now, &check());
        machine.observe(LATE, now, &check());
        assert_eq!(machine.health().reason, Some(HealthReason::Timeout));
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
    fn a_check_that_began_before_the_request_was_given_up_says_nothing_about_it() {
        let began = Instant::now();
        let given_up = began + Duration::from_millis(5);
        let mut machine = Machine::new();
        machine.observe(Observation::Passed, began, &check());
        machine.observe(Observation::Unanswered, given_up, &check());
        assert_eq!(machine.observe(LATE, began, &check()), None, "one of two failures");
        machine.observe(Observation::Passed, began, &check());
        let settled = machine.observe(LATE, given_up, &check());
        assert_eq!(settled.map(|transition| transition.to.state), Some(HealthState::Unhealthy));
    }

    #[test]
    fn requests_that_fail_while_a_check_is_under_way_do_not_put_its_verdict_off() {
        let [first, began, last] = [0, 5, 10].map(Duration::from_millis).map(|after| Instant::now() + after);
        let mut machine = Machine::new();
        for given_up in [first, last] {
            machine.observe(Observation::Unanswered, given_up, &check());
        }
        let mut passes = machine.clone();
        machine.observe(LATE, began, &check());
        assert_eq!(machine.health().state, HealthState::Unhealthy);
        passes.observe(Observation::Passed, began, &check());
        passes.observe(LATE, began, &check());
        assert_eq!(
            passes.health().state,
            HealthState::Healthy,
            "that one began too early for the last request"
        );
        passes.observe(LATE, last, &check());
        assert_eq!(passes.health().state, HealthState::Unhealthy);
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
