//! What a connection's bytes travel over: TCP alone, or TLS 1.3 above it.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, SupportedKxGroup, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, HandshakeKind, RootCertStore, version};

use crate::arguments::Arguments;

/// Key exchanges that can be asked for, by name.
const GROUPS: [(&str, &dyn SupportedKxGroup); 2] =
    [("x25519", aws_lc_rs::kx_group::X25519), ("x25519mlkem768", aws_lc_rs::kx_group::X25519MLKEM768)];

/// How connections are made.
#[derive(Debug, Clone)]
pub enum Dialer {
    /// TCP.
    Plain,
    /// TLS with a proxy of this name.
    Secure {
        /// Whom it trusts, and what it offers.
        config: Arc<ClientConfig>,
        /// Sent as SNI, and looked for in the certificate.
        name: ServerName<'static>,
        /// A connection takes up the TLS session of the one before.
        resume: bool,
    },
}

impl Dialer {
    /// Reads `--tls AUTHORITY.pem`, and with it `--name`, `--group` and `--resume`.
    pub fn parse(arguments: &mut Arguments) -> std::result::Result<Self, String> {
        let Some(authority) = arguments.optional::<String>("tls")? else { return Ok(Self::Plain) };
        let name: String = arguments.required("name")?;
        let group: String = arguments.optional("group")?.unwrap_or_else(|| "x25519".to_owned());
        let resume = arguments.optional("resume")?.unwrap_or(false);
        let (_, group) = GROUPS
            .into_iter()
            .find(|(known, _)| *known == group)
            .ok_or_else(|| format!("--group {group} is not known"))?;
        let certificate = CertificateDer::from_pem_file(&authority)
            .map_err(|error| format!("--tls {authority}: {error}"))?;
        let mut roots = RootCertStore::empty();
        roots.add(certificate).map_err(|error| format!("--tls {authority}: {error}"))?;
        let provider = CryptoProvider { kx_groups: vec![group], ..aws_lc_rs::default_provider() };
        let config = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&version::TLS13])
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(name).map_err(|error| format!("--name: {error}"))?;
        Ok(Self::Secure { config: Arc::new(config), name, resume })
    }

    /// The same for one client, which has TLS sessions of its own.
    pub fn of_one_client(&self) -> Self {
        let mut dialer = self.clone();
        if let Self::Secure { config, resume, .. } = &mut dialer {
            let resumption = if *resume { Resumption::default() } else { Resumption::disabled() };
            Arc::make_mut(config).resumption = resumption;
        }
        dialer
    }

    /// Connects (loopback: at once). A handshake begins with the first byte that is written.
    pub fn connect(
        &self,
        address: SocketAddr,
        registry: &Registry,
        token: Token,
    ) -> std::result::Result<Transport, String> {
        let socket =
            connect(address, registry, token).map_err(|error| format!("connecting to {address}: {error}"))?;
        match self {
            Self::Plain => Ok(Transport::Plain(socket)),
            Self::Secure { config, name, .. } => {
                let tls = ClientConnection::new(Arc::clone(config), name.clone())
                    .map_err(|error| error.to_string())?;
                Ok(Transport::Secure(Box::new(Secure { tls, socket })))
            }
        }
    }
}

fn connect(address: SocketAddr, registry: &Registry, token: Token) -> Result<TcpStream> {
    let socket = std::net::TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    socket.set_nonblocking(true)?;
    let mut socket = TcpStream::from_std(socket);
    registry.register(&mut socket, token, Interest::READABLE | Interest::WRITABLE)?;
    Ok(socket)
}

/// A connection.
#[derive(Debug)]
pub enum Transport {
    /// TCP.
    Plain(TcpStream),
    /// TLS.
    Secure(Box<Secure>),
}

/// A TLS connection and its socket.
#[derive(Debug)]
pub struct Secure {
    tls: ClientConnection,
    socket: TcpStream,
}

impl Transport {
    /// Whether a read of fewer bytes than there was room for means that there are no more for now.
    pub fn empties(&self) -> bool {
        matches!(self, Self::Plain(_))
    }

    /// Whether its TLS session is one that was taken up again.
    pub fn is_resumed(&self) -> bool {
        matches!(self, Self::Secure(secure) if secure.tls.handshake_kind() == Some(HandshakeKind::Resumed))
    }

    /// Says that nothing more comes, as far as the socket takes it.
    pub fn say_goodbye(&mut self) {
        if let Self::Secure(secure) = self {
            secure.tls.send_close_notify();
            // The connection is over whether or not the other side hears it.
            let _ = secure.flush();
        }
    }
}

impl Secure {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            match self.tls.reader().read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return result,
            }
            if self.tls.read_tls(&mut self.socket)? == 0 {
                return Ok(0);
            }
            self.tls.process_new_packets().map_err(Error::other)?;
            self.flush()?;
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let count = self.tls.writer().write(bytes)?;
        self.flush()?;
        if count == 0 { Err(ErrorKind::WouldBlock.into()) } else { Ok(count) }
    }

    fn flush(&mut self) -> Result<()> {
        while self.tls.wants_write() {
            match self.tls.write_tls(&mut self.socket) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Read for Transport {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Secure(secure) => secure.read(buffer),
        }
    }
}

impl Write for Transport {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Secure(secure) => secure.write(bytes),
        }
    }

    fn write_vectored(&mut self, parts: &[std::io::IoSlice<'_>]) -> Result<usize> {
        match self {
            Self::Plain(socket) => socket.write_vectored(parts),
            Self::Secure(secure) => {
                secure.write(parts.iter().find(|part| !part.is_empty()).map_or(&[], |part| part))
            }
        }
    }

    fn flush(&mut self) -> Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Secure(secure) => secure.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dialer;
    use crate::arguments::Arguments;

    #[test]
    fn tls_needs_an_authority_a_name_and_a_known_key_exchange() {
        for (line, problem) in [
            ("--tls /nowhere.pem", "--name is missing"),
            ("--tls /nowhere.pem --name a.test --group p521", "--group p521"),
            ("--tls /nowhere.pem --name a.test", "--tls /nowhere.pem"),
        ] {
            let mut arguments = Arguments::parse(line.split_whitespace().map(str::to_owned)).unwrap();
            let message = Dialer::parse(&mut arguments).unwrap_err();
            assert!(message.contains(problem), "{line}: {message}");
        }
    }
}
