//! The PROXY protocol: who the client is, before the first byte of its connection.
//!
//! Version 1 is a line of text, version 2 a binary header
//! (<https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>, sections 2.1 and 2.2).

use std::net::{IpAddr, SocketAddr};

use elbow_model::ProxyProtocol;

use super::Addresses;

/// What every header of version 2 begins with.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// Version 2, on behalf of a client.
const PROXY: u8 = 0x21;
/// TCP over IPv4, and over IPv6.
const TCP4: u8 = 0x11;
const TCP6: u8 = 0x21;

/// Writes the header of a connection from `addresses.client` to `addresses.local`.
pub(super) fn write(out: &mut Vec<u8>, version: ProxyProtocol, addresses: Addresses) {
    let (client, local) = (plain(addresses.client), plain(addresses.local));
    match version {
        ProxyProtocol::V1 => {
            let family = if client.is_ipv4() { "TCP4" } else { "TCP6" };
            let line = format!(
                "PROXY {family} {} {} {} {}\r\n",
                client.ip(),
                local.ip(),
                client.port(),
                local.port()
            );
            out.extend_from_slice(line.as_bytes());
        }
        ProxyProtocol::V2 => {
            let mut body = Vec::new();
            octets(client.ip(), &mut body);
            octets(local.ip(), &mut body);
            body.extend_from_slice(&client.port().to_be_bytes());
            body.extend_from_slice(&local.port().to_be_bytes());
            out.extend_from_slice(SIGNATURE);
            out.extend_from_slice(&[PROXY, if client.is_ipv4() { TCP4 } else { TCP6 }]);
            // Two addresses and two ports: 12 or 36 bytes.
            out.extend_from_slice(&(body.len() as u16).to_be_bytes());
            out.extend_from_slice(&body);
        }
    }
}

/// A socket for both families has IPv4 addresses within IPv6 ones.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

fn octets(ip: IpAddr, out: &mut Vec<u8>) {
    match ip {
        IpAddr::V4(ip) => out.extend_from_slice(&ip.octets()),
        IpAddr::V6(ip) => out.extend_from_slice(&ip.octets()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(version: ProxyProtocol, client: &str, local: &str) -> Vec<u8> {
        let addresses = Addresses { client: client.parse().unwrap(), local: local.parse().unwrap() };
        let mut out = Vec::new();
        write(&mut out, version, addresses);
        out
    }

    #[test]
    fn version_1_is_a_line() {
        let table = [
            ("198.51.100.22:35646", "203.0.113.7:80", "PROXY TCP4 198.51.100.22 203.0.113.7 35646 80\r\n"),
            ("[2001:db8::1]:1", "[2001:db8::2]:65535", "PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n"),
            ("[::ffff:10.0.0.1]:7", "[::ffff:10.0.0.2]:8", "PROXY TCP4 10.0.0.1 10.0.0.2 7 8\r\n"),
        ];
        for (client, local, expected) in table {
            assert_eq!(written(ProxyProtocol::V1, client, local), expected.as_bytes());
        }
    }

    #[test]
    fn version_2_is_binary() {
        let v4 = written(ProxyProtocol::V2, "10.0.0.1:258", "10.0.0.2:80");
        let expected = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x0a\0\0\x01\x0a\0\0\x02\x01\x02\0\x50";
        assert_eq!(v4, expected);
        let v6 = written(ProxyProtocol::V2, "[2001:db8::1]:1", "[2001:db8::2]:2");
        assert_eq!((v6.len(), &v6[12..16]), (52, &b"\x21\x21\0\x24"[..]));
    }
}
