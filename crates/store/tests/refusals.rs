//! A data directory that cannot be opened is refused with a message that says what to do, and left as it was.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "what helps a test may fail loudly, too")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use elbow_model::{Change, Entity, Instance, InstanceId, InstanceSource, Timestamp, Zone};
use elbow_store::{Revision, Sqlite, Store, generate};
use rusqlite::Connection;
use tempfile::TempDir;

/// A data directory with a configuration in it, some hundred kilobytes long.
fn used() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let credential = generate::credential(Timestamp::default()).unwrap();
    let mut changes = vec![Change::Put(Entity::Credential(Arc::new(credential)))];
    changes.extend((0..1500).map(|number| {
        Change::Put(Entity::Instance(Arc::new(Instance {
            id: InstanceId::parse(&format!("i-{number}")).unwrap(),
            address: [10, 0, 0, 1].into(),
            zone: Zone::parse("us-east-1a").unwrap(),
            source: InstanceSource::Operator,
        })))
    }));
    let store = Sqlite::open(dir.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.commit(Revision::START, changes)).unwrap();
    dir
}

fn database(dir: &TempDir) -> PathBuf {
    dir.path().join("elbow.db")
}

fn master_key(dir: &TempDir) -> PathBuf {
    dir.path().join("master.key")
}

fn content(path: &Path) -> Option<Vec<u8>> {
    fs::read(path).ok()
}

/// Opens a directory that must be refused in these words, and looks that nothing has happened to it.
fn refused(dir: &TempDir, words: &[&str]) {
    let files = [database(dir), master_key(dir)];
    let before = files.each_ref().map(|path| content(path));
    let message = Sqlite::open(dir.path()).unwrap_err().to_string();
    assert!(words.iter().all(|word| message.contains(word)), "{message}");
    assert!(message.contains(&dir.path().display().to_string()), "{message}");
    assert_eq!(files.each_ref().map(|path| content(path)), before, "{message}");
    let log = fs::metadata(dir.path().join("elbow.db-wal"));
    assert!(log.is_err() || log.is_ok_and(|it| it.len() == 0), "nothing was written: {message}");
}

fn sql(dir: &TempDir, statement: &str) {
    let connection = Connection::open(database(dir)).unwrap();
    connection.execute_batch(statement).unwrap();
    connection.close().unwrap();
}

#[test]
fn a_first_start_creates_files_for_the_owner_alone() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("a/b");
    let store = Sqlite::open(&dir).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    let names: Vec<PathBuf> = fs::read_dir(&dir).unwrap().map(|it| it.unwrap().path()).collect();
    assert!(names.contains(&dir.join("elbow.db")) && names.contains(&dir.join("master.key")));
    for name in names {
        assert_eq!(mode(&name), 0o600, "{}", name.display());
    }
    drop(store);
}

#[test]
fn the_key_can_be_elsewhere() {
    let (data, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let key = keys.path().join("elbow.key");
    drop(Sqlite::open_with_key(data.path(), Some(&key)).unwrap());
    assert!(!master_key(&data).exists());
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    drop(Sqlite::open_with_key(data.path(), Some(&key)).unwrap());
    refused(&data, &["master.key"]);
    fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    let message = Sqlite::open_with_key(data.path(), Some(&key)).unwrap_err().to_string();
    assert!(message.contains("elbow.key") && message.contains("640"), "{message}");
    let nowhere = keys.path().join("none/elbow.key");
    assert!(Sqlite::open_with_key(data.path(), Some(&nowhere)).is_err());
    assert!(!nowhere.exists());
}

#[test]
fn data_directories_that_begin_at_once_with_one_key_file_have_one_key() {
    let (keys, data) = (tempfile::tempdir().unwrap(), [(); 8].map(|()| tempfile::tempdir().unwrap()));
    let key = keys.path().join("elbow.key");
    let open = |dir: &TempDir| Sqlite::open_with_key(dir.path(), Some(&key)).map(drop);
    std::thread::scope(|scope| {
        let starts = data.each_ref().map(|dir| scope.spawn(move || open(dir)));
        starts.into_iter().for_each(|start| start.join().unwrap().unwrap());
    });
    data.iter().for_each(|dir| open(dir).unwrap());
    assert_eq!(fs::read_dir(keys.path()).unwrap().count(), 1, "and nothing is left beside it");
}

#[test]
fn a_start_that_was_interrupted_while_creating_is_taken_up() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("master.key.new"), [0; 7]).unwrap();
    fs::write(dir.path().join("elbow.db.new"), "half").unwrap();
    Sqlite::open(dir.path()).unwrap();
    let dir = used();
    fs::remove_file(database(&dir)).unwrap();
    Sqlite::open(dir.path()).unwrap();
}

#[test]
fn a_file_that_was_cut_is_refused() {
    let dir = used();
    let whole = content(&database(&dir)).unwrap();
    for length in [0, 1, 15, 16, 99, 100, 4096, whole.len() / 2, whole.len() - 4096, whole.len() - 1] {
        fs::write(database(&dir), &whole[..length]).unwrap();
        refused(&dir, &["damaged", "left untouched", "backup"]);
    }
    fs::write(database(&dir), &whole).unwrap();
    Sqlite::open(dir.path()).unwrap();
}

#[test]
fn a_page_of_garbage_is_found() {
    let dir = used();
    let whole = content(&database(&dir)).unwrap();
    for page in 1..whole.len() / 4096 {
        let mut damaged = whole.clone();
        damaged[page * 4096..][..4096].fill(0xa5);
        fs::write(database(&dir), &damaged).unwrap();
        refused(&dir, &["damaged", "left untouched", "backup"]);
    }
}

#[test]
fn something_else_is_left_alone() {
    let dir = used();
    fs::write(database(&dir), "Dear diary, today I was nearly overwritten by a load balancer.").unwrap();
    refused(&dir, &["not a database of Elbow", "another data directory"]);
    fs::remove_file(database(&dir)).unwrap();
    sql(&dir, "CREATE TABLE diary (day TEXT)");
    refused(&dir, &["not a database of Elbow", "another data directory"]);
}

#[test]
fn a_newer_database_is_left_to_the_newer_program() {
    let dir = used();
    sql(&dir, "PRAGMA user_version = 2");
    refused(&dir, &["later version", "left untouched", "version 2"]);
    for newer in [
        "INSERT INTO records VALUES ('gadget', 'a', 1, '{}')",
        "UPDATE records SET version = version + 1 WHERE kind = 'instance' AND id = 'i-7'",
    ] {
        let dir = used();
        sql(&dir, newer);
        refused(&dir, &["later version", "left untouched"]);
    }
}

#[test]
fn a_record_that_makes_no_sense_is_refused_and_named() {
    for damage in [
        "UPDATE records SET body = '{}' WHERE id = 'i-7'",
        "UPDATE records SET body = replace(body, '10.0.0.1', '10.0.0.x') WHERE id = 'i-7'",
    ] {
        let dir = used();
        sql(&dir, damage);
        refused(&dir, &["damaged", "instance 'i-7'", "left untouched"]);
    }
    for damage in [
        "DROP TABLE meta",
        "DELETE FROM meta WHERE name = 'revision'",
        "DELETE FROM meta WHERE name = 'key_proof'",
        "UPDATE meta SET value = 'x' WHERE name = 'revision'",
        "UPDATE meta SET value = -1 WHERE name = 'revision'",
        "UPDATE records SET version = -1 WHERE id = 'i-7'",
    ] {
        let dir = used();
        sql(&dir, damage);
        refused(&dir, &["elbow.db is damaged", "left untouched"]);
    }
}

#[test]
fn the_master_key_must_be_there_and_the_right_one_and_private() {
    let dir = used();
    let key = content(&master_key(&dir)).unwrap();
    assert_eq!(key.len(), 32);
    fs::set_permissions(master_key(&dir), Permissions::from_mode(0o640)).unwrap();
    refused(&dir, &["0640", "chmod 600"]);
    fs::set_permissions(master_key(&dir), Permissions::from_mode(0o600)).unwrap();
    for wrong in [&key[..31], &[&key[..], &[0]].concat()] {
        fs::write(master_key(&dir), wrong).unwrap();
        refused(&dir, &["master.key", "32 bytes", "backup"]);
    }
    fs::write(master_key(&dir), [7; 32]).unwrap();
    refused(&dir, &["do not open", "master.key", "elbow.db", "backup"]);
    fs::remove_file(master_key(&dir)).unwrap();
    refused(&dir, &["master.key is missing", "elbow.db", "backup"]);
    fs::write(master_key(&dir), &key).unwrap();
    fs::set_permissions(master_key(&dir), Permissions::from_mode(0o600)).unwrap();
    Sqlite::open(dir.path()).unwrap();
}
