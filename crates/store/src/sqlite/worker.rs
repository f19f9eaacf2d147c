//! The thread that talks to the database.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use elbow_model::Change;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::sync::{oneshot, watch};

use super::file::{self, Fault};
use crate::master_key::MasterKey;
use crate::record::{self, Place, Row};
use crate::{CommitError, Revision, Snapshot};

/// How often the database is asked whether another process has changed it.
const POLL: Duration = Duration::from_millis(250);

const PUT: &str = "INSERT INTO records (kind, id, version, body) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, body = excluded.body";
const REMOVE: &str = "DELETE FROM records WHERE kind = ?1 AND id = ?2";

/// What the thread is asked for.
pub(super) enum Request {
    Load(oneshot::Sender<Result<Snapshot, CommitError>>),
    Commit {
        expected: Revision,
        changes: Vec<Change>,
        answer: oneshot::Sender<Result<Revision, CommitError>>,
    },
}

pub(super) struct Worker {
    connection: Connection,
    key: MasterKey,
    state: watch::Sender<Snapshot>,
    /// The number that SQLite last gave to the content of the database.
    data_version: Option<i64>,
    /// Whether the last poll failed, so that the log tells it once.
    failing: bool,
}

/// A change as it is written to the database.
enum Write {
    Put(Row),
    Remove(Place),
}

impl Worker {
    pub(super) fn new(connection: Connection, key: MasterKey, state: watch::Sender<Snapshot>) -> Self {
        Self { connection, key, state, data_version: None, failing: false }
    }

    /// Serves requests until nobody can send any more.
    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        loop {
            match requests.recv_timeout(POLL) {
                // Whoever asked may be gone; what was asked for is done all the same.
                Ok(Request::Load(answer)) => drop(answer.send(self.load())),
                Ok(Request::Commit { expected, changes, answer }) => {
                    drop(answer.send(self.commit(expected, changes)));
                }
                Err(RecvTimeoutError::Timeout) => self.poll(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn load(&mut self) -> Result<Snapshot, CommitError> {
        self.refresh().map_err(unavailable)?;
        Ok(self.state.borrow().clone())
    }

    fn commit(&mut self, expected: Revision, changes: Vec<Change>) -> Result<Revision, CommitError> {
        let writes: Result<Vec<Write>, _> = changes.iter().map(|change| self.encode(change)).collect();
        match self.write(expected, &writes?).map_err(unavailable)? {
            Some(revision) => {
                self.advance(expected, revision, changes).map_err(unavailable)?;
                Ok(revision)
            }
            None => {
                self.refresh().map_err(unavailable)?;
                Err(CommitError::Conflict { current: self.state.borrow().revision })
            }
        }
    }

    fn encode(&self, change: &Change) -> Result<Write, CommitError> {
        match change {
            Change::Put(entity) => record::encode(entity, &self.key)
                .map(Write::Put)
                .map_err(|wrong| CommitError::Unavailable(wrong.to_string())),
            Change::Remove(key) => Ok(Write::Remove(record::place(key))),
        }
    }

    /// Writes everything in one transaction, durably; `None` if the database is not at `expected`.
    fn write(&mut self, expected: Revision, writes: &[Write]) -> Result<Option<Revision>, Fault> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if file::revision(&transaction)? != expected {
            return Ok(None);
        }
        if writes.is_empty() {
            return Ok(Some(expected));
        }
        for write in writes {
            execute(&transaction, write)?;
        }
        let revision = expected.next();
        file::set_revision(&transaction, revision)?;
        transaction.commit()?;
        Ok(Some(revision))
    }

    /// Shows what was just written.
    fn advance(&mut self, from: Revision, to: Revision, changes: Vec<Change>) -> Result<(), Fault> {
        let mut snapshot = self.state.borrow().clone();
        if snapshot.revision != from {
            return self.reload();
        }
        if to != from {
            let configuration = Arc::make_mut(&mut snapshot.configuration);
            changes.into_iter().for_each(|change| configuration.apply(change));
            snapshot.revision = to;
            self.state.send_replace(snapshot);
        }
        Ok(())
    }

    fn poll(&mut self) {
        let failed = self.refresh().err();
        match &failed {
            Some(fault) if !self.failing => {
                tracing::error!(?fault, "the database cannot be read; the last known configuration stays");
            }
            None if self.failing => tracing::info!("the database can be read again"),
            _ => {}
        }
        self.failing = failed.is_some();
    }

    /// Looks whether another process has changed the database, and shows it.
    fn refresh(&mut self) -> Result<(), Fault> {
        let version = self.connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if self.data_version != Some(version) {
            if file::revision(&self.connection)? != self.state.borrow().revision {
                self.reload()?;
            }
            self.data_version = Some(version);
        }
        Ok(())
    }

    fn reload(&mut self) -> Result<(), Fault> {
        let snapshot = file::read(&self.connection, &self.key)?;
        self.state.send_replace(snapshot);
        Ok(())
    }
}

fn execute(transaction: &Transaction<'_>, write: &Write) -> Result<(), Fault> {
    match write {
        Write::Put(Row { kind, id, version, body }) => {
            transaction.prepare_cached(PUT)?.execute(params![kind, id, version, body])?;
        }
        Write::Remove(Place { kind, id }) => {
            transaction.prepare_cached(REMOVE)?.execute(params![kind, id])?;
        }
    }
    Ok(())
}

fn unavailable(fault: Fault) -> CommitError {
    CommitError::Unavailable(match fault {
        Fault::Sqlite(error) => error.to_string(),
        Fault::Newer(detail) | Fault::Damaged(detail) => detail,
        Fault::Foreign | Fault::WrongKey => "the database has been replaced".to_owned(),
    })
}
