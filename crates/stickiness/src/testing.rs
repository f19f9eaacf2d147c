//! What tests of several modules share: one load balancer at one moment, and clients that keep what they are sent.

use std::collections::BTreeMap;
use std::time::Duration;

use elbow_model::Timestamp;
use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::*;

pub(crate) const GROUP: TargetGroupKey = TargetGroupKey::new(0x73e2_d6bc_24d8_a067);
pub(crate) const OTHER_GROUP: TargetGroupKey = TargetGroupKey::new(0x0011_2233_4455_6677);
pub(crate) const A: TargetKey = TargetKey::new(0xaaaa_aaaa_aaaa_0001);
pub(crate) const B: TargetKey = TargetKey::new(0xbbbb_bbbb_bbbb_0002);
pub(crate) const C: TargetKey = TargetKey::new(0xcccc_cccc_cccc_0003);

pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const LB_COOKIE: Policy = Policy::LbCookie { duration: HOUR, https_only: false };

pub(crate) fn app_cookie() -> Policy {
    Policy::AppCookie { duration: HOUR, cookie_name: "sid".into(), https_only: false }
}

/// Targets that are eligible unless listed otherwise.
#[derive(Default)]
pub(crate) struct Standings(pub(crate) Vec<(TargetKey, Standing)>);

impl Targets for Standings {
    fn standing(&self, key: TargetKey) -> Standing {
        self.0.iter().find(|(known, _)| *known == key).map_or(Standing::Eligible, |(_, standing)| *standing)
    }
}

/// One load balancer on one node.
pub(crate) struct Node {
    pub(crate) keys: Keyring,
    pub(crate) load_balancer: LoadBalancerKey,
    pub(crate) group: TargetGroupKey,
    pub(crate) now: Timestamp,
    pub(crate) secure: bool,
    pub(crate) form: CookieForm,
    pub(crate) rng: ChaCha12Rng,
    pub(crate) targets: Standings,
}

impl Node {
    pub(crate) fn new() -> Self {
        let now = Timestamp::from_secs(1_632_392_801);
        let secret = Secret::from_bytes(*b"sixteen bytes ok");
        let generation = Generation { id: KeyId::new(0x0102_0304), created: now, promote_at: now, secret };
        Self {
            keys: Keyring::new(vec![generation]).unwrap(),
            load_balancer: LoadBalancerKey::new(0x50dc_6c49_5c0c_9188),
            group: GROUP,
            now,
            secure: true,
            form: CookieForm::default(),
            rng: ChaCha12Rng::seed_from_u64(1),
            targets: Standings::default(),
        }
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context { load_balancer: self.load_balancer, keys: &self.keys, now: self.now, secure: self.secure }
    }

    pub(crate) fn decide(&self, policy: &Policy, jar: &Jar) -> Decision {
        let line = jar.line();
        decide(
            &self.context(),
            policy,
            self.group,
            &Cookies::read(std::iter::once(line.as_bytes())),
            &self.targets,
        )
    }

    /// The lines of a response of `target` whose own `Set-Cookie` values are `set_cookies`.
    pub(crate) fn bind(
        &mut self,
        policy: &Policy,
        decision: &Decision,
        target: TargetKey,
        set_cookies: &[&str],
    ) -> String {
        self.bind_for(policy, decision, target, set_cookies, None)
    }

    pub(crate) fn bind_for(
        &mut self,
        policy: &Policy,
        decision: &Decision,
        target: TargetKey,
        set_cookies: &[&str],
        user_agent: Option<&str>,
    ) -> String {
        self.answer(policy, decision, target, set_cookies, user_agent).0
    }

    /// The same with the session that the client has then.
    pub(crate) fn answer(
        &mut self,
        policy: &Policy,
        decision: &Decision,
        target: TargetKey,
        set_cookies: &[&str],
        user_agent: Option<&str>,
    ) -> (String, Option<SessionId>) {
        let date = ResponseDate::new(self.now);
        let set_cookies = set_cookies.iter().map(|value| value.as_bytes());
        let reply =
            Reply { date: &date, user_agent: user_agent.map(str::as_bytes), set_cookies, form: self.form };
        let mut out = Vec::new();
        let context = Context {
            load_balancer: self.load_balancer,
            keys: &self.keys,
            now: self.now,
            secure: self.secure,
        };
        let session = bind(&context, policy, decision, target, reply, &mut self.rng, &mut out);
        (String::from_utf8(out).unwrap(), session)
    }

    /// A whole request: decides, and answers from the target that is followed or else from `choice`.
    pub(crate) fn serve(
        &mut self,
        policy: &Policy,
        jar: &mut Jar,
        choice: TargetKey,
        set_cookies: &[&str],
    ) -> (TargetKey, Outcome) {
        let decision = self.decide(policy, jar);
        let target = match decision.choice {
            Choice::Follow(target) => target,
            Choice::Choose => choice,
        };
        jar.keep(&self.bind(policy, &decision, target, set_cookies));
        (target, decision.outcome)
    }
}

/// A client's cookies by name.
#[derive(Clone, Default)]
pub(crate) struct Jar(pub(crate) BTreeMap<String, String>);

impl Jar {
    pub(crate) fn of(cookies: &[(&str, &str)]) -> Self {
        Self(cookies.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    pub(crate) fn keep(&mut self, lines: &str) {
        for line in lines.lines().filter_map(|line| line.strip_prefix("Set-Cookie: ")) {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.0.insert(name.into(), value.into());
        }
    }

    pub(crate) fn line(&self) -> String {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    pub(crate) fn value(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_default()
    }
}
