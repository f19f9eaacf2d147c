//! What access logs tell of the listeners that a worker serves.
//!
//! A request holds on to this until it ends, which may be after its listener was deleted. It does not hold on to the
//! listener itself: all workers would count on it, for each request, and that count would move between their cores.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use elbow_model::key::ListenerKey;
use elbow_model::{Port, Protocol};
use elbow_routing::{KeyMap, ListenerRoutes};

/// A listener that logs its requests.
#[derive(Debug)]
pub(crate) struct LoggedListener {
    /// The load balancer's name in logs.
    pub(crate) load_balancer: Arc<str>,
    /// What stands for a host that is not given.
    pub(crate) dns_name: Arc<str>,
    /// What its clients speak.
    pub(crate) protocol: Protocol,
    /// Its port.
    pub(crate) port: Port,
}

/// Those of the present snapshot that have had requests: no more than there are listeners.
#[derive(Debug, Default)]
pub(crate) struct LoggedListeners(RefCell<KeyMap<ListenerKey, Rc<LoggedListener>>>);

impl LoggedListeners {
    /// What the log tells of a listener; `None`: it does not log.
    pub(crate) fn of(&self, listener: &ListenerRoutes) -> Option<Rc<LoggedListener>> {
        listener.logs.then(|| {
            let mut known = self.0.borrow_mut();
            Rc::clone(known.entry(listener.key).or_insert_with(|| Rc::new(LoggedListener::new(listener))))
        })
    }

    /// The snapshot has changed, and they may have.
    pub(crate) fn forget(&self) {
        self.0.borrow_mut().clear();
    }
}

impl LoggedListener {
    fn new(listener: &ListenerRoutes) -> Self {
        Self {
            load_balancer: Arc::clone(&listener.load_balancer_dimension),
            dns_name: Arc::clone(&listener.dns_name),
            protocol: listener.protocol,
            port: listener.port,
        }
    }
}
