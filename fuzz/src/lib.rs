//! What fuzz targets share. Here is that of stickiness: a load balancer whose keys are known, so that the fuzzer can hold
//! real tokens.

pub mod http1;

use std::iter;
use std::time::Duration;

use elbow_model::Timestamp;
use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_stickiness::{
    Context, CookieForm, Cookies, Decision, Generation, KeyId, Keyring, Policy, Reply, ResponseDate, Secret,
    Standing, Targets, bind, decide,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The target group that every target of this folder decides for.
pub const GROUP: TargetGroupKey = TargetGroupKey::new(1);
/// The one registered target.
pub const TARGET: TargetKey = TargetKey::new(2);

/// One registered target; every other key is of none.
pub struct One;

impl Targets for One {
    fn standing(&self, key: TargetKey) -> Standing {
        if key == TARGET { Standing::Eligible } else { Standing::Gone }
    }
}

/// Every policy that reads or writes a cookie.
pub fn policies() -> [Policy; 4] {
    let duration = Duration::from_secs(3_600);
    [
        Policy::LbCookie { duration, https_only: false },
        Policy::AppCookie { duration, cookie_name: "sid".into(), https_only: true },
        Policy::ClassicDuration { period: None },
        Policy::ClassicApplication { cookie_name: "sid".into() },
    ]
}

/// A load balancer at a moment.
pub struct LoadBalancer {
    keys: Keyring,
    rng: ChaCha8Rng,
}

impl Default for LoadBalancer {
    fn default() -> Self {
        let created = Timestamp::from_secs(1_700_000_000);
        let secret = Secret::from_bytes([7; 16]);
        let generation = Generation { id: KeyId::new(0), created, promote_at: created, secret };
        let keys = Keyring::new(vec![generation]).expect("one generation is a ring");
        Self { keys, rng: ChaCha8Rng::seed_from_u64(1) }
    }
}

impl LoadBalancer {
    /// What it needs to decide.
    pub fn context(&self) -> Context<'_> {
        let now = Timestamp::from_secs(1_700_000_000);
        Context { load_balancer: LoadBalancerKey::new(3), keys: &self.keys, now, secure: true }
    }

    /// Decides for a request with these `Cookie` lines.
    pub fn decide<'a>(&self, policy: &Policy, lines: impl Iterator<Item = &'a [u8]> + Clone) -> Decision {
        decide(&self.context(), policy, GROUP, &Cookies::read(lines), &One)
    }

    /// The lines of a response with these `Set-Cookie` values of the target's own.
    pub fn bind<'a>(
        &mut self,
        policy: &Policy,
        decision: &Decision,
        set_cookies: impl Iterator<Item = &'a [u8]> + Clone,
        user_agent: Option<&'a [u8]>,
    ) -> Vec<u8> {
        let mut rng = self.rng.clone();
        let context = self.context();
        let date = ResponseDate::new(context.now);
        let reply = Reply { date: &date, user_agent, set_cookies, form: CookieForm::default() };
        let mut out = Vec::new();
        bind(&context, policy, decision, TARGET, reply, &mut rng, &mut out);
        self.rng = rng;
        out
    }

    /// The value of the cookie that a first response sets.
    pub fn first_value(&mut self, policy: &Policy) -> Vec<u8> {
        let decision = self.decide(policy, iter::empty());
        let lines = self.bind(policy, &decision, iter::once(b"sid=1".as_slice()), None);
        let after_name = lines.split(|byte| *byte == b'=').next().map_or(0, |name| name.len() + 1);
        lines.iter().skip(after_name).take_while(|byte| !matches!(byte, b';' | b'\r')).copied().collect()
    }
}

/// Whatever was read, what is written must be whole header lines without a byte that could end one early.
pub fn assert_lines(lines: &[u8]) {
    assert!(lines.is_empty() || lines.ends_with(b"\r\n"));
    for line in lines.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line = line.strip_suffix(b"\r\n").expect("a line ends with CR LF");
        assert!(!line.iter().any(u8::is_ascii_control), "no control character inside a line");
        assert!(line.starts_with(b"Set-Cookie: AWS") || line.starts_with(b"Cache-control: "));
    }
}
