//! The line of a Classic Load Balancer, as AWS documents it ("Access logs for your Classic Load Balancer").
//!
//! **Threat.** Method, URL, Host and User-Agent are the client's. Whatever is not a visible ASCII character, quotes and
//! backslashes are written as `\xHH`, and so are spaces outside of the User-Agent: nobody ends a field or a line but us,
//! and the expressions that Athena reads the log with always match.

use std::io::{self, Write};
use std::time::Duration;

use super::Logged;
use crate::RequestFinished;

/// What is kept of a User-Agent, in bytes, before it is escaped (AWS cuts at 8 KB).
const USER_AGENT_BYTES: usize = 8 * 1024;

/// Writes the line, with its end.
///
/// # Errors
/// Never: a vector takes everything.
// AWS: unknown what stands for a head that cannot be read, how special characters are escaped, whether a port in the Host
// header is logged, what the times of a TCP connection are on which one side says nothing, which status a client has
// that left before its answer, and whether there is a line of a client with which there was no agreement on TLS. We write
// "- - - ", \xHH, the listener's port always, -1, 460 as for other load balancers, and none.
pub(super) fn write(line: &mut Vec<u8>, event: &RequestFinished<'_>, logged: &Logged<'_>) -> io::Result<()> {
    let times = logged.times;
    let is_http = logged.protocol.is_http();
    // AWS leaves out all that an instance did which did not answer, or take the connection.
    let reached = if is_http { event.target_status.is_some() } else { times.target.is_some() };
    logged.created.write(line)?;
    write!(line, " {} {} ", logged.load_balancer, event.client)?;
    match event.target.filter(|_| reached) {
        Some((_, address)) => write!(line, "{address}")?,
        None => write!(line, "-")?,
    }
    for time in [times.request, times.target, times.response] {
        seconds(line, time.filter(|_| reached))?;
    }
    if is_http {
        write!(line, " {} {}", event.status, event.target_status.unwrap_or(0))?;
        let received = event.received_bytes.saturating_sub(logged.received_head);
        let sent = event.sent_bytes.saturating_sub(logged.sent_heads);
        write!(line, " {received} {sent} \"")?;
    } else {
        write!(line, " - - {} {} \"", event.received_bytes, event.sent_bytes)?;
    }
    request(line, event, logged)?;
    line.extend_from_slice(b"\" \"");
    user_agent(line, event.user_agent);
    match logged.secured {
        Some((cipher, version)) => writeln!(line, "\" {cipher} {}", version.as_str()),
        None => writeln!(line, "\" - -"),
    }
}

fn seconds(line: &mut Vec<u8>, time: Option<Duration>) -> io::Result<()> {
    match time {
        Some(time) => write!(line, " {}.{:06}", time.as_secs(), time.subsec_micros()),
        None => write!(line, " -1"),
    }
}

/// `GET http://www.example.com:80/ HTTP/1.1`; three dashes where there is nothing to read.
fn request(line: &mut Vec<u8>, event: &RequestFinished<'_>, logged: &Logged<'_>) -> io::Result<()> {
    if !logged.protocol.is_http() || event.method.is_empty() {
        line.extend_from_slice(b"- - - ");
        return Ok(());
    }
    escape(line, event.method, |b| b == b' ');
    let scheme = if logged.protocol.is_secure() { "https" } else { "http" };
    write!(line, " {scheme}://")?;
    escape(line, logged.host, |b| b == b' ');
    write!(line, ":{}", logged.port)?;
    escape(line, logged.path, |b| b == b' ');
    if let Some(query) = logged.query {
        line.push(b'?');
        escape(line, query, |b| b == b' ');
    }
    write!(line, " {}", event.version)
}

fn user_agent(line: &mut Vec<u8>, text: &[u8]) {
    match text.get(..USER_AGENT_BYTES).unwrap_or(text) {
        [] => line.push(b'-'),
        text => escape(line, text, |_| false),
    }
}

fn escape(line: &mut Vec<u8>, mut text: &[u8], also: impl Fn(u8) -> bool) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let is_special = |byte: &u8| !(b' '..=b'~').contains(byte) || matches!(byte, b'"' | b'\\') || also(*byte);
    while let Some((plain, [byte, rest @ ..])) =
        text.iter().position(is_special).and_then(|at| text.split_at_checked(at))
    {
        line.extend_from_slice(plain);
        let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
        line.extend_from_slice(&[b'\\', b'x', digit(byte >> 4), digit(byte & 15)]);
        text = rest;
    }
    line.extend_from_slice(text);
}

#[cfg(test)]
pub(super) mod tests {
    use elbow_model::key::{LoadBalancerKey, TargetKey};
    use elbow_model::{Port, Protocol, Timestamp, TlsVersion};

    use super::*;
    use crate::{AnsweredBy, LogFormat, LogTime, LogTimes};

    fn micros(micros: u64) -> Option<Duration> {
        Some(Duration::from_micros(micros))
    }

    fn logged(protocol: Protocol, port: u16, times: [Option<Duration>; 3]) -> Logged<'static> {
        let [request, target, response] = times;
        Logged {
            format: LogFormat::Classic,
            load_balancer: "my-loadbalancer",
            protocol,
            port: Port::new(port).unwrap(),
            secured: None,
            created: LogTime::from_micros(1_431_560_383_945_958),
            times: LogTimes { request, target, response },
            received_head: 80,
            sent_heads: 120,
            host: b"www.example.com",
            path: b"/",
            query: None,
        }
    }

    pub(in crate::access_log) fn event() -> RequestFinished<'static> {
        RequestFinished {
            load_balancer: Some(LoadBalancerKey::new(1)),
            listener: None,
            client: "192.168.131.39:2817".parse().unwrap(),
            target: Some((TargetKey::new(1), "10.0.0.1:80".parse().unwrap())),
            target_group: None,
            created: Timestamp::default(),
            finished: Timestamp::default(),
            times: None,
            status: 200,
            answered_by: AnsweredBy::Target,
            target_status: Some(200),
            received_bytes: 80,
            sent_bytes: 149,
            method: b"GET",
            uri: b"/",
            version: "HTTP/1.1",
            host: b"www.example.com",
            user_agent: b"curl/7.38.0",
            trace_id: b"",
            rule: None,
            rule_evaluations: 0,
            action: None,
            redirect_url: b"",
            transformed_host: b"",
            transformed_uri: b"",
            request_transform_status: None,
            error_reason: None,
            classification: "",
            classification_reason: "",
            invalid_names: None,
            outcome: "skipped",
            non_sticky: None,
            session: None,
            insecure_replay: false,
            unhealthy_routing: false,
            refused_connections: 0,
            upgraded: false,
            grpc: false,
            logged: None,
        }
    }

    /// A connection that was passed on.
    fn passed_on(received_bytes: u64, sent_bytes: u64) -> RequestFinished<'static> {
        let nothing: &[u8] = b"";
        let event = RequestFinished { received_bytes, sent_bytes, status: 0, target_status: None, ..event() };
        RequestFinished { method: nothing, uri: nothing, version: "", user_agent: nothing, ..event }
    }

    fn line(event: &RequestFinished<'_>, logged: &Logged<'_>) -> String {
        let mut line = Vec::new();
        write(&mut line, event, logged).unwrap();
        String::from_utf8(line).unwrap().strip_suffix('\n').unwrap().to_owned()
    }

    /// What all examples begin with.
    const START: &str = "2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817";

    #[test]
    fn the_examples_of_the_documentation() {
        let http = logged(Protocol::Http, 80, [micros(73), micros(1048), micros(57)]);
        let expected = "10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 \"GET http://www.example.com:80/ HTTP/1.1\" \
                        \"curl/7.38.0\" - -";
        assert_eq!(line(&event(), &http), format!("{START} {expected}"));

        let https = Logged {
            secured: Some(("DHE-RSA-AES128-SHA", TlsVersion::V1_2)),
            ..logged(Protocol::Https, 443, [micros(86), micros(1048), micros(1337)])
        };
        let expected = "10.0.0.1:80 0.000086 0.001048 0.001337 200 200 0 57 \"GET https://www.example.com:443/ HTTP/1.1\" \
                        \"curl/7.38.0\" DHE-RSA-AES128-SHA TLSv1.2";
        let event = RequestFinished { sent_bytes: 177, ..event() };
        assert_eq!(line(&event, &https), format!("{START} {expected}"));

        let tcp = logged(Protocol::Tcp, 8080, [micros(1069), micros(28), micros(41)]);
        let expected = "10.0.0.1:80 0.001069 0.000028 0.000041 - - 82 305 \"- - - \" \"-\" - -";
        assert_eq!(line(&passed_on(82, 305), &tcp), format!("{START} {expected}"));

        let ssl = Logged {
            secured: Some(("ECDHE-ECDSA-AES128-GCM-SHA256", TlsVersion::V1_2)),
            ..logged(Protocol::Ssl, 8443, [micros(1065), micros(15), micros(23)])
        };
        let expected = "10.0.0.1:80 0.001065 0.000015 0.000023 - - 57 502 \"- - - \" \"-\" \
                        ECDHE-ECDSA-AES128-GCM-SHA256 TLSv1.2";
        assert_eq!(line(&passed_on(57, 502), &ssl), format!("{START} {expected}"));
    }

    #[test]
    fn what_did_not_happen_is_a_dash_or_minus_one() {
        let none = logged(Protocol::Http, 80, [None; 3]);
        let unavailable =
            RequestFinished { target: None, target_status: None, status: 503, sent_bytes: 120, ..event() };
        let expected = "- -1 -1 -1 503 0 0 0 \"GET http://www.example.com:80/ HTTP/1.1\" \"curl/7.38.0\" - -";
        assert_eq!(line(&unavailable, &none), format!("{START} {expected}"));

        // It was sent to an instance, which did not answer.
        let silent = logged(Protocol::Http, 80, [micros(9), None, None]);
        let timeout = RequestFinished { target_status: None, status: 504, ..unavailable };
        let timeout = RequestFinished { target: event().target, ..timeout };
        let expected = "- -1 -1 -1 504 0 0 0 \"GET http://www.example.com:80/ HTTP/1.1\" \"curl/7.38.0\" - -";
        assert_eq!(line(&timeout, &silent), format!("{START} {expected}"));
        // It said that it would, and broke.
        let promised = logged(Protocol::Http, 80, [micros(9), micros(9), None]);
        assert_eq!(line(&timeout, &promised), format!("{START} {expected}"));

        let unreadable = RequestFinished { method: b"", status: 400, user_agent: b"", ..timeout };
        let expected = "- -1 -1 -1 400 0 0 0 \"- - - \" \"-\" - -";
        assert_eq!(line(&unreadable, &none), format!("{START} {expected}"));

        let refused = logged(Protocol::Tcp, 80, [None; 3]);
        let expected = "- -1 -1 -1 - - 0 0 \"- - - \" \"-\" - -";
        assert_eq!(line(&passed_on(0, 0), &refused), format!("{START} {expected}"));
        let silent = logged(Protocol::Tcp, 80, [None, micros(28), None]);
        let expected = "10.0.0.1:80 -1 0.000028 -1 - - 0 0 \"- - - \" \"-\" - -";
        assert_eq!(line(&passed_on(0, 0), &silent), format!("{START} {expected}"));
    }

    #[test]
    fn nobody_but_us_ends_a_field_or_a_line() {
        let times = [micros(1_500_000), micros(0), micros(999_999)];
        let logged = Logged {
            host: b"a\" b",
            path: b"/ \"\\\x80",
            query: Some(b"q=\"\n"),
            ..logged(Protocol::Http, 80, times)
        };
        let event = RequestFinished { user_agent: b"x\" - -\r\n\t\\y", ..event() };
        let expected = "10.0.0.1:80 1.500000 0.000000 0.999999 200 200 0 29 \
                        \"GET http://a\\x22\\x20b:80/\\x20\\x22\\x5C\\x80?q=\\x22\\x0A HTTP/1.1\" \
                        \"x\\x22 - -\\x0D\\x0A\\x09\\x5Cy\" - -";
        assert_eq!(line(&event, &logged), format!("{START} {expected}"));
    }

    #[test]
    fn a_user_agent_is_cut_at_8_kb() {
        let long = vec![b'a'; USER_AGENT_BYTES + 1];
        let logged = logged(Protocol::Http, 80, [None; 3]);
        let line = line(&RequestFinished { user_agent: &long, ..event() }, &logged);
        assert_eq!(
            line.matches('a').count() - START.matches('a').count() - "www.example.com".matches('a').count(),
            8192
        );
    }
}
