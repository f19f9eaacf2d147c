//! `elbow demo`: a load balancer in front of three carts, complete and disposable.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use elbow_demo::control::{self, Origin};
use elbow_demo::fleet::{Fleet, FleetSettings, SESSIONS_VARIABLE, TargetPlace};
use elbow_demo::{SECURE_PATH, SessionBackend, TargetSettings};
use elbow_model::Region;
use rand_core::Rng;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};

use super::say;
use crate::caller::Caller;
use crate::console::{Console, WITHOUT};
use crate::demo::{DemoBalancer, Ports};
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
    free(demo.https_port, "--https-port")?;
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
    let ports = Ports { http: demo.port, https: demo.https_port };
    let balancer = Arc::new(DemoBalancer::create(caller, ports, &fleet.targets()).await?);
    let origins = balancer.origins().iter().flat_map(|origin| origin.parse::<Origin>()).collect();
    let control = control::serve(control, origins, Arc::clone(&fleet), Arc::clone(&balancer));
    answers(demo.port).await?;
    answers(demo.https_port).await?;
    welcome(demo, sessions.kind(), &balancer, &server, &credential, &data)?;
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
    data: &Disposable,
) -> Result<(), Failure> {
    let (api, group) = (server.api_address(), &balancer.target_group);
    let console = console(server, credential)?;
    say(format_args!(
        "
  Your load balancer is at   {}
  and by its name at         http://{}:{}/
  Over HTTPS it is at        {}
  Its API is at              http://{api}   (AWS Elastic Load Balancing v2)
  Its console is at          {console}
  Sessions are kept in       {sessions}

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
",
        balancer.plain_page(),
        balancer.dns_name,
        demo.port,
        balancer.secure_page(),
        credential.id.as_str(),
        credential.secret.reveal(),
        balancer.balancer,
    ))?;
    about_https(balancer, server, data)
}

/// Where the console is: a link that signs in whoever opens it first.
fn console(server: &Server, credential: &elbow_model::Credential) -> Result<String, Failure> {
    if !Console::is_there() {
        return Ok(format!("nowhere: {WITHOUT}"));
    }
    let link = server.console().link(credential.id.clone(), Region::parse(REGION)?)?;
    Ok(format!("http://{}{link}", server.api_address()))
}

/// Tells how to trust the certificate and how to send everybody to HTTPS.
fn about_https(balancer: &DemoBalancer, server: &Server, data: &Disposable) -> Result<(), Failure> {
    let (api, page) = (server.api_address(), balancer.secure_page());
    let (program, folder) = (std::env::current_exe()?, data.0.display());
    say(format_args!(
        "  The certificate is from a local authority that lives as long as this demo. Browsers warn of it until you run the
  command that this prints (a browser with a store of its own imports the file):

    '{}' certificate trust --data-dir '{folder}'
    curl --http2 -i --cacert '{folder}/authority.pem' {page}api/cart

  A rule leads from HTTP to HTTPS for the path {SECURE_PATH} only, so that you can compare the two. This is for everybody:

    aws elbv2 --endpoint-url http://{api} modify-rule --rule-arn {} \\
        --conditions Field=path-pattern,Values='*'

  Ctrl-C ends everything and leaves nothing behind.
",
        program.display(),
        balancer.redirect,
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
