//! `elbow console`: a link that opens the web console, signed in.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use http::{Method, StatusCode};
use serde_json::Value;

use super::remote::Remote;
use super::say;
use crate::cli;
use crate::console::{LINKS, ROOT};
use crate::failure::Failure;
use crate::settings::Given;

/// The page that leads to the link. A link among a program's arguments could be read by every user of the machine.
const PAGE: &str = "console-link.html";
/// What opens a page, by system.
const OPENERS: [&str; 2] = ["xdg-open", "open"];

/// Prints a link, or opens it.
pub(crate) fn run(console: cli::Console) -> Result<(), Failure> {
    let cli::Console { open, server } = console;
    let folder = Given::data_dir(server.data.data_dir.clone());
    let remote = Remote::of(server, "link")?;
    let url = remote.url();
    let scheme = if url.is_https() { "https" } else { "http" };
    let link = format!("{scheme}://{}{}", url.authority(), ask(&remote)?);
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

fn ask(remote: &Remote) -> Result<String, Failure> {
    let answer = remote.send(Method::POST, LINKS, String::new())?;
    let said = String::from_utf8_lossy(answer.body());
    if answer.status() != StatusCode::OK {
        return Err(remote.unanswered(&said.trim().replace(char::is_control, " ")));
    }
    let answer: Value = serde_json::from_str(&said).unwrap_or_default();
    let link = answer.get("link").and_then(Value::as_str).filter(|link| is_link(link));
    link.map(str::to_owned).ok_or_else(|| remote.unanswered("its answer is not one of Elbow's"))
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
