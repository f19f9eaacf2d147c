//! The network that load balancers get addresses of their own from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Most addresses that are handed out of one pool.
const MAX_ADDRESSES: u128 = 1 << 16;

/// A network in CIDR form. Its first and last address are left out, as they name the network and its broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddressPool {
    base: IpAddr,
    prefix: u8,
}

impl AddressPool {
    /// The addresses, lowest first.
    pub(crate) fn addresses(self) -> impl Iterator<Item = IpAddr> {
        let (base, bits) = match self.base {
            IpAddr::V4(base) => (u128::from(base.to_bits()), 32),
            IpAddr::V6(base) => (base.to_bits(), 128),
        };
        let size = 1_u128.checked_shl(bits - u32::from(self.prefix)).unwrap_or(u128::MAX);
        let last = size.saturating_sub(2).min(MAX_ADDRESSES);
        (1..=last).filter_map(move |offset| match self.base {
            IpAddr::V4(_) => u32::try_from(base + offset).ok().map(|bits| Ipv4Addr::from_bits(bits).into()),
            IpAddr::V6(_) => Some(Ipv6Addr::from_bits(base + offset).into()),
        })
    }
}

impl FromStr for AddressPool {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not a network such as 127.0.8.0/24");
        let (base, prefix) = text.split_once('/').ok_or_else(wrong)?;
        let (base, prefix): (IpAddr, u8) =
            (base.parse().map_err(|_| wrong())?, prefix.parse().map_err(|_| wrong())?);
        let (masked, widest) = match base {
            IpAddr::V4(base) if (8..=30).contains(&prefix) => {
                (IpAddr::from(Ipv4Addr::from_bits(base.to_bits() & (u32::MAX << (32 - prefix)))), true)
            }
            IpAddr::V6(base) if (64..=126).contains(&prefix) => {
                (IpAddr::from(Ipv6Addr::from_bits(base.to_bits() & (u128::MAX << (128 - prefix)))), true)
            }
            _ => (base, false),
        };
        match (widest, masked == base) {
            (false, _) => Err(format!("'{text}' is not a network of /8 to /30 (IPv4) or /64 to /126 (IPv6)")),
            (true, false) => {
                Err(format!("'{text}' has bits beyond its prefix: did you mean {masked}/{prefix}?"))
            }
            (true, true) => Ok(Self { base, prefix }),
        }
    }
}

impl<'de> serde::Deserialize<'de> for AddressPool {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_hands_out_what_lies_between_its_ends() {
        let pool: AddressPool = "127.0.8.0/29".parse().unwrap();
        let all: Vec<String> = pool.addresses().map(|address| address.to_string()).collect();
        assert_eq!(all, ["127.0.8.1", "127.0.8.2", "127.0.8.3", "127.0.8.4", "127.0.8.5", "127.0.8.6"]);
        assert_eq!("127.0.0.0/8".parse::<AddressPool>().unwrap().addresses().count(), 1 << 16);
        assert_eq!(
            "fd00::/64".parse::<AddressPool>().unwrap().addresses().next().unwrap().to_string(),
            "fd00::1"
        );
    }

    #[test]
    fn what_is_no_pool_is_refused() {
        for text in
            ["", "127.0.0.1", "127.0.0.1/8", "127.0.0.0/31", "127.0.0.0/7", "x/8", "127.0.0.0/x", "::/0"]
        {
            assert!(text.parse::<AddressPool>().is_err(), "{text}");
        }
    }
}
