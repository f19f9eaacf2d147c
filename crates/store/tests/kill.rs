//! A writer is killed again and again, at moments that nobody chose, and nothing that it acknowledged is ever lost.

#![allow(clippy::unwrap_used, reason = "what helps a test may fail loudly, too")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use elbow_model::{Change, Configuration, Entity, Instance, InstanceId, InstanceSource, Zone};
use elbow_store::{Revision, Sqlite, Store};

/// How often the writer is killed.
const KILLS: u32 = 300;
/// How many kills a data directory lives through before the next one starts from nothing.
const KILLS_PER_DIRECTORY: u32 = 15;
/// Most acknowledgements that are waited for before a kill.
const ACKNOWLEDGEMENTS: u64 = 12;
/// Longest time from there to the kill, in microseconds: about that of a start.
const DELAY_MICROS: u64 = 8_000;
/// Tells the test below to be the writer, in this data directory.
const WRITER_DIRECTORY: &str = "ELBOW_TEST_WRITER_DIRECTORY";
/// Set to replay the random choices of a run.
const SEED: &str = "ELBOW_TEST_SEED";
/// How many instances the writer turns over.
const SLOTS: u64 = 16;

/// What is committed at each revision: one instance comes or changes, another one goes.
fn changes(revision: u64) -> Vec<Change> {
    let instance = |slot: u64| {
        Entity::Instance(Arc::new(Instance {
            id: InstanceId::parse(&format!("i-{}", slot % SLOTS)).unwrap(),
            address: [10, 0, 0, 1].into(),
            zone: Zone::parse(&format!("revision-{revision}")).unwrap(),
            source: InstanceSource::Operator,
        }))
    };
    vec![Change::Put(instance(revision)), Change::Remove(instance(revision + SLOTS / 2).key())]
}

fn expected(revision: Revision) -> Configuration {
    let mut configuration = Configuration::default();
    let first = revision.get().saturating_sub(2 * SLOTS) + 1;
    let recent = (first..=revision.get()).flat_map(changes);
    recent.for_each(|change| configuration.apply(change));
    configuration
}

/// Not a test of its own: the process that is killed. It commits for ever and prints each acknowledged revision.
#[test]
fn writer() {
    let Some(dir) = std::env::var_os(WRITER_DIRECTORY) else { return };
    let store = Sqlite::open(Path::new(&dir)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut revision = store.watch().borrow().revision;
    loop {
        revision = runtime.block_on(store.commit(revision, changes(revision.get() + 1))).unwrap();
        let mut out = std::io::stdout().lock();
        out.write_all(format!("acknowledged {revision}\n").as_bytes()).unwrap();
    }
}

fn start_writer(dir: &Path) -> Child {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.args(["writer", "--exact", "--nocapture"]).env(WRITER_DIRECTORY, dir);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap()
}

/// A number from 0 to `max`, by SplitMix64.
fn draw(seed: &mut u64, max: u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % (max + 1)
}

/// Starts a writer, kills it and returns the last revision that it acknowledged.
fn kill_once(dir: &Path, seed: &mut u64) -> Option<Revision> {
    let mut writer = start_writer(dir);
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut acknowledged = lines.filter_map(|line| {
        let (_, number) = line.split_once("acknowledged ")?;
        number.parse().ok().map(Revision::new)
    });
    let wait = usize::try_from(draw(seed, ACKNOWLEDGEMENTS)).unwrap();
    let mut last = acknowledged.by_ref().take(wait).last();
    let moment = Instant::now() + Duration::from_micros(draw(seed, DELAY_MICROS));
    while Instant::now() < moment {
        std::thread::yield_now();
    }
    writer.kill().unwrap();
    last = acknowledged.last().or(last);
    assert!(!writer.wait().unwrap().success(), "it ran until it was killed");
    last
}

#[test]
fn killed_at_any_moment_it_loses_nothing_that_it_acknowledged() {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros().to_string();
    let mut seed: u64 = std::env::var(SEED).unwrap_or(now).parse().unwrap();
    println!("{SEED}={seed}");
    let mut dir = tempfile::tempdir().unwrap();
    let (mut before, mut commits) = (Revision::START, 0);
    for kill in 0..KILLS {
        if kill % KILLS_PER_DIRECTORY == 0 {
            dir = tempfile::tempdir().unwrap();
            before = Revision::START;
        }
        let acknowledged = kill_once(dir.path(), &mut seed).unwrap_or(before);
        let store = Sqlite::open(dir.path()).unwrap();
        let found = store.watch().borrow().clone();
        let in_flight = found.revision.get().checked_sub(acknowledged.get());
        assert!(
            matches!(in_flight, Some(0 | 1)),
            "kill {kill}: {acknowledged} told, {} found",
            found.revision
        );
        assert_eq!(*found.configuration, expected(found.revision), "kill {kill}");
        commits += found.revision.get() - before.get();
        before = found.revision;
    }
    println!("{KILLS} kills among {commits} commits");
}
