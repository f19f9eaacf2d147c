//! `elbow console`: a link that opens the web console, signed in.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use elbow_api::sigv4::{self, Service};
use elbow_model::{Credential, Region};
use http::{Request, StatusCode, header};
use rustls::ClientConfig;
use serde_json::Value;
use tokio::time::timeout;

use super::{data, runtime, say};
use crate::cli;
use crate::clock::now;
use crate::console::{LINKS, ROOT};
use crate::failure::Failure;
use crate::outgoing::{EndpointUrl, Failed, exchange, trust};
use crate::settings::Given;

const ENDPOINT_URL: &str = "--endpoint-url";
/// Longest time that the server gets for its answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest answer that is read, in bytes.
const ANSWER_BYTES: usize = 8 << 10;
/// The page that leads to the link. A link among a program's arguments could be read by every user of the machine.
const PAGE: &str = "console-link.html";
/// What opens a page, by system.
const OPENERS: [&str; 2] = ["xdg-open", "open"];

/// Prints a link, or opens it.
pub(crate) fn run(console: cli::Console) -> Result<(), Failure> {
    let cli::Console { open, endpoint_url, region, data } = console;
    let region = Region::parse(&region)
        .map_err(|error| Failure::wrong_use(format!("--region: {}", error.message())))?;
    let url: EndpointUrl =
        endpoint_url.parse().map_err(|why| Failure::wrong_use(format!("{ENDPOINT_URL} {why}")))?;
    let folder = Given::data_dir(data.data_dir.clone());
    let credential = pair(data)?;
    let tls: Option<Arc<ClientConfig>> =
        url.is_https().then(|| trust(ENDPOINT_URL)).transpose().map_err(Failure::wrong_use)?;
    let link = runtime()?.block_on(ask(&url, tls.as_ref(), &credential, &region))?;
    let scheme = if url.is_https() { "https" } else { "http" };
    let link = format!("{scheme}://{}{link}", url.authority());
    if !open {
        return say(link);
    }
    let page = write_page(&folder, &link)?;
    if OPENERS.iter().any(|program| opens(program, &page)) {
        return say(format_args!("opened the console of {url} in the browser"));
    }
    say(format_args!(
        "there is no program that opens a browser here; open this yourself, once, within five minutes:\n{link}"
    ))
}

/// The oldest pair; only who can read the data directory gets it.
fn pair(data: cli::Data) -> Result<Credential, Failure> {
    let state = data::open(data)?;
    let snapshot = state.current();
    let pair = snapshot.configuration.first_credential().map(|pair| Credential::clone(pair));
    pair.ok_or_else(|| Failure::failed("there is no pair: make one with `elbow credentials create`"))
}

async fn ask(
    url: &EndpointUrl,
    tls: Option<&Arc<ClientConfig>>,
    credential: &Credential,
    region: &Region,
) -> Result<String, Failure> {
    let unanswered = |why: &str| {
        Failure::failed(format!(
            "the server at {url} gives no link: {why}; start `elbow serve` with this data directory, or name another \
             server with {ENDPOINT_URL}"
        ))
    };
    let request = Request::post(LINKS).header(header::HOST, url.authority()).body(Bytes::new());
    let (mut parts, body) = request.map_err(|error| unanswered(&error.to_string()))?.into_parts();
    sigv4::sign_for(Service::LoadBalancing, &mut parts, &body, credential, region, now());
    let asked = exchange(url, tls, Request::from_parts(parts, body), ANSWER_BYTES);
    let answer = timeout(ANSWER_TIMEOUT, asked)
        .await
        .map_err(|_| unanswered("it did not answer in time"))?
        .map_err(|failed| match failed {
        Failed::TooLarge => unanswered("its answer is too large"),
        Failed::Broken(why) => unanswered(&why),
    })?;
    let said = String::from_utf8_lossy(answer.body());
    if answer.status() != StatusCode::OK {
        return Err(unanswered(&said.trim().replace(char::is_control, " ")));
    }
    let answer: Value = serde_json::from_str(&said).unwrap_or_default();
    let link = answer.get("link").and_then(Value::as_str).filter(|link| is_link(link));
    link.map(str::to_owned).ok_or_else(|| unanswered("its answer is not one of Elbow's"))
}

/// Whether this is a path as the console's links are: it is put into a page.
fn is_link(link: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '#' | '-');
    link.starts_with(ROOT) && link.chars().all(is_plain)
}

/// Writes the page that leads to the link, for its owner alone.
fn write_page(folder: &Path, link: &str) -> Result<PathBuf, Failure> {
    let page = folder.join(PAGE);
    let written = || {
        // Made anew, so that nobody's older file keeps its permissions.
        let _ = std::fs::remove_file(&page);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&page)?;
        let lead = format!("<meta http-equiv=\"refresh\" content=\"0; url={link}\">");
        writeln!(file, "<!doctype html>{lead}<title>Elbow</title>")?;
        page.canonicalize()
    };
    written()
        .map_err(|error: std::io::Error| Failure::failed(format!("cannot write {}: {error}", page.display())))
}

fn opens(program: &str, page: &Path) -> bool {
    let mut command = Command::new(program);
    command.arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_consoles_own_paths_are_links() {
        assert!(is_link("/console/#/link/00ff"));
        for other in ["/console/\"><script>", "https://elsewhere/", "/console/ x", ""] {
            assert!(!is_link(other), "{other}");
        }
    }
}
