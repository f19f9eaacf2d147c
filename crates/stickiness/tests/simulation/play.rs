//! Clients that send requests to the fleet, and the fleet's answers.

use std::fmt;
use std::iter;
use std::time::Duration;

use elbow_model::key::{LoadBalancerKey, TargetGroupKey, TargetKey};
use elbow_stickiness::{
    Choice, CookieForm, Cookies, Decision, GroupChoice, GroupPolicy, Invalid, Membership, Outcome, Policy,
    Rebound, Reply, ResponseDate, Standing, Targets, bind, bind_group, decide, decide_group,
};

use crate::browser::Jar;
use crate::oracle::{self, Bound, Expected};
use crate::world::{self, World};

/// What a client uses the load balancer for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    /// One `lb_cookie` target group. Some clients of the one with the long duration change between HTTP and HTTPS;
    /// with a short one their stale twin can be alive by one clock and over by another, and S39 lets it win then.
    Duration { group: usize },
    /// Two `lb_cookie` target groups behind one name, which share a cookie (S38).
    BothDurations,
    /// Two `app_cookie` target groups and an `lb_cookie` one.
    Applications,
    /// A weighted forward action with group stickiness over two `lb_cookie` target groups.
    Weighted,
    /// A Classic listener.
    Classic { group: usize },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
    Both,
}

struct Client {
    plan: Plan,
    scheme: Scheme,
    jar: Jar,
    /// Where its sessions truly are: that of the one `AWSALB` or `AWSELB`, and those of the application token.
    single: Option<Bound>,
    applications: [Option<Bound>; 2],
    /// The target group it is in, and since when idle.
    group: Option<(usize, u64)>,
}

pub(crate) struct Play {
    world: World,
    clients: Vec<Client>,
    outcomes: [u64; Outcome::ALL.len()],
    kept_off: u64,
    sent: u64,
}

const GROUP_POLICY: GroupPolicy = GroupPolicy { duration: Duration::from_secs(7_200) };
const MEMBER: Membership = Membership::Member { https_only: false };

/// A target group of which one target just refused a connection.
struct Without<'a>(&'a world::Group, TargetKey);

impl Targets for Without<'_> {
    fn standing(&self, key: TargetKey) -> Standing {
        if key == self.1 { Standing::Unreachable } else { self.0.standing(key) }
    }
}

impl Play {
    pub(crate) fn new(seed: u64, plans: &[(Plan, usize)]) -> Self {
        let mut world = World::new(seed);
        let mut clients = Vec::new();
        for plan in plans.iter().flat_map(|(plan, count)| iter::repeat_n(*plan, *count)) {
            let schemes = if plan == (Plan::Duration { group: world::LONG }) { 3 } else { 2 };
            let scheme = [Scheme::Http, Scheme::Https, Scheme::Both][world.below(schemes)];
            let jar = Jar::new(world.one_in(2));
            clients.push(Client { plan, scheme, jar, single: None, applications: [None, None], group: None });
        }
        Self { world, clients, outcomes: [0; Outcome::ALL.len()], kept_off: 0, sent: 0 }
    }

    pub(crate) fn run(&mut self, requests: u64) {
        for number in 1..=requests {
            self.world.advance(number);
            let client = self.world.below(self.clients.len());
            self.request(client);
        }
    }

    /// One request of one client, from its cookies to its cookies.
    fn request(&mut self, number: usize) {
        let Self { world, clients, .. } = self;
        let client = &mut clients[number];
        let secure = match client.scheme {
            Scheme::Http => false,
            Scheme::Https => true,
            Scheme::Both => world.one_in(2),
        };
        let node = world.below(world.nodes.len());
        let line = client.jar.line(secure, world.time_ms);
        let mut head = Vec::new();
        let place = match client.plan {
            Plan::Duration { group } | Plan::Classic { group } => group,
            Plan::BothDurations => [world::SHORT, world::LONG][world.below(2)],
            Plan::Applications => {
                [world::SHORT, world::APPLICATION, world::OTHER_APPLICATION][world.below(3)]
            }
            Plan::Weighted => weighted(world, client, node, secure, &line, &mut head),
        };
        let cookies = Cookies::read(iter::once(line.as_bytes()));
        let (expected, carries) = expected(world, client, place, secure);
        let slot = client.slot(place).clone();
        let group = &world.groups[place];
        let mut decision = decide(&world.context(node, secure), &group.policy, group.key, &cookies, group);
        oracle::check(&decision, expected, slot.as_ref(), group, false);
        if expected != Expected::Either {
            let second = (node + 1) % world.nodes.len();
            let again = decide(&world.context(second, secure), &group.policy, group.key, &cookies, group);
            assert_eq!((again.choice, again.outcome), (decision.choice, decision.outcome), "nodes disagree");
        }
        if self.sent.is_multiple_of(100) {
            damage(world, place, node, secure, &line, slot.as_ref(), client.scheme == Scheme::Both);
        }
        self.sent += 1;

        // Now and then a target refuses just as it is followed.
        if let Choice::Follow(target) = decision.choice
            && world.one_in(500)
        {
            let group = &world.groups[place];
            let without = Without(group, target);
            decision = decide(&world.context(node, secure), &group.policy, group.key, &cookies, &without);
            oracle::check(&decision, expected, slot.as_ref(), group, true);
        }
        self.outcomes[decision.outcome.index()] += 1;

        let Some(target) = pick(world, place, &decision, slot.as_ref(), &mut self.kept_off) else {
            return; // 503: no target answered, so no cookie is set.
        };
        if client.plan == Plan::Weighted {
            client.group = Some((place, world.time_ms));
        }
        let set_cookie = application_cookie(world, place, carries);
        respond(
            world,
            node,
            secure,
            (place, &decision, target),
            set_cookie.as_deref(),
            client.jar.chromium,
            &mut head,
        );
        if let Some(set_cookie) = &set_cookie {
            client.jar.set(set_cookie, secure, world.time_ms);
        }
        client.jar.keep(&head, secure, world.time_ms);
        settle(client, world, (place, &decision, target), set_cookie.is_some());
    }

    /// Every story that the simulation is about has been told.
    pub(crate) fn assert_everything_happened(&self) {
        self.assert_happened(&[Outcome::Rebound(Rebound::Expired), Outcome::Rebound(Rebound::OtherGroup)]);
        self.assert_happened(&[Outcome::Rebound(Rebound::NoApplicationCookie)]);
        assert!(self.kept_off > 100);
    }

    /// These outcomes have happened, beside those that every policy knows; and keys and targets came and went.
    pub(crate) fn assert_happened(&self, outcomes: &[Outcome]) {
        let always = [
            Outcome::New,
            Outcome::Hit,
            Outcome::Rebound(Rebound::Unhealthy),
            Outcome::Rebound(Rebound::Draining),
            Outcome::Rebound(Rebound::Deregistered),
            Outcome::Rebound(Rebound::Refused),
        ];
        for outcome in always.iter().chain(outcomes) {
            assert!(self.outcomes[outcome.index()] > 100, "{outcome} hardly happened");
        }
        assert!(self.world.reused_addresses > 100);
        let first = self.world.nodes[0].keys.generations().count();
        assert!(first > 5, "keys rotated");
    }
}

impl Client {
    /// The place where the truth about a target group's session is kept.
    fn slot(&mut self, place: usize) -> &mut Option<Bound> {
        match place {
            world::APPLICATION => &mut self.applications[0],
            world::OTHER_APPLICATION => &mut self.applications[1],
            _ => &mut self.single,
        }
    }
}

/// What must be decided, and whether the request carries the application's cookie (true where there is none).
fn expected(world: &World, client: &mut Client, place: usize, secure: bool) -> (Expected, bool) {
    let policy = &world.groups[place].policy;
    let sends = |name: &str| client.jar.sends(name, secure, world.time_ms);
    let (cookie, carries) = match policy {
        Policy::AppCookie { cookie_name, .. } => ("AWSALBAPP-0", sends(cookie_name)),
        Policy::ClassicApplication { cookie_name } => ("AWSELB", sends(cookie_name)),
        Policy::ClassicDuration { .. } => ("AWSELB", true),
        _ => ("AWSALB", true),
    };
    let has_token = sends(cookie);
    let bound = client.slot(place).as_ref().filter(|_| has_token);
    (oracle::expected(bound, place, policy, carries, world.time_ms), carries)
}

/// Group stickiness of a weighted forward action: which target group the request goes to.
fn weighted(
    world: &mut World,
    client: &mut Client,
    node: usize,
    secure: bool,
    line: &str,
    head: &mut Vec<u8>,
) -> usize {
    let places = [world::BLUE, world::GREEN];
    let keys = places.map(|place| world.groups[place].key);
    let place_of = |key: TargetGroupKey| if key == keys[0] { places[0] } else { places[1] };
    let cookies = Cookies::read(iter::once(line.as_bytes()));
    let decision = decide_group(&world.context(node, secure), Some(GROUP_POLICY), &cookies, |key| {
        if keys.contains(&key) { MEMBER } else { Membership::None }
    });
    let followed = match decision.choice {
        GroupChoice::Follow(key) => Some(place_of(key)),
        GroupChoice::Choose => None,
    };
    let sent = client.jar.sends("AWSALBTG", secure, world.time_ms);
    match client.group.filter(|_| sent) {
        None => assert_eq!((followed, decision.outcome), (None, Outcome::New)),
        Some((place, since)) => {
            match oracle::age(since, GROUP_POLICY.duration.as_millis() as u64, world.time_ms) {
                Expected::Alive => assert_eq!(followed, Some(place), "a client left its target group"),
                Expected::Over => assert_eq!(decision.outcome, Outcome::Rebound(Rebound::Expired)),
                _ => assert!(followed.is_none_or(|followed| followed == place)),
            }
        }
    }
    let place = followed.unwrap_or_else(|| places[usize::from(world.one_in(10))]);
    if world.groups[place].eligible().next().is_none() {
        return place; // It will be a 503, without cookies.
    }
    let context = world.context(node, secure);
    let date = ResponseDate::new(context.now);
    let mut rng = world.nodes[node].rng.clone();
    bind_group(&context, &decision, world.groups[place].key, &date, CookieForm::default(), &mut rng, head);
    world.nodes[node].rng = rng;
    place
}

/// The target that answers. When one is to be chosen, it is one that the session has not left, if there is one.
fn pick(
    world: &mut World,
    place: usize,
    decision: &Decision,
    bound: Option<&Bound>,
    kept_off: &mut u64,
) -> Option<TargetKey> {
    if let Choice::Follow(target) = decision.choice {
        return Some(target);
    }
    let refused = decision.moved_from().filter(|_| decision.outcome == Outcome::Rebound(Rebound::Refused));
    let eligible: Vec<_> = world.groups[place].eligible().filter(|key| Some(*key) != refused).collect();
    let fresh: Vec<_> = eligible.iter().copied().filter(|key| !decision.avoids(*key)).collect();
    *kept_off += u64::from(!fresh.is_empty() && fresh.len() < eligible.len());
    let from = if fresh.is_empty() { &eligible } else { &fresh };
    if from.is_empty() {
        return None;
    }
    let target = from[world.below(from.len())];
    if let Some(bound) = bound.filter(|_| decision.session().is_some() && !fresh.is_empty()) {
        // A Classic token has no room to remember the targets that its session left.
        let classic = matches!(place, world::CLASSIC | world::CLASSIC_APPLICATION);
        assert!(classic || !bound.left(target), "a session went back to a target it left");
    }
    Some(target)
}

/// The cookie that the application sets with this response: nearly always when the client has none, rarely otherwise.
fn application_cookie(world: &mut World, place: usize, carries: bool) -> Option<String> {
    let name = match &world.groups[place].policy {
        Policy::AppCookie { cookie_name, .. } | Policy::ClassicApplication { cookie_name } => {
            cookie_name.clone()
        }
        _ => return None,
    };
    if carries && !world.one_in(30) || !carries && world.one_in(4) {
        return None;
    }
    Some(if world.one_in(2) { format!("{name}=1; Path=/; Max-Age=600") } else { format!("{name}=1; Path=/") })
}

fn respond(
    world: &mut World,
    node: usize,
    secure: bool,
    (place, decision, target): (usize, &Decision, TargetKey),
    set_cookie: Option<&str>,
    chromium: bool,
    head: &mut Vec<u8>,
) {
    let context = world.context(node, secure);
    let user_agent = chromium.then_some(b"Mozilla/5.0 Chrome/131.0.0.0".as_slice());
    let date = ResponseDate::new(context.now);
    let set_cookies = set_cookie.map(str::as_bytes).into_iter();
    let reply = Reply { date: &date, user_agent, set_cookies, form: CookieForm::default() };
    let mut rng = world.nodes[node].rng.clone();
    bind(&context, &world.groups[place].policy, decision, target, reply, &mut rng, head);
    world.nodes[node].rng = rng;
}

/// Writes down where the client's session truly is now.
fn settle(
    client: &mut Client,
    world: &World,
    (place, decision, target): (usize, &Decision, TargetKey),
    sets_cookie: bool,
) {
    let slot = client.slot(place);
    let goes_on = decision.session().is_some();
    let after = Bound::after(slot.as_ref(), decision, place, target, world.time_ms);
    match world.groups[place].policy {
        Policy::AppCookie { .. } if sets_cookie || goes_on => *slot = Some(after),
        Policy::AppCookie { .. } => {
            if decision.outcome == Outcome::Rebound(Rebound::Expired) {
                *slot = None;
            }
        }
        Policy::ClassicApplication { .. } => {
            let moved = goes_on && decision.choice == Choice::Choose;
            if sets_cookie || moved {
                *slot = Some(after);
            }
        }
        _ => *slot = Some(after),
    }
}

/// Sends the same request with damaged cookies, and to another load balancer, which only application tokens are good for.
/// Neither may lead anywhere else.
fn damage(
    world: &mut World,
    place: usize,
    node: usize,
    secure: bool,
    line: &str,
    bound: Option<&Bound>,
    stale_twin: bool,
) {
    let mut bytes = line.as_bytes().to_vec();
    for _ in 0..=world.below(3) {
        let at = world.below(bytes.len() + 1);
        match world.below(5) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, world.below(256) as u8),
            2 => bytes.splice(at..at, line.bytes().skip(at / 2).take(40)).for_each(drop),
            3 => bytes.splice(at..at, *b"%2B").for_each(drop),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1),
        }
    }
    let group = &world.groups[place];
    let cut = bytes.split(|byte| *byte == b'\n');
    let context = world.context(node, secure);
    let decision = decide(&context, &group.policy, group.key, &Cookies::read(cut.clone()), group);
    if let Choice::Follow(target) = decision.choice {
        assert_eq!(group.standing(target), Standing::Eligible);
        // A twin that is stale in the jar is a token like any other once the plain cookie is gone.
        assert!(
            stale_twin || bound.is_some_and(|bound| bound.target == target),
            "a damaged cookie led elsewhere"
        );
    }
    let _ = decide_group(&context, Some(GROUP_POLICY), &Cookies::read(cut), |_| MEMBER);

    if let Policy::AppCookie { .. } = group.policy {
        return;
    }
    let foreign = elbow_stickiness::Context { load_balancer: LoadBalancerKey::new(1), ..context };
    let cookies = Cookies::read(iter::once(line.as_bytes()));
    let decision = decide(&foreign, &group.policy, group.key, &cookies, group);
    assert!(
        matches!(decision.outcome, Outcome::New | Outcome::Invalid(Invalid::Seal)),
        "{}",
        decision.outcome
    );
}

impl fmt::Display for Play {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for outcome in Outcome::ALL.into_iter().filter(|outcome| self.outcomes[outcome.index()] > 0) {
            writeln!(f, "{:>9} {outcome}", self.outcomes[outcome.index()])?;
        }
        writeln!(f, "{:>9} moves kept off a target that was left", self.kept_off)?;
        write!(f, "{:>9} targets registered at an address of an earlier one", self.world.reused_addresses)
    }
}
