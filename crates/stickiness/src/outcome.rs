//! What happened to a request's stickiness, in one word for counters, logs and people.
//!
//! Every request has exactly one outcome. "Why did it not stick?" is answered by [`Outcome::as_str`].

use std::fmt;

/// Why a session did not go on where its cookie says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rebound {
    /// Its target fails its health checks (S35).
    Unhealthy,
    /// Its target is being deregistered (S36).
    Draining,
    /// Its target is no longer registered (S35), or its target group is no longer in the forward action.
    Deregistered,
    /// Its target refused the connection, or reset it before anything was sent.
    Refused,
    /// The client was silent for longer than the duration that is configured now (S33, S48).
    Expired,
    /// The cookie was issued for another target group (S37, S38).
    OtherGroup,
    /// The request did not bring the application's cookie back (S41).
    NoApplicationCookie,
}

/// Why a cookie that is present could not be read (S34).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Invalid {
    /// Characters that the cookie's alphabet does not have, a percent-encoded value for one (S11).
    Encoding,
    /// The alphabet is right and the length is not: cut short or spliced.
    Length,
    /// A part of `AWSALBAPP-0` to `-3` is missing.
    Fragment,
    /// No key of this fleet has the key id, or not any more.
    Key,
    /// The seal does not hold: changed, or sealed for another load balancer or another kind of cookie.
    Seal,
    /// The seal holds and the contents are not of a format version known here.
    Format,
    /// Last used further in the future than [`CLOCK_SKEW_MAX`](crate::CLOCK_SKEW_MAX).
    Future,
    /// It was issued over HTTPS and came over HTTP, where whoever listens can take it; the policy wants it refused.
    InsecureReplay,
}

/// What happened to one request's stickiness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// No cookie: a target is chosen and a session begins.
    New,
    /// The request follows its session's target.
    Hit,
    /// A cookie was read and another target has to be chosen.
    Rebound(Rebound),
    /// The session keeps its target and this one request goes elsewhere, because the target is full. No policy of AWS
    /// does this; it is counted from the start so that counters keep their order.
    Spilled,
    /// The session keeps its target and this request is refused, because the target cannot take it. As for `Spilled`.
    Refused,
    /// A cookie is present and cannot be read: as if there were none.
    Invalid(Invalid),
    /// Stickiness is off here.
    Skipped,
}

impl Outcome {
    /// Every outcome, in the order of [`Self::index`]. Counters are arrays of this length.
    pub const ALL: [Self; 20] = [
        Self::New,
        Self::Hit,
        Self::Rebound(Rebound::Unhealthy),
        Self::Rebound(Rebound::Draining),
        Self::Rebound(Rebound::Deregistered),
        Self::Rebound(Rebound::Refused),
        Self::Rebound(Rebound::Expired),
        Self::Rebound(Rebound::OtherGroup),
        Self::Rebound(Rebound::NoApplicationCookie),
        Self::Spilled,
        Self::Refused,
        Self::Invalid(Invalid::Encoding),
        Self::Invalid(Invalid::Length),
        Self::Invalid(Invalid::Fragment),
        Self::Invalid(Invalid::Key),
        Self::Invalid(Invalid::Seal),
        Self::Invalid(Invalid::Format),
        Self::Invalid(Invalid::Future),
        Self::Invalid(Invalid::InsecureReplay),
        Self::Skipped,
    ];

    /// Position in [`Self::ALL`], for arrays of counters.
    pub const fn index(self) -> usize {
        match self {
            Self::New => 0,
            Self::Hit => 1,
            Self::Rebound(reason) => 2 + reason as usize,
            Self::Spilled => 9,
            Self::Refused => 10,
            Self::Invalid(reason) => 11 + reason as usize,
            Self::Skipped => 19,
        }
    }

    /// The outcome in words, as headers, logs and metrics show it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Hit => "hit",
            Self::Rebound(Rebound::Unhealthy) => "rebound:unhealthy",
            Self::Rebound(Rebound::Draining) => "rebound:draining",
            Self::Rebound(Rebound::Deregistered) => "rebound:deregistered",
            Self::Rebound(Rebound::Refused) => "rebound:refused",
            Self::Rebound(Rebound::Expired) => "rebound:expired",
            Self::Rebound(Rebound::OtherGroup) => "rebound:other_group",
            Self::Rebound(Rebound::NoApplicationCookie) => "rebound:no_application_cookie",
            Self::Spilled => "spilled",
            Self::Refused => "refused",
            Self::Invalid(Invalid::Encoding) => "invalid:encoding",
            Self::Invalid(Invalid::Length) => "invalid:length",
            Self::Invalid(Invalid::Fragment) => "invalid:fragment",
            Self::Invalid(Invalid::Key) => "invalid:key",
            Self::Invalid(Invalid::Seal) => "invalid:seal",
            Self::Invalid(Invalid::Format) => "invalid:format",
            Self::Invalid(Invalid::Future) => "invalid:future",
            Self::Invalid(Invalid::InsecureReplay) => "invalid:insecure_replay",
            Self::Skipped => "skipped",
        }
    }

    /// What it means and what to do about it, in a sentence for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::New => {
                "no cookie of the load balancer came with it, so that a session begins; clients have to send the \
                          cookies of the last response back"
            }
            Self::Hit => "it follows its session's target",
            Self::Rebound(Rebound::Unhealthy) => {
                "its target fails its health checks; DescribeTargetHealth says why, and the session stays with the next target"
            }
            Self::Rebound(Rebound::Draining) => {
                "its target is being deregistered and takes no more requests; the session stays with the next target"
            }
            Self::Rebound(Rebound::Deregistered) => {
                "its target is not registered any more, or its target group is no longer in the rule's action; register \
                 targets again only if they have their sessions still"
            }
            Self::Rebound(Rebound::Refused) => {
                "its target refused the connection; look whether it runs and listens"
            }
            Self::Rebound(Rebound::Expired) => {
                "the client was silent for longer than the stickiness duration; a longer one helps, also for cookies that exist"
            }
            Self::Rebound(Rebound::OtherGroup) => {
                "its cookie was issued for another target group; a browser keeps one cookie for each host, so give the target \
                 groups hosts of their own, or use application-based stickiness"
            }
            Self::Rebound(Rebound::NoApplicationCookie) => {
                "the application's cookie did not come with it, so that its session is over; look at the path, the domain and \
                 the life that the application gives to it"
            }
            Self::Spilled => "its target is full; this request alone goes elsewhere",
            Self::Refused => "its target cannot take it, and nobody else has the session",
            Self::Invalid(Invalid::Encoding) => {
                "the cookie has characters that none of ours has; something between changed or encoded it"
            }
            Self::Invalid(Invalid::Length) => "the cookie is cut short or too long; copy all of it",
            Self::Invalid(Invalid::Fragment) => {
                "a part of the cookie is missing: AWSALBAPP-0 to AWSALBAPP-3 belong together, so far as they were sent"
            }
            Self::Invalid(Invalid::Key) => {
                "no key of this fleet has sealed it: it is of other load balancers, or older than seven days, or the keys were lost"
            }
            Self::Invalid(Invalid::Seal) => {
                "it was changed, or is the cookie of another load balancer or of another kind"
            }
            Self::Invalid(Invalid::Format) => {
                "it is of a format that this version does not know; run one version on all nodes"
            }
            Self::Invalid(Invalid::Future) => {
                "it was last used in the future; set the clocks of all nodes (five minutes are allowed)"
            }
            Self::Invalid(Invalid::InsecureReplay) => {
                "it was issued over HTTPS and came over HTTP, which elbow.stickiness.https_only refuses; send clients to HTTPS"
            }
            Self::Skipped => "stickiness is off here; turn it on in the target group's attributes",
        }
    }

    /// Whether a target had to be chosen although the target group is sticky. Counts into `NonStickyRequestCount` of a
    /// `lb_cookie` group (S57) and into `AppCookieNonStickinessCount` of an `app_cookie` group (S58).
    pub const fn counts_as_non_sticky(self) -> bool {
        match self {
            Self::New | Self::Rebound(_) | Self::Spilled | Self::Invalid(_) => true,
            Self::Hit | Self::Refused | Self::Skipped => false,
        }
    }
}

impl From<Invalid> for Outcome {
    fn from(reason: Invalid) -> Self {
        Self::Invalid(reason)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_outcome_has_its_own_place_and_word() {
        for (place, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome.index(), place, "{outcome}");
        }
        for told in [Outcome::as_str, Outcome::meaning] {
            let words: HashSet<_> = Outcome::ALL.iter().map(|outcome| told(*outcome)).collect();
            assert_eq!(words.len(), Outcome::ALL.len());
        }
    }

    #[test]
    fn s57_counts_every_request_whose_target_had_to_be_chosen() {
        for outcome in Outcome::ALL {
            let chosen = !matches!(outcome, Outcome::Hit | Outcome::Refused | Outcome::Skipped);
            assert_eq!(outcome.counts_as_non_sticky(), chosen, "{outcome}");
        }
    }
}
