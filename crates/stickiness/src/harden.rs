//! Hardening of the application's own cookies: attributes that a session cookie should have and often lacks.

use crate::cookie::set_cookie::{attributes, cookie};

/// The load balancer's own cookies, which another one behind this one may have set: they have attributes of their own.
const OWN_PREFIX: &[u8] = b"AWSALB";

/// What a cookie gets that does not have it, in this order.
const HARDENED: [(&[u8], &[u8]); 3] =
    [(b"Secure", b"; Secure"), (b"HttpOnly", b"; HttpOnly"), (b"SameSite", b"; SameSite=Lax")];

/// Appends `value`, a `Set-Cookie` value of a target, with `Secure`, `HttpOnly` and `SameSite=Lax` where they are
/// absent. What it has stays as it is, `SameSite=None` included. Cookies that `leave_alone` names stay as they are, and
/// so does what is no cookie.
///
/// For responses over HTTPS: browsers refuse a `Secure` cookie that comes over HTTP.
pub fn harden(value: &[u8], leave_alone: impl Fn(&[u8]) -> bool, out: &mut Vec<u8>) {
    let hardened = |name: &[u8]| !name.starts_with(OWN_PREFIX) && !leave_alone(name);
    if !cookie(value).is_some_and(|(name, _)| hardened(name)) {
        out.extend_from_slice(value);
        return;
    }
    // An attribute behind a separator of nothing would be read as one of its own.
    let is_nothing = |byte: &u8| *byte == b';' || byte.is_ascii_whitespace();
    let end = value.iter().rposition(|byte| !is_nothing(byte)).map_or(0, |last| last + 1);
    out.extend_from_slice(value.get(..end).unwrap_or_default());
    for (attribute, text) in HARDENED {
        if !attributes(value).any(|(found, _)| found.eq_ignore_ascii_case(attribute)) {
            out.extend_from_slice(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::harden;

    fn hardened(value: &str) -> String {
        let mut out = Vec::new();
        harden(value.as_bytes(), |name| name == b"theme", &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_a_session_cookie_lacks_is_added_and_what_it_has_stays() {
        for (value, expected) in [
            ("sid=1", "sid=1; Secure; HttpOnly; SameSite=Lax"),
            ("sid=1; Path=/; HttpOnly", "sid=1; Path=/; HttpOnly; Secure; SameSite=Lax"),
            ("sid=1;secure;httponly;samesite=strict", "sid=1;secure;httponly;samesite=strict"),
            ("sid=1; SameSite=None", "sid=1; SameSite=None; Secure; HttpOnly"),
            ("sid=; Max-Age=0", "sid=; Max-Age=0; Secure; HttpOnly; SameSite=Lax"),
            ("sid=1;", "sid=1; Secure; HttpOnly; SameSite=Lax"),
            ("sid=1; ; ;", "sid=1; Secure; HttpOnly; SameSite=Lax"),
            ("sid=1;secure;httponly;samesite=lax;;", "sid=1;secure;httponly;samesite=lax"),
            ("theme=dark;", "theme=dark;"),
            (";;", ";;"),
            ("sid=Secure", "sid=Secure; Secure; HttpOnly; SameSite=Lax"),
            ("theme=dark; Path=/", "theme=dark; Path=/"),
            ("AWSALB=x; Path=/", "AWSALB=x; Path=/"),
            ("no cookie", "no cookie"),
            ("", ""),
        ] {
            assert_eq!(hardened(value), expected, "{value:?}");
        }
    }
}
