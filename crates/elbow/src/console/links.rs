//! Links that sign somebody in: each works once and for some minutes, and there are few at a time.
//!
//! A token is a secret that stands for another one. It is kept as its hash, so that what is read out of memory opens nothing
//! and comparing it takes no care.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use elbow_model::{AccessKeyId, Region, Timestamp};

/// Length of a token before it is written in hexadecimal digits.
pub(super) const TOKEN_BYTES: usize = 32;
/// Time in which a link has to be opened.
const LIFE: Duration = Duration::from_secs(5 * 60);
/// Most links that wait to be opened; the oldest gives way.
const MOST: usize = 64;

/// Whom a link signs in, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) access_key: AccessKeyId,
    pub(super) region: Region,
}

/// The links that were given and not yet taken.
#[derive(Default)]
pub(super) struct Links(Mutex<Vec<Waiting>>);

struct Waiting {
    hash: Vec<u8>,
    link: Link,
    until: Timestamp,
}

impl Links {
    /// Keeps a link and gives the token that takes it. The bytes must be unguessable.
    pub(super) fn give(&self, token: &[u8; TOKEN_BYTES], link: Link, now: Timestamp) -> String {
        let token: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|waiting| now < waiting.until);
        if waiting.len() >= MOST {
            waiting.remove(0);
        }
        waiting.push(Waiting { hash: hash(token.as_bytes()), link, until: now + LIFE });
        debug_assert!(waiting.len() <= MOST);
        token
    }

    /// Takes the link of a token, which is whatever somebody has sent; nobody takes it again.
    pub(super) fn take(&self, token: &[u8], now: Timestamp) -> Option<Link> {
        let hash = hash(token);
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|waiting| now < waiting.until);
        let found = waiting.iter().position(|waiting| waiting.hash == hash)?;
        Some(waiting.remove(found).link)
    }
}

fn hash(token: &[u8]) -> Vec<u8> {
    digest(&SHA256, token).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(name: &str) -> Link {
        Link { access_key: AccessKeyId::parse(name).unwrap(), region: Region::parse("us-east-1").unwrap() }
    }

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    #[test]
    fn a_link_is_taken_once() {
        let links = Links::default();
        let token = links.give(&[7; 32], link("AKIDEXAMPLE00001"), at(0));
        assert_eq!(links.take(b"07", at(1)), None, "a part of a token is none");
        assert_eq!(links.take(token.as_bytes(), at(1)), Some(link("AKIDEXAMPLE00001")));
        assert_eq!(links.take(token.as_bytes(), at(1)), None);
    }

    #[test]
    fn a_link_gets_old() {
        let links = Links::default();
        let token = links.give(&[7; 32], link("AKIDEXAMPLE00001"), at(0));
        assert_eq!(links.take(token.as_bytes(), at(300)), None);
    }

    #[test]
    fn the_oldest_gives_way() {
        let links = Links::default();
        let give = |number: u8| links.give(&[number; 32], link("AKIDEXAMPLE00001"), at(0));
        let tokens: Vec<_> = (0..=64).map(give).collect();
        assert_eq!(links.take(tokens[0].as_bytes(), at(1)), None);
        assert!(links.take(tokens[1].as_bytes(), at(1)).is_some());
    }
}
