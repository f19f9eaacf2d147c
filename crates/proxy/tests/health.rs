//! Targets that die, freeze and come back under traffic: the data plane, the publisher and the prober together (Q5, Q6,
//! Q11, B17).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "what helps a test may fail loudly, too"
)]

mod support;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use elbow_model::key::TargetKey;
use elbow_model::{Change, Configuration, Entity, HealthCheck, HealthState, TargetGroup};
use elbow_proxy::health::Prober;
use elbow_proxy::publisher::Publisher;
use elbow_proxy::{DataPlane, PassiveReports, Settings};
use elbow_telemetry::{Metrics, Sink};
use socket2::SockRef;
use support::client::Client;
use support::configuration::{GROUP, OPTIONS, Setup};
use support::{Events, PATIENCE, reserve};
use tokio::sync::oneshot;

/// A process that answers with its name until something happens to it, health checks included. It never answers what
/// is asked of `/slow`.
struct Process {
    address: SocketAddr,
    condition: Arc<AtomicU8>,
    listener: TcpListener,
    connections: Arc<Mutex<Vec<TcpStream>>>,
    accepting: JoinHandle<()>,
}

impl Process {
    fn start(address: SocketAddr, name: &'static str) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let (address, connections) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (socket, open) = (listener.try_clone().unwrap(), Arc::clone(&connections));
        let condition = Arc::new(AtomicU8::new(WELL));
        let its_condition = Arc::clone(&condition);
        let accepting = thread::spawn(move || {
            while let Ok((stream, _)) = socket.accept() {
                open.lock().unwrap().push(stream.try_clone().unwrap());
                let (condition, open) = (Arc::clone(&its_condition), Arc::clone(&open));
                thread::spawn(move || answer(stream, name, &condition, &open));
            }
        });
        Self { address, condition, listener, connections, accepting }
    }

    /// As SIGSTOP does: connections are taken, and nothing is answered.
    fn freeze(&self) {
        self.condition.store(FROZEN, Ordering::SeqCst);
    }

    /// Every request is answered with a reset.
    fn reset_everything(&self) {
        self.condition.store(RESETTING, Ordering::SeqCst);
    }

    /// As SIGKILL does: the port is closed and every connection is cut.
    fn kill(self) -> SocketAddr {
        SockRef::from(&self.listener).shutdown(Shutdown::Both).unwrap();
        self.accepting.join().unwrap();
        for stream in self.connections.lock().unwrap().drain(..) {
            // The other side may have closed it long ago.
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.address
    }
}

const WELL: u8 = 0;
const FROZEN: u8 = 1;
const RESETTING: u8 = 2;

fn answer(mut stream: TcpStream, name: &str, condition: &AtomicU8, open: &Mutex<Vec<TcpStream>>) {
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        read.extend_from_slice(&buffer[..count]);
        if read.ends_with(b"\r\n\r\n") {
            match condition.load(Ordering::SeqCst) {
                WELL if read.starts_with(b"GET /slow ") => continue,
                WELL => {}
                FROZEN => continue,
                _ => {
                    // No copy of the socket may be left that would keep it open.
                    open.lock().unwrap().clear();
                    return SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
                }
            }
            let last = read.windows(17).any(|bytes| bytes == b"Connection: close");
            let response = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{name}", name.len());
            if stream.write_all(response.as_bytes()).is_err() || last {
                return;
            }
            read.clear();
        }
    }
}

/// A data plane whose targets are checked.
struct World {
    publisher: Arc<Publisher>,
    events: Arc<Events>,
    address: SocketAddr,
    _plane: DataPlane,
    _stop: oneshot::Sender<()>,
    _reserved: socket2::Socket,
}

impl World {
    fn new(targets: &[SocketAddr], check: HealthCheck) -> Self {
        Self::with(targets, check, |setup| setup)
    }

    fn with(targets: &[SocketAddr], check: HealthCheck, change: impl FnOnce(Setup) -> Setup) -> Self {
        let (reserved, port) = reserve();
        let configuration = checked(&change(Setup::new(port, targets).sticky()), check);
        let publisher = Arc::new(Publisher::new(1, Arc::new(configuration), &OPTIONS).unwrap());
        let (prober, reports) = Prober::new(Arc::clone(&publisher), &Settings::new(Arc::default()));
        let (stop, stopped) = oneshot::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    () = prober.run() => {}
                }
            });
        });
        let events = Arc::new(Events::default());
        let sink: Arc<dyn Sink + Send + Sync> = events.clone();
        let settings = Settings::new(Arc::new(Metrics::new()));
        let settings = Settings { workers: NonZeroUsize::MIN, sink: Some(sink), ..settings };
        let reports: Arc<dyn PassiveReports> = Arc::new(reports);
        let plane = DataPlane::start(&settings, &publisher, &reports).unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self { publisher, events, address, _plane: plane, _stop: stop, _reserved: reserved }
    }

    fn until(&self, target: u64, state: HealthState) {
        let (start, key) = (Instant::now(), TargetKey::new(target));
        while self.publisher.snapshots().load().table.target_health(GROUP, key).state != state {
            assert!(start.elapsed() < PATIENCE, "target {target} did not become {}", state.as_str());
            thread::yield_now();
        }
    }
}

fn checked(setup: &Setup, health_check: HealthCheck) -> Configuration {
    let mut configuration = Configuration::clone(&setup.build());
    let group = TargetGroup { health_check, ..TargetGroup::clone(&configuration.target_groups[&GROUP]) };
    configuration.apply(Change::Put(Entity::TargetGroup(Arc::new(group))));
    configuration
}

/// A person with a browser: one connection, and the cookie that the load balancer last gave.
struct Person {
    client: Client,
    cookie: String,
    at: String,
}

impl Person {
    fn arrive(world: &World) -> Self {
        let mut person =
            Self { client: Client::connect(world.address), cookie: String::new(), at: String::new() };
        person.visit();
        person
    }

    /// Makes a request, which must succeed, and returns whether another target answered than before.
    fn visit(&mut self) -> bool {
        self.ask("GET", "/");
        self.hear().unwrap()
    }

    /// Sends a request.
    fn ask(&mut self, method: &str, path: &str) {
        let cookie = &self.cookie;
        self.client.send(format!("{method} {path} HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\n\r\n"));
    }

    /// Takes the answer: whether it is another target's than the last one, or the status of an error.
    fn hear(&mut self) -> Result<bool, u16> {
        let response = self.client.response();
        if response.status() != 200 {
            return Err(response.status());
        }
        self.cookie = response.cookie("AWSALB");
        Ok(std::mem::replace(&mut self.at, response.text().to_owned()) != self.at)
    }
}

fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

fn three() -> [Process; 3] {
    ["one", "two", "three"].map(|name| Process::start(any_port(), name))
}

#[test]
fn when_a_target_is_killed_nobody_gets_an_error_and_only_its_sessions_move() {
    let processes = three();
    // Checks come every 30 s, so what follows is the doing of refused connections.
    let world = World::new(&processes.each_ref().map(|process| process.address), HealthCheck::default());
    (1..=3).for_each(|target| world.until(target, HealthState::Healthy));
    let mut people: Vec<Person> = (0..30).map(|_| Person::arrive(&world)).collect();
    let mut homes = BTreeMap::<String, usize>::new();
    people.iter().for_each(|person| *homes.entry(person.at.clone()).or_default() += 1);
    assert_eq!(homes.values().copied().collect::<Vec<_>>(), [10, 10, 10]);

    let [one, _two, _three] = processes;
    one.kill();
    for person in &mut people {
        let was_there = person.at == "one";
        assert_eq!(person.visit(), was_there, "{} moved", person.at);
        assert!(!(0..3).any(|_| person.visit()), "and stays");
    }
    world.until(1, HealthState::Unhealthy);
    assert_ne!(Person::arrive(&world).at, "one");
    let refused: u32 = world.events.wait(30 + 30 * 4 + 1).iter().map(|event| u32::from(event.refused)).sum();
    assert!((1..=10).contains(&refused), "{refused} connections were refused");
}

#[test]
fn a_target_that_comes_back_gets_new_sessions_and_none_of_the_old() {
    let processes = three();
    let interval = Duration::from_millis(50);
    let often = HealthCheck { interval, healthy_threshold: 2, ..HealthCheck::default() };
    let world = World::new(&processes.each_ref().map(|process| process.address), often);
    (1..=3).for_each(|target| world.until(target, HealthState::Healthy));
    let mut people: Vec<Person> = (0..9).map(|_| Person::arrive(&world)).collect();

    let [one, _two, _three] = processes;
    let address = one.kill();
    world.until(1, HealthState::Unhealthy);
    assert_eq!(people.iter_mut().filter_map(|person| person.visit().then_some(())).count(), 3);
    let _one = Process::start(address, "one");
    world.until(1, HealthState::Healthy);
    assert!(!people.iter_mut().any(Person::visit), "nobody is moved back");
    assert!((0..3).any(|_| Person::arrive(&world).at == "one"), "new sessions begin there");
}

/// A check every 30 s that waits 200 ms: what is found out before is the doing of requests.
fn patient() -> HealthCheck {
    HealthCheck { timeout: Duration::from_millis(200), ..HealthCheck::default() }
}

fn impatient_clients(setup: Setup) -> Setup {
    setup.with("idle_timeout.timeout_seconds", "1")
}

/// Three processes in good health, and nine people who are spread over them.
fn shop(check: HealthCheck, change: fn(Setup) -> Setup) -> ([Process; 3], World, Vec<Person>) {
    let processes = three();
    let world = World::with(&processes.each_ref().map(|process| process.address), check, change);
    (1..=3).for_each(|target| world.until(target, HealthState::Healthy));
    let people = (0..9).map(|_| Person::arrive(&world)).collect();
    (processes, world, people)
}

#[test]
fn a_frozen_target_fails_each_connection_once_at_most_q6() {
    for method in ["GET", "POST"] {
        let (processes, world, mut people) = shop(patient(), impatient_clients);
        processes[0].freeze();
        people.retain(|person| person.at == "one");
        people.iter_mut().for_each(|person| person.ask(method, "/"));
        let failed = people.iter_mut().filter_map(|person| person.hear().err()).collect::<Vec<_>>();
        assert!(!failed.is_empty() && failed.iter().all(|status| *status == 504), "{method}: {failed:?}");
        for person in &mut people {
            person.ask(method, "/");
            assert!(person.hear().is_ok(), "{method}: a second failure");
            assert_ne!(person.at, "one");
        }
        world.until(1, HealthState::Unhealthy);
        let events = world.events.wait(9 + 6);
        assert_eq!(events.iter().filter(|event| event.outcome == "rebound:unhealthy").count(), 3);
    }
}

#[test]
fn a_target_that_resets_everything_fails_each_connection_once_at_most_q6() {
    for method in ["GET", "POST"] {
        let (processes, world, mut people) = shop(patient(), |setup| setup);
        processes[0].reset_everything();
        people.retain(|person| person.at == "one");
        people.iter_mut().for_each(|person| person.ask(method, "/"));
        let failed = people.iter_mut().filter_map(|person| person.hear().err()).collect::<Vec<_>>();
        assert!(!failed.is_empty() && failed.iter().all(|status| *status == 502), "{method}: {failed:?}");
        for person in &mut people {
            person.ask(method, "/");
            assert!(person.hear().is_ok(), "{method}: a second failure");
        }
        world.until(1, HealthState::Unhealthy);
    }
}

#[test]
fn requests_that_wait_for_a_frozen_target_move_when_checks_find_it_out_q6() {
    let interval = Duration::from_millis(50);
    let often = HealthCheck { interval, timeout: interval, ..HealthCheck::default() };
    let (processes, world, mut people) = shop(often, |setup| setup);
    processes[0].freeze();
    people.iter_mut().for_each(|person| person.ask("GET", "/"));
    // The idle timeout is a minute, and nobody has to wait for it.
    assert_eq!(people.iter_mut().filter(|person| person.at == "one").count(), 3);
    assert_eq!(people.iter_mut().filter_map(|person| person.hear().unwrap().then_some(())).count(), 3);
    let events = world.events.wait(18);
    let moved = events.iter().filter(|event| event.outcome == "rebound:unhealthy").collect::<Vec<_>>();
    assert!(moved.len() == 3 && moved.iter().all(|event| event.status == 200), "{moved:?}");
}

#[test]
fn a_slow_page_is_not_the_end_of_its_target() {
    let (_processes, world, mut people) = shop(patient(), impatient_clients);
    for _ in 0..2 {
        people.iter_mut().for_each(|person| person.ask("GET", "/slow"));
        assert!(people.iter_mut().all(|person| person.hear() == Err(504)));
        assert!(!people.iter_mut().any(Person::visit), "everybody stays");
    }
    let events = world.events.wait(9 + 36);
    assert!(events[9..].iter().all(|event| event.outcome == "hit"));
}
