//! Target groups that ask their targets who they are (`elbow.target_tls.verify`), over either version of HTTP, and when they
//! ask anew.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;

use elbow_model::attribute::target_group;
use elbow_model::{Certificate, ProtocolVersion, TrustStore};
use elbow_proxy::Settings;
use elbow_proxy::health::Prober;
use h2::server;
use http::{HeaderMap, Request, Response};
use support::configuration::{GROUP, Setup};
use support::http2::{Http2, tell, whole};
use support::http2_target::Http2Target;
use support::pki::trust_store;
use support::target::Target;
use support::tls::Issuer;
use support::{PATIENCE, World};

/// What targets of HTTP/2 agree to by ALPN.
const HTTP2: &[&[u8]] = &[b"h2"];

/// A target over TLS, of any version, until it is dropped.
enum Any {
    Http1(Target),
    Http2(Http2Target),
}

impl Any {
    fn new(version: ProtocolVersion, certificate: &Certificate) -> Self {
        match version {
            ProtocolVersion::Http1 => Self::Http1(support::tls::target(certificate)),
            ProtocolVersion::Http2 => {
                let tls = Some((certificate, HTTP2));
                Self::Http2(Http2Target::with(&server::Builder::new(), tls, |call| call.answer("here")))
            }
            ProtocolVersion::Grpc => {
                let tls = Some((certificate, HTTP2));
                // The status that a check passes with by default (B14).
                Self::Http2(Http2Target::with(&server::Builder::new(), tls, |mut call| async move {
                    let status = [("grpc-status".parse().unwrap(), "12".parse().unwrap())];
                    let mut response = Response::new(());
                    *response.headers_mut() = HeaderMap::from_iter(status);
                    drop(call.respond.send_response(response, true));
                }))
            }
        }
    }

    fn address(&self) -> SocketAddr {
        match self {
            Self::Http1(target) => target.address,
            Self::Http2(target) => target.address,
        }
    }

    fn connections(&self) -> usize {
        match self {
            Self::Http1(target) => target.connections(),
            Self::Http2(target) => target.connections(),
        }
    }
}

/// A group of one target, which an authority of this trust store has to vouch for, by this name if it is not empty.
fn verifying(address: SocketAddr, version: ProtocolVersion, store: &TrustStore, name: &str) -> World {
    World::with(&[address], |setup| {
        let setup = setup.of_version(version).secure_targets().checked();
        let setup = setup.with(target_group::TARGET_TLS_VERIFY, "true");
        let setup = setup.with(target_group::TARGET_TLS_TRUST_STORE, &store.arn.to_string());
        let setup = setup.with(target_group::TARGET_TLS_SERVER_NAME, name);
        Setup { trust_stores: vec![store.clone()], ..setup }
    })
}

/// Whether the target answers one more request.
fn is_served(world: &World, version: ProtocolVersion) -> bool {
    let before = world.events.count();
    let request = match version {
        ProtocolVersion::Grpc => {
            Request::post("http://shop.test/shop.Carts/Show").header("content-type", "application/grpc")
        }
        ProtocolVersion::Http1 | ProtocolVersion::Http2 => Request::get("http://shop.test/"),
    };
    tell(async {
        let mut client = Http2::connect(world.address()).await;
        let (answer, _) = client.begin(request, true).await;
        whole(answer).await.unwrap();
    });
    world.events.wait(before + 1).pop().unwrap().target_status == Some(200)
}

#[test]
fn targets_of_every_version_can_be_made_to_show_who_they_are() {
    let (ours, theirs) = (Issuer::new(), Issuer::new());
    let store = trust_store(&ours.bundle(), &[]);
    for version in ProtocolVersion::ALL {
        for (issuer, name, wanted, expected) in [
            (&ours, "127.0.0.1", "", true),
            (&ours, "127.0.0.2", "", false),
            (&ours, "carts.internal", "", false),
            (&ours, "carts.internal", "carts.internal", true),
            (&ours, "*.carts.internal", "a.carts.internal", true),
            (&ours, "shops.internal", "carts.internal", false),
            (&theirs, "127.0.0.1", "", false),
        ] {
            let target = Any::new(version, &issuer.issue(1, &[name]));
            let world = verifying(target.address(), version, &store, wanted);
            assert_eq!(is_served(&world, version), expected, "{version:?}: {name} for {wanted:?}");
            assert_eq!(passes_its_check(&world), expected, "{version:?}: {name} for {wanted:?}");
        }
    }
}

#[test]
fn whom_nobody_vouches_for_any_more_gets_no_request_over_a_connection_that_is_open() {
    let (ours, theirs) = (Issuer::new(), Issuer::new());
    let store = trust_store(&ours.bundle(), &[]);
    for version in ProtocolVersion::ALL {
        let target = Any::new(version, &ours.issue(1, &["127.0.0.1"]));
        let mut world = verifying(target.address(), version, &store, "");
        assert!(is_served(&world, version) && is_served(&world, version));
        assert_eq!(target.connections(), 1, "{version:?}: it is kept");
        world.change(|setup| setup.trust_stores = vec![trust_store(&theirs.bundle(), &[])]);
        assert!(!is_served(&world, version), "{version:?}");
        world.change(|setup| setup.trust_stores = vec![store.clone()]);
        assert!(is_served(&world, version), "{version:?}");
        world.change(|setup| {
            *setup = setup.clone().with(target_group::TARGET_TLS_SERVER_NAME, "carts.internal");
        });
        assert!(!is_served(&world, version), "{version:?}: under another name");
    }
}

/// Whether the first health check passes.
fn passes_its_check(world: &World) -> bool {
    let settings = Settings::new(Arc::clone(&world.metrics));
    let (prober, _reports) = Prober::new(Arc::clone(&world.publisher), &settings);
    let counted = || world.metrics.snapshot().target_groups.remove(&GROUP).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let checked = async {
            while counted().health_checks_passed == 0
                && counted().health_checks_failed.values().sum::<u64>() == 0
            {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = prober.run() => {}
            checked = tokio::time::timeout(PATIENCE, checked) => checked.unwrap(),
        }
    });
    counted().health_checks_passed > 0
}
