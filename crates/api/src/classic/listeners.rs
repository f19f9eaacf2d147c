//! Listeners of Classic Load Balancers: adding and deleting. Their certificates are in [`super::certificate`], their
//! policies in [`super::policies_in_force`].

use elbow_model::key::{ListenerKey, TargetGroupKey};
use elbow_model::{CertificateArn, ClassicListener, ClassicLoadBalancer, Port, Protocol, limits};

use super::find::{port, put, unfit};
use super::{certificate, policies_in_force};
use crate::addresses::Socket;
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

const PROTOCOLS: &[&str] = &["HTTP", "HTTPS", "TCP", "SSL"];

/// A listener as a caller asks for it.
pub(super) struct Given {
    pub(super) port: Port,
    pub(super) instance_port: Port,
    protocol: Protocol,
    instance_protocol: Protocol,
    certificate: Option<CertificateArn>,
}

/// `CreateLoadBalancerListeners`: one that is there just so is no error.
pub(crate) fn create(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    let given = read_all(call, params)?;
    add(call, &mut balancer, given)?;
    Ok((vec![put(balancer)], Xml::new()))
}

/// `DeleteLoadBalancerListeners`: ports without a listener are no error. Policies for ports of instances that no listener is
/// left for are in force no longer.
pub(crate) fn delete(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut balancer = Call::copy(call.classic_of(params)?);
    for text in params.required_texts("LoadBalancerPorts")? {
        let port = text.parse().ok().and_then(Port::new);
        let invalid = || params.unfit("LoadBalancerPorts", text, "Member must be a port, 1 to 65535");
        balancer.listeners.remove(&port.ok_or_else(invalid)?);
    }
    let ClassicLoadBalancer { listeners, back_end_policies, .. } = &mut balancer;
    back_end_policies.retain(|port, _| listeners.values().any(|listener| listener.instance_port == *port));
    Ok((vec![put(balancer)], Xml::new()))
}

/// Reads the parameter `Listeners`; there must be one.
pub(super) fn read_all(call: &Call<'_>, params: &Params<'_>) -> Result<Vec<Given>, Error> {
    params.required_list("Listeners")?.iter().map(|member| read(call, member)).collect()
}

/// Adds listeners to a load balancer.
pub(super) fn add(
    call: &Call<'_>,
    balancer: &mut ClassicLoadBalancer,
    given: Vec<Given>,
) -> Result<(), Error> {
    for listener in given {
        if !balancer.listeners.contains_key(&listener.port) {
            add_one(call, balancer, listener)?;
        } else if !listener.is_on(balancer) {
            let message = format!(
                "A listener already exists for {} with LoadBalancerPort {}, but with a different InstancePort, Protocol, or \
                 SSLCertificateId",
                balancer.arn.name, listener.port
            );
            return Err(Error::new(Code::DuplicateListener, message));
        }
    }
    // AWS: unknown with which code, we refuse with InvalidConfigurationRequest.
    balancer.validate_instance_ports().map_err(|invalid| unfit(invalid.message()))?;
    if balancer.listeners.len() > limits::CLASSIC_LISTENERS {
        let most = limits::CLASSIC_LISTENERS;
        return Err(unfit(format!("A load balancer cannot have more than {most} listeners")));
    }
    Ok(())
}

fn add_one(call: &Call<'_>, balancer: &mut ClassicLoadBalancer, given: Given) -> Result<(), Error> {
    let Given { port, instance_port, protocol, instance_protocol, certificate } = given;
    Socket { balancer: balancer.arn.key, address: balancer.address, port, protocol }.check(call)?;
    let mut listener = ClassicListener {
        key: ListenerKey::new(call.random()),
        group: TargetGroupKey::new(call.random()),
        protocol,
        instance_protocol,
        instance_port,
        certificate,
        policies: Vec::new(),
    };
    listener.validate()?;
    if protocol.is_secure() {
        listener.policies.push(policies_in_force::by_default(balancer)?);
    }
    balancer.listeners.insert(port, listener);
    Ok(())
}

impl Given {
    /// Whether the load balancer has a listener that is just so.
    pub(super) fn is_on(&self, balancer: &ClassicLoadBalancer) -> bool {
        balancer.listeners.get(&self.port).is_some_and(|it| {
            it.protocol == self.protocol
                && it.instance_protocol == self.instance_protocol
                && it.instance_port == self.instance_port
                && it.certificate == self.certificate
        })
    }
}

/// Writes a listener.
pub(super) fn show(xml: &mut Xml, port: Port, listener: &ClassicListener) {
    xml.text("Protocol", listener.protocol);
    xml.text("LoadBalancerPort", port);
    xml.text("InstanceProtocol", listener.instance_protocol);
    xml.text("InstancePort", listener.instance_port);
    xml.optional("SSLCertificateId", listener.certificate.as_ref());
}

fn read(call: &Call<'_>, member: &Params<'_>) -> Result<Given, Error> {
    member.required("Protocol")?;
    let protocol = protocol(member, "Protocol")?
        .ok_or_else(|| Error::validation("A listener protocol must be specified"))?;
    let named = member.text("SSLCertificateId").filter(|text| !text.is_empty());
    let certificate = match (protocol.is_secure(), named) {
        (true, Some(text)) => Some(certificate::find(call, text)?),
        (true, None) => {
            return Err(Error::validation("Secure Listeners need to specify a SSLCertificateId"));
        }
        // AWS takes it and forgets it.
        (false, _) => None,
    };
    Ok(Given {
        port: port(member, "LoadBalancerPort")?,
        instance_port: port(member, "InstancePort")?,
        protocol,
        instance_protocol: self::protocol(member, "InstanceProtocol")?.unwrap_or(protocol),
        certificate,
    })
}

/// A protocol, in any case.
fn protocol(member: &Params<'_>, name: &str) -> Result<Option<Protocol>, Error> {
    member.word(name, PROTOCOLS, |text| {
        Protocol::ALL.into_iter().find(|protocol| protocol.as_str().eq_ignore_ascii_case(text))
    })
}
