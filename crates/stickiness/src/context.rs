//! What every decision and every cookie needs to know about the moment and the place.

use elbow_model::Timestamp;
use elbow_model::key::LoadBalancerKey;

use crate::Keyring;

/// The load balancer that decides, its keys and the present moment. Cheap to build for each request.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The load balancer in whose name tokens are opened and sealed. A token of another one does not open, unless it is
    /// an application token (S49).
    pub load_balancer: LoadBalancerKey,
    /// The keys of this fleet.
    pub keys: &'a Keyring,
    /// The present moment on this node.
    pub now: Timestamp,
    /// Whether the client came through an HTTPS (Classic: HTTPS) listener; decides `Secure` (S2).
    pub secure: bool,
}
