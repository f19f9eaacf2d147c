//! Blocks of addresses (L10).

use std::fmt;
use std::net::IpAddr;

use crate::Invalid;

/// A block of IPv4 or IPv6 addresses in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cidr {
    address: IpAddr,
    length: u8,
}

impl Cidr {
    /// Reads `192.0.2.0/24` or `2001:db8::/32`. Bits behind the prefix are kept, to be shown again, and mean nothing.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new(format!("'{text}' is not a block of addresses such as 192.0.2.0/24"));
        let (address, length) = text.split_once('/').ok_or_else(wrong)?;
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let leading_zero = length.len() > 1 && length.starts_with('0');
        let digits = !length.is_empty() && !leading_zero && length.bytes().all(|b| b.is_ascii_digit());
        let length = length.parse().ok().filter(|&it| digits && it <= bits(address)).ok_or_else(wrong)?;
        Ok(Self { address, length })
    }

    /// Whether the block holds this address. An IPv4 address that is written as an IPv6 one is the IPv4 address.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(block), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.length)).unwrap_or(0);
                block.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(block), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.length)).unwrap_or(0);
                block.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }

    /// The address before the slash.
    pub const fn address(self) -> IpAddr {
        self.address
    }

    /// How many bits of the address count: 0-32 or 0-128.
    pub const fn length(self) -> u8 {
        self.length
    }
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_holds_what_has_its_prefix() {
        let table = [
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.7/24", "192.0.2.8", true),
            ("192.0.2.0/24", "::ffff:192.0.2.1", true),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("::/0", "::1", true),
            ("10.0.0.1/32", "10.0.0.1", true),
            ("10.0.0.1/32", "10.0.0.2", false),
        ];
        for (block, address, expected) in table {
            let cidr = Cidr::parse(block).expect(block);
            assert_eq!(cidr.contains(address.parse().unwrap()), expected, "{block} {address}");
            assert_eq!(cidr.to_string(), block);
        }
    }

    #[test]
    fn anything_else_is_no_block() {
        for bad in [
            "",
            "10.0.0.1",
            "10.0.0.0/33",
            "::/129",
            "10.0.0/8",
            "a/8",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/08",
            "10.0.0.0/8/8",
        ] {
            assert!(Cidr::parse(bad).is_err(), "{bad}");
        }
    }
}
