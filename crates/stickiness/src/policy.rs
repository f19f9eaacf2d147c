//! How long and by which cookie a target group, a forward action or a Classic listener keeps sessions.
//!
//! Values arrive here validated (the API refuses what AWS refuses); a value outside AWS's range is still harmless.

use std::time::Duration;

/// The longest stickiness duration AWS accepts: seven days (S17, S19, S20). The shortest is one second.
pub const DURATION_MAX: Duration = Duration::from_secs(604_800);

/// How a target group (ALB) or a listener (Classic) keeps its sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// No stickiness: every request is balanced, no cookie is read or written.
    None,
    /// `lb_cookie`: the load balancer's own `AWSALB` and `AWSALBCORS` (S31-S39).
    LbCookie {
        /// Idle time after which a session ends, judged at each request (S33).
        duration: Duration,
        /// A cookie that was issued over HTTPS counts as none over HTTP.
        https_only: bool,
    },
    /// `app_cookie`: `AWSALBAPP-0` to `-3` follow a cookie that the target sets (S40-S49). AWS does not support it in
    /// a forward action with several target groups (S28); the caller passes [`Policy::None`] there.
    AppCookie {
        /// Idle time after which a session ends, judged at each request (S42).
        duration: Duration,
        /// Name of the application's cookie, compared byte for byte.
        cookie_name: String,
        /// A cookie that was issued over HTTPS counts as none over HTTP.
        https_only: bool,
    },
    /// Classic `LBCookieStickinessPolicy`: `AWSELB`, aged by the client alone.
    ClassicDuration {
        /// `MAX-AGE` of the cookie; none makes it a browser-session cookie. Fractions of a second are dropped.
        period: Option<Duration>,
    },
    /// Classic `AppCookieStickinessPolicy`: `AWSELB` beside the application's own cookie, with its attributes.
    ClassicApplication {
        /// Name of the application's cookie, compared byte for byte.
        cookie_name: String,
    },
}

/// For how long a session is taken to go on without a request if only the client or the application knows.
const UNTOLD: Duration = Duration::from_secs(3600);

impl Policy {
    /// After how long without a request a session is over; `None` without stickiness. Of a Classic session only the client or
    /// the application knows, unless it has a period.
    pub fn idle_time(&self) -> Option<Duration> {
        match self {
            Self::None => None,
            Self::LbCookie { duration, .. } | Self::AppCookie { duration, .. } => Some(*duration),
            Self::ClassicDuration { period } => Some(period.unwrap_or(UNTOLD)),
            Self::ClassicApplication { .. } => Some(UNTOLD),
        }
    }

    /// Whether sessions are kept at all.
    pub const fn is_sticky(&self) -> bool {
        !matches!(self, Self::None)
    }
}

/// How a forward action keeps a client in one of its target groups (`AWSALBTG`, S20, S50-S54).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupPolicy {
    /// Idle time after which the client is balanced anew, judged at each request.
    pub duration: Duration,
}
