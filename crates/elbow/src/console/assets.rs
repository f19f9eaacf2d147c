//! The files of the console, as `build.rs` has found them.

/// One file, compressed.
pub(super) struct File {
    /// Its path below the console's.
    pub(super) path: &'static str,
    /// Its type.
    pub(super) content_type: &'static str,
    /// What tells one content from another.
    pub(super) etag: &'static str,
    /// Whether another content would have another path.
    pub(super) is_immutable: bool,
    /// Its content.
    pub(super) gzip: &'static [u8],
}

/// The page that loads all others.
const INDEX: &str = "index.html";
/// In the order of their paths.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// Whether there are any.
pub(super) fn are_there() -> bool {
    !FILES.is_empty()
}

/// The file at a path below the console's; the page itself is at the empty one.
pub(super) fn find(path: &str) -> Option<&'static File> {
    let path = if path.is_empty() { INDEX } else { path };
    FILES.iter().find(|file| file.path == path)
}
