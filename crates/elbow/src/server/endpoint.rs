//! The API as its callers see it: what they have changed is in force when they are answered.
//!
//! [`Api`] answers when a change is durable, and the data plane follows some milliseconds later. Whoever creates a
//! listener and connects at once must not be refused, so the answer waits for the workers here.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use elbow_api::Api;
use elbow_proxy::DataPlane;
use elbow_store::State;
use http::{Request, Response};
use tokio::time::timeout;

/// Longest time that an answer waits for the data plane. A worker that is held up must not hold up the API: the change
/// is durable, and will be seen.
const IN_FORCE_TIMEOUT: Duration = Duration::from_secs(1);

/// Answers API calls once what they say is in force.
pub(crate) struct Endpoint {
    pub(super) api: Arc<Api>,
    pub(super) state: Arc<State>,
    pub(super) plane: Arc<DataPlane>,
}

impl Endpoint {
    /// Answers one request, see [`Api::handle`]. By then every worker acts on the configuration that the answer tells of.
    pub(crate) async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let response = self.api.handle(request).await;
        let revision = self.state.current().revision;
        if timeout(IN_FORCE_TIMEOUT, self.plane.acts_on(revision.get())).await.is_err() {
            tracing::warn!("the workers are late: they do not act on revision {revision} yet");
        }
        response
    }
}
