//! Files that calls name by bucket and key, as bundles of trust stores and access logs: who has them, what is fetched of
//! them, and what is written.
//!
//! Somebody else reads and writes them: an [`ObjectStore`] comes in with the [`Surroundings`](crate::Surroundings). An
//! action that needs files says which and how to check them, in [`Wanted`]; they are fetched and checked before it decides.
//! One that needs to know whether a bucket can be written to says what to write there, in [`Draft`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use elbow_model::Region;

use crate::error::{Code, Error};

/// Longest name of a bucket, in characters (Amazon S3 has the same limit).
const BUCKET_CHARS: usize = 63;
/// Longest key, in bytes (Amazon S3 has the same limit).
const KEY_BYTES: usize = 1024;
/// Longest version, in bytes.
const VERSION_BYTES: usize = 1024;

/// Which file is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectName {
    bucket: String,
    key: String,
    version: Option<String>,
}

impl ObjectName {
    /// Checks a name. A bucket has 3 to 63 lower-case letters, digits, dots and hyphens; a key has at most 1,024 bytes
    /// and neither control characters nor a part that is `.` or `..`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bucket: &str, key: &str, version: Option<&str>) -> Result<Self, String> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
        let ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = (3..=BUCKET_CHARS).contains(&bucket.len()) && bucket.bytes().all(allowed);
        if !fits || !bucket.starts_with(ends) || !bucket.ends_with(ends) || bucket.contains("..") {
            return Err(format!("'{bucket}' is not the name of a bucket"));
        }
        let climbs = key.split('/').any(|part| matches!(part, "." | ".."));
        if key.is_empty() || key.len() > KEY_BYTES || key.contains(char::is_control) || climbs {
            return Err(format!("'{key}' is not the key of an object"));
        }
        let version = version.filter(|version| !version.is_empty());
        if version.is_some_and(|it| it.len() > VERSION_BYTES || it.contains(char::is_control)) {
            return Err("that is not the version of an object".to_owned());
        }
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned(), version: version.map(str::to_owned) })
    }

    /// The bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key in it.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The version; none: the newest.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

/// Why a file was not read. The text tells who was asked, what was wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// There is no such file, or it is not for us.
    Absent(String),
    /// It is larger than the caller of [`ObjectStore::read`] takes.
    TooLarge(String),
    /// Nobody can say now.
    Unavailable(String),
}

/// What an [`ObjectStore`] promises to answer.
pub type ReadObject<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, Unread>> + Send + 'a>>;

/// Why a file was not written. The text tells who was asked, what was wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritten(pub String);

/// What an [`ObjectStore`] promises to do.
pub type WriteObject<'a> = Pin<Box<dyn Future<Output = Result<(), Unwritten>> + Send + 'a>>;

/// Has files.
pub trait ObjectStore: Send + Sync {
    /// The whole file, if it has at most `most` bytes.
    fn read<'a>(&'a self, region: &'a Region, object: &'a ObjectName, most: usize) -> ReadObject<'a>;

    /// Puts a file there, in place of one of that name. It is there as a whole or not at all.
    fn write<'a>(&'a self, region: &'a Region, object: &'a ObjectName, content: Bytes) -> WriteObject<'a>;
}

/// Reads an object: how many things are in it, or what is wrong with it. It may take seconds, on a thread where that is
/// nobody's loss.
pub(crate) type Check = Arc<dyn Fn(&[u8]) -> Result<u64, String> + Send + Sync>;

/// The files that an action needs.
pub(crate) struct Wanted {
    /// Which.
    pub(crate) names: Vec<ObjectName>,
    /// Most bytes of all of them together.
    pub(crate) most: usize,
    /// The refusal if one is not there.
    pub(crate) absent: Code,
    /// The refusal if one cannot be used.
    pub(crate) unfit: Code,
    /// Checks one; the number of things that it holds.
    pub(crate) check: Check,
}

/// A file that an action writes before it decides.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Which.
    pub(crate) name: ObjectName,
    /// What is in it.
    pub(crate) content: Bytes,
}

/// Writes it.
///
/// # Errors
/// `InvalidConfigurationRequest`, in AWS's words and with the reason.
pub(crate) async fn write(store: &dyn ObjectStore, region: &Region, draft: Draft) -> Result<(), Error> {
    store.write(region, &draft.name, draft.content).await.map_err(|Unwritten(why)| {
        let bucket = draft.name.bucket();
        let message = format!("Access Denied for bucket: {bucket}. Please check S3bucket permission: {why}");
        Error::new(Code::InvalidConfigurationRequest, message)
    })
}

/// A file that was fetched and found good.
#[derive(Clone, Debug)]
pub(crate) struct Fetched {
    /// Its bytes.
    pub(crate) content: Arc<[u8]>,
    /// The number of things that it holds.
    pub(crate) entries: u64,
}

/// Fetches and checks what is wanted, one after the other, in its order.
pub(crate) async fn fetch(
    reader: &dyn ObjectStore,
    region: &Region,
    wanted: &Wanted,
) -> Result<Vec<Fetched>, Error> {
    let mut fetched = Vec::new();
    let mut room = wanted.most;
    for name in &wanted.names {
        let content = reader.read(region, name, room).await.map_err(|unread| match unread {
            Unread::Absent(message) => Error::new(wanted.absent, message),
            Unread::TooLarge(message) => Error::new(wanted.unfit, message),
            Unread::Unavailable(message) => Error::new(Code::ServiceUnavailable, message),
        })?;
        room = room.saturating_sub(content.len());
        let checked = check(Arc::clone(&wanted.check), content.into()).await;
        fetched.push(checked.map_err(|why| Error::new(wanted.unfit, format!("{name}: {why}")))?);
    }
    Ok(fetched)
}

/// Checks one file where other calls do not wait for it.
async fn check(check: Check, content: Arc<[u8]>) -> Result<Fetched, String> {
    let checking = move || check(&content).map(|entries| Fetched { content, entries });
    tokio::task::spawn_blocking(checking).await.map_err(|error| format!("it was not read: {error}"))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_amazon_s3() {
        for (bucket, key) in [("abc", "k"), ("my-bucket.1", "a/b c/ü.pem"), (&"b".repeat(63), "/k")] {
            assert!(ObjectName::parse(bucket, key, Some("")).is_ok(), "{bucket}/{key}");
        }
        for (bucket, key) in [
            ("ab", "k"),
            ("", "k"),
            ("..", "k"),
            ("a..b", "k"),
            ("-ab", "k"),
            ("a/b", "k"),
            ("Abc", "k"),
            (&"b".repeat(64), "k"),
            ("abc", ""),
            ("abc", ".."),
            ("abc", "a/../b"),
            ("abc", "a\nb"),
            ("abc", &"k".repeat(1025)),
        ] {
            assert!(ObjectName::parse(bucket, key, None).is_err(), "{bucket}/{key}");
        }
        assert!(ObjectName::parse("abc", "k", Some("a\0")).is_err());
    }
}
