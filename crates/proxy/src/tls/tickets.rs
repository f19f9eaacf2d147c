//! Session tickets: what lets a client that was here before skip most of the handshake, on any node.
//!
//! A ticket is sealed with a key that every node derives from the generation of the stickiness key that issues at the
//! moment (see `elbow_stickiness::Keyring`): rotation adds a key everywhere before it seals. A ticket of another listener
//! does not open, so that no session crosses from one listener's certificates and policy to another's. Nor does one from
//! before the listener's certificates were changed: who replaces one wants every new connection to be asked to trust the
//! new one, and pays one whole handshake for each client.
// AWS: unknown what becomes of sessions when a certificate is replaced.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{self, Digest};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use elbow_model::key::ListenerKey;
use elbow_model::{Der, Timestamp};
use elbow_stickiness::{KeyId, Keyring};
use rustls::server::ProducesTickets;

/// How long a ticket is good for: what AWS does is unknown; this is what browsers keep them for at least.
const LIFETIME: Duration = Duration::from_secs(12 * 3600);
/// What the keys are derived for.
const PURPOSE: &[u8] = b"elbow tls session ticket v1";
/// Bytes of a key's id, in clear in front of everything else.
const ID_BYTES: usize = 4;
/// Bytes of the time of issue, in milliseconds, sealed in front of the session.
const TIME_BYTES: usize = 8;

/// The keys that tickets are sealed with, for all listeners.
pub(super) struct TicketKeys {
    ring: Arc<Keyring>,
    derived: Vec<(KeyId, LessSafeKey)>,
}

impl TicketKeys {
    /// Derives them from a key ring.
    pub(super) fn new(ring: &Arc<Keyring>) -> Self {
        let derive = |secret: &[u8]| {
            let pseudorandom = Salt::new(HKDF_SHA256, &[]).extract(secret);
            let okm = pseudorandom.expand(&[PURPOSE], &AES_128_GCM).ok()?;
            Some(LessSafeKey::new(UnboundKey::from(okm)))
        };
        let derived = ring
            .generations()
            .filter_map(|generation| Some((generation.id, derive(generation.secret.expose())?)))
            .collect();
        Self { ring: Arc::clone(ring), derived }
    }

    /// Whether they were derived from this key ring.
    pub(super) fn are_of(&self, ring: &Arc<Keyring>) -> bool {
        Arc::ptr_eq(&self.ring, ring)
    }

    fn key(&self, id: KeyId) -> Option<&LessSafeKey> {
        self.derived.iter().find(|(known, _)| *known == id).map(|(_, key)| key)
    }
}

impl fmt::Debug for TicketKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketKeys(..)")
    }
}

/// The tickets of one listener.
#[derive(Debug)]
pub(super) struct Tickets {
    keys: Arc<TicketKeys>,
    /// A digest of the listener and its certificates, in their order.
    bound_to: Digest,
}

impl Tickets {
    pub(super) fn new<'a>(
        keys: &Arc<TicketKeys>,
        listener: ListenerKey,
        certificates: impl Iterator<Item = &'a Der>,
    ) -> Self {
        let mut digest = digest::Context::new(&digest::SHA256);
        digest.update(&listener.get().to_be_bytes());
        for certificate in certificates {
            digest.update(digest::digest(&digest::SHA256, certificate.as_bytes()).as_ref());
        }
        Self { keys: Arc::clone(keys), bound_to: digest.finish() }
    }

    fn bound_to(&self) -> Aad<&[u8]> {
        Aad::from(self.bound_to.as_ref())
    }

    fn seal(&self, session: &[u8], now: Timestamp) -> Option<Vec<u8>> {
        let id = self.keys.ring.issuing(now).id;
        let key = self.keys.key(id)?;
        let mut nonce = [0; NONCE_LEN];
        aws_lc_rs::rand::fill(&mut nonce).ok()?;
        let mut sealed = [&now.as_millis().to_be_bytes(), session].concat();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), self.bound_to(), &mut sealed)
            .ok()?;
        Some([&id.get().to_be_bytes(), nonce.as_slice(), &sealed].concat())
    }

    /// Every byte is the client's.
    fn open(&self, ticket: &[u8], now: Timestamp) -> Option<Vec<u8>> {
        let (id, rest) = ticket.split_first_chunk::<ID_BYTES>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
        let id = KeyId::new(u32::from_be_bytes(*id));
        self.keys.ring.accepting(now).find(|generation| generation.id == id)?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.keys.key(id)?.open_in_place(nonce, self.bound_to(), &mut sealed).ok()?;
        let (issued, session) = opened.split_first_chunk::<TIME_BYTES>()?;
        let issued = Timestamp::from_millis(u64::from_be_bytes(*issued));
        (now.saturating_since(issued) <= LIFETIME).then(|| session.to_vec())
    }
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        u32::try_from(LIFETIME.as_secs()).unwrap_or(u32::MAX)
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        self.seal(plain, now())
    }

    fn decrypt(&self, cipher: &[u8]) -> Option<Vec<u8>> {
        self.open(cipher, now())
    }
}

/// The library asks without saying what time it is.
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use elbow_stickiness::{Generation, Secret};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const HOUR: Duration = Duration::from_secs(3600);

    fn generation(id: u32, promote_at: Timestamp) -> Generation {
        let secret = Secret::from_bytes([u8::try_from(id).unwrap(); 16]);
        Generation { id: KeyId::new(id), created: Timestamp::default(), promote_at, secret }
    }

    fn tickets(generations: &[Generation], listener: u64) -> Tickets {
        let ring = Arc::new(Keyring::new(generations.to_vec()).unwrap());
        bound_to(&ring, listener, b"certificate")
    }

    fn bound_to(ring: &Arc<Keyring>, listener: u64, certificate: &[u8]) -> Tickets {
        let certificate = Der::new(certificate);
        Tickets::new(&Arc::new(TicketKeys::new(ring)), ListenerKey::new(listener), [&certificate].into_iter())
    }

    #[test]
    fn a_ticket_of_one_node_opens_on_another_for_the_same_listener_only() {
        let generations = [generation(1, Timestamp::default())];
        let ticket = tickets(&generations, 1).seal(b"session", NOW).unwrap();
        assert_eq!(tickets(&generations, 1).open(&ticket, NOW).unwrap(), b"session");
        assert_eq!(tickets(&generations, 2).open(&ticket, NOW), None);
        assert_eq!(tickets(&[generation(2, Timestamp::default())], 1).open(&ticket, NOW), None);
    }

    #[test]
    fn a_ticket_from_before_the_certificate_was_replaced_does_not_open() {
        let ring = Arc::new(Keyring::new(vec![generation(1, Timestamp::default())]).unwrap());
        let ticket = bound_to(&ring, 1, b"old").seal(b"session", NOW).unwrap();
        assert!(bound_to(&ring, 1, b"old").open(&ticket, NOW).is_some());
        assert_eq!(bound_to(&ring, 1, b"new").open(&ticket, NOW), None);
    }

    #[test]
    fn a_rotation_loses_no_session() {
        let before = [generation(1, Timestamp::default())];
        let during = [generation(1, Timestamp::default()), generation(2, NOW + HOUR)];
        let (old, new) = (tickets(&before, 1), tickets(&during, 1));
        let later = NOW + HOUR * 2;
        let sealed_before = old.seal(b"a", NOW).unwrap();
        let sealed_after = new.seal(b"b", later).unwrap();
        assert_eq!(new.open(&sealed_before, later).unwrap(), b"a");
        assert_eq!(sealed_after.first_chunk(), Some(&[0, 0, 0, 2]), "the new key seals once it is promoted");
        assert_eq!(new.seal(b"c", NOW).unwrap().first_chunk(), Some(&[0, 0, 0, 1]), "and not before");
    }

    #[test]
    fn what_is_old_changed_or_cut_off_does_not_open() {
        let tickets = tickets(&[generation(1, Timestamp::default())], 1);
        let ticket = tickets.seal(b"session", NOW).unwrap();
        assert!(tickets.open(&ticket, NOW + LIFETIME).is_some());
        assert_eq!(tickets.open(&ticket, NOW + LIFETIME + Duration::from_millis(1)), None);
        for at in 0..ticket.len() {
            let mut changed = ticket.clone();
            changed[at] ^= 1;
            assert_eq!(tickets.open(&changed, NOW), None, "byte {at}");
            assert_eq!(tickets.open(&ticket[..at], NOW), None, "{at} bytes");
        }
    }
}
