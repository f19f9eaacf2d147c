//! Server certificates of IAM.

use crate::world::World;

/// A parameter.
fn given(name: &'static str, value: &str) -> (&'static str, String) {
    (name, value.to_owned())
}

#[test]
fn what_is_uploaded_is_shown_in_every_region_until_it_is_deleted() {
    let world = World::new();
    let arn = world.upload_certificate("shop");
    assert_eq!(arn, "arn:aws:iam::000000000000:server-certificate/shop");
    let elsewhere = world.in_region("eu-west-1");
    let name = given("ServerCertificateName", "SHOP");
    let shown = elsewhere.iam("GetServerCertificate", &[&name]);
    let metadata = |of: &str| shown.value(&format!("ServerCertificate/ServerCertificateMetadata/{of}"));
    assert_eq!((metadata("Arn"), metadata("Path")), (arn, "/".to_owned()));
    assert_eq!(metadata("UploadDate"), "2015-08-30T12:36:00Z");
    assert!(metadata("ServerCertificateId").starts_with("ASCA"));
    assert!(shown.value("ServerCertificate/CertificateBody").starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(!shown.text.contains("PRIVATE"));
    assert_eq!(world.iam("DeleteServerCertificate", &[&name]).status, 200);
    let gone = world.iam("GetServerCertificate", &[&name]);
    assert_eq!((gone.status, gone.value("Error/Code")), (404, "NoSuchEntity".to_owned()));
}

#[test]
fn what_does_not_belong_together_is_refused_without_showing_it() {
    let world = World::new();
    world.upload_certificate("taken");
    let good = || world.certificate_parts("shop");
    let [_, _, other_key, other_chain] = good();
    let long = given("PrivateKey", &"secret".repeat(4_000));
    let table = [
        (2, other_key, 400, "KeyPairMismatch"),
        (3, other_chain, 400, "MalformedCertificate"),
        (2, given("PrivateKey", "secret"), 400, "MalformedCertificate"),
        (2, long, 400, "ValidationError"),
        (1, given("CertificateBody", ""), 400, "ValidationError"),
        (0, given("ServerCertificateName", "a/b"), 400, "ValidationError"),
        (0, given("ServerCertificateName", "TAKEN"), 409, "EntityAlreadyExists"),
    ];
    for (index, wrong, status, code) in table {
        let mut parts = good();
        parts[index] = wrong;
        let before = world.revision();
        let answer = world.iam("UploadServerCertificate", &parts.each_ref());
        assert_eq!((answer.status, answer.value("Error/Code").as_str()), (status, code), "{}", answer.text);
        assert!(!answer.text.contains("secret"), "{}", answer.text);
        assert_eq!(world.revision(), before);
    }
}

#[test]
fn a_certificate_needs_no_chain() {
    let world = World::new();
    let [name, body, key, _] = world.certificate_parts("shop");
    assert_eq!(world.iam("UploadServerCertificate", &[&name, &body, &key]).status, 200);
    let shown = world.iam("GetServerCertificate", &[&name]);
    assert_eq!(shown.count("ServerCertificate/CertificateChain"), 0);
}

#[test]
fn certificates_are_listed_by_path_and_in_pages() {
    let world = World::new();
    for name in ["c", "a", "b"] {
        world.upload_certificate(name);
    }
    let path = given("NewPath", "/carts/");
    world.iam("UpdateServerCertificate", &[&given("ServerCertificateName", "b"), &path]);
    let names = "ServerCertificateMetadataList/member/ServerCertificateName";
    let carts = world.iam("ListServerCertificates", &[&given("PathPrefix", "/carts")]);
    assert_eq!(carts.values(names), ["b"]);
    let two = given("MaxItems", "2");
    let first = world.iam("ListServerCertificates", &[&two]);
    assert_eq!(
        (first.values(names), first.value("IsTruncated")),
        (vec!["a".to_owned(), "b".to_owned()], "true".to_owned())
    );
    let rest = world.iam("ListServerCertificates", &[&two, &given("Marker", &first.value("Marker"))]);
    assert_eq!((rest.values(names), rest.value("IsTruncated")), (vec!["c".to_owned()], "false".to_owned()));
}

#[test]
fn a_certificate_has_tags() {
    let world = World::new();
    world.upload_certificate("shop");
    let name = given("ServerCertificateName", "shop");
    let tag = [given("Tags.member.1.Key", "team"), given("Tags.member.1.Value", "carts")];
    assert_eq!(world.iam("TagServerCertificate", &[&name, &tag[0], &tag[1]]).status, 200);
    let shown = world.iam("ListServerCertificateTags", &[&name]);
    assert_eq!(shown.pairs("Tags"), [("team".to_owned(), "carts".to_owned())]);
    world.iam("UntagServerCertificate", &[&name, &given("TagKeys.member.1", "team")]);
    assert_eq!(world.iam("ListServerCertificateTags", &[&name]).count("Tags/member"), 0);
}

#[test]
fn what_a_listener_has_is_not_deleted_and_listeners_follow_a_new_name() {
    let world = World::new();
    let arn = world.upload_certificate("shop");
    let listener = world.create_secure_listener("443", &arn);
    let name = given("ServerCertificateName", "shop");
    let refused = world.iam("DeleteServerCertificate", &[&name]);
    assert_eq!((refused.status, refused.value("Error/Code")), (409, "DeleteConflict".to_owned()));
    world.iam("UpdateServerCertificate", &[&name, &given("NewServerCertificateName", "store")]);
    let shown = world.ok("DescribeListeners", &[("ListenerArns.member.1", &listener)]);
    let renamed = "arn:aws:iam::000000000000:server-certificate/store";
    assert_eq!(shown.value("Listeners/member/Certificates/member/CertificateArn"), renamed);
}
