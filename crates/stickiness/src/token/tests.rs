//! Tokens against those who would change them.

use std::collections::HashSet;

use base64_simd::STANDARD;
use elbow_model::Timestamp;
use elbow_model::key::{LoadBalancerKey, TargetKey};
use proptest::prelude::*;

use super::*;
use crate::testing::*;

fn sessions(count: usize) -> impl Strategy<Value = Vec<Session>> {
    let session = (any::<[u8; 16]>(), any::<[u64; 4]>(), any::<u16>()).prop_map(
        |(id, [group, target, first, last], epoch)| Session {
            group: TargetGroupKey::new(group),
            target: TargetKey::new(target),
            id: SessionId::from_bytes(id),
            epoch,
            first_seen: Timestamp::from_millis(first >> 16),
            last_seen: Timestamp::from_millis(last >> 16),
            left: Left::default(),
            secure: false,
        },
    );
    prop::collection::vec(session, 1..=count)
}

fn sealed(node: &Node, kind: Kind, session: &Session) -> String {
    let mut out = Vec::new();
    let mut rng = node.rng.clone();
    match kind {
        Kind::Classic => seal_classic(&node.context(), session, &mut rng, &mut out).unwrap(),
        Kind::Application => out = seal_application(&node.context(), &[*session], &mut rng).unwrap(),
        kind => seal(&node.context(), kind, session, &mut rng, &mut out).unwrap(),
    }
    String::from_utf8(out).unwrap()
}

fn opens(node: &Node, kind: Kind, value: &[u8]) -> Result<(), Invalid> {
    let context = node.context();
    match kind {
        Kind::Target => open_target(&context, value).map(|_| ()),
        Kind::Group => open_group(&context, value).map(|_| ()),
        Kind::Application => open_application(&context, value).map(|_| ()),
        Kind::Classic => open_classic(&context, GROUP, value).map(|_| ()),
    }
}

const KINDS: [Kind; 4] = [Kind::Target, Kind::Group, Kind::Application, Kind::Classic];

fn any_session() -> Session {
    Session::begin(&Node::new().context(), GROUP, A, &mut Node::new().rng)
}

#[test]
fn s12_each_kind_has_one_length() {
    let node = Node::new();
    let lengths = KINDS.map(|kind| sealed(&node, kind, &any_session()).len());
    assert_eq!(lengths, [124, 172, 144, 138]);
    let raw = STANDARD.decode_to_vec(sealed(&node, Kind::Application, &any_session())).unwrap();
    assert_eq!((raw.len(), raw.get(..8)), (106, Some(&[0; 8][..])));
}

#[test]
fn every_changed_bit_of_every_kind_is_noticed() {
    let node = Node::new();
    for kind in KINDS {
        let value = sealed(&node, kind, &any_session()).into_bytes();
        assert_eq!(opens(&node, kind, &value), Ok(()));
        for (place, bit) in (0..value.len()).flat_map(|place| (0..8).map(move |bit| (place, bit))) {
            let mut changed = value.clone();
            changed[place] ^= 1 << bit;
            assert!(opens(&node, kind, &changed).is_err(), "{kind:?} byte {place} bit {bit}");
        }
    }
}

#[test]
fn every_truncation_and_extension_is_noticed() {
    let node = Node::new();
    for kind in KINDS {
        let value = sealed(&node, kind, &any_session());
        for length in 0..value.len() {
            assert!(opens(&node, kind, &value.as_bytes()[..length]).is_err(), "{kind:?} {length}");
            assert!(opens(&node, kind, &value.as_bytes()[length + 1..]).is_err(), "{kind:?} {length}");
        }
        for more in ["A", "AAAA", "=", "==", " "] {
            assert!(opens(&node, kind, format!("{value}{more}").as_bytes()).is_err(), "{kind:?} {more}");
        }
    }
}

#[test]
fn no_two_values_are_alike() {
    let mut node = Node::new();
    for kind in KINDS {
        let mut seen = HashSet::new();
        for _ in 0..2_000 {
            rand_core::Rng::next_u64(&mut node.rng);
            assert!(seen.insert(sealed(&node, kind, &any_session())));
        }
        let first: HashSet<_> = seen.iter().map(|value| value[11..15].to_owned()).collect();
        assert!(first.len() > 1_900, "and none has a prefix in common beyond the zeros of AWSALBAPP-0");
    }
}

#[test]
fn a_token_is_bound_to_its_kind_and_unless_layers_share_it_to_its_load_balancer() {
    let node = Node::new();
    let other = Node { load_balancer: LoadBalancerKey::new(9), ..Node::new() };
    for kind in KINDS {
        let value = sealed(&node, kind, &any_session());
        let elsewhere = opens(&other, kind, value.as_bytes());
        match kind {
            Kind::Application => assert!(elsewhere.is_ok(), "S49"),
            _ => assert_eq!(elsewhere, Err(Invalid::Seal)),
        }
        for wrong in KINDS.into_iter().filter(|wrong| *wrong != kind) {
            assert!(opens(&node, wrong, value.as_bytes()).is_err(), "{kind:?} as {wrong:?}");
        }
    }
}

/// Seals a plaintext of our own making, as a later version of this program would.
fn sealed_plain(node: &Node, kind: Kind, raw_len: usize, plain: &[u8]) -> Vec<u8> {
    let mut raw = vec![0; raw_len];
    let place = envelope::plain_mut(&mut raw);
    place[..plain.len()].copy_from_slice(plain);
    envelope::seal(&node.context(), kind, &mut raw, &mut node.rng.clone()).unwrap();
    raw
}

#[test]
fn contents_that_are_not_known_here_are_refused() {
    let node = Node::new();
    let mut good = [0; 61];
    layout::write(Kind::Target, &[any_session()], &mut good);
    let table: [(&str, usize, u8, Result<(), Invalid>); 6] = [
        ("as written", 0, 1, Ok(())),
        ("later version", 0, 2, Err(Invalid::Format)),
        ("another kind", 1, 2, Err(Invalid::Format)),
        ("unknown flag", 2, 2, Err(Invalid::Format)),
        ("two sessions", 3, 2, Err(Invalid::Format)),
        ("left-over byte", 60, 1, Err(Invalid::Format)),
    ];
    for (story, place, byte, result) in table {
        let mut plain = good;
        plain[place] = byte;
        let raw = sealed_plain(&node, Kind::Target, layout::TARGET_RAW, &plain);
        let value: Vec<u8> = STANDARD.encode_type(raw);
        assert_eq!(open_target(&node.context(), &value).map(|_| ()), result, "{story}");
    }
    let raw = sealed_plain(&node, Kind::Classic, layout::CLASSIC_RAW, &[2 << 1]);
    let value: String = raw.iter().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(open_classic(&node.context(), GROUP, value.as_bytes()).map(|_| ()), Err(Invalid::Format));
}

proptest! {
    #[test]
    fn what_is_sealed_is_opened(sessions in sessions(SESSIONS_MAX), secure: bool) {
        let node = Node::new();
        let sessions: Vec<_> = sessions.into_iter().map(|session| Session { secure, ..session }).collect();
        for (kind, opened) in [(Kind::Target, open_target as fn(&_, &_) -> _), (Kind::Group, open_group)] {
            let value = sealed(&node, kind, &sessions[0]);
            let opened: Result<Opened, Invalid> = opened(&node.context(), value.as_bytes());
            prop_assert_eq!(opened, Ok(Opened { key: node.keys.issuing(node.now).id, content: sessions[0] }));
        }
        let value = seal_application(&node.context(), &sessions, &mut node.rng.clone()).unwrap();
        prop_assert_eq!(value.len(), (52 + 54 * sessions.len()).div_ceil(3) * 4);
        prop_assert_eq!(open_application(&node.context(), &value).map(|opened| opened.content), Ok(sessions));
    }

    #[test]
    fn a_splice_of_two_tokens_is_noticed(first: u64, second: u64, cut in 1usize..123) {
        let node = Node::new();
        let mut rng = node.rng.clone();
        let mut token = |target| {
            let mut out = Vec::new();
            let session = Session::begin(&node.context(), GROUP, TargetKey::new(target), &mut rng);
            seal(&node.context(), Kind::Target, &session, &mut rng, &mut out).unwrap();
            out
        };
        let (first, second) = (token(first), token(second));
        let spliced = [&first[..cut], &second[cut..]].concat();
        prop_assume!(spliced != first && spliced != second);
        prop_assert!(open_target(&node.context(), &spliced).is_err());
    }

    #[test]
    fn any_bytes_are_refused_without_panic(value in prop::collection::vec(any::<u8>(), 0..400)) {
        let node = Node::new();
        for kind in KINDS {
            prop_assert!(opens(&node, kind, &value).is_err());
        }
    }

    #[test]
    fn any_base64_is_refused_without_panic(raw in prop::collection::vec(any::<u8>(), 0..200), zeros in 0usize..9) {
        let node = Node::new();
        let mut prefixed = vec![0; zeros];
        prefixed.extend(raw);
        let value: Vec<u8> = STANDARD.encode_type(prefixed);
        for kind in KINDS {
            prop_assert!(opens(&node, kind, &value).is_err());
        }
    }
}
