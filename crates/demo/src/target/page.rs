//! The page's files, as they are in `crates/demo/page/`, and what a browser may do with them: run the
//! page's own script, and talk to the target and the control server. Nothing comes from elsewhere.

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::CONTENT_SECURITY_POLICY;
use http::{HeaderValue, StatusCode};

use crate::http::{Answer, Failure, content};

const HTML: &str = include_str!("../../page/page.html");
/// Replaced in [`HTML`] by the control server's URL, or by nothing.
const CONTROL_PLACE: &str = "{control}";

/// Files beside the page: path, content type, content.
const FILES: [(&str, &str, &str); 7] = [
    ("/static/page.css", "text/css; charset=utf-8", include_str!("../../page/page.css")),
    ("/static/page.mjs", "text/javascript; charset=utf-8", include_str!("../../page/page.mjs")),
    ("/static/story.mjs", "text/javascript; charset=utf-8", include_str!("../../page/story.mjs")),
    ("/static/https.mjs", "text/javascript; charset=utf-8", include_str!("../../page/https.mjs")),
    ("/static/memory.mjs", "text/javascript; charset=utf-8", include_str!("../../page/memory.mjs")),
    ("/static/view.mjs", "text/javascript; charset=utf-8", include_str!("../../page/view.mjs")),
    ("/static/icon.svg", "image/svg+xml", include_str!("../../page/icon.svg")),
];

/// The page itself.
pub(super) fn page(control: Option<SocketAddr>) -> Answer {
    // An address cannot hold anything that HTML or a policy would take for its own.
    let url = control.map(|address| format!("http://{address}")).unwrap_or_default();
    let html = HTML.replacen(CONTROL_PLACE, &url, 1);
    let mut answer = content(StatusCode::OK, "text/html; charset=utf-8", Bytes::from(html));
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {url}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    answer.headers_mut().insert("referrer-policy", HeaderValue::from_static("no-referrer"));
    answer
}

/// A file of the page, by its path.
pub(super) fn file(path: &str) -> Answer {
    match FILES.iter().find(|(name, _, _)| *name == path) {
        Some((_, content_type, text)) => {
            content(StatusCode::OK, content_type, Bytes::from_static(text.as_bytes()))
        }
        None => Failure::not_found().answer(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_one_place_for_the_control_server_and_asks_nobody_else() {
        assert_eq!(HTML.matches(CONTROL_PLACE).count(), 1);
        let texts = FILES.iter().map(|(_, _, text)| *text).chain([HTML]);
        for text in texts {
            for foreign in ["src=\"http", "@import", "url(http", "fetch(\"http", "style=\"", " onclick="] {
                assert!(!text.contains(foreign), "{foreign}");
            }
        }
    }

    #[test]
    fn a_target_without_control_server_allows_connections_to_itself_only() {
        let answer = page(None);
        let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("connect-src 'self' ;"), "{policy}");
    }
}
