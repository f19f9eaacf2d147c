//! Every record that was ever written stays readable, and what is written today is what is in `golden/`.

use std::collections::BTreeSet;

mod samples;

use samples::{ACM, old_samples, samples};

use super::*;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");

fn key() -> MasterKey {
    MasterKey::from_bytes(&[0x42; 32]).unwrap()
}

fn golden(name: &str) -> Row {
    let path = format!("{GOLDEN}/{name}.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let body = text.strip_suffix('\n').unwrap().to_owned();
    let (kind, version) = name.split_once(".v").unwrap();
    let version = &version[..1];
    let entity = samples().into_iter().chain(old_samples()).find(|(sample, _)| *sample == name).unwrap().1;
    Row { kind: kind.to_owned(), id: place(&entity.key()).id, version: version.parse().unwrap(), body }
}

/// The JSON of a golden row, read into its shape and written again.
fn rewritten(row: &Row) -> String {
    fn again<R: Serialize + DeserializeOwned>(body: &str) -> String {
        serde_json::to_string(&serde_json::from_str::<R>(body).unwrap()).unwrap()
    }
    match row.kind.as_str() {
        CREDENTIAL => again::<CredentialRecord>(&row.body),
        KEY_GENERATION => again::<KeyGenerationRecord>(&row.body),
        CERTIFICATE => again::<CertificateRecord>(&row.body),
        AUTHORITY => again::<AuthorityRecord>(&row.body),
        STACK => again::<StackRecord>(&row.body),
        _ => encode(&decode(row, &key()).unwrap(), &key()).unwrap().body,
    }
}

#[test]
fn golden_records_are_read_and_written_to_the_byte() {
    for (name, entity) in samples() {
        let row = golden(name);
        assert_eq!(decode(&row, &key()).unwrap(), entity, "{name}");
        assert_eq!(rewritten(&row), row.body, "{name}");
        let written = encode(&entity, &key()).unwrap();
        assert_eq!((&written.kind, &written.id, written.version), (&row.kind, &row.id, row.version));
        assert_eq!(decode(&written, &key()).unwrap(), entity, "{name}");
    }
}

#[test]
fn what_an_earlier_elbow_wrote_is_lifted() {
    for (name, entity) in old_samples() {
        assert_eq!(decode(&golden(name), &key()).unwrap(), entity, "{name}");
    }
}

#[test]
fn every_golden_file_has_its_sample() {
    let known: BTreeSet<String> =
        samples().iter().chain(&old_samples()).map(|(name, _)| format!("{name}.json")).collect();
    let files = std::fs::read_dir(GOLDEN).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    let records: BTreeSet<String> = files.filter(|name| !name.starts_with("export.")).collect();
    assert_eq!(records, known);
}

#[test]
fn secrets_are_nowhere_in_clear() {
    let private_key = include_str!("../../tests/pem/certificate.key").lines().nth(1).unwrap();
    for (name, entity) in samples() {
        let body = encode(&entity, &key()).unwrap().body;
        assert!(!body.contains("not-a-secret-at-all") && !body.contains("c2l4dGVlbiBieXRlcyBvaw"), "{name}");
        assert!(!body.contains(private_key), "{name}");
    }
}

#[test]
fn what_a_later_elbow_wrote_is_not_guessed_at() {
    for (name, _) in samples() {
        let later = Row { version: golden(name).version + 1, ..golden(name) };
        assert!(matches!(decode(&later, &key()), Err(Unreadable::Newer(_))), "{name}");
        let mut field = golden(name);
        field.body.insert_str(1, "\"new_field\":1,");
        let refused = decode(&field, &key());
        assert!(
            matches!(&refused, Err(Unreadable::Damaged(why)) if why.contains("new_field")),
            "{refused:?}"
        );
    }
    let kind = Row { kind: "gadget".to_owned(), ..golden("subnet.v1") };
    assert!(matches!(decode(&kind, &key()), Err(Unreadable::Newer(why)) if why.contains("gadget")));
}

#[test]
fn a_damaged_record_is_refused_and_named() {
    for (name, _) in samples() {
        let id = golden(name).id;
        for end in 0..golden(name).body.len() {
            let mut row = golden(name);
            row.body.truncate(end);
            let refused = decode(&row, &key());
            assert!(matches!(&refused, Err(Unreadable::Damaged(why)) if why.contains(&id)), "{refused:?}");
        }
        let moved = Row { id: format!("{id}0"), ..golden(name) };
        assert!(matches!(decode(&moved, &key()), Err(Unreadable::Damaged(_))), "{name}");
        let unknown = Row { version: 0, ..golden(name) };
        assert!(matches!(decode(&unknown, &key()), Err(Unreadable::Damaged(_))), "{name}");
    }
}

#[test]
fn a_certificate_must_be_whole() {
    let other = "arn:aws:acm:us-east-1:000000000000:certificate/868a367f-151a-44d1-b930-daf7f28093e7";
    let body = golden("certificate.v1").body;
    let (_, certificate) = body.split_once("\"certificate\":\"").unwrap();
    let (certificate, _) = certificate.split_once('"').unwrap();
    let (_, chain) = body.split_once("\"chain\":[\"").unwrap();
    let (chain, _) = chain.split_once('"').unwrap();
    for (from, to) in [(ACM, other), ("imported", "found"), (chain, certificate), (certificate, chain)] {
        let row = Row { body: body.replacen(from, to, 1), ..golden("certificate.v1") };
        assert!(matches!(decode(&row, &key()), Err(Unreadable::Damaged(_))), "{to}");
    }
}

#[test]
fn a_trust_store_must_be_whole() {
    let body = golden("trust_store.v2").body;
    let file = |name: &str| {
        let (_, rest) = body.split_once(&format!("\"{name}\":\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let (bundle, list) = (file("bundle"), file("content"));
    let swapped = [(&bundle, &list), (&list, &bundle), (&bundle, &String::new())];
    for (from, to) in swapped {
        let row = Row { body: body.replacen(from.as_str(), to, 1), ..golden("trust_store.v2") };
        assert!(matches!(decode(&row, &key()), Err(Unreadable::Damaged(_))), "{to}");
    }
    for next in ["3", "18446744073709551615"] {
        let body = body.replace("\"next_revocation\":7", &format!("\"next_revocation\":{next}"));
        let refused = decode(&Row { body, ..golden("trust_store.v2") }, &key());
        assert!(
            matches!(refused, Err(Unreadable::Damaged(why)) if why.contains("next_revocation")),
            "{next}"
        );
    }
}

#[test]
fn a_secret_in_clear_or_of_another_is_refused() {
    let mut clear = golden("credential.v1");
    clear.body = clear.body.replace("sealed_secret", "secret");
    assert!(matches!(decode(&clear, &key()), Err(Unreadable::Damaged(_))));
    let mut moved = golden("credential.v1");
    moved.body = moved.body.replace("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLF");
    moved.id = "AKIAIOSFODNN7EXAMPLF".to_owned();
    let refused = decode(&moved, &key());
    assert!(matches!(&refused, Err(Unreadable::Damaged(why)) if why.contains("master key")), "{refused:?}");
}
