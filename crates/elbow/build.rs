//! Puts the console into the binary: makes the table of the files that `make console` has built, each compressed already.
//!
//! Without them the table is empty, and the program says where its console went.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write as _;
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What every file of the console ends with; nothing else is served.
const COMPRESSED: &str = "gz";
/// Folder whose files have a hash of their content in their names.
const HASHED: &str = "assets/";

fn main() -> Result<(), Box<dyn Error>> {
    let built = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../console/built");
    // This folder is always there: a path that is missing would have this program compiled anew each time.
    println!("cargo:rerun-if-changed={}", built.display());
    println!("cargo:rerun-if-changed=build.rs");
    let site = built.join("site");
    let mut files = Vec::new();
    if site.is_dir() {
        collect(&site, &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        write_entry(&mut table, &site, &file)?;
    }
    table.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("console.rs"), table)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == COMPRESSED) {
            files.push(path);
        }
    }
    Ok(())
}

fn write_entry(table: &mut String, site: &Path, file: &Path) -> Result<(), Box<dyn Error>> {
    let path = file.strip_prefix(site)?.with_extension("");
    let path = path.to_str().ok_or("a file of the console has a name that is not UTF-8")?;
    let kind = content_type(path).ok_or_else(|| format!("no content type is known for {path}"))?;
    let mut hasher = DefaultHasher::new();
    hasher.write(&fs::read(file)?);
    let etag = format!("\"{:016x}\"", hasher.finish());
    let is_immutable = path.starts_with(HASHED);
    let file = file.canonicalize()?;
    writeln!(
        table,
        "File {{ path: {path:?}, content_type: {kind:?}, etag: {etag:?}, is_immutable: {is_immutable}, gzip: include_bytes!({file:?}) }},"
    )?;
    Ok(())
}

fn content_type(path: &str) -> Option<&'static str> {
    Some(match Path::new(path).extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}
