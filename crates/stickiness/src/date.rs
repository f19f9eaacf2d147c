//! The `Expires` date of a response's cookies, formatted once a second rather than once a request.

use std::fmt;
use std::io::Write;
use std::time::{Duration, SystemTime};

use elbow_model::Timestamp;

use crate::policy::DURATION_MAX;

/// Length of an IMF-fixdate, `Sat, 29 Nov 2025 15:24:05 GMT` (RFC 9110, 5.6.7).
const IMF_FIXDATE_LEN: usize = 29;

/// The last second whose year has four digits, as IMF-fixdate needs: 9999-12-31T23:59:59Z.
const LAST_SECOND: u64 = 253_402_300_799;

/// The `Expires` value of cookies set at one second: that second plus exactly seven days, whatever the configured
/// duration (S9). A worker makes one when its second changes and uses it for every response.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ResponseDate {
    secs: u64,
    expires: [u8; IMF_FIXDATE_LEN],
}

impl ResponseDate {
    /// The date of a response written now.
    pub fn new(now: Timestamp) -> Self {
        let secs = now.as_secs();
        let expiry = secs.saturating_add(DURATION_MAX.as_secs()).min(LAST_SECOND);
        let date = httpdate::HttpDate::from(SystemTime::UNIX_EPOCH + Duration::from_secs(expiry));
        let mut expires = [b' '; IMF_FIXDATE_LEN];
        let written = write!(expires.as_mut_slice(), "{date}");
        debug_assert!(written.is_ok(), "an IMF-fixdate has {IMF_FIXDATE_LEN} bytes");
        Self { secs, expires }
    }

    /// Whether this date is still right at `now`; if not, a worker makes a new one.
    pub const fn is_current(&self, now: Timestamp) -> bool {
        self.secs == now.as_secs()
    }

    /// The IMF-fixdate after `Expires=`.
    pub const fn expires(&self) -> &[u8; IMF_FIXDATE_LEN] {
        &self.expires
    }
}

impl fmt::Debug for ResponseDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResponseDate({})", String::from_utf8_lossy(&self.expires))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s9_expires_is_the_response_date_plus_seven_days() {
        // Captured from ALB: a response of Thu, 23 Sep 2021 10:26:41 GMT.
        let date = ResponseDate::new(Timestamp::from_secs(1_632_392_801));
        assert_eq!(date.expires(), b"Thu, 30 Sep 2021 10:26:41 GMT");
        assert!(date.is_current(Timestamp::from_millis(1_632_392_801_999)));
        assert!(!date.is_current(Timestamp::from_millis(1_632_392_802_000)));
    }

    #[test]
    fn a_broken_clock_still_gives_a_date() {
        assert_eq!(ResponseDate::new(Timestamp::from_secs(0)).expires(), b"Thu, 08 Jan 1970 00:00:00 GMT");
        let end = ResponseDate::new(Timestamp::from_millis(u64::MAX));
        assert_eq!(end.expires(), b"Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
