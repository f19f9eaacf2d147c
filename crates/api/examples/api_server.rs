//! The API alone, on a free port of the loopback address, with everything in memory and every target healthy: for
//! driving it with real clients without a data plane.
//!
//! The first line it prints is `Elbow API on http://127.0.0.1:PORT`. The credentials are those of
//! `ELBOW_ACCESS_KEY_ID` and `ELBOW_SECRET_ACCESS_KEY`.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use elbow_api::explanation::{Explainer, Explanation, Question};
use elbow_api::objects::{ObjectName, ObjectStore, ReadObject, Unread, Unwritten, WriteObject};
use elbow_api::{
    Api, Counted, KeyRing, KeyRingRefusal, KeyUse, ListenerAdmission, NodeFiles, Settings, Surroundings,
    TargetHealthReader,
};
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{
    AccessKeyId, AccountId, AnomalyDetection, Change, Configuration, Credential, HealthState, Port, Region,
    Secret, TargetHealth, Timestamp,
};
use elbow_store::{Memory, State};
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;

struct AllHealthy;

impl TargetHealthReader for AllHealthy {
    fn health(&self, _: TargetGroupKey, _: TargetKey) -> TargetHealth {
        TargetHealth { state: HealthState::Healthy, reason: None }
    }

    fn anomaly(&self, _: TargetGroupKey, _: TargetKey) -> AnomalyDetection {
        AnomalyDetection::default()
    }
}

/// Refuses one port, so that a client can see a refusal.
struct Admission;

const REFUSED_PORT: u16 = 7;

impl ListenerAdmission for Admission {
    fn check(&self, _: Option<IpAddr>, port: Port) -> Result<(), String> {
        if port.get() == REFUSED_PORT { Err(format!("The port {port} cannot be bound")) } else { Ok(()) }
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or_default())
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    u64::from_ne_bytes(bytes)
}

fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} must be set"))
}

/// Nobody has files.
struct NoFiles;

impl ObjectStore for NoFiles {
    fn read<'a>(&'a self, _: &'a Region, object: &'a ObjectName, _: usize) -> ReadObject<'a> {
        Box::pin(async move { Err(Unread::Absent(format!("{object} is not there"))) })
    }

    fn write<'a>(&'a self, _: &'a Region, object: &'a ObjectName, _: Bytes) -> WriteObject<'a> {
        Box::pin(async move { Err(Unwritten(format!("{object} has nowhere to go"))) })
    }
}

/// Nothing is sealed here.
struct NoKeys;

impl KeyRing for NoKeys {
    fn generations(&self, _: &Configuration, _: Timestamp) -> Result<Vec<KeyUse>, KeyRingRefusal> {
        Ok(Vec::new())
    }

    fn rotation(&self, _: &Configuration, _: Timestamp) -> Result<Vec<Change>, KeyRingRefusal> {
        Err(KeyRingRefusal::Full("This server seals no cookies".to_owned()))
    }

    fn next_rotation(&self, _: &Configuration) -> Timestamp {
        now()
    }
}

/// No request is served here.
struct NobodyKnows;

impl Explainer for NobodyKnows {
    fn explain(&self, _: &Question<'_>) -> Result<Explanation, String> {
        Err("This server serves no requests".to_owned())
    }
}

fn api() -> Result<Api, Box<dyn std::error::Error>> {
    let credential = Credential {
        id: AccessKeyId::parse(&variable("ELBOW_ACCESS_KEY_ID")?)?,
        secret: Secret::parse(&variable("ELBOW_SECRET_ACCESS_KEY")?)?,
        created: now(),
    };
    let settings = Settings {
        account: AccountId::parse("000000000000")?,
        regions: Vec::new(),
        zones: Vec::new(),
        vpc: "vpc-elbow".to_owned(),
        address_pool: None,
        credentials: vec![credential],
        files: NodeFiles::default(),
    };
    let surroundings = Surroundings {
        clock: Arc::new(now),
        random: Arc::new(random),
        health: Arc::new(AllHealthy),
        admission: Arc::new(Admission),
        instances: None,
        objects: Arc::new(NoFiles),
        keys: Arc::new(NoKeys),
        counted: Counted::default(),
        explainer: Arc::new(NobodyKnows),
    };
    Ok(Api::new(Arc::new(State::new(Arc::new(Memory::new()))), settings, surroundings))
}

async fn answer(api: Arc<Api>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let limit = elbow_api::wire::form::FORM_BYTES + 1;
    let body = Limited::new(body, limit).collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    Ok(api.handle(Request::from_parts(parts, body)).await.map(Full::new))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let api = Arc::new(api()?);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    {
        use std::io::Write as _;
        writeln!(std::io::stdout().lock(), "Elbow API on http://{}", listener.local_addr()?)?;
    }
    loop {
        let (stream, _) = listener.accept().await?;
        let api = Arc::clone(&api);
        let service = hyper::service::service_fn(move |request| answer(Arc::clone(&api), request));
        tokio::spawn(async move {
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}
