//! The database file: creating, checking and reading it.
//!
//! A file is checked without being written to. Only one that is whole, ours, not newer than this program and opened
//! by its key is ever opened for writing.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use elbow_model::{Change, Configuration};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};

use crate::data_dir::DataDir;
use crate::master_key::MasterKey;
use crate::record::{self, Row, Unreadable};
use crate::{OpenError, Revision, Snapshot};

/// Says that a SQLite database is ours (`Elbw`); `file` and others show it.
const APPLICATION_ID: u32 = 0x456c_6277;
/// Version of the tables below.
const SCHEMA_VERSION: u32 = 1;
const SCHEMA: &str = "
    CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE records (
        kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO meta VALUES ('revision', 0);
";

/// What `meta` holds to prove that key and database belong together.
const KEY_PROOF: &str = "meta/key_proof";
/// How long to wait for another process that writes. Its transactions take milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Size to which the log file is cut back, in bytes.
const LOG_BYTES: u32 = 16 << 20;

/// The first bytes of every SQLite database (https://sqlite.org/fileformat2.html, section 1.3).
const MAGIC: &[u8] = b"SQLite format 3\0";
const HEADER_BYTES: usize = 100;
const USER_VERSION_OFFSET: usize = 60;
const APPLICATION_ID_OFFSET: usize = 68;

/// Why a database cannot be read.
#[derive(Debug)]
pub(super) enum Fault {
    Sqlite(rusqlite::Error),
    Newer(String),
    Damaged(String),
    Foreign,
    WrongKey,
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        // `Unknown` is SQLite's answer to our own statements when a table or column is not there.
        let tables = [ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase, ErrorCode::Unknown];
        match (&error, error.sqlite_error_code()) {
            (_, Some(code)) if tables.contains(&code) => Self::Damaged(error.to_string()),
            (rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::IntegralValueOutOfRange(..), _) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Sqlite(error),
        }
    }
}

impl From<Unreadable> for Fault {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Newer(detail) => Self::Newer(detail),
            Unreadable::Damaged(detail) => Self::Damaged(detail),
        }
    }
}

impl Fault {
    /// The fault as an error about the database of `dir`.
    pub(super) fn on(self, dir: &DataDir) -> OpenError {
        let path = dir.database();
        match self {
            Self::Sqlite(error) => OpenError::Database { path, detail: error.to_string() },
            Self::Newer(detail) => OpenError::Newer { path, detail },
            Self::Damaged(detail) => OpenError::Damaged { path, detail },
            Self::Foreign => OpenError::Foreign { path },
            Self::WrongKey => OpenError::KeyMismatch { key: dir.master_key(), database: path },
        }
    }
}

/// Creates an empty database under its name in one step. The directory must be locked.
pub(super) fn create(dir: &DataDir, key: &MasterKey) -> Result<(), OpenError> {
    let path = dir.database();
    let draft = dir.draft(&path)?;
    let proof = key.seal(KEY_PROOF, &[]);
    let written = Connection::open(&draft).and_then(|connection| {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
        connection.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        connection.execute_batch(SCHEMA)?;
        connection.execute("INSERT INTO meta VALUES ('key_proof', ?1)", [&proof])?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.close().map_err(|(_, error)| error)
    });
    written.map_err(|error| Fault::from(error).on(dir))?;
    dir.publish(&draft, &path)
}

/// Checks the whole database without changing it.
pub(super) fn inspect(dir: &DataDir, key: &MasterKey) -> Result<(), OpenError> {
    let path = dir.database();
    inspect_header(&path).map_err(|source| OpenError::io("read", &path, source))?.map_err(|it| it.on(dir))?;
    inspect_content(&path, key).map_err(|fault| fault.on(dir))
}

/// Looks at the bytes of the file, before anything else may touch it.
fn inspect_header(path: &Path) -> io::Result<Result<(), Fault>> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    File::open(path)?.take(HEADER_BYTES as u64).read_to_end(&mut header)?;
    let number = |offset: usize| {
        let bytes = header.get(offset..)?.first_chunk::<4>()?;
        Some(u32::from_be_bytes(*bytes))
    };
    let shortened = Fault::Damaged(format!("it ends after {} bytes", header.len()));
    Ok(match (number(APPLICATION_ID_OFFSET), number(USER_VERSION_OFFSET)) {
        _ if !header.starts_with(MAGIC) && !MAGIC.starts_with(&header) => Err(Fault::Foreign),
        _ if header.len() < HEADER_BYTES => Err(shortened),
        (Some(application), Some(version)) => supported(application, version),
        _ => Err(shortened),
    })
}

fn supported(application: u32, version: u32) -> Result<(), Fault> {
    if application != APPLICATION_ID {
        return Err(Fault::Foreign);
    }
    match version {
        SCHEMA_VERSION => Ok(()),
        0 => Err(Fault::Damaged("it has no version".to_owned())),
        _ => Err(Fault::Newer(format!(
            "its tables have version {version}, and the latest known one is {SCHEMA_VERSION}"
        ))),
    }
}

fn inspect_content(path: &Path, key: &MasterKey) -> Result<(), Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    supported(pragma("application_id")?, pragma("user_version")?)?;
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(Fault::Damaged(verdict));
    }
    read(&connection, key).map(drop)
}

/// Opens a database that has passed [`inspect`] for writing.
pub(super) fn open(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        Ok(connection)
    });
    opened.map_err(|error| OpenError::Database { path: path.to_owned(), detail: error.to_string() })
}

/// Reads everything, as of one moment.
pub(super) fn read(connection: &Connection, key: &MasterKey) -> Result<Snapshot, Fault> {
    let moment = connection.unchecked_transaction()?;
    let revision = revision(&moment)?;
    let proof: Option<String> = moment
        .query_row("SELECT value FROM meta WHERE name = 'key_proof'", [], |row| row.get(0))
        .optional()?;
    let proof = proof.ok_or_else(|| Fault::Damaged("it does not say which key it needs".to_owned()))?;
    key.open(KEY_PROOF, &proof).ok_or(Fault::WrongKey)?;
    let mut configuration = Configuration::default();
    let mut statement = moment.prepare("SELECT kind, id, version, body FROM records")?;
    let rows = statement.query_map([], |row| {
        Ok(Row { kind: row.get(0)?, id: row.get(1)?, version: row.get(2)?, body: row.get(3)? })
    })?;
    for row in rows {
        configuration.apply(Change::Put(record::decode(&row?, key)?));
    }
    Ok(Snapshot { revision, configuration: Arc::new(configuration) })
}

/// The revision that the database is at.
pub(super) fn revision(connection: &Connection) -> Result<Revision, Fault> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = 'revision'")?;
    let number: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
    let number = number.and_then(|number| u64::try_from(number).ok());
    number.map(Revision::new).ok_or_else(|| Fault::Damaged("it has no revision".to_owned()))
}

/// Moves the database to `revision`.
pub(super) fn set_revision(connection: &Connection, revision: Revision) -> Result<(), Fault> {
    let number = i64::try_from(revision.get()).unwrap_or(i64::MAX);
    connection.prepare_cached("UPDATE meta SET value = ?1 WHERE name = 'revision'")?.execute([number])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_waits_for_the_disk() {
        let dir = tempfile::tempdir().unwrap();
        let dir = DataDir::create(dir.path()).unwrap();
        create(&dir, &MasterKey::from_bytes(&[1; 32]).unwrap()).unwrap();
        let connection = open(&dir.database()).unwrap();
        let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        let synchronous: u32 = connection.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
        assert_eq!((mode.as_str(), synchronous), ("wal", 2), "2 is FULL: the log is synced at each commit");
    }
}
