//! Files in a directory: a bucket is a directory in it, a key a path in that.
//!
//! **Threat.** Buckets and keys come from callers of the API. None leads out of its bucket, not by `..` and not by a
//! link; only plain files are read, and none waits for a writer. What is written takes the place of whatever has its name, a
//! link for instance. Nobody is told where the directory is.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use elbow_api::objects::{ObjectName, ObjectStore, ReadObject, Unread, Unwritten, WriteObject};
use elbow_model::Region;
use rustix::fs::{Mode, OFlags};

/// A directory of buckets. It need not be there.
pub(super) struct Directory(PathBuf);

impl Directory {
    pub(super) const fn new(root: PathBuf) -> Self {
        Self(root)
    }
}

impl ObjectStore for Directory {
    fn read<'a>(&'a self, _: &'a Region, object: &'a ObjectName, most: usize) -> ReadObject<'a> {
        Box::pin(async move {
            let (root, object) = (self.0.clone(), object.clone());
            let read = tokio::task::spawn_blocking(move || read(&root, &object, most)).await;
            read.unwrap_or_else(|error| Err(Unread::Unavailable(format!("The file was not read: {error}"))))
        })
    }

    fn write<'a>(&'a self, _: &'a Region, object: &'a ObjectName, content: Bytes) -> WriteObject<'a> {
        Box::pin(async move {
            let (root, object) = (self.0.clone(), object.clone());
            let written = tokio::task::spawn_blocking(move || write(&root, &object, &content)).await;
            written.unwrap_or_else(|error| Err(Unwritten(format!("the file was not written: {error}"))))
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

fn write(root: &Path, object: &ObjectName, content: &[u8]) -> Result<(), Unwritten> {
    let unwritten = |why: &str| {
        Unwritten(format!(
            "{object} cannot be put into the directory of buckets: {why}; make a directory of the bucket's name there that \
             may be written to, or name another place with --s3-endpoint-url"
        ))
    };
    let (folder, name) =
        make_folder(&root.join(object.bucket()), object.key()).map_err(|why| unwritten(&why))?;
    let mut random = [0; 8];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| unwritten("the system gives no random bytes"))?;
    let draft = folder.join(format!(".{:016x}.tmp", u64::from_ne_bytes(random)));
    let put = put(&draft, &folder.join(name), content).and_then(|()| File::open(&folder)?.sync_all());
    put.map_err(|error| {
        // It may not even be there.
        let _ = fs::remove_file(&draft);
        unwritten(&error.to_string())
    })
}

/// Writes all of it under a name that nobody looks for, and renames it when it is on the disk.
fn put(draft: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(draft, path)
}

/// Makes the directories that a key needs, none of them outside of its bucket, and tells the last one and the file's name.
fn make_folder(bucket: &Path, key: &str) -> Result<(PathBuf, String), String> {
    let bucket = bucket.canonicalize().map_err(|error| error.to_string())?;
    let (folders, name) = key.rsplit_once('/').map_or((None, key), |(folders, name)| (Some(folders), name));
    let parts = || folders.into_iter().flat_map(|folders| folders.split('/'));
    if parts().chain([name]).any(|part| matches!(part, "" | "." | "..")) {
        return Err("its key is no path of a file".to_owned());
    }
    let mut folder = bucket.clone();
    for part in parts() {
        folder.push(part);
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.to_string()),
            _ => {}
        }
        folder = folder.canonicalize().map_err(|error| error.to_string())?;
        if !folder.starts_with(&bucket) {
            return Err("a part of it is a link that leads out of its bucket".to_owned());
        }
    }
    Ok((folder, name.to_owned()))
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

    fn put(root: &Path, key: &str, content: &str) -> Result<(), String> {
        let object = ObjectName::parse("logs", key, None)?;
        write(root, &object, content.as_bytes()).map_err(|Unwritten(why)| why)
    }

    #[test]
    fn a_file_is_written_as_a_whole_in_place_of_an_older_one() {
        let root = tempfile::tempdir().unwrap();
        let why = put(root.path(), "a/b", "one").unwrap_err();
        assert!(why.contains("make a directory") && !why.contains(root.path().to_str().unwrap()), "{why}");
        fs::create_dir(root.path().join("logs")).unwrap();
        for content in ["one", "two"] {
            put(root.path(), "a/b", content).unwrap();
            assert_eq!(fs::read_to_string(root.path().join("logs/a/b")).unwrap(), content);
        }
        put(root.path(), "c", "three").unwrap();
        let names = |folder: &str| fs::read_dir(root.path().join(folder)).unwrap().count();
        assert_eq!((names("logs"), names("logs/a")), (2, 1), "nothing is left over");
        assert!(put(root.path(), "a", "a directory").is_err());
        assert_eq!(names("logs"), 2, "nothing is left over of what failed");
    }

    #[test]
    fn nothing_is_written_outside_of_its_bucket() {
        let root = tempfile::tempdir().unwrap();
        let (bucket, outside) = (root.path().join("logs"), root.path().join("outside"));
        fs::create_dir(&bucket).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("file"), "mine").unwrap();
        symlink(&outside, bucket.join("out")).unwrap();
        symlink(outside.join("file"), bucket.join("link")).unwrap();
        for key in ["out/a", "out/b/c", "a//b", "/a", "a/"] {
            assert!(put(root.path(), key, "x").is_err(), "{key}");
        }
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
        put(root.path(), "link", "x").unwrap();
        assert_eq!(fs::read_to_string(outside.join("file")).unwrap(), "mine");
    }

    #[test]
    fn there_are_no_versions() {
        let root = tempfile::tempdir().unwrap();
        let refused = get(root.path(), "a", Some("1"));
        assert!(matches!(refused, Err(Unread::Absent(why)) if why.contains("leave the version out")));
    }
}
