//! The addresses that this process listens on, and those that it should and cannot.
//!
//! All sockets of one address share it by `SO_REUSEPORT`, which lets every process of the same user in. Another Elbow
//! that has the address already would get half of the connections and nobody would know, so the first socket of an
//! address is opened only after a socket without that option could have been.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that wait to be accepted, per socket; the kernel's own limit may be lower.
const BACKLOG: i32 = 4096;

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {}", reason(source))]
pub struct BindError {
    /// The address.
    pub address: SocketAddr,
    /// What the system said.
    pub source: io::Error,
}

/// What a person should know about it, rather than the error's number.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "the address is in use by another program".to_owned(),
        io::ErrorKind::AddrNotAvailable => "it is not an address of this machine".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "permission denied; ports below 1024 need privileges, see --listener-port-offset".to_owned()
        }
        _ => error.to_string(),
    }
}

/// All workers' sockets and problems. Locked when sockets are opened and closed, never for a connection.
#[derive(Debug)]
pub(crate) struct Addresses {
    takes_over: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// How many sockets this process has at an address.
    sockets: BTreeMap<SocketAddr, usize>,
    problems: BTreeMap<SocketAddr, Arc<BindError>>,
}

/// One socket counts as open until this is dropped. The socket must be closed by then.
#[derive(Debug)]
pub(crate) struct Listening {
    addresses: Arc<Addresses>,
    address: SocketAddr,
}

impl Addresses {
    /// `takes_over`: see [`crate::Settings::takes_over`].
    pub(crate) fn new(takes_over: bool) -> Self {
        Self { takes_over, state: Mutex::default() }
    }

    /// Opens one listening socket. Accepted connections inherit its `TCP_NODELAY`.
    pub(crate) fn open(self: &Arc<Self>, address: SocketAddr) -> Result<(TcpListener, Listening), BindError> {
        let mut state = self.state();
        let open = || {
            self.try_bind(&state, address)?;
            let socket = bind(address, true)?;
            socket.listen(BACKLOG)?;
            Ok(socket.into())
        };
        let socket = open().map_err(|source| BindError { address, source })?;
        *state.sockets.entry(address).or_default() += 1;
        Ok((socket, Listening { addresses: Arc::clone(self), address }))
    }

    /// Whether the address is listened on or could be. Takes no connection: it does not listen.
    pub(crate) fn check(&self, address: SocketAddr) -> Result<(), BindError> {
        self.try_bind(&self.state(), address).map_err(|source| BindError { address, source })
    }

    fn try_bind(&self, state: &State, address: SocketAddr) -> io::Result<()> {
        if state.sockets.contains_key(&address) {
            return Ok(());
        }
        bind(address, self.takes_over).map(drop)
    }

    /// Notes that the address cannot be listened on, and logs it the first time.
    pub(crate) fn note(&self, problem: BindError) {
        self.state().problems.entry(problem.address).or_insert_with(|| {
            tracing::error!("{problem}");
            Arc::new(problem)
        });
    }

    /// The address is listened on, or not wanted any more.
    pub(crate) fn solve(&self, address: SocketAddr) {
        self.state().problems.remove(&address);
    }

    /// Addresses that are wanted and could not be opened.
    pub(crate) fn problems(&self) -> Vec<Arc<BindError>> {
        self.state().problems.values().cloned().collect()
    }

    /// How many sockets this process has at an address.
    #[cfg(test)]
    pub(crate) fn sockets(&self, address: SocketAddr) -> usize {
        self.state().sockets.get(&address).copied().unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `SO_REUSEADDR` lets old connections of the address be; only a socket that listens is in the way.
fn bind(address: SocketAddr, shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(shared)?;
    socket.set_tcp_nodelay(true)?;
    socket.set_nonblocking(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    Ok(socket)
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut state = self.addresses.state();
        if let Some(count) = state.sockets.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                state.sockets.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_belongs_to_one_process_until_its_last_socket_is_closed() {
        let [one, other] = [false, false].map(|takes_over| Arc::new(Addresses::new(takes_over)));
        let (_reserved, address) = crate::testing::reserve();

        let first = one.open(address).unwrap();
        let second = one.open(address).expect("the same process shares its own address");
        let problem = other.open(address).unwrap_err();
        assert_eq!(problem.source.kind(), io::ErrorKind::AddrInUse);
        assert!(other.check(address).is_err());
        assert!(Arc::new(Addresses::new(true)).open(address).is_ok(), "unless it takes over");

        drop(first);
        assert!(other.check(address).is_err(), "one is left");
        drop(second);
        assert!(other.open(address).is_ok());
    }
}
