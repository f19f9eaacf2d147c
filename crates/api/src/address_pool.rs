//! The addresses that load balancers get of their own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use elbow_model::Invalid;

/// Most addresses that are tried for a free one; more than there may be load balancers.
const MOST: u128 = 1 << 17;

/// A block of addresses, such as `127.8.0.0/16`. The first and the last of an IPv4 block wider than `/31` name the
/// network and its broadcast and are not given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressPool {
    first: IpAddr,
    length: u8,
}

impl AddressPool {
    /// Reads CIDR notation. The address must be the first of its block.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new(format!("'{text}' is not a block of addresses such as 127.8.0.0/16"));
        let (address, length) = text.split_once('/').ok_or_else(invalid)?;
        let first: IpAddr = address.parse().map_err(|_| invalid())?;
        let plain = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
        let length: u8 = length.parse().ok().filter(|_| plain).ok_or_else(invalid)?;
        let pool = Self { first, length };
        if length > pool.width() {
            return Err(invalid());
        }
        if number(first) & pool.host_mask() != 0 {
            return Err(Invalid::new(format!(
                "'{address}' is not the first address of a block of /{length}"
            )));
        }
        Ok(pool)
    }

    /// The addresses that may be given out, lowest first.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + use<> {
        let (first, last) = (number(self.first), number(self.first) | self.host_mask());
        let ends = u128::from(self.first.is_ipv4() && self.length < 31);
        let last = (last - ends).min(first.saturating_add(MOST));
        let v4 = self.first.is_ipv4();
        (first + ends..=last).map(move |number| address(v4, number))
    }

    const fn width(&self) -> u8 {
        if self.first.is_ipv4() { 32 } else { 128 }
    }

    /// Ones where the addresses of the block differ.
    fn host_mask(&self) -> u128 {
        let bits = u32::from(self.width() - self.length);
        1u128.checked_shl(bits).map_or(u128::MAX, |above| above - 1)
    }
}

impl std::fmt::Display for AddressPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

fn address(v4: bool, number: u128) -> IpAddr {
    match u32::try_from(number) {
        Ok(number) if v4 => IpAddr::V4(Ipv4Addr::from(number)),
        _ => IpAddr::V6(Ipv6Addr::from(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_gives_out_what_is_in_it() {
        let table: &[(&str, &[&str])] = &[
            ("127.8.0.0/30", &["127.8.0.1", "127.8.0.2"]),
            ("127.8.0.4/31", &["127.8.0.4", "127.8.0.5"]),
            ("10.0.0.9/32", &["10.0.0.9"]),
            ("::ffff:0:0/127", &["::ffff:0:0", "::ffff:0:1"]),
        ];
        for (text, addresses) in table {
            let pool = AddressPool::parse(text).unwrap();
            let expected: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
            assert_eq!(pool.addresses().collect::<Vec<_>>(), expected, "{text}");
        }
        assert_eq!(
            AddressPool::parse("0.0.0.0/0").unwrap().addresses().next(),
            Some(Ipv4Addr::new(0, 0, 0, 1).into())
        );
        assert!(AddressPool::parse("::/0").unwrap().addresses().count() > 100_000);
    }

    #[test]
    fn anything_else_is_no_pool() {
        for text in
            ["", "127.0.0.1", "127.0.0.0/", "127.0.0.0/33", "127.0.0.1/24", "::1/64", "x/8", "10.0.0.0/+8"]
        {
            assert!(AddressPool::parse(text).is_err(), "{text}");
        }
    }
}
