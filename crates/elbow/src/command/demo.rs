//! `elbow demo`: a load balancer in front of three carts, complete and disposable.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use elbow_demo::control::{self, Origin};
use elbow_demo::fleet::{Fleet, FleetSettings, SESSIONS_VARIABLE, TargetPlace};
use elbow_demo::{SessionBackend, TargetSettings};
use elbow_model::Region;
use rand_core::Rng;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};

use super::say;
use crate::caller::Caller;
use crate::demo::DemoBalancer;
use crate::failure::Failure;
use crate::server::Server;
use crate::settings::{Given, Secrets};
use crate::{cli, log, random};

/// Region of everything in the demo.
const REGION: &str = "us-east-1";
/// The targets: name and zone.
const TARGETS: [(&str, &str); 3] =
    [("cart-1", "us-east-1a"), ("cart-2", "us-east-1b"), ("cart-3", "us-east-1c")];

/// Runs one cart until the demo that started it is gone.
pub(crate) fn target(target: cli::DemoTarget) -> Result<(), Failure> {
    log::start()?;
    let settings = TargetSettings {
        name: target.name,
        zone: target.zone,
        port: target.port,
        sessions: std::env::var(SESSIONS_VARIABLE)
            .map_or(Ok(SessionBackend::Memory), |given| given.parse())?,
        control: Some(target.control),
    };
    Ok(super::runtime()?.block_on(elbow_demo::target::run(settings))?)
}

/// Runs the demo until Ctrl-C.
pub(crate) fn run(demo: &cli::Demo) -> Result<(), Failure> {
    // Read here and not with the flags, whose errors show what was given.
    let sessions =
        demo.sessions.parse().map_err(|error: elbow_demo::Error| Failure::wrong_use(error.to_string()))?;
    log::quiet()?;
    super::runtime()?.block_on(run_until_stopped(demo, &sessions))
}

async fn run_until_stopped(demo: &cli::Demo, sessions: &SessionBackend) -> Result<(), Failure> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut hangup = signal(SignalKind::hangup())?;
    free(demo.port, "--port")?;
    free(demo.api_port, "--api-port")?;
    let data = Disposable::create()?;
    let settings =
        Given::for_demo(data.0.clone(), loopback(demo.api_port)).complete(None, Secrets::default());
    let server = Server::start(&settings.map_err(Failure::wrong_use)?).await?;
    let control = TcpListener::bind(loopback(0)).await?;
    let fleet = Arc::new(Fleet::start(fleet_settings(sessions, control.local_addr()?)?).await?);
    let credential =
        server.first_credential().ok_or_else(|| Failure::failed("the server has made no pair"))?;
    let caller = Caller {
        endpoint: server.endpoint(),
        credential: Arc::clone(&credential),
        region: Region::parse(REGION)?,
    };
    let balancer = Arc::new(DemoBalancer::create(caller, demo.port, &fleet.targets()).await?);
    let origins = ["127.0.0.1", "localhost", &balancer.dns_name];
    let origins = origins.iter().map(|host| format!("http://{host}:{}", demo.port).parse::<Origin>());
    let control =
        control::serve(control, origins.flatten().collect(), Arc::clone(&fleet), Arc::clone(&balancer));
    answers(demo.port).await?;
    welcome(demo, sessions.kind(), &balancer, &server, &credential)?;
    tokio::select! {
        served = control => served?,
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        // The terminal was closed.
        _ = hangup.recv() => {}
    }
    fleet.stop().await;
    server.stop(Duration::ZERO).await;
    Ok(())
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

/// Says at once, and in the demo's own words, that a port cannot be had.
fn free(port: u16, flag: &str) -> Result<(), Failure> {
    let address = loopback(port);
    std::net::TcpListener::bind(address).map(drop).map_err(|error| {
        Failure::failed(format!("cannot listen on {address}: {error}; choose another port with {flag}"))
    })
}

/// Makes sure that the load balancer listens, so that whoever reads the welcome can believe it.
async fn answers(port: u16) -> Result<(), Failure> {
    let answers = TcpStream::connect(loopback(port)).await;
    answers.map(drop).map_err(|error| {
        Failure::failed(format!("the load balancer does not answer on port {port}: {error}"))
    })
}

fn fleet_settings(sessions: &SessionBackend, control: SocketAddr) -> Result<FleetSettings, Failure> {
    let place = |(name, zone): (&str, &str)| TargetPlace { name: name.to_owned(), zone: zone.to_owned() };
    Ok(FleetSettings {
        program: std::env::current_exe()?,
        arguments: vec![OsString::from("demo-target")],
        targets: TARGETS.into_iter().map(place).collect(),
        sessions: sessions.clone(),
        control: Some(control),
    })
}

/// Tells where everything is and what to try.
fn welcome(
    demo: &cli::Demo,
    sessions: &str,
    balancer: &DemoBalancer,
    server: &Server,
    credential: &elbow_model::Credential,
) -> Result<(), Failure> {
    let (api, group) = (server.api_address(), &balancer.target_group);
    say(format_args!(
        "
  Your load balancer is at   http://127.0.0.1:{}/
  and by its name at         http://{}:{}/
  Its API is at              http://{api}   (AWS Elastic Load Balancing v2)
  Sessions are kept in       {}

  In another terminal:

    export AWS_ACCESS_KEY_ID={}
    export AWS_SECRET_ACCESS_KEY='{}'
    export AWS_DEFAULT_REGION={REGION}
    alias elb='aws elbv2 --endpoint-url http://{api}'
    TG={group}

    aws elbv2 --endpoint-url http://{api} describe-load-balancers
    aws elbv2 --endpoint-url http://{api} describe-target-health --target-group-arn $TG
    aws elbv2 --endpoint-url http://{api} modify-target-group-attributes --target-group-arn $TG \\
        --attributes Key=stickiness.enabled,Value=true Key=stickiness.type,Value=lb_cookie
    aws elbv2 --endpoint-url http://{api} describe-target-group-attributes --target-group-arn $TG
    aws elbv2 --endpoint-url http://{api} describe-listeners --load-balancer-arn {}

  Ctrl-C ends everything and leaves nothing behind.
",
        demo.port,
        balancer.dns_name,
        demo.port,
        sessions,
        credential.id.as_str(),
        credential.secret.reveal(),
        balancer.balancer,
    ))
}

/// A directory that is gone when this is.
struct Disposable(PathBuf);

impl Disposable {
    fn create() -> Result<Self, Failure> {
        let tag = random::generator()?.next_u64();
        let dir = std::env::temp_dir().join(format!("elbow-demo-{tag:016x}"));
        let created = std::fs::DirBuilder::new().mode(0o700).create(&dir);
        created.map_err(|error| Failure::failed(format!("cannot create {}: {error}", dir.display())))?;
        Ok(Self(dir))
    }
}

impl Drop for Disposable {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!("cannot remove {}: {error}", self.0.display());
        }
    }
}
