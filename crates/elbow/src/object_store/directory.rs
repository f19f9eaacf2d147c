//! Files in a directory: a bucket is a directory in it, a key a path in that.
//!
//! **Threat.** Buckets and keys come from callers of the API. None leads out of its bucket, not by `..` and not by a
//! link; only plain files are read, and none waits for a writer. Nobody is told where the directory is.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use elbow_api::objects::{ObjectName, ObjectReader, ReadObject, Unread};
use elbow_model::Region;
use rustix::fs::{Mode, OFlags};

/// A directory of buckets. It need not be there.
pub(super) struct Directory(PathBuf);

impl Directory {
    pub(super) const fn new(root: PathBuf) -> Self {
        Self(root)
    }
}

impl ObjectReader for Directory {
    fn read<'a>(&'a self, _: &'a Region, object: &'a ObjectName, most: usize) -> ReadObject<'a> {
        Box::pin(async move {
            let (root, object) = (self.0.clone(), object.clone());
            let read = tokio::task::spawn_blocking(move || read(&root, &object, most)).await;
            read.unwrap_or_else(|error| Err(Unread::Unavailable(format!("The file was not read: {error}"))))
        })
    }
}

fn read(root: &Path, object: &ObjectName, most: usize) -> Result<Vec<u8>, Unread> {
    if object.version().is_some() {
        return Err(Unread::Absent(format!(
            "{object} has no versions, because it is a file in a directory; leave the version out"
        )));
    }
    let absent = |why: &str| {
        Unread::Absent(format!(
            "{object} is not in the directory of buckets: {why}; put the file there as BUCKET/KEY, or name another place \
             with --s3-endpoint-url"
        ))
    };
    let path = inside(&root.join(object.bucket()), object.key()).map_err(|why| absent(&why))?;
    let file = open(&path).map_err(|why| absent(&why))?;
    let mut content = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut content).map_err(|error| absent(&error.to_string()))?;
    if content.len() > most {
        return Err(Unread::TooLarge(format!("{object} has more than {most} bytes")));
    }
    Ok(content)
}

/// Opens a plain file. What is there is asked of what was opened: somebody may have put something else in its place.
fn open(path: &Path) -> Result<File, String> {
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file =
        rustix::fs::open(path, flags, Mode::empty()).map(File::from).map_err(|error| error.to_string())?;
    let is_plain = file.metadata().is_ok_and(|it| it.is_file());
    is_plain.then_some(file).ok_or_else(|| "it is not a plain file".to_owned())
}

/// The path that a key leads to, if it leads to one in its bucket.
fn inside(bucket: &Path, key: &str) -> Result<PathBuf, String> {
    if key.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err("its key is no path of a file".to_owned());
    }
    let bucket = bucket.canonicalize().map_err(|error| error.to_string())?;
    let path = bucket.join(key).canonicalize().map_err(|error| error.to_string())?;
    if !path.starts_with(&bucket) {
        return Err("it is a link that leads out of its bucket".to_owned());
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use rustix::fs::FileType;

    use super::*;

    fn get(root: &Path, key: &str, version: Option<&str>) -> Result<Vec<u8>, Unread> {
        read(root, &ObjectName::parse("trust", key, version).unwrap(), 4)
    }

    #[test]
    fn a_file_is_read_and_nothing_outside_of_its_bucket() {
        let root = tempfile::tempdir().unwrap();
        let bucket = root.path().join("trust");
        std::fs::create_dir_all(bucket.join("a")).unwrap();
        std::fs::write(bucket.join("a/good"), "four").unwrap();
        std::fs::write(bucket.join("large"), "fives").unwrap();
        std::fs::write(root.path().join("secret"), "no").unwrap();
        symlink(root.path().join("secret"), bucket.join("out")).unwrap();
        symlink(bucket.join("a/good"), bucket.join("in")).unwrap();
        let get = |key| get(root.path(), key, None);
        assert_eq!(get("a/good").unwrap(), b"four");
        assert_eq!(get("in").unwrap(), b"four");
        assert!(matches!(get("large"), Err(Unread::TooLarge(_))));
        for key in ["out", "a", "none", "/etc/passwd", "a//good"] {
            let Err(Unread::Absent(why)) = get(key) else { panic!("{key}") };
            assert!(why.contains("--s3-endpoint-url"), "{why}");
            assert!(!why.contains(root.path().to_str().unwrap()), "{why}");
        }
        for key in ["../secret", "a/../../secret", ".", ""] {
            assert!(inside(&bucket, key).is_err(), "{key}");
        }
    }

    #[test]
    fn what_takes_the_place_of_a_file_is_not_waited_for_or_followed() {
        let root = tempfile::tempdir().unwrap();
        let (pipe, link) = (root.path().join("pipe"), root.path().join("link"));
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, FileType::Fifo, Mode::RUSR, 0).unwrap();
        symlink("/etc/passwd", &link).unwrap();
        for path in [pipe, link, root.path().to_owned()] {
            assert!(open(&path).is_err(), "{}", path.display());
        }
    }

    #[test]
    fn there_are_no_versions() {
        let root = tempfile::tempdir().unwrap();
        let refused = get(root.path(), "a", Some("1"));
        assert!(matches!(refused, Err(Unread::Absent(why)) if why.contains("leave the version out")));
    }
}
