//! The client's address as `X-Forwarded-For` wants it.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Appends the client's address to `out`: `1.2.3.4`, `2001:db8::1`, and with its port `1.2.3.4:8080` or
/// `[2001:db8::1]:8080` (R3). An IPv4 address that came in IPv6 form is written as IPv4.
///
/// Call it once for a connection and keep the text.
pub fn client_text(out: &mut Vec<u8>, client: SocketAddr, with_port: bool) {
    match client.ip().to_canonical() {
        IpAddr::V4(address) => write_ipv4(out, address),
        // Writing to a Vec cannot fail.
        IpAddr::V6(address) => {
            let _ = if with_port { write!(out, "[{address}]") } else { write!(out, "{address}") };
        }
    }
    if with_port {
        out.push(b':');
        out.extend_from_slice(itoa::Buffer::new().format(client.port()).as_bytes());
    }
}

/// Without the formatting machinery, which costs as much as reading a whole header.
fn write_ipv4(out: &mut Vec<u8>, address: Ipv4Addr) {
    for (n, octet) in address.octets().into_iter().enumerate() {
        if n > 0 {
            out.push(b'.');
        }
        out.extend_from_slice(itoa::Buffer::new().format(octet).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_aws_writes_them() {
        let cases = [
            ("1.2.3.4:8080", "1.2.3.4", "1.2.3.4:8080"),
            ("[2001:db8::1]:8080", "2001:db8::1", "[2001:db8::1]:8080"),
            ("[::ffff:1.2.3.4]:8080", "1.2.3.4", "1.2.3.4:8080"),
        ];
        for (client, plain, with_port) in cases {
            let client: SocketAddr = client.parse().unwrap();
            let text = |with_port| {
                let mut out = Vec::new();
                client_text(&mut out, client, with_port);
                String::from_utf8(out).unwrap()
            };
            assert_eq!((text(false).as_str(), text(true).as_str()), (plain, with_port));
        }
    }
}
