//! The client's address as `X-Forwarded-For` wants it.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};

/// Appends the client's address to `out`: `1.2.3.4`, `2001:db8::1`, and with its port `1.2.3.4:8080` or
/// `[2001:db8::1]:8080` (R3). An IPv4 address that came in IPv6 form is written as IPv4.
///
/// Call it once for a connection and keep the text.
pub fn client_text(out: &mut Vec<u8>, client: SocketAddr, with_port: bool) {
    let address = client.ip().to_canonical();
    // Writing to a Vec cannot fail.
    let _ = match (address, with_port) {
        (address, false) => write!(out, "{address}"),
        (IpAddr::V4(address), true) => write!(out, "{address}:{}", client.port()),
        (IpAddr::V6(address), true) => write!(out, "[{address}]:{}", client.port()),
    };
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
