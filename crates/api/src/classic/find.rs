//! From names in a request to what they name, and back to changes. A caller sees only its own region and account.

use std::sync::Arc;

use elbow_model::{Change, ClassicListener, ClassicLoadBalancer, Entity, InstanceId, Port};

use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::Params;

impl<'a> Call<'a> {
    /// Every Classic Load Balancer that the caller sees.
    pub(super) fn classics(&self) -> impl Iterator<Item = &'a Arc<ClassicLoadBalancer>> {
        self.configuration.classic_load_balancers.values().filter(|it| it.arn.scope == *self.scope)
    }

    /// The load balancer with this name, which must be there.
    pub(crate) fn classic(&self, name: &str) -> Result<&'a Arc<ClassicLoadBalancer>, Error> {
        self.classics().find(|balancer| balancer.arn.name.as_str() == name).ok_or_else(|| {
            Error::new(Code::LoadBalancerNotFound, format!("There is no ACTIVE Load Balancer named '{name}'"))
        })
    }

    /// The load balancer that the parameter `LoadBalancerName` names.
    pub(super) fn classic_of(&self, params: &Params<'_>) -> Result<&'a Arc<ClassicLoadBalancer>, Error> {
        self.classic(params.required("LoadBalancerName")?)
    }
}

/// The change after which a load balancer is like this.
pub(super) fn put(balancer: ClassicLoadBalancer) -> Change {
    Change::Put(Entity::ClassicLoadBalancer(Arc::new(balancer)))
}

/// The refusal of what does not fit the load balancer as it is.
pub(super) fn unfit(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidConfigurationRequest, message)
}

/// A port that must be given.
pub(super) fn port(params: &Params<'_>, name: &str) -> Result<Port, Error> {
    params.required(name)?;
    let port = params.number(name, 1, u16::MAX)?.and_then(Port::new);
    port.ok_or_else(|| Error::validation(format!("{name} must be specified")))
}

/// The listener on the port that the parameter `LoadBalancerPort` names, which must be there.
pub(super) fn listener_of<'a>(
    balancer: &'a mut ClassicLoadBalancer,
    params: &Params<'_>,
) -> Result<(Port, &'a mut ClassicListener), Error> {
    let port = port(params, "LoadBalancerPort")?;
    let name = &balancer.arn.name;
    let listener = balancer.listeners.get_mut(&port).ok_or_else(|| {
        let message = format!("There is no listener on port {port} for load balancer {name}");
        Error::new(Code::ListenerNotFound, message)
    })?;
    Ok((port, listener))
}

/// The listener on a port in words, which must be there.
pub(crate) fn listener_on<'a>(
    balancer: &'a ClassicLoadBalancer,
    port: &str,
) -> Result<&'a ClassicListener, Error> {
    let found = port.parse().ok().and_then(Port::new).and_then(|port| balancer.listeners.get(&port));
    found.ok_or_else(|| no_listener(port, balancer))
}

fn no_listener(port: impl std::fmt::Display, balancer: &ClassicLoadBalancer) -> Error {
    let message = format!("There is no listener on port {port} for load balancer {}", balancer.arn.name);
    Error::new(Code::ListenerNotFound, message)
}

/// Reads a list of instances.
pub(super) fn instances(members: &[Params<'_>]) -> Result<Vec<InstanceId>, Error> {
    let read = |member: &Params<'_>| {
        let text = member.required("InstanceId")?;
        InstanceId::parse(text).map_err(|invalid| Error::new(Code::InvalidInstance, invalid.message()))
    };
    members.iter().map(read).collect()
}
