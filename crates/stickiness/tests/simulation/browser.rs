//! A browser's cookie jar, as far as one host needs it: expiry, `Secure`, and what Chromium does with `SameSite=None`.

use std::time::{Duration, UNIX_EPOCH};

struct Cookie {
    name: String,
    value: String,
    /// True time in milliseconds at which it ends.
    ends_ms: u64,
    secure: bool,
}

pub(crate) struct Jar {
    cookies: Vec<Cookie>,
    /// Whether it refuses `SameSite=None` without `Secure` (S61).
    pub(crate) chromium: bool,
}

impl Jar {
    pub(crate) fn new(chromium: bool) -> Self {
        Self { cookies: Vec::new(), chromium }
    }

    /// Keeps the cookies of a response's head.
    pub(crate) fn keep(&mut self, head: &[u8], secure: bool, time_ms: u64) {
        let head = std::str::from_utf8(head).expect("the load balancer writes ASCII");
        assert!(head.is_empty() || head.ends_with("\r\n"));
        for line in head.split_terminator("\r\n") {
            match line.strip_prefix("Set-Cookie: ") {
                Some(cookie) => self.set(cookie, secure, time_ms),
                None => assert_eq!(line, "Cache-control: no-cache=\"set-cookie\""),
            }
        }
    }

    pub(crate) fn set(&mut self, cookie: &str, over_https: bool, time_ms: u64) {
        let mut parts = cookie.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a cookie has a name");
        let (mut ends_ms, mut secure, mut same_site_none) = (u64::MAX, false, false);
        for part in parts {
            let (attribute, text) = part.split_once('=').unwrap_or((part, ""));
            match attribute.to_ascii_lowercase().as_str() {
                "expires" => ends_ms = millis(httpdate::parse_http_date(text).expect("an IMF-fixdate")),
                "max-age" => ends_ms = time_ms + 1000 * text.parse::<u64>().expect("seconds"),
                "secure" => secure = true,
                "samesite" => same_site_none = text == "None",
                "path" => assert_eq!(text, "/"),
                other => panic!("unexpected attribute {other}"),
            }
        }
        let kept = self.cookies.iter().position(|cookie| cookie.name == name);
        let overwrites_secure = kept.is_some_and(|at| self.cookies[at].secure) && !over_https;
        if (secure && !over_https) || overwrites_secure || (self.chromium && same_site_none && !secure) {
            return;
        }
        let cookie = Cookie { name: name.to_owned(), value: value.to_owned(), ends_ms, secure };
        match kept {
            Some(at) => self.cookies[at] = cookie,
            None => self.cookies.push(cookie),
        }
    }

    /// The `Cookie` line of a request.
    pub(crate) fn line(&self, secure: bool, time_ms: u64) -> String {
        let mut line = String::with_capacity(512);
        for cookie in self.sent(secure, time_ms) {
            if !line.is_empty() {
                line.push_str("; ");
            }
            line.push_str(&cookie.name);
            line.push('=');
            line.push_str(&cookie.value);
        }
        line
    }

    /// Whether a request carries a cookie of this name that is in use.
    pub(crate) fn sends(&self, name: &str, secure: bool, time_ms: u64) -> bool {
        self.sent(secure, time_ms).any(|cookie| cookie.name == name && cookie.value != "_remove_")
    }

    fn sent(&self, secure: bool, time_ms: u64) -> impl Iterator<Item = &Cookie> {
        self.cookies.iter().filter(move |cookie| cookie.ends_ms > time_ms && (secure || !cookie.secure))
    }
}

fn millis(time: std::time::SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_millis() as u64
}
