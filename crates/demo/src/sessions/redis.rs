//! Carts in Redis: one hash for each session, shared by all targets, kept when a target dies.
//!
//! Each change is one atomic command on the hash, so two targets may work on the same cart at once. What
//! comes back from Redis is not trusted more than what comes from the network: unknown products are left
//! out and quantities are bounded.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, ConnectionAddr, IntoConnectionInfo, Pipeline, RedisError, Value};

use super::{Cart, RedisUrl, SessionId, Sku};
use crate::Error;

/// A visitor who stays away longer has an empty cart when he comes back.
const SESSION_TTL: Duration = Duration::from_secs(24 * 60 * 60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
/// Tries to connect again before a request is answered with an error.
const RECONNECTS: usize = 2;

/// See the module. Reconnects by itself.
#[derive(Clone)]
pub struct RedisSessions {
    connection: ConnectionManager,
    address: String,
}

impl RedisSessions {
    pub(super) async fn open(url: &RedisUrl) -> Result<Self, Error> {
        let failed = |source| Error::Redis { address: url.address.clone(), source };
        let client = Client::open(url.url.as_str()).map_err(failed)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_TIMEOUT))
            .set_response_timeout(Some(ANSWER_TIMEOUT))
            .set_number_of_retries(RECONNECTS);
        let connection = ConnectionManager::new_with_config(client, config).await.map_err(failed)?;
        let sessions = Self { connection, address: url.address.clone() };
        let mut ping = redis::pipe();
        ping.cmd("PING");
        sessions.ask::<(Value,)>(ping).await?;
        Ok(sessions)
    }

    pub(super) async fn cart(&self, id: SessionId) -> Result<Cart, Error> {
        let mut read = redis::pipe();
        read.hgetall(key(id));
        let (lines,) = self.ask(read).await?;
        Ok(cart(&lines))
    }

    pub(super) async fn add(&self, id: SessionId, sku: Sku) -> Result<Cart, Error> {
        let key = key(id);
        let mut change = redis::pipe();
        change.hincr(&key, sku.as_str(), 1).ignore();
        change.expire(&key, SESSION_TTL.as_secs().cast_signed()).ignore();
        change.hgetall(&key);
        let (lines,) = self.ask(change).await?;
        Ok(cart(&lines))
    }

    pub(super) async fn remove(&self, id: SessionId, sku: Sku) -> Result<(Cart, u32), Error> {
        let key = key(id);
        let mut change = redis::pipe();
        change.hgetall(&key);
        change.hdel(&key, sku.as_str()).ignore();
        let (before,) = self.ask(change).await?;
        let mut after = cart(&before);
        let removed = after.remove(sku);
        Ok((after, removed))
    }

    pub(super) async fn forget(&self, id: SessionId) -> Result<(), Error> {
        let mut change = redis::pipe();
        change.del(key(id)).ignore();
        self.ask::<()>(change).await
    }

    /// All commands of the pipeline as one transaction.
    async fn ask<T: redis::FromRedisValue>(&self, mut commands: Pipeline) -> Result<T, Error> {
        let mut connection = self.connection.clone();
        let asked = commands.atomic().query_async(&mut connection).await;
        asked.map_err(|source: RedisError| Error::Redis { address: self.address.clone(), source })
    }
}

impl fmt::Debug for RedisSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisSessions({})", self.address)
    }
}

fn key(id: SessionId) -> String {
    format!("elbow:demo:cart:{id}")
}

fn cart(lines: &HashMap<String, i64>) -> Cart {
    let mut cart = Cart::default();
    for (name, &quantity) in lines {
        if let Some(sku) = Sku::find(name) {
            cart.set(sku, u32::try_from(quantity.max(0)).unwrap_or(u32::MAX));
        }
    }
    cart
}

/// Host and port of a URL that the client library understands.
pub(super) fn address(url: &str) -> Option<String> {
    match url.into_connection_info().ok()?.addr() {
        ConnectionAddr::Tcp(host, port) => Some(format!("{host}:{port}")),
        _ => None,
    }
}

/// The text with everything before an `@` left out, for messages about URLs that we cannot read.
pub(super) fn without_password(text: &str) -> String {
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
        (None, Some((_, host))) => format!("…@{host}"),
        (_, None) => text.to_owned(),
    }
}
