//! The store in a SQLite database: `elbow.db` in the data directory, with the key to its secrets in `master.key`
//! or elsewhere.
//!
//! One thread per open store talks to the database, so that waiting for the disk never holds up a runtime. It keeps
//! the configuration in memory: a commit writes the rows that change and nothing else. Start with [`Sqlite::open`];
//! `file` creates, checks and reads databases, `worker` is the thread.

mod file;
mod worker;

use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use elbow_model::Change;
use tokio::sync::{oneshot, watch};

use crate::data_dir::DataDir;
use crate::master_key::MasterKey;
use crate::{Answer, CommitError, OpenError, Revision, Snapshot, Store};
use worker::{Request, Worker};

/// Requests that may wait for the thread.
const QUEUE: usize = 1024;

/// A store in a data directory.
#[derive(Debug)]
pub struct Sqlite {
    state: watch::Sender<Snapshot>,
    /// `None` only while this is dropped.
    requests: Option<SyncSender<Request>>,
    thread: Option<JoinHandle<()>>,
}

impl Sqlite {
    /// Whether there is a database in the directory at `path`.
    pub fn exists(path: &Path) -> bool {
        DataDir::at(path).database().exists()
    }

    /// Opens the data directory at `path`. The first time it is created, with an empty database and a key.
    ///
    /// Blocks until the whole database is checked and read: some milliseconds for thousands of records.
    ///
    /// # Errors
    ///
    /// A database that is damaged, foreign, newer than this program or without its key is refused and left untouched.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_with_key(path, None)
    }

    /// The same with the key in a file of its own; `None`: in `master.key` in the directory. The file is created if
    /// neither it nor the database is there; the folder that it is in must be there.
    ///
    /// # Errors
    ///
    /// As [`Self::open`]; a key that others than its owner may read is refused.
    pub fn open_with_key(path: &Path, master_key: Option<&Path>) -> Result<Self, OpenError> {
        let dir = DataDir::create(path)?.with_master_key(master_key);
        let key = prepare(&dir)?;
        file::inspect(&dir, &key)?;
        let connection = file::open(&dir.database())?;
        let snapshot = file::read(&connection, &key).map_err(|fault| fault.on(&dir))?;
        let state = watch::Sender::new(snapshot);
        let (requests, queue) = sync_channel(QUEUE);
        let worker = Worker::new(connection, key, state.clone());
        let thread = thread::Builder::new().name("store".to_owned()).spawn(move || worker.run(&queue));
        let thread = thread.map_err(|source| OpenError::io("start a thread for", path, source))?;
        Ok(Self { state, requests: Some(requests), thread: Some(thread) })
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, CommitError>>) -> Request,
    ) -> Result<T, CommitError> {
        let stopped = || CommitError::Unavailable("the store has stopped".to_owned());
        let (sender, answer) = oneshot::channel();
        let requests = self.requests.as_ref().ok_or_else(stopped)?;
        requests.try_send(request(sender)).map_err(|error| match error {
            TrySendError::Full(_) => CommitError::Busy,
            TrySendError::Disconnected(_) => stopped(),
        })?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }
}

/// Makes sure that there are a key and a database.
fn prepare(dir: &DataDir) -> Result<MasterKey, OpenError> {
    let _alone = dir.lock()?;
    let database = dir.database();
    let exists = database.try_exists().map_err(|source| OpenError::io("read", &database, source))?;
    let key = match MasterKey::read(&dir.master_key())? {
        Some(key) => key,
        None if exists => return Err(OpenError::KeyMissing { key: dir.master_key(), database }),
        None => first_key(dir)?,
    };
    if !exists {
        file::create(dir, &key)?;
    }
    Ok(key)
}

/// Draws the key, unless another data directory, which is to have the same one, has just done so.
fn first_key(dir: &DataDir) -> Result<MasterKey, OpenError> {
    let _alone = dir.lock_key()?;
    match MasterKey::read(&dir.master_key())? {
        Some(key) => Ok(key),
        None => MasterKey::create(dir),
    }
}

impl Store for Sqlite {
    fn load(&self) -> Answer<'_, Result<Snapshot, CommitError>> {
        Box::pin(self.ask(Request::Load))
    }

    fn commit(&self, expected: Revision, changes: Vec<Change>) -> Answer<'_, Result<Revision, CommitError>> {
        Box::pin(self.ask(move |answer| Request::Commit { expected, changes, answer }))
    }

    fn watch(&self) -> watch::Receiver<Snapshot> {
        self.state.subscribe()
    }
}

impl Drop for Sqlite {
    /// Waits until commits under way are done and the database is closed.
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the store has panicked");
        }
    }
}
