//! What the API asks of the data plane, without either knowing the other.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use elbow_api::{ListenerAdmission, TargetHealthReader};
use elbow_model::key::{TargetGroupKey, TargetKey};
use elbow_model::{AnomalyDetection, Port, TargetHealth};
use elbow_proxy::DataPlane;
use elbow_proxy::publisher::Snapshots;
use elbow_routing::Options;

/// Health as the requests see it.
pub(super) struct LiveHealth(pub(super) Snapshots);

impl TargetHealthReader for LiveHealth {
    fn health(&self, group: TargetGroupKey, target: TargetKey) -> TargetHealth {
        self.0.load().table.target_health(group, target)
    }

    fn anomaly(&self, group: TargetGroupKey, target: TargetKey) -> AnomalyDetection {
        let snapshot = self.0.load();
        let found = snapshot.table.group(group).and_then(|group| group.target(target));
        found.map(|target| target.anomaly.told()).unwrap_or_default()
    }
}

/// The sockets that listeners are bound to.
pub(super) struct Sockets {
    pub(super) plane: Arc<DataPlane>,
    pub(super) options: Options,
}

impl ListenerAdmission for Sockets {
    fn check(&self, address: Option<IpAddr>, port: Port) -> Result<(), String> {
        let address = address.unwrap_or(self.options.listen_address);
        let offset = self.options.listener_port_offset;
        let bound = port.get().checked_add(offset).ok_or_else(|| {
            format!("port {port} and the listener port offset {offset} add up to more than 65535")
        })?;
        self.plane.can_bind(SocketAddr::new(address, bound)).map_err(|error| error.to_string())
    }
}
