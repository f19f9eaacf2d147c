//! Targets that die and come back under traffic: the data plane, the publisher and the prober together (Q5, Q11, B17).

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

/// A process that answers with its name until it is killed, health checks included.
struct Process {
    address: SocketAddr,
    listener: TcpListener,
    connections: Arc<Mutex<Vec<TcpStream>>>,
    accepting: JoinHandle<()>,
}

impl Process {
    fn start(address: SocketAddr, name: &'static str) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let (address, connections) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (socket, open) = (listener.try_clone().unwrap(), Arc::clone(&connections));
        let accepting = thread::spawn(move || {
            while let Ok((stream, _)) = socket.accept() {
                open.lock().unwrap().push(stream.try_clone().unwrap());
                thread::spawn(move || answer(stream, name));
            }
        });
        Self { address, listener, connections, accepting }
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

fn answer(mut stream: TcpStream, name: &str) {
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        read.extend_from_slice(&buffer[..count]);
        if read.ends_with(b"\r\n\r\n") {
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
        let (reserved, port) = reserve();
        let configuration = checked(&Setup::new(port, targets).sticky(), check);
        let publisher = Arc::new(Publisher::new(1, Arc::new(configuration), &OPTIONS).unwrap());
        let (prober, refusals) = Prober::new(Arc::clone(&publisher));
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
        let reports: Arc<dyn PassiveReports> = Arc::new(refusals);
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
        let response = self.client.get("/", &format!("Cookie: {}\r\n", self.cookie));
        assert_eq!(response.status(), 200);
        self.cookie = response.cookie("AWSALB");
        std::mem::replace(&mut self.at, response.text().to_owned()) != self.at
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
