//! The directory that a server keeps everything in.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::OpenError;

/// Paths in a data directory, and the few ways in which files come to be there.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    master_key: PathBuf,
}

impl DataDir {
    /// The directory at `path`, whether it is there or not.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), master_key: path.join("master.key") }
    }

    /// The same directory with its key elsewhere.
    pub(crate) fn with_master_key(self, file: Option<&Path>) -> Self {
        let master_key = file.map_or(self.master_key, Path::to_owned);
        Self { path: self.path, master_key }
    }

    /// The directory at `path`, created for its owner alone if it is missing.
    pub(crate) fn create(path: &Path) -> Result<Self, OpenError> {
        let created = DirBuilder::new().recursive(true).mode(0o700).create(path);
        created.map_err(|source| OpenError::io("create", path, source))?;
        Ok(Self::at(path))
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("elbow.db")
    }

    pub(crate) fn master_key(&self) -> PathBuf {
        self.master_key.clone()
    }

    pub(crate) fn server_lock(&self) -> PathBuf {
        self.path.join("server.lock")
    }

    /// Keeps other processes from creating files here until the returned file is dropped.
    pub(crate) fn lock(&self) -> Result<File, OpenError> {
        let failed = |source| OpenError::io("lock", &self.path, source);
        let dir = File::open(&self.path).map_err(failed)?;
        dir.lock().map_err(failed)?;
        Ok(dir)
    }

    /// Keeps other processes from creating the key, which may be the first of several data directories, until the
    /// returned file is dropped. The directory must be locked; nothing is returned if that is where the key is.
    pub(crate) fn lock_key(&self) -> Result<Option<File>, OpenError> {
        let folder = folder_of(&self.master_key);
        let failed = |source| OpenError::io("lock", folder, source);
        let same = |path: &Path| path.canonicalize().map_err(failed);
        if same(folder)? == same(&self.path)? {
            return Ok(None);
        }
        let folder = File::open(folder).map_err(failed)?;
        folder.lock().map_err(failed)?;
        Ok(Some(folder))
    }

    /// Creates a file with all of its content or not at all. Its directory must be locked.
    pub(crate) fn write_new(&self, path: &Path, content: &[u8]) -> Result<(), OpenError> {
        let draft = self.draft(path)?;
        let failed = |source| OpenError::io("write", &draft, source);
        let mut file = OpenOptions::new().write(true).open(&draft).map_err(failed)?;
        file.write_all(content).map_err(failed)?;
        self.publish(&draft, path)
    }

    /// An empty file beside `path`, for its owner alone, in place of what an interrupted start may have left there.
    pub(crate) fn draft(&self, path: &Path) -> Result<PathBuf, OpenError> {
        let draft = path.with_added_extension("new");
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(OpenError::io("remove", &draft, error));
            }
            _ => {}
        }
        let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
        created.map_err(|source| OpenError::io("create", &draft, source))?;
        Ok(draft)
    }

    /// Gives a finished draft its name, durably.
    pub(crate) fn publish(&self, draft: &Path, path: &Path) -> Result<(), OpenError> {
        let synced = File::open(draft).and_then(|file| file.sync_all());
        synced.map_err(|source| OpenError::io("write", draft, source))?;
        fs::rename(draft, path).map_err(|source| OpenError::io("create", path, source))?;
        let folder = folder_of(path);
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|source| OpenError::io("write", folder, source))
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
