//! Sealed tokens: what the load balancer writes into its cookies, and reads back from a stranger.
//!
//! A token is a [`Session`] under AES-128-GCM. Every byte that comes back is an attack until the seal holds: a length
//! that is not the one length of its kind, a key id no ring has, a changed bit, a token of another kind of cookie or,
//! but for application tokens, of another load balancer all end as an [`Invalid`] reason. Start with [`open_target`]; the layout is in `layout`, the seal in
//! `envelope`.

mod bytes;
mod envelope;
mod layout;
mod session;
mod text;

use elbow_model::key::TargetGroupKey;

pub use self::layout::SESSIONS_MAX;
pub use self::session::{CLOCK_SKEW_MAX, LEFT_MAX, Left, Session, SessionId};
pub(crate) use self::text::{seal, seal_application, seal_classic};
use crate::{Context, Invalid, KeyId};

/// What a token is for. The kind is sealed in, so that no token passes for one of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// `AWSALB`, `AWSALBCORS`: the target of one target group.
    Target = 1,
    /// `AWSALBTG`, `AWSALBTGCORS`: the target group of a forward action.
    Group = 2,
    /// `AWSALBAPP-0` to `-3` joined: a target of each application-sticky target group, of all layers (S49).
    Application = 3,
    /// `AWSELB`, `AWSELBCORS`: the target of one Classic listener.
    Classic = 4,
}

/// A token whose seal holds, for decisions and for tools that explain a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened<S = Session> {
    /// The generation that sealed it.
    pub key: KeyId,
    /// The session, or for an application token the sessions, that it carries.
    pub content: S,
}

/// Opens the value of `AWSALB` or `AWSALBCORS`: 124 characters (S12). Any bytes may be given.
pub fn open_target(context: &Context<'_>, value: &[u8]) -> Result<Opened, Invalid> {
    text::open::<{ layout::TARGET_RAW }>(context, Kind::Target, value)
}

/// Opens the value of `AWSALBTG` or `AWSALBTGCORS`: 172 characters (S12). Any bytes may be given.
pub fn open_group(context: &Context<'_>, value: &[u8]) -> Result<Opened, Invalid> {
    text::open::<{ layout::GROUP_RAW }>(context, Kind::Group, value)
}

/// Opens the joined values of `AWSALBAPP-0` to `-3`: 144 characters for one session (S12). Any bytes may be given.
pub fn open_application(context: &Context<'_>, value: &[u8]) -> Result<Opened<Vec<Session>>, Invalid> {
    text::open_application(context, value)
}

/// Opens the value of `AWSELB` or `AWSELBCORS`: 138 upper-case hexadecimal digits. Any bytes may be given. The token
/// has room only for a hint of its target group: without a content it is not one of `group`.
pub fn open_classic(
    context: &Context<'_>,
    group: TargetGroupKey,
    value: &[u8],
) -> Result<Opened<Option<Session>>, Invalid> {
    text::open_classic(context, group, value)
}

#[cfg(test)]
mod tests;
