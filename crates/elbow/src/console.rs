//! The web console at `/console/` on the API address: its files, and the links that sign somebody in.
//!
//! The console is a page that makes API calls as any other client does; it has no door of its own. What is here beside its
//! files is [`links`]: whoever can sign a call may ask for a link, and whoever opens that link first gets the pair that
//! signed. Start with [`Console::answer`].

mod assets;
mod links;

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use elbow_api::Api;
use elbow_model::{AccessKeyId, Region};
use http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, LOCATION, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use serde_json::json;

use self::assets::File;
use self::links::{Link, Links};
use crate::clock::now;
use crate::failure::Failure;

/// Where the console is.
pub(crate) const ROOT: &str = "/console/";
/// Where a signed call asks for a link.
pub(crate) const LINKS: &str = "/console/links";
/// Where the page trades the token of a link for the pair that it stands for.
const SIGN_IN: &str = "/console/sign-in";
/// What a binary without console says, on the page and in the log.
pub(crate) const WITHOUT: &str =
    "this elbow was built without its console: run `make build` with Node 20.19 or newer";
/// What the page may do: load its own files, talk to its own server, and be framed by nobody. Inline styles are those that
/// scripts set on elements; inline scripts there are none.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The console of a server.
pub(crate) struct Console {
    api: Arc<Api>,
    links: Links,
}

impl Console {
    pub(crate) fn new(api: Arc<Api>) -> Self {
        if !assets::are_there() {
            tracing::warn!("{WITHOUT}");
        }
        Self { api, links: Links::default() }
    }

    /// Whether this path is the console's.
    pub(crate) fn has(path: &str) -> bool {
        path.starts_with(ROOT) || path.strip_suffix('/').unwrap_or(path) == ROOT.trim_end_matches('/')
    }

    /// Whether the console was built into this program.
    pub(crate) fn is_there() -> bool {
        assets::are_there()
    }

    /// Answers a request from `peer` for a path that [`Console::has`].
    pub(crate) fn answer(&self, request: &Request<Bytes>, peer: SocketAddr) -> Response<Bytes> {
        let mut response = match (request.method(), request.uri().path()) {
            (&Method::POST, LINKS) => self.give_link(request, peer),
            (&Method::POST, SIGN_IN) => self.sign_in(request, peer),
            (_, LINKS | SIGN_IN) => with(said(StatusCode::METHOD_NOT_ALLOWED, "POST it\n"), ALLOW, "POST"),
            (&Method::GET | &Method::HEAD, path) => file(path, request.headers()),
            _ => with(said(StatusCode::METHOD_NOT_ALLOWED, "GET it\n"), ALLOW, "GET, HEAD"),
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, POLICY);
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }

    /// Makes a link that signs in as the holder of `access_key`, once; it is the path of a page on the API address.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub(crate) fn link(&self, access_key: AccessKeyId, region: Region) -> Result<String, Failure> {
        let mut token = [0; links::TOKEN_BYTES];
        aws_lc_rs::rand::fill(&mut token).map_err(|_| Failure::failed("the system gives no random bytes"))?;
        let token = self.links.give(&token, Link { access_key, region }, now());
        // Behind the hash: browsers send that part to nobody.
        Ok(format!("{ROOT}#/link/{token}"))
    }

    /// Answers a signed call with the link of whoever signed it. A call that was overheard may be made again within the
    /// minutes that signatures live, and here the answer leads to a secret: so only callers of this machine are answered.
    fn give_link(&self, request: &Request<Bytes>, peer: SocketAddr) -> Response<Bytes> {
        if let Some(refused) = stranger(peer) {
            return refused;
        }
        let (parts, body) = request.clone().into_parts();
        let caller = match self.api.authenticate(&parts, &body) {
            Ok(caller) => caller,
            Err(error) => return said(StatusCode::FORBIDDEN, &format!("{error}\n")),
        };
        match self.link(caller.access_key().clone(), caller.region().clone()) {
            Ok(link) => answer(StatusCode::OK, JSON, json!({ "link": link }).to_string()),
            Err(failure) => said(StatusCode::INTERNAL_SERVER_ERROR, &format!("{failure}\n")),
        }
    }

    /// Trades a token, which is the body, for its pair. Every wrong token gets the same answer, be it unknown, used or old.
    fn sign_in(&self, request: &Request<Bytes>, peer: SocketAddr) -> Response<Bytes> {
        let site = request.headers().get(SEC_FETCH_SITE);
        if site.is_some_and(|site| site != "same-origin") {
            return said(StatusCode::FORBIDDEN, "another site asks; open the link itself\n");
        }
        if let Some(refused) = stranger(peer) {
            return refused;
        }
        let link = self.links.take(request.body(), now());
        let secret = link.as_ref().and_then(|link| self.api.secret(&link.access_key));
        let (Some(link), Some(secret)) = (link, secret) else {
            return said(
                StatusCode::GONE,
                "This link has been used or is too old: make another with `elbow console`.\n",
            );
        };
        let pair = json!({
            "accessKeyId": link.access_key.as_str(),
            "secretAccessKey": secret.reveal(),
            "region": link.region.as_str(),
        });
        answer(StatusCode::OK, JSON, pair.to_string())
    }
}

/// The refusal of whoever is not on this machine.
fn stranger(peer: SocketAddr) -> Option<Response<Bytes>> {
    let refusal = "Links work on the machine that Elbow runs on: sign in with an access key instead.\n";
    (!peer.ip().to_canonical().is_loopback()).then(|| said(StatusCode::FORBIDDEN, refusal))
}

fn file(path: &str, headers: &HeaderMap) -> Response<Bytes> {
    let Some(name) = path.strip_prefix(ROOT) else {
        return with(said(StatusCode::PERMANENT_REDIRECT, ""), LOCATION, ROOT);
    };
    if !assets::are_there() {
        return said(StatusCode::SERVICE_UNAVAILABLE, &format!("{WITHOUT}\n"));
    }
    match assets::find(name) {
        Some(file) => content(file, headers),
        None => said(StatusCode::NOT_FOUND, "the console has no such file\n"),
    }
}

fn content(file: &'static File, headers: &HeaderMap) -> Response<Bytes> {
    let listed = |name, is: &dyn Fn(&str) -> bool| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|item| is(item.trim()))
    };
    let is_known = listed(IF_NONE_MATCH, &|tag| tag == "*" || tag.trim_start_matches("W/") == file.etag);
    let takes_gzip = listed(ACCEPT_ENCODING, &takes_gzip);
    let mut response = match (is_known, takes_gzip) {
        (true, _) => answer(StatusCode::NOT_MODIFIED, TEXT, Bytes::new()),
        (false, false) => {
            let why =
                "the console's files are kept compressed: ask with Accept-Encoding: gzip, as browsers do\n";
            return with(said(StatusCode::NOT_ACCEPTABLE, why), VARY, "accept-encoding");
        }
        (false, true) => {
            let kind = HeaderValue::from_static(file.content_type);
            let whole = answer(StatusCode::OK, kind, Bytes::from_static(file.gzip));
            with(whole, CONTENT_ENCODING, "gzip")
        }
    };
    let caching = if file.is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(ETAG, HeaderValue::from_static(file.etag));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(caching));
    with(response, VARY, "accept-encoding")
}

/// Whether an item of `Accept-Encoding` lets us send gzip.
fn takes_gzip(item: &str) -> bool {
    let (coding, weight) = item.split_once(';').unwrap_or((item, ""));
    let is_zero = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
    matches!(coding.trim(), "gzip" | "*") && !is_zero
}

fn said(status: StatusCode, text: &str) -> Response<Bytes> {
    answer(status, TEXT, text.to_owned())
}

fn answer(status: StatusCode, kind: HeaderValue, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, kind);
    with(response, CACHE_CONTROL, "no-store")
}

fn with(mut response: Response<Bytes>, name: HeaderName, value: &'static str) -> Response<Bytes> {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        let table = [
            ("gzip", true),
            ("gzip;q=0.5", true),
            ("*", true),
            ("gzip; q=0", false),
            ("br", false),
            ("", false),
        ];
        for (item, takes) in table {
            assert_eq!(takes_gzip(item), takes, "{item}");
        }
    }

    #[test]
    fn the_console_has_its_paths_and_no_others() {
        let table = [
            ("/console", true),
            ("/console/", true),
            ("/console/assets/a.js", true),
            ("/consoles", false),
            ("/", false),
        ];
        for (path, has) in table {
            assert_eq!(Console::has(path), has, "{path}");
        }
    }

    #[test]
    fn only_this_machine_is_no_stranger() {
        for (peer, is_stranger) in [
            ("127.0.0.1:9", false),
            ("[::1]:9", false),
            ("[::ffff:127.0.0.1]:9", false),
            ("10.0.0.1:9", true),
        ] {
            assert_eq!(stranger(peer.parse().unwrap()).is_some(), is_stranger, "{peer}");
        }
    }

    #[test]
    fn files_are_kept_by_name_and_asked_for_again_by_tag() {
        static FILE: File = File {
            path: "assets/a.js",
            content_type: "text/javascript",
            etag: "\"1\"",
            is_immutable: true,
            gzip: b"z",
        };
        let headers = |pairs: &[(HeaderName, &'static str)]| {
            pairs
                .iter()
                .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
                .collect::<HeaderMap>()
        };
        let whole = content(&FILE, &headers(&[(ACCEPT_ENCODING, "gzip, deflate, br")]));
        assert_eq!((whole.status(), &**whole.body()), (StatusCode::OK, b"z".as_slice()));
        assert_eq!(whole.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
        let known = content(&FILE, &headers(&[(IF_NONE_MATCH, "\"0\", W/\"1\"")]));
        assert_eq!((known.status(), known.body().len()), (StatusCode::NOT_MODIFIED, 0));
        assert_eq!(content(&FILE, &headers(&[])).status(), StatusCode::NOT_ACCEPTABLE);
    }
}
