//! The plaintext of each kind of token, byte by byte.
//!
//! ```text
//! AWSALB, AWSALBTG, AWSALBAPP:  version | kind | flags | count | count x session (54) | zeros up to the kind's length
//! AWSELB:                       version and flags | issued (4) | first seen (4) | group hint (4) | target (8) | id (16)
//! ```
//!
//! Numbers are big-endian. Unknown versions, flags and left-over bytes are refused: a node that is older than the
//! fleet's newest must treat what it does not know as no token.

use elbow_model::Timestamp;
use elbow_model::key::{TargetGroupKey, TargetKey};

use super::bytes::{Writer, take};
use super::envelope::OVERHEAD;
use super::{Kind, Opened, Session, SessionId};
use crate::{Invalid, KeyId};

/// Sealed length of `AWSALB` in bytes (S12).
pub(super) const TARGET_RAW: usize = 93;
/// Sealed length of `AWSALBTG` in bytes (S12).
pub(super) const GROUP_RAW: usize = 129;
/// Sealed length of `AWSELB` in bytes: half of its 138 digits.
pub(super) const CLASSIC_RAW: usize = 69;

/// Bytes of an application token before its nonce: zeros, as on every capture (S12).
pub(super) const APPLICATION_PREFIX: [u8; 8] = [0; 8];
/// Zeros after the sessions of an application token; they make one session 106 bytes sealed and two 160 (S12, S13).
const APPLICATION_PADDING: usize = 8;

/// Most sessions in an application token: a load balancer has at most 100 target groups. When a client's sessions are
/// more, because target groups come and go, the one that was idle longest is dropped. 100 sessions are 7.3 KB of
/// cookie, which leaves room under ALB's 16 KB for a header line.
pub const SESSIONS_MAX: usize = 100;

const VERSION: u8 = 1;
const FLAG_SECURE: u8 = 1;
const HEAD: usize = 4;

/// Length of an application token's plaintext.
pub(super) const fn application_len(sessions: usize) -> usize {
    HEAD + sessions * Session::LEN + APPLICATION_PADDING
}

/// Writes the plaintext of every kind but Classic over `plain`, which has the kind's length and is zero.
pub(super) fn write(kind: Kind, sessions: &[Session], plain: &mut [u8]) {
    debug_assert!(sessions.len() <= SESSIONS_MAX);
    let mut out = Writer::new(plain);
    let count = u8::try_from(sessions.len()).unwrap_or(u8::MAX);
    let secure = sessions.iter().any(|session| session.secure);
    out.put([VERSION, kind as u8, u8::from(secure) * FLAG_SECURE, count]);
    for session in sessions {
        session.write(&mut out);
    }
}

/// The fields before the sessions.
struct Head {
    secure: bool,
    count: usize,
}

fn read_head(kind: Kind, rest: &mut &[u8]) -> Option<Head> {
    let [version, sealed_kind, flags, count] = take(rest)?;
    let known = version == VERSION && sealed_kind == kind as u8 && flags & !FLAG_SECURE == 0;
    known.then_some(Head { secure: flags & FLAG_SECURE != 0, count: usize::from(count) })
}

fn only_zeros(rest: &[u8]) -> Option<()> {
    rest.iter().all(|byte| *byte == 0).then_some(())
}

/// Reads the plaintext of a token of one session.
pub(super) fn read_one(kind: Kind, key: KeyId, plain: &[u8]) -> Result<Opened, Invalid> {
    let read = |mut rest: &[u8]| {
        let head = read_head(kind, &mut rest)?;
        let content = Session::read(head.secure, &mut rest)?;
        only_zeros(rest)?;
        (head.count == 1).then_some(Opened { key, content })
    };
    read(plain).ok_or(Invalid::Format)
}

/// Reads the plaintext of an application token.
pub(super) fn read_many(key: KeyId, plain: &[u8]) -> Result<Opened<Vec<Session>>, Invalid> {
    let read = |mut rest: &[u8]| {
        let head = read_head(Kind::Application, &mut rest)?;
        if head.count > SESSIONS_MAX || plain.len() != application_len(head.count) {
            return None;
        }
        let content =
            (0..head.count).map(|_| Session::read(head.secure, &mut rest)).collect::<Option<_>>()?;
        only_zeros(rest)?;
        Some(Opened { key, content })
    };
    read(plain).ok_or(Invalid::Format)
}

/// Length of a Classic token's plaintext.
const CLASSIC_LEN: usize = CLASSIC_RAW - OVERHEAD;

/// Writes the plaintext of a Classic token over `plain`. Times are whole seconds in four bytes, good until 2106.
pub(super) fn write_classic(session: &Session, plain: &mut [u8]) {
    debug_assert_eq!(plain.len(), CLASSIC_LEN);
    let mut out = Writer::new(plain);
    out.put([VERSION << 1 | u8::from(session.secure)]);
    out.put(secs(session.last_seen).to_be_bytes());
    out.put(secs(session.first_seen).to_be_bytes());
    out.put(group_hint(session.group));
    out.put(session.target.get().to_be_bytes());
    out.put(*session.id.as_bytes());
    debug_assert_eq!(out.remaining(), 0);
}

/// Reads the plaintext of a Classic token; no content if it is of another target group.
pub(super) fn read_classic(
    key: KeyId,
    group: TargetGroupKey,
    plain: &[u8],
) -> Result<Opened<Option<Session>>, Invalid> {
    let read = |mut rest: &[u8]| {
        let [head] = take(&mut rest)?;
        let last_seen = Timestamp::from_secs(u32::from_be_bytes(take(&mut rest)?).into());
        let first_seen = Timestamp::from_secs(u32::from_be_bytes(take(&mut rest)?).into());
        let hint: [u8; 4] = take(&mut rest)?;
        let target = TargetKey::new(u64::from_be_bytes(take(&mut rest)?));
        let id = SessionId::from_bytes(take(&mut rest)?);
        if head >> 1 != VERSION || !rest.is_empty() {
            return None;
        }
        let (secure, left) = (head & 1 != 0, Default::default());
        let session = Session { group, target, id, epoch: 0, first_seen, last_seen, left, secure };
        Some(Opened { key, content: (hint == group_hint(group)).then_some(session) })
    };
    read(plain).ok_or(Invalid::Format)
}

/// Enough of a target group's key to tell a load balancer's target groups apart. The target's own key, which is of
/// full length, is what keeps a session in its target group.
fn group_hint(group: TargetGroupKey) -> [u8; 4] {
    let [.., a, b, c, d] = group.get().to_be_bytes();
    [a, b, c, d]
}

fn secs(moment: Timestamp) -> u32 {
    u32::try_from(moment.as_secs()).unwrap_or(u32::MAX)
}
