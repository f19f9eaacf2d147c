//! A port that stays ours while nobody listens on it.
//!
//! A killed target must come back on its old port, because that is how it is registered. Meanwhile the
//! system could give the port to anybody, even as the near end of the health checker's own connection, which
//! would then be connected to itself. On Linux a socket that is bound but does not listen prevents both, and
//! with address reuse on both sides it does not keep the target from listening. Elsewhere it would, so there
//! the port is only hoped for.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A port on 127.0.0.1 for the fleet's life.
#[derive(Debug)]
pub(super) struct Port {
    address: SocketAddr,
    /// Held, never used.
    _place: Option<TcpSocket>,
}

impl Port {
    pub(super) fn reserve() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = socket.local_addr()?;
        Ok(Self { address, _place: cfg!(target_os = "linux").then_some(socket) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::{TcpListener, TcpStream};

    #[tokio::test]
    async fn a_reserved_port_refuses_until_its_target_listens_and_again_after_that() {
        let port = Port::reserve().unwrap();
        for _ in 0..3 {
            let refused = TcpStream::connect(port.address()).await.unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
            let target = TcpListener::bind(port.address()).await.unwrap();
            let client = TcpStream::connect(port.address()).await.unwrap();
            drop(target.accept().await.unwrap());
            drop(client);
        }
    }
}
