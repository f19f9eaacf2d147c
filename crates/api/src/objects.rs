//! Files that calls name by bucket and key, as bundles of trust stores and access logs: who has them, what is fetched of
//! them, and what is written.
//!
//! Somebody else reads and writes them: an [`ObjectStore`] comes in with the [`Surroundings`](crate::Surroundings). An
//! action that needs files says which and how to check them, in [`Wanted`]; they are fetched and checked before it decides.
//! One that needs to know whether a bucket can be written to says what to write there, in [`Draft`].

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use elbow_model::{Region, Revocation};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Code, Error};

/// Longest name of a bucket, in characters (Amazon S3 has the same limit).
const BUCKET_CHARS: usize = 63;
/// Longest key, in bytes (Amazon S3 has the same limit).
const KEY_BYTES: usize = 1024;
/// Longest version, in bytes.
const VERSION_BYTES: usize = 1024;
/// Most calls whose files are fetched and checked at a time. Each may have 50 MB of them, and keep a thread for seconds.
const FETCHES_AT_ONCE: usize = 2;
/// How long a call waits until its files are fetched.
const WAIT: Duration = Duration::from_secs(30);

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
    /// What they are checked against.
    pub(crate) against: Against,
}

/// The part of a trust store that files are checked against. It may become another one before the call is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Against {
    /// None: the trust store is not there yet.
    Nothing,
    /// Its bundle.
    Bundle(Arc<[u8]>),
    /// Its files of revocations.
    Revocations(BTreeMap<u64, Revocation>),
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
    /// What it was checked against.
    pub(crate) against: Against,
}

/// Fetches and checks files, for a few calls at a time.
pub(crate) struct Fetcher {
    at_once: Arc<Semaphore>,
}

/// The leave of one call, until nothing is done for it any more.
type Turn = Arc<OwnedSemaphorePermit>;

impl Fetcher {
    /// Nothing is fetched yet.
    pub(crate) fn new() -> Self {
        Self { at_once: Arc::new(Semaphore::new(FETCHES_AT_ONCE)) }
    }

    /// Fetches and checks what is wanted, one after the other, in its order.
    ///
    /// # Errors
    /// What the action says of files that are not there or cannot be used; `ServiceUnavailable` if nobody can say now, or
    /// others are waited for too long.
    pub(crate) async fn fetch(
        &self,
        reader: &dyn ObjectStore,
        region: &Region,
        wanted: &Wanted,
    ) -> Result<Vec<Fetched>, Error> {
        let turn = tokio::time::timeout(WAIT, Arc::clone(&self.at_once).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            let message = "Files of other calls are being checked; try again in a minute";
            return Err(Error::new(Code::ServiceUnavailable, message));
        };
        fetch(reader, region, wanted, Arc::new(turn)).await
    }
}

async fn fetch(
    reader: &dyn ObjectStore,
    region: &Region,
    wanted: &Wanted,
    turn: Turn,
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
        let checked = check(Arc::clone(&wanted.check), content, Arc::clone(&turn)).await;
        let (content, entries) = checked.map_err(|why| Error::new(wanted.unfit, format!("{name}: {why}")))?;
        fetched.push(Fetched { content, entries, against: wanted.against.clone() });
    }
    Ok(fetched)
}

/// Checks one file where other calls do not wait for it; they would for a copy of it, too. It has its turn until it is done,
/// which nobody can stop: not even a caller who hangs up.
async fn check(check: Check, content: Vec<u8>, turn: Turn) -> Result<(Arc<[u8]>, u64), String> {
    let checking = move || {
        let _turn = turn;
        check(&content).map(|entries| (content.into(), entries))
    };
    tokio::task::spawn_blocking(checking).await.map_err(|error| format!("it was not read: {error}"))?
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Has a file once its gate is open, and knows how many wait at it.
    struct Gated {
        gate: Semaphore,
        waiting: AtomicUsize,
    }

    impl ObjectStore for Gated {
        fn read<'a>(&'a self, _: &'a Region, _: &'a ObjectName, _: usize) -> ReadObject<'a> {
            Box::pin(async {
                self.waiting.fetch_add(1, Ordering::Relaxed);
                let passed = self.gate.acquire().await;
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                passed.map(|_| b"x".to_vec()).map_err(|error| Unread::Unavailable(error.to_string()))
            })
        }

        fn write<'a>(&'a self, _: &'a Region, _: &'a ObjectName, _: Bytes) -> WriteObject<'a> {
            Box::pin(async { Ok(()) })
        }
    }

    fn wanted(check: Check) -> Wanted {
        Wanted {
            names: vec![ObjectName::parse("bucket", "key", None).unwrap()],
            most: 1,
            absent: Code::RevocationContentNotFound,
            unfit: Code::InvalidRevocationContent,
            check,
            against: Against::Nothing,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn files_of_a_few_calls_are_fetched_at_a_time_and_others_wait_for_a_while() {
        let gated = Arc::new(Gated { gate: Semaphore::new(0), waiting: AtomicUsize::new(0) });
        let fetcher = Arc::new(Fetcher::new());
        let calls = (0..FETCHES_AT_ONCE + 1).map(|_| {
            let (gated, fetcher) = (Arc::clone(&gated), Arc::clone(&fetcher));
            tokio::spawn(async move {
                let wanted = wanted(Arc::new(|_| Ok(1)));
                fetcher.fetch(&*gated, &Region::parse("us-east-1").unwrap(), &wanted).await
            })
        });
        let mut calls: Vec<_> = calls.collect();
        let last = calls.pop().unwrap().await.unwrap().unwrap_err();
        assert!(last.code() == Code::ServiceUnavailable && last.message().contains("try again"), "{last}");
        assert_eq!(gated.waiting.load(Ordering::Relaxed), FETCHES_AT_ONCE);
        gated.gate.add_permits(1);
        for call in calls {
            assert_eq!(call.await.unwrap().unwrap().len(), 1);
        }
    }

    #[tokio::test]
    async fn a_call_whose_caller_has_hung_up_has_its_turn_until_its_check_is_done() {
        let (began, mut begins) = tokio::sync::mpsc::unbounded_channel();
        let (end, ends) = std::sync::mpsc::channel::<()>();
        let ends = Mutex::new(ends);
        let wanted = wanted(Arc::new(move |_| {
            began.send(()).unwrap();
            ends.lock().unwrap().recv().map_or(Ok(1), |()| Ok(1))
        }));
        let fetcher = Arc::new(Fetcher::new());
        let fetching = Arc::clone(&fetcher);
        let call = tokio::spawn(async move {
            let open = Gated { gate: Semaphore::new(1), waiting: AtomicUsize::new(0) };
            fetching.fetch(&open, &Region::parse("us-east-1").unwrap(), &wanted).await
        });
        begins.recv().await.unwrap();
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        assert_eq!(fetcher.at_once.available_permits(), FETCHES_AT_ONCE - 1);
        drop(end);
        let all = u32::try_from(FETCHES_AT_ONCE).unwrap();
        drop(fetcher.at_once.acquire_many(all).await.unwrap());
    }

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
