//! The key that seals secrets at rest.
//!
//! It protects a copy of the database that got away without the key file. It does not protect from somebody who can
//! read the whole data directory.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use base64_simd::STANDARD;

use crate::OpenError;
use crate::data_dir::DataDir;

/// Length of the key and of its file, in bytes.
const KEY_BYTES: usize = 32;
/// Permissions that nobody but the owner may have.
const OTHERS: u32 = 0o077;

/// An AES-256-GCM key. What it seals is bound to its owner: sealed text that was moved to another one does not open.
pub(crate) struct MasterKey(RandomizedNonceKey);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// Reads the key file; `None` if there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, OpenError> {
        let failed = |source| OpenError::io("read", path, source);
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(failed)?,
        };
        let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
        if mode & OTHERS != 0 {
            return Err(OpenError::KeyMode { path: path.to_owned(), mode });
        }
        let mut bytes = Vec::with_capacity(KEY_BYTES);
        file.take(KEY_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
        let wrong_length = || OpenError::KeyLength { path: path.to_owned(), expected: KEY_BYTES };
        let bytes = <[u8; KEY_BYTES]>::try_from(bytes).map_err(|_| wrong_length())?;
        Self::from_bytes(&bytes).map(Some).ok_or_else(wrong_length)
    }

    /// Draws a key and keeps it in its file.
    pub(crate) fn create(dir: &DataDir) -> Result<Self, OpenError> {
        let failed = || OpenError::io("draw a key for", &dir.master_key(), io::Error::other("no randomness"));
        let mut bytes = [0; KEY_BYTES];
        rand::fill(&mut bytes).map_err(|_| failed())?;
        let key = Self::from_bytes(&bytes).ok_or_else(failed)?;
        dir.write_new(&dir.master_key(), &bytes)?;
        Ok(key)
    }

    pub(crate) fn from_bytes(bytes: &[u8; KEY_BYTES]) -> Option<Self> {
        RandomizedNonceKey::new(&AES_256_GCM, bytes).ok().map(Self)
    }

    /// Seals the secret of `owner`: base64 of the nonce, the sealed bytes and their tag.
    pub(crate) fn seal(&self, owner: &str, secret: &[u8]) -> Option<String> {
        let mut sealed = secret.to_vec();
        let nonce = self.0.seal_in_place_append_tag(Aad::from(owner), &mut sealed).ok()?;
        let mut bytes = nonce.as_ref().to_vec();
        bytes.extend_from_slice(&sealed);
        Some(STANDARD.encode_to_string(bytes))
    }

    /// Opens what [`Self::seal`] sealed for the same owner. `None` for anything else.
    pub(crate) fn open(&self, owner: &str, text: &str) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode_to_vec(text).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let secret = self.0.open_in_place(nonce, Aad::from(owner), &mut sealed).ok()?;
        Some(secret.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_for_its_owner_with_its_key_only() {
        let key = MasterKey::from_bytes(&[1; 32]).unwrap();
        let sealed = key.seal("credential/A", b"hunter22").unwrap();
        assert_eq!(key.open("credential/A", &sealed).unwrap(), b"hunter22");
        assert_eq!(key.open("credential/B", &sealed), None);
        assert_eq!(MasterKey::from_bytes(&[2; 32]).unwrap().open("credential/A", &sealed), None);
        for end in 0..sealed.len() {
            assert_eq!(key.open("credential/A", &sealed[..end]), None);
        }
        assert_ne!(key.seal("credential/A", b"hunter22").unwrap(), sealed, "each sealing draws a nonce");
    }
}
