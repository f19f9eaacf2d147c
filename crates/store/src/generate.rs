//! New secrets, from the operating system's randomness.

use aws_lc_rs::rand;
use base64_simd::STANDARD;
use elbow_model::{AccessKeyId, Credential, KeyGeneration, Secret, Timestamp};

/// Characters of an access key id after its prefix, as AWS draws them: 32 of them, so that a byte is drawn evenly.
const ALPHABET: [char; 32] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U',
    'V', 'W', 'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
];
/// How access key ids of long-term pairs begin at AWS.
const PREFIX: &str = "AKIA";

/// The operating system has no randomness to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no randomness")]
pub struct NoRandomness;

/// A new pair of the shape that AWS gives: `AKIA` and 16 characters, and a secret of 40 characters.
pub fn credential(now: Timestamp) -> Result<Credential, NoRandomness> {
    let digits = draw::<16>()?.map(|byte| ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or('A'));
    let id = PREFIX.chars().chain(digits).collect::<String>();
    let secret = STANDARD.encode_to_string(draw::<30>()?);
    Ok(Credential {
        id: AccessKeyId::parse(&id).map_err(|_| NoRandomness)?,
        secret: Secret::parse(&secret).map_err(|_| NoRandomness)?,
        created: now,
    })
}

/// A new generation of the stickiness key.
pub fn key_generation(
    id: u32,
    created: Timestamp,
    promoted: Timestamp,
) -> Result<KeyGeneration, NoRandomness> {
    Ok(KeyGeneration { id, secret: draw()?, created, promoted })
}

fn draw<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_pair_looks_like_one_of_aws_and_no_two_are_alike() {
        let (one, other) =
            (credential(Timestamp::default()).unwrap(), credential(Timestamp::default()).unwrap());
        assert!(one.id.as_str().starts_with(PREFIX));
        assert_eq!((one.id.as_str().len(), one.secret.reveal().len()), (20, 40));
        assert_ne!(one.id, other.id);
        assert_ne!(one.secret, other.secret);
        assert!(!format!("{one:?}").contains(one.secret.reveal()));
    }
}
