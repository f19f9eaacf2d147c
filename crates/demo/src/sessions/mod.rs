//! Where carts are kept: in the target's own memory (and lost with it), or in Redis (and shared by all).
//!
//! A session is nothing but an id and a cart. An id that the store has never seen has an empty cart; that
//! is the point of the demonstration, not an error. Start at [`Sessions`].

mod cart;
mod id;
mod memory;
mod redis;

use std::fmt;
use std::str::FromStr;

pub use cart::{CATALOGUE, Cart, MAX_QUANTITY, Product, Sku};
pub use id::SessionId;
pub(crate) use id::cookies;
pub use memory::MAX_SESSIONS;

use crate::Error;
use memory::MemorySessions;
use redis::RedisSessions;

/// Which store to use: `memory` or `redis://[[user]:password@]host:port[/database]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionBackend {
    /// In the process's own memory.
    Memory,
    /// In a Redis server, given by its URL.
    Redis(RedisUrl),
}

/// A Redis URL that has been checked; shows itself without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl {
    url: String,
    address: String,
}

impl RedisUrl {
    /// Host and port (or the socket's path), fit for logs and pages.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisUrl({})", self.address)
    }
}

impl SessionBackend {
    /// The word by which JSON and page know it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Redis(_) => "redis",
        }
    }

    /// The text that [`FromStr`] reads back, password included: for a child's environment only.
    #[must_use]
    pub fn secret_text(&self) -> &str {
        match self {
            Self::Memory => "memory",
            Self::Redis(redis) => &redis.url,
        }
    }
}

impl FromStr for SessionBackend {
    type Err = Error;

    fn from_str(given: &str) -> Result<Self, Error> {
        if given == "memory" {
            return Ok(Self::Memory);
        }
        let refused = || Error::SessionBackend { given: redis::without_password(given) };
        if !given.starts_with("redis://") {
            return Err(refused());
        }
        let address = redis::address(given).ok_or_else(refused)?;
        Ok(Self::Redis(RedisUrl { url: given.to_owned(), address }))
    }
}

/// An open session store.
#[derive(Debug)]
pub enum Sessions {
    /// See [`SessionBackend::Memory`].
    Memory(MemorySessions),
    /// See [`SessionBackend::Redis`].
    Redis(RedisSessions),
}

impl Sessions {
    /// Opens the store and makes sure that it answers.
    ///
    /// # Errors
    /// [`Error::Redis`] if Redis does not answer.
    pub async fn open(backend: &SessionBackend) -> Result<Self, Error> {
        match backend {
            SessionBackend::Memory => Ok(Self::Memory(MemorySessions::default())),
            SessionBackend::Redis(url) => Ok(Self::Redis(RedisSessions::open(url).await?)),
        }
    }

    /// The session's cart; empty if the store does not know the session.
    ///
    /// # Errors
    /// [`Error::Redis`] if Redis does not answer.
    pub async fn cart(&self, id: SessionId) -> Result<Cart, Error> {
        match self {
            Self::Memory(memory) => Ok(memory.cart(id)),
            Self::Redis(redis) => redis.cart(id).await,
        }
    }

    /// Puts one more of `sku` into the cart; a line stops growing at [`MAX_QUANTITY`].
    ///
    /// # Errors
    /// [`Error::Redis`] if Redis does not answer.
    pub async fn add(&self, id: SessionId, sku: Sku) -> Result<Cart, Error> {
        match self {
            Self::Memory(memory) => Ok(memory.add(id, sku)),
            Self::Redis(redis) => redis.add(id, sku).await,
        }
    }

    /// Takes all of `sku` out of the cart, and says how many that were.
    ///
    /// # Errors
    /// [`Error::Redis`] if Redis does not answer.
    pub async fn remove(&self, id: SessionId, sku: Sku) -> Result<(Cart, u32), Error> {
        match self {
            Self::Memory(memory) => Ok(memory.remove(id, sku)),
            Self::Redis(redis) => redis.remove(id, sku).await,
        }
    }

    /// Forgets the session.
    ///
    /// # Errors
    /// [`Error::Redis`] if Redis does not answer.
    pub async fn forget(&self, id: SessionId) -> Result<(), Error> {
        match self {
            Self::Memory(memory) => {
                memory.forget(id);
                Ok(())
            }
            Self::Redis(redis) => redis.forget(id).await,
        }
    }

    /// Sessions in this process's own memory: 0 for Redis, which keeps none here.
    #[must_use]
    pub fn in_memory(&self) -> usize {
        match self {
            Self::Memory(memory) => memory.len(),
            Self::Redis(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_understood_or_refused_with_a_reason() {
        for (given, kind, shown) in [
            ("memory", "memory", None),
            ("redis://127.0.0.1:6379", "redis", Some("127.0.0.1:6379")),
            ("redis://cache.internal", "redis", Some("cache.internal:6379")),
            ("redis://:secret@10.0.0.1:7000/2", "redis", Some("10.0.0.1:7000")),
        ] {
            let backend: SessionBackend = given.parse().unwrap();
            assert_eq!(backend.kind(), kind, "{given}");
            assert_eq!(backend.secret_text(), given, "a child is given the same");
            if let SessionBackend::Redis(url) = &backend {
                assert_eq!(Some(url.address()), shown, "{given}");
            }
            assert!(!format!("{backend:?}").contains("secret"));
        }
        for given in ["", "Memory", "rediss://x:1", "http://x", "redis://", "redis://a b:1", "redis://x:port"]
        {
            assert!(given.parse::<SessionBackend>().is_err(), "{given:?} must be refused");
        }
        let refused = "http://:secret@host:1".parse::<SessionBackend>().unwrap_err();
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }
}
