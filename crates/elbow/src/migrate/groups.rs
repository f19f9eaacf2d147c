//! Which target groups there have to be.
//!
//! A Classic Load Balancer has no target groups: a listener names the protocol and port of instances, and its stickiness
//! policy. Listeners that name the same can share a target group.

use elbow_model::{PolicyKind, Port, Protocol};

use super::description::{Description, ListenerDescription, Policy};

/// A target group to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group<'a> {
    /// Its name in the template.
    pub(super) id: String,
    /// What instances speak, HTTP or HTTPS.
    pub(super) protocol: Protocol,
    /// The port of instances.
    pub(super) port: Port,
    /// What keeps sessions.
    pub(super) stickiness: Option<&'a Policy>,
    /// The listeners that forward to it.
    pub(super) listeners: Vec<&'a ListenerDescription>,
}

/// A target group for each kind of listener of HTTP and HTTPS, in the order of their first listeners.
pub(super) fn groups(description: &Description) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for listener in description.listeners.iter().filter(|listener| listener.protocol.is_http()) {
        let (protocol, port) = (listener.instance_protocol, listener.instance_port);
        let stickiness = listener.stickiness();
        let is_same = |group: &&mut Group<'_>| {
            (group.protocol, group.port) == (protocol, port) && kind(group.stickiness) == kind(stickiness)
        };
        if let Some(group) = groups.iter_mut().find(is_same) {
            group.listeners.push(listener);
            continue;
        }
        let word = if protocol.is_secure() { "Https" } else { "Http" };
        let mut id = format!("TargetGroup{word}{port}");
        if groups.iter().any(|group| group.id == id) {
            id = format!("{id}Listener{}", listener.port);
        }
        groups.push(Group { id, protocol, port, stickiness, listeners: vec![listener] });
    }
    groups
}

/// Two policies with different names may do the same.
fn kind(policy: Option<&Policy>) -> Option<&PolicyKind> {
    policy.map(|policy| &policy.kind)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{balancer, listener, with_policy};
    use super::*;

    #[test]
    fn listeners_share_a_group_if_instances_and_sessions_are_the_same() {
        let app = |name: &str| PolicyKind::AppCookie { cookie_name: name.to_owned() };
        let secure =
            ListenerDescription { instance_protocol: Protocol::Https, ..listener(85, Protocol::Http) };
        let listeners = vec![
            listener(80, Protocol::Http),
            with_policy(listener(81, Protocol::Http), "a", app("cart")),
            with_policy(listener(82, Protocol::Https), "b", app("cart")),
            with_policy(listener(83, Protocol::Http), "c", app("other")),
            listener(84, Protocol::Tcp),
            secure,
            listener(86, Protocol::Https),
        ];
        let description = Description { listeners, ..balancer() };
        let found: Vec<(String, Vec<u16>)> = groups(&description)
            .iter()
            .map(|group| (group.id.clone(), group.listeners.iter().map(|it| it.port.get()).collect()))
            .collect();
        let expected = [
            ("TargetGroupHttp8080", vec![80, 86]),
            ("TargetGroupHttp8080Listener81", vec![81, 82]),
            ("TargetGroupHttp8080Listener83", vec![83]),
            ("TargetGroupHttps8080", vec![85]),
        ];
        assert_eq!(found, expected.map(|(id, ports)| (id.to_owned(), ports)));
    }
}
