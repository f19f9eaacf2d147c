//! What the tests share: a fleet of real processes, and a client that sees every byte.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use elbow_demo::SessionBackend;
use elbow_demo::fleet::{Fleet, FleetSettings, TargetPlace};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// Longest wait for something that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) const ONE: &str = "cart-1";
pub(crate) const TWO: &str = "cart-2";

/// One of the crate's examples, which Cargo builds beside the tests.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let build = test.parent().and_then(|deps| deps.parent()).unwrap();
    build.join("examples").join(name)
}

pub(crate) fn fleet_settings(sessions: SessionBackend) -> FleetSettings {
    let place = |name: &str, zone: &str| TargetPlace { name: name.to_owned(), zone: zone.to_owned() };
    FleetSettings {
        program: example("cart_target"),
        arguments: Vec::new(),
        targets: vec![place(ONE, "us-east-1a"), place(TWO, "us-east-1b")],
        sessions,
        control: None,
    }
}

pub(crate) async fn fleet() -> Fleet {
    Fleet::start(fleet_settings(SessionBackend::Memory)).await.unwrap()
}

pub(crate) fn address(fleet: &Fleet, name: &str) -> SocketAddr {
    fleet.targets().into_iter().find(|target| target.place.name == name).unwrap().address
}

pub(crate) fn pid(fleet: &Fleet, name: &str) -> Option<u32> {
    fleet.targets().into_iter().find(|target| target.place.name == name).unwrap().pid
}

/// Whether the process exists. One that has ended and was not yet waited for does not count.
pub(crate) fn runs(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'))
}

/// Waits until `done`, and fails the test if that takes too long.
pub(crate) async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let waiting = async {
        while !done() {
            tokio::task::yield_now().await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// The session cookie as a client would send it back.
    pub(crate) fn session(&self) -> String {
        self.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
    }

    pub(crate) fn items(&self) -> u64 {
        self.json()["items"].as_array().unwrap().iter().map(|line| line["quantity"].as_u64().unwrap()).sum()
    }
}

/// Sends exactly these bytes and reads until the other side closes.
pub(crate) async fn raw(address: SocketAddr, request: &[u8]) -> std::io::Result<Reply> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&answer).into_owned())
    };
    let answer = tokio::time::timeout(PATIENCE, exchange).await.expect("no answer in time")?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    Ok(Reply { status, head: head.to_owned(), body: body.to_owned() })
}

/// One request with these header lines; a body is JSON.
pub(crate) async fn send(address: SocketAddr, line: &str, headers: &[String], body: Option<&str>) -> Reply {
    let mut request = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|header| header.starts_with("Host:")) {
        request += &format!("Host: {address}\r\n");
    }
    for header in headers {
        request += &format!("{header}\r\n");
    }
    if let Some(body) = body {
        request += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    }
    request += &format!("\r\n{}", body.unwrap_or_default());
    raw(address, request.as_bytes()).await.unwrap()
}

pub(crate) async fn add(address: SocketAddr, session: &str, sku: &str) -> Reply {
    let body = format!("{{\"sku\": \"{sku}\"}}");
    send(address, "POST /api/cart/items", &[format!("Cookie: {session}")], Some(&body)).await
}

pub(crate) async fn cart(address: SocketAddr, session: &str) -> Reply {
    send(address, "GET /api/cart", &[format!("Cookie: {session}")], None).await
}

/// A Redis server of the test's own, and its port; or `None` with the reason printed.
pub(crate) async fn redis() -> Option<(Child, u16)> {
    loop {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        match redis_on(free) {
            Ok(mut server) => {
                let answers = || std::net::TcpStream::connect(("127.0.0.1", free)).is_ok();
                let mut ended = false;
                until("Redis listens", || {
                    ended = server.try_wait().unwrap().is_some();
                    ended || answers()
                })
                .await;
                // Somebody may have taken the port in between: then with another one.
                if !ended {
                    return Some((server, free));
                }
            }
            Err(error) => {
                println!("skipped: redis-server cannot be started ({error}); install Redis to run this test");
                return None;
            }
        }
    }
}

/// The password of the tests' Redis.
pub(crate) const PASSWORD: &str = "open-sesame";

pub(crate) fn redis_on(port: u16) -> std::io::Result<Child> {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .args(["--requirepass", PASSWORD])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

pub(crate) fn sessions_in(port: u16) -> SessionBackend {
    format!("redis://:{PASSWORD}@127.0.0.1:{port}").parse().unwrap()
}
