//! Stories of rotation.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

fn start() -> Timestamp {
    Timestamp::from_secs(1_700_000_000)
}

fn rng() -> ChaCha12Rng {
    ChaCha12Rng::seed_from_u64(7)
}

#[test]
fn a_new_generation_is_accepted_at_once_and_issues_only_when_promoted() {
    let first = Keyring::first(start(), &mut rng()).unwrap();
    let old = first.issuing(start()).id;
    let ring = first.rotate(start() + DAY, PROPAGATION, &mut rng_after()).unwrap();

    let before = start() + DAY + PROPAGATION - Duration::from_millis(1);
    assert_eq!(ring.issuing(before).id, old);
    assert_eq!(ring.accepting(before).count(), 2);

    let after = start() + DAY + PROPAGATION;
    assert_ne!(ring.issuing(after).id, old);
    assert_eq!(ring.accepting(after).count(), 2, "the old one still opens");
}

fn rng_after() -> ChaCha12Rng {
    ChaCha12Rng::seed_from_u64(8)
}

#[test]
fn an_old_generation_is_accepted_for_the_longest_duration_after_it_stopped_issuing() {
    let first = Keyring::first(start(), &mut rng()).unwrap();
    let old = first.issuing(start()).id;
    let ring = first.rotate(start(), PROPAGATION, &mut rng_after()).unwrap();
    let last = start() + PROPAGATION + ACCEPT_AFTER_ISSUING + CLOCK_SKEW_MAX;

    assert!(ring.opening(old, last).is_some());
    assert_eq!(ring.accepted_until(old), Some(last));
    let new = ring.issuing(last).id;
    assert_eq!(
        (ring.accepted_until(new), first.accepted_until(new)),
        (None, None),
        "its end is not known yet"
    );
    assert_eq!(ring.prune(last).unwrap().generations().count(), 2);

    let later = last + Duration::from_millis(1);
    assert!(ring.opening(old, later).is_none(), "even on a node that has not pruned yet");
    assert_eq!(ring.prune(later).unwrap().generations().count(), 1);
}

#[test]
fn daily_rotation_for_a_year_stays_small_and_prunes_itself() {
    let mut rng = rng();
    let mut ring = Keyring::first(start(), &mut rng).unwrap();
    for day in 1..=365u32 {
        let now = start() + DAY * day;
        assert!(ring.due(now, DAY));
        ring = ring.rotate(now, PROPAGATION, &mut rng).unwrap();
        assert!(!ring.due(now, DAY), "a fleet that has just rotated does not rotate again");
        assert!(ring.generations().count() <= 9 + 1);
    }
}

#[test]
fn a_node_whose_clock_is_before_the_first_generation_still_issues() {
    let ring = Keyring::first(start(), &mut rng()).unwrap();
    let early = start() - DAY;
    assert_eq!(ring.issuing(early).id, ring.issuing(start()).id);
}

#[test]
fn any_order_of_generations_gives_the_same_ring() {
    let mut rng = rng();
    let mut ring = Keyring::first(start(), &mut rng).unwrap();
    for day in 1..4u32 {
        ring = ring.rotate(start() + DAY * day, PROPAGATION, &mut rng).unwrap();
    }
    let list: Vec<_> = ring.generations().cloned().collect();
    let turned = Keyring::new(list.iter().rev().cloned().collect()).unwrap();
    assert_eq!(turned.generations().cloned().collect::<Vec<_>>(), list);
    for hour in 0..120u32 {
        let now = start() + Duration::from_secs(3600) * hour;
        assert_eq!(ring.issuing(now).id, turned.issuing(now).id);
    }
}

#[test]
fn wrong_lists_are_refused_with_the_reason() {
    let generation = Generation::fresh(start(), start(), &mut rng());
    let id = generation.id;
    let table = [
        (vec![], KeyringError::Empty),
        (vec![generation.clone(), generation.clone()], KeyringError::Duplicate(id)),
        (vec![generation; GENERATIONS_MAX + 1], KeyringError::TooMany),
    ];
    for (list, reason) in table {
        assert_eq!(Keyring::new(list).err(), Some(reason));
    }
}

#[test]
fn rotating_without_end_is_refused_and_harms_nothing() {
    let mut rng = rng();
    let mut ring = Keyring::first(start(), &mut rng).unwrap();
    for _ in 1..GENERATIONS_MAX {
        ring = ring.rotate(start(), PROPAGATION, &mut rng).unwrap();
    }
    assert_eq!(ring.rotate(start(), PROPAGATION, &mut rng).err(), Some(KeyringError::TooMany));
}

#[test]
fn a_ring_never_prints_its_secrets() {
    let generation = Generation {
        id: KeyId::new(1),
        created: start(),
        promote_at: start(),
        secret: Secret::from_bytes([0xab; 16]),
    };
    let ring = Keyring::new(vec![generation]).unwrap();
    let text = format!("{ring:?}");
    assert!(text.contains("Secret(..)"), "{text}");
    assert!(!text.contains("171") && !text.contains("abab"), "{text}");
}
