//! Trust stores, their revocations, and the listeners and target groups that use them (R32).

use bytes::Bytes;
use elbow_certificates::authority;
use elbow_certificates::pem;
use http::Request;

use crate::secure_listeners::secure;
use crate::world::{Parameters, World, block_on};

/// Two revoked certificates.
const LIST: &[u8] = include_bytes!("../pem/list.pem");
/// Who has issued it.
const ISSUER: &[u8] = include_bytes!("../pem/authority.pem");
const MODE: &str = "MutualAuthentication.Mode";
const STORE: &str = "MutualAuthentication.TrustStoreArn";
const IGNORE_EXPIRY: &str = "MutualAuthentication.IgnoreClientCertificateExpiry";
const ADVERTISE: &str = "MutualAuthentication.AdvertiseTrustStoreCaNames";

/// The parameters of a file in the bucket `trust`.
fn bundle<'a>(key: &'a str, more: Parameters<'a>) -> Vec<(&'a str, &'a str)> {
    let file = [("CaCertificatesBundleS3Bucket", "trust"), ("CaCertificatesBundleS3Key", key)];
    [&file, more].concat()
}

fn list<'a>(store: &'a str, key: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("TrustStoreArn", store),
        ("RevocationContents.member.1.S3Bucket", "trust"),
        ("RevocationContents.member.1.S3Key", key),
        ("RevocationContents.member.1.RevocationType", "CRL"),
    ]
}

impl World {
    pub(crate) fn authority_pem(&self) -> String {
        pem::certificate(&authority::create(self.now()).unwrap().certificate)
    }

    /// A trust store with one authority, by its ARN.
    fn create_trust_store(&self, name: &str) -> String {
        self.put_file("ca.pem", self.authority_pem().as_bytes());
        let answer = self.ok("CreateTrustStore", &bundle("ca.pem", &[("Name", name)]));
        answer.value("TrustStores/member/TrustStoreArn")
    }

    /// What is at an address that the API gave out: status and body.
    fn fetch(&self, location: &str) -> (u16, Vec<u8>) {
        let target = location.strip_prefix("http://127.0.0.1:7070").unwrap();
        let request = Request::get(target).header("host", "127.0.0.1:7070").body(Bytes::new()).unwrap();
        let response = block_on(self.api.handle(request));
        (response.status().as_u16(), response.body().to_vec())
    }
}

#[test]
fn a_trust_store_is_shown_until_it_is_deleted() {
    let world = World::new();
    world.put_file("two.pem", format!("{}{}", world.authority_pem(), world.authority_pem()).as_bytes());
    let tag = [("Name", "staff"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "doors")];
    let made = world.ok("CreateTrustStore", &bundle("two.pem", &tag));
    let arn = made.value("TrustStores/member/TrustStoreArn");
    assert!(
        arn.starts_with("arn:aws:elasticloadbalancing:us-east-1:000000000000:truststore/staff/"),
        "{arn}"
    );
    for by in [("TrustStoreArns.member.1", arn.as_str()), ("Names.member.1", "staff"), ("PageSize", "1")] {
        let shown = world.ok("DescribeTrustStores", &[by]);
        assert_eq!(shown.value("TrustStores/member/Status"), "ACTIVE");
        assert_eq!(shown.value("TrustStores/member/NumberOfCaCertificates"), "2");
        assert_eq!(shown.value("TrustStores/member/TotalRevokedEntries"), "0");
    }
    let tags = world.ok("DescribeTags", &[("ResourceArns.member.1", &arn)]);
    assert_eq!(tags.value("TagDescriptions/member/Tags/member/Value"), "doors");
    world.ok("RemoveTags", &[("ResourceArns.member.1", &arn), ("TagKeys.member.1", "team")]);
    world.put_file("one.pem", world.authority_pem().as_bytes());
    let changed = world.ok("ModifyTrustStore", &bundle("one.pem", &[("TrustStoreArn", &arn)]));
    assert_eq!(changed.value("TrustStores/member/NumberOfCaCertificates"), "1");
    let elsewhere = world.in_region("eu-west-1");
    assert_eq!(elsewhere.ok("DescribeTrustStores", &[]).count("TrustStores/member"), 0);
    elsewhere.refused("DeleteTrustStore", &[("TrustStoreArn", &arn)], "TrustStoreNotFound", "not found");
    world.ok("DeleteTrustStore", &[("TrustStoreArn", &arn)]);
    world.refused("DescribeTrustStores", &[("Names.member.1", "staff")], "TrustStoreNotFound", "not found");
    world.refused("DeleteTrustStore", &[("TrustStoreArn", &arn)], "TrustStoreNotFound", "not found");
    let gone = [("TrustStoreArn", arn.as_str())];
    world.refused("ModifyTrustStore", &bundle("absent.pem", &gone), "TrustStoreNotFound", "not found");
    world.refused("DeleteTrustStore", &[("TrustStoreArn", "x")], "ValidationError", "trust store ARN");
}

#[test]
fn a_bundle_that_is_none_is_refused_with_the_reason() {
    let world = World::new();
    world.put_file("none.pem", b"nothing");
    world.put_file("leaf.pem", world.certificate_parts("x")[1].1.as_bytes());
    world.put_file("many.pem", world.authority_pem().repeat(26).as_bytes());
    world.put_file("away", b"away");
    world.put_file("good.pem", world.authority_pem().as_bytes());
    let name = ("Name", "staff");
    let invalid = "InvalidCaCertificatesBundle";
    for (key, code, message) in [
        ("absent.pem", "CaCertificatesBundleNotFound", "s3://trust/absent.pem"),
        ("../ca.pem", "CaCertificatesBundleNotFound", "not the key"),
        ("none.pem", invalid, "PEM"),
        ("leaf.pem", invalid, "CA:TRUE"),
        ("many.pem", invalid, "more certificates"),
        ("away", "ServiceUnavailable", "nobody answers"),
    ] {
        world.refused("CreateTrustStore", &bundle(key, &[name]), code, message);
    }
    world.refused("CreateTrustStore", &[name], "ValidationError", "caCertificatesBundleS3Bucket");
    world.refused("CreateTrustStore", &bundle("good.pem", &[("Name", "a--b")]), "ValidationError", "a--b");
    world.create_trust_store("staff");
    world.refused("CreateTrustStore", &bundle("good.pem", &[name]), "DuplicateTrustStoreName", "staff");
    for number in 1..20 {
        world.create_trust_store(&format!("more-{number}"));
    }
    let one_more = bundle("good.pem", &[("Name", "last")]);
    world.refused("CreateTrustStore", &one_more, "TooManyTrustStores", "more than 20");
}

#[test]
fn revocations_are_numbered_and_counted() {
    let world = World::new();
    let store = world.create_trust_store("staff");
    world.put_file("list.pem", LIST);
    let of_store = ("TrustStoreArn", store.as_str());
    for number in ["1", "2"] {
        let added = world.ok("AddTrustStoreRevocations", &list(&store, "list.pem"));
        assert_eq!(added.value("TrustStoreRevocations/member/RevocationId"), number);
        assert_eq!(added.value("TrustStoreRevocations/member/NumberOfRevokedEntries"), "2");
    }
    let shown = world.ok("DescribeTrustStores", &[]);
    assert_eq!(shown.value("TrustStores/member/TotalRevokedEntries"), "4");
    world.ok("RemoveTrustStoreRevocations", &[of_store, ("RevocationIds.member.1", "1")]);
    let shown = world.ok("DescribeTrustStoreRevocations", &[of_store]);
    assert_eq!(shown.values("TrustStoreRevocations/member/RevocationId"), ["2"]);
    // The number of one that is gone never means another.
    world.ok("RemoveTrustStoreRevocations", &[of_store, ("RevocationIds.member.1", "2")]);
    let added = world.ok("AddTrustStoreRevocations", &list(&store, "list.pem"));
    assert_eq!(added.value("TrustStoreRevocations/member/RevocationId"), "3");
    for action in ["RemoveTrustStoreRevocations", "DescribeTrustStoreRevocations"] {
        let named = [of_store, ("RevocationIds.member.1", "3"), ("RevocationIds.member.2", "2")];
        world.refused(action, &named, "RevocationIdNotFound", "not found");
        world.refused(action, &[of_store, ("RevocationIds.member.1", "-2")], "ValidationError", "'-2'");
    }
}

#[test]
fn a_file_of_revocations_that_is_none_is_refused() {
    let world = World::new();
    let store = world.create_trust_store("staff");
    world.put_file("list.pem", LIST);
    let add =
        |key, code, message| world.refused("AddTrustStoreRevocations", &list(&store, key), code, message);
    add("absent", "RevocationContentNotFound", "s3://trust/absent");
    add("ca.pem", "InvalidRevocationContent", "X509 CRL");
    world.refused(
        "AddTrustStoreRevocations",
        &[("TrustStoreArn", &store)],
        "ValidationError",
        "at least one",
    );
    let mut other = list(&store, "list.pem");
    other[3].1 = "OCSP";
    world.refused("AddTrustStoreRevocations", &other, "ValidationError", "enum value set");
    for _ in 0..30 {
        world.ok("AddTrustStoreRevocations", &list(&store, "list.pem"));
    }
    add("list.pem", "TooManyTrustStoreRevocationEntries", "more than 30 revocation files");
}

#[test]
fn a_list_that_would_have_all_clients_refused_is_not_taken() {
    let world = World::new();
    world.put_file("issuer.pem", ISSUER);
    let made = world.ok("CreateTrustStore", &bundle("issuer.pem", &[("Name", "staff")]));
    let store = made.value("TrustStores/member/TrustStoreArn");
    world.put_file("list.pem", LIST);
    let forged = String::from_utf8(LIST.to_vec()).unwrap().replace("+Dw=", "+Ew=");
    world.put_file("forged.pem", forged.as_bytes());
    let refused = |key, message| {
        let add = "AddTrustStoreRevocations";
        world.refused(add, &list(&store, key), "InvalidRevocationContent", message);
    };
    refused("list.pem", "not yet in force");
    // It is in force from December 2026 until 2036.
    world.pass_seconds(12 * 365 * 86400);
    refused("forged.pem", "no authority of the bundle with its issuer's name has signed it");
    world.ok("AddTrustStoreRevocations", &list(&store, "list.pem"));
    world.pass_seconds(12 * 365 * 86400);
    refused("list.pem", "its next update is due");
}

#[test]
fn a_bundle_that_its_lists_do_not_go_with_is_not_taken() {
    let world = World::new();
    let store = world.create_trust_store("staff");
    let forged = String::from_utf8(LIST.to_vec()).unwrap().replace("+Dw=", "+Ew=");
    world.put_file("forged.pem", forged.as_bytes());
    world.put_file("issuer.pem", ISSUER);
    // Nobody's list, until its issuer comes.
    world.ok("AddTrustStoreRevocations", &list(&store, "forged.pem"));
    let of_store = [("TrustStoreArn", store.as_str())];
    let change = bundle("issuer.pem", &of_store);
    let message = "revocation file 1 does not go with it";
    world.refused("ModifyTrustStore", &change, "InvalidCaCertificatesBundle", message);
    let id = ("RevocationIds.member.1", "1");
    world.ok("RemoveTrustStoreRevocations", &[("TrustStoreArn", &store), id]);
    world.ok("ModifyTrustStore", &change);
}

#[test]
fn files_are_fetched_where_the_api_says_for_ten_minutes() {
    let world = World::new();
    let store = world.create_trust_store("staff");
    world.put_file("list.pem", LIST);
    world.ok("AddTrustStoreRevocations", &list(&store, "list.pem"));
    let of_store = ("TrustStoreArn", store.as_str());
    let bundle = world.ok("GetTrustStoreCaCertificatesBundle", &[of_store]).value("Location");
    let id = ("RevocationId", "1");
    let revocation = world.ok("GetTrustStoreRevocationContent", &[of_store, id]).value("Location");
    let (status, body) = world.fetch(&bundle);
    assert!(status == 200 && body.starts_with(b"-----BEGIN CERTIFICATE-----"));
    assert_eq!(world.fetch(&revocation), (200, LIST.to_vec()));
    assert_eq!(world.fetch(&revocation.replace("/1?", "/2?")).0, 403);
    world.ok("RemoveTrustStoreRevocations", &[of_store, ("RevocationIds.member.1", "1")]);
    assert_eq!(world.fetch(&revocation).0, 404);
    world.pass_seconds(601);
    assert_eq!(world.fetch(&bundle).0, 403);
    world.refused("GetTrustStoreRevocationContent", &[of_store, id], "RevocationIdNotFound", "not found");
    world.refused("GetTrustStoreRevocationContent", &[of_store], "ValidationError", "revocationId");
}

#[test]
fn files_are_where_the_caller_has_reached_the_api_or_nowhere() {
    let world = World::new();
    let store = world.create_trust_store("staff");
    let body = format!(
        "Action=GetTrustStoreCaCertificatesBundle&Version=2015-12-01&TrustStoreArn={}",
        store.replace(':', "%3A").replace('/', "%2F")
    );
    let ask = |host: &str, forwarded: &str| {
        let request = Request::post("/").header("host", host).header("x-forwarded-proto", forwarded);
        let kind = "application/x-www-form-urlencoded";
        let request = request.header("content-type", kind).body(Bytes::from(body.clone())).unwrap();
        world.send(world.signed(request))
    };
    let location = |host, forwarded| ask(host, forwarded).value("Location");
    assert!(location("api.test:7070", "http").starts_with("http://api.test:7070/trust-stores/"));
    assert!(location("api.test", "https").starts_with("https://api.test/trust-stores/"));
    for host in ["evil.test/path?", "user@evil.test", "evil.test, api.test"] {
        let answer = ask(host, "http");
        assert_eq!((answer.status, answer.value("Error/Code").as_str()), (400, "ValidationError"), "{host}");
        assert!(!answer.text.contains("evil"), "{}", answer.text);
    }
}

/// R32.
#[test]
fn a_listener_verifies_clients_and_keeps_its_trust_store() {
    let world = World::new();
    let store = world.create_trust_store("staff");
    let certificate = world.upload_certificate("shop");
    let listener = world.create_secure_listener("443", &certificate);
    let of = ("ListenerArn", listener.as_str());
    let verify = [of, (MODE, "verify"), (STORE, &store), (ADVERTISE, "on"), (IGNORE_EXPIRY, "true")];
    world.ok("ModifyListener", &verify);
    // What says nothing of it leaves it.
    world.ok("ModifyListener", &[of, ("Port", "444")]);
    let shown = world.ok("DescribeListeners", &[("ListenerArns.member.1", &listener)]);
    let part = |name: &str| shown.value(&format!("Listeners/member/MutualAuthentication/{name}"));
    assert_eq!((part("Mode"), part("TrustStoreArn")), ("verify".to_owned(), store.clone()));
    assert_eq!(
        (part("IgnoreClientCertificateExpiry"), part("AdvertiseTrustStoreCaNames")),
        ("true".into(), "on".into())
    );
    assert_eq!(part("TrustStoreAssociationStatus"), "active");
    let users = world.ok("DescribeTrustStoreAssociations", &[("TrustStoreArn", &store)]);
    assert_eq!(users.value("TrustStoreAssociations/member/ResourceArn"), listener);
    world.refused("DeleteTrustStore", &[("TrustStoreArn", &store)], "TrustStoreInUse", &listener);
    let association = |resource| [("TrustStoreArn", store.as_str()), ("ResourceArn", resource)];
    let delete = "DeleteSharedTrustStoreAssociation";
    world.refused(delete, &association(&listener), "DeleteAssociationSameAccount", "within the account");
    world.refused(delete, &association("arn:aws:x"), "AssociationNotFound", "not associated");
    world.ok("ModifyListener", &[of, (MODE, "passthrough")]);
    world.ok("DeleteTrustStore", &[("TrustStoreArn", &store)]);
    let shown = world.ok("DescribeListeners", &[("ListenerArns.member.1", &listener)]);
    assert_eq!(shown.value("Listeners/member/MutualAuthentication/Mode"), "passthrough");
    world.refused("GetResourcePolicy", &[("ResourceArn", &store)], "ResourceNotFound", "no policy");
}

/// R32.
#[test]
fn what_does_not_go_with_a_mode_is_refused() {
    let world = World::new();
    let store = world.create_trust_store("staff");
    let certificate = world.upload_certificate("shop");
    let (balancer, group) = (world.create_load_balancer("shop"), world.create_target_group("carts"));
    let given = secure(&balancer, "443", &group, &certificate);
    let gone = store.replace("/staff/", "/other/");
    let table: &[(Parameters<'_>, &str, &str)] = &[
        (&[(MODE, "verify"), (STORE, &gone)], "TrustStoreNotFound", "not found"),
        (&[(MODE, "verify"), (STORE, "x")], "ValidationError", "trust store ARN"),
        (&[(MODE, "verify")], "ValidationError", "A trust store must be specified"),
        (&[(STORE, &store)], "ValidationError", "mode must be specified"),
        (&[(MODE, "off"), (STORE, &store)], "ValidationError", "A trust store cannot be specified"),
        (
            &[(MODE, "passthrough"), (IGNORE_EXPIRY, "true")],
            "ValidationError",
            "IgnoreClientCertificateExpiry",
        ),
        (&[(MODE, "off"), (ADVERTISE, "on")], "ValidationError", "AdvertiseTrustStoreCaNames"),
        (&[(MODE, "verify"), (STORE, &store), (ADVERTISE, "yes")], "ValidationError", "enum value set"),
    ];
    for (more, code, message) in table {
        world.refused("CreateListener", &[&given, *more].concat(), code, message);
    }
    world.ok("CreateListener", &[&given[..], &[(MODE, "passthrough"), (IGNORE_EXPIRY, "false")]].concat());
}

#[test]
fn targets_are_checked_with_a_trust_store_that_is_there() {
    let world = World::new();
    let (store, group) = (world.create_trust_store("inside"), world.create_target_group("carts"));
    let gone = store.replace("/inside/", "/other/");
    let set = |key: &'static str, value| {
        [
            ("TargetGroupArn", group.as_str()),
            ("Attributes.member.1.Key", key),
            ("Attributes.member.1.Value", value),
        ]
    };
    let (verify, trust_store) = ("elbow.target_tls.verify", "elbow.target_tls.trust_store");
    let modify = "ModifyTargetGroupAttributes";
    world.refused(modify, &set(verify, "true"), "InvalidConfigurationRequest", "must be set when");
    world.refused(modify, &set(trust_store, "x"), "ValidationError", "the ARN of a trust store");
    world.refused(modify, &set(trust_store, &gone), "TrustStoreNotFound", "not found");
    world.ok(modify, &set(trust_store, &store));
    world.ok(modify, &set(verify, "true"));
    world.refused("DeleteTrustStore", &[("TrustStoreArn", &store)], "TrustStoreInUse", &group);
    world.ok(modify, &set(verify, "false"));
    world.ok(modify, &set(trust_store, ""));
    world.ok("DeleteTrustStore", &[("TrustStoreArn", &store)]);
}
