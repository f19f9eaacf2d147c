//! Keeps two servers from serving one data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::OpenError;
use crate::data_dir::DataDir;

/// The right to serve from a data directory. It ends when this is dropped or the process dies, however it dies.
/// Commands that only change the configuration do not need it.
#[derive(Debug)]
pub struct ServerLock(#[expect(dead_code, reason = "closing the file gives the lock back")] File);

impl ServerLock {
    /// Takes the lock of the data directory at `path`, which is created if it is missing.
    ///
    /// # Errors
    ///
    /// [`OpenError::InUse`] if another server has it.
    pub fn acquire(path: &Path) -> Result<Self, OpenError> {
        let lock = DataDir::create(path)?.server_lock();
        let failed = |source| OpenError::io("lock", &lock, source);
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&lock);
        let file = file.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_is_turned_away_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let first = ServerLock::acquire(dir.path()).unwrap();
        let refused = ServerLock::acquire(dir.path()).unwrap_err();
        assert!(refused.to_string().contains("another server"), "{refused}");
        drop(first);
        ServerLock::acquire(dir.path()).unwrap();
    }
}
