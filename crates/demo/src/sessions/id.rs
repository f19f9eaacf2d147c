//! The session's name: 128 random bits, carried by the cookie [`SESSION_COOKIE`] as 32 hex digits.
//!
//! The cookie comes from the network: whatever is not exactly 32 lower-case hex digits is no session.

use std::fmt;

use http::HeaderMap;
use http::header::COOKIE;

use crate::{Error, SESSION_COOKIE};

const BYTES: usize = 16;
const DIGITS: usize = BYTES * 2;

/// Names one visitor's session. `Display` is the whole secret; [`SessionId::short`] is fit to be shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId([u8; BYTES]);

impl SessionId {
    /// A new, random id.
    ///
    /// # Errors
    /// [`Error::Random`] if the system gives no random bytes.
    pub fn random() -> Result<Self, Error> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(Error::Random)?;
        Ok(Self(bytes))
    }

    /// Reads what `Display` wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed =
            text.len() == DIGITS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let number = well_formed.then(|| u128::from_str_radix(text, 16).ok())??;
        Some(Self(number.to_be_bytes()))
    }

    /// The session of a request: the first well-formed session cookie.
    #[must_use]
    pub fn of_request(headers: &HeaderMap) -> Option<Self> {
        cookies(headers)
            .find_map(|(name, value)| if name == SESSION_COOKIE { Self::parse(value) } else { None })
    }

    /// The first six digits: enough to tell sessions apart on a page, useless to steal one.
    #[must_use]
    pub fn short(self) -> String {
        self.to_string().chars().take(6).collect()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionId({}…)", self.short())
    }
}

/// All `name=value` pairs of all `Cookie` headers, in order; what cannot be read is left out.
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn an_id_survives_its_way_through_the_browser() {
        let id = SessionId::random().unwrap();
        assert_eq!(SessionId::parse(&id.to_string()), Some(id));
        assert_ne!(SessionId::random().unwrap(), id);
        assert!(!format!("{id:?}").contains(&id.to_string()), "a log never shows the whole id");
    }

    #[test]
    fn only_a_well_formed_cookie_is_a_session() {
        let good = "0123456789abcdef0123456789abcdef";
        for (line, found) in [
            (format!("cart_session={good}"), true),
            (format!("AWSALB=a+b/c==; cart_session={good}; x=y"), true),
            (format!("cart_session=broken; cart_session={good}"), true),
            (format!("cart_session=\"{good}\""), false),
            (format!("Cart_Session={good}"), false),
            (format!("cart_session={}", good.to_uppercase()), false),
            ("cart_session=+123456789abcdef0123456789abcdef".to_owned(), false),
            ("cart_session=".to_owned(), false),
            ("cart_session".to_owned(), false),
            (";;=;".to_owned(), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_str(&line).unwrap());
            assert_eq!(SessionId::of_request(&headers).is_some(), found, "{line}");
        }
    }
}
