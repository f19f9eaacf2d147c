//! Which rules an address may be for: those that name a block which holds it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use elbow_model::Cidr;

use super::set::Set;

/// Blocks of addresses by the length of their prefix, and the rules that name them. One search a length, however many
/// blocks there are.
#[derive(Debug, Default)]
pub(super) struct Sources(Box<[Length]>);

/// All blocks whose prefix is equally long.
#[derive(Debug)]
struct Length {
    mask: u128,
    /// In the order of their prefixes.
    blocks: Box<[(u128, Set)]>,
}

impl Sources {
    pub(super) fn new<'a>(blocks: impl Iterator<Item = (usize, &'a Cidr)>) -> Self {
        let mut by_mask: BTreeMap<u128, BTreeMap<u128, Set>> = BTreeMap::new();
        for (position, block) in blocks {
            let unused = if block.address().is_ipv4() { 32 } else { 128 } - u32::from(block.length());
            let mask = u128::MAX.checked_shl(unused).unwrap_or(0);
            let prefix = bits(block.address()) & mask;
            by_mask.entry(mask).or_default().entry(prefix).or_default().insert(position);
        }
        let length = |(mask, blocks): (u128, BTreeMap<u128, Set>)| Length {
            mask,
            blocks: blocks.into_iter().collect(),
        };
        Self(by_mask.into_iter().map(length).collect())
    }

    /// Adds the rules that name a block with this address.
    pub(super) fn find(&self, address: IpAddr, found: &mut Set) {
        let address = bits(address.to_canonical());
        for length in &self.0 {
            let prefix = address & length.mask;
            let place = length.blocks.binary_search_by_key(&prefix, |(block, _)| *block);
            if let Some((_, set)) = place.ok().and_then(|place| length.blocks.get(place)) {
                *found |= set;
            }
        }
    }
}

/// An IPv4 address has a place of its own among IPv6 addresses, so that both are compared in one way.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}
