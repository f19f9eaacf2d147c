//! `elbow explain`: where a request would go, why, and what its cookies say.

mod told;

use std::io::Read;
use std::path::Path;

use elbow_model::{Port, Scope};
use http::Method;
use serde_json::{Map, Value};

use super::remote::Remote;
use super::say;
use crate::cli;
use crate::failure::Failure;

/// Largest file with a request, in bytes; the server takes less.
const REQUEST_BYTES: u64 = 1 << 20;
/// The file that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Asks the server and tells what it says.
pub(crate) fn run(explain: cli::Explain) -> Result<(), Failure> {
    let question = question(&explain)?;
    let cli::Explain { load_balancer, port, json, server, .. } = explain;
    let remote = Remote::of(server, "explanation")?;
    let path = format!("{}/explain", listener(&remote, &load_balancer, port)?);
    let told = remote.call(Method::POST, &path, question.to_string())?;
    if json {
        return say(told);
    }
    told::lines(&told).into_iter().try_for_each(say)
}

fn question(explain: &cli::Explain) -> Result<Value, Failure> {
    let mut question = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            question.insert(name.to_owned(), value.into());
        }
    };
    put("cookie", explain.cookie.clone());
    put("path", explain.path.clone());
    put("host", explain.host.clone());
    put("method", explain.method.clone());
    put("sourceIp", explain.source_ip.map(|address| address.to_string()));
    put("request", explain.request.as_deref().map(read).transpose()?);
    let header = |line: &String| {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| Failure::wrong_use(format!("--header '{line}' must be NAME: VALUE")))?;
        Ok((name.trim().to_owned(), Value::from(value.trim())))
    };
    let headers: Map<String, Value> = explain.header.iter().map(header).collect::<Result<_, Failure>>()?;
    if !headers.is_empty() {
        question.insert("headers".to_owned(), headers.into());
    }
    Ok(question.into())
}

fn read(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = match file.to_str() {
        Some(STANDARD_INPUT) => std::io::stdin().lock().take(REQUEST_BYTES).read_to_string(&mut text),
        _ => std::fs::File::open(file).and_then(|it| it.take(REQUEST_BYTES).read_to_string(&mut text)),
    };
    let failed = |error| Failure::failed(format!("cannot read {}: {error}", file.display()));
    read.map(|_| text).map_err(failed)
}

/// The path of a listener in the extension API.
fn listener(remote: &Remote, name: &str, port: Option<u16>) -> Result<String, Failure> {
    let configuration = remote.configuration();
    let is_here = |scope: &Scope| scope.region == *remote.region();
    let balancers = configuration.load_balancers.values();
    if let Some(balancer) =
        balancers.into_iter().find(|it| it.arn.name.as_str() == name && is_here(&it.arn.scope))
    {
        let listeners = configuration.listeners.values();
        let own = listeners.filter(|it| it.arn.load_balancer == balancer.arn).map(|it| (it.port, it));
        let listener = one_of(name, port, own)?;
        return Ok(format!("listeners/{}", encoded(&listener.arn.to_string())));
    }
    let classic = configuration.classic_load_balancers.values();
    let found = classic.into_iter().find(|it| it.arn.name.as_str() == name && is_here(&it.arn.scope));
    let classic = found.ok_or_else(|| {
        let region = remote.region().as_str();
        Failure::failed(format!(
            "there is no load balancer '{name}' in {region}; --region names another region"
        ))
    })?;
    classic_listener(name, port, classic)
}

/// The path of a listener of a Classic Load Balancer.
pub(super) fn classic_listener(
    name: &str,
    port: Option<u16>,
    balancer: &elbow_model::ClassicLoadBalancer,
) -> Result<String, Failure> {
    let port = one_of(name, port, balancer.listeners.keys().map(|port| (*port, *port)))?;
    Ok(format!("classic-load-balancers/{}/listeners/{port}", encoded(name)))
}

/// The listener on a port, or the only one there is.
fn one_of<T>(
    name: &str,
    port: Option<u16>,
    listeners: impl Iterator<Item = (Port, T)>,
) -> Result<T, Failure> {
    let mut listeners: Vec<(Port, T)> = listeners.collect();
    listeners.sort_by_key(|(port, _)| *port);
    let ports: Vec<String> = listeners.iter().map(|(port, _)| port.to_string()).collect();
    let is_alone = listeners.len() == 1;
    let found = listeners.into_iter().find(|(own, _)| port.map_or(is_alone, |port| own.get() == port));
    found.map(|(_, listener)| listener).ok_or_else(|| {
        let which = match ports.as_slice() {
            [] => "it has none; make one first".to_owned(),
            _ => format!("choose one with --port: {}", ports.join(", ")),
        };
        Failure::failed(format!("the listener of '{name}' is not certain: {which}"))
    })
}

/// A segment of a path.
pub(super) fn encoded(text: &str) -> String {
    text.replace('%', "%25").replace('/', "%2F").replace(':', "%3A")
}
