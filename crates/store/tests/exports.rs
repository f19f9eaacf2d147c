//! A configuration that was exported comes back as it was, and a document that is not whole is refused with the place.

#![allow(clippy::unwrap_used, reason = "what helps a test may fail loudly, too")]

use std::collections::BTreeSet;
use std::sync::Arc;

use elbow_model::attribute::listener::{MTLS_ISSUER_NAME, MTLS_LEAF_NAME, MTLS_SUBJECT_NAME};
use elbow_model::attribute::target_group::{TARGET_TLS_TRUST_STORE, TARGET_TLS_VERIFY};
use elbow_model::key::TrustStoreKey;
use elbow_model::{
    Change, ClientCertificates, Configuration, EntityKey, InstanceId, Protocol, Secure, SslPolicy, Stack,
    StackSource, TrustStore, TrustStoreName,
};
use elbow_store::export::{self, Secrets};
use elbow_store::import::{self, Existing, NotEmpty};

const GOLDEN: &str = include_str!("../golden/export.v9.json");
/// Where it was not known what stacks hide.
const EIGHTH: &str = include_str!("../golden/export.v8.json");
/// Without stacks.
const SEVENTH: &str = include_str!("../golden/export.v7.json");
/// Where the number of a trust store's next list was the one behind the last.
const SIXTH: &str = include_str!("../golden/export.v6.json");
/// Without Classic Load Balancers.
const FIFTH: &str = include_str!("../golden/export.v5.json");
/// Without trust stores.
const FOURTH: &str = include_str!("../golden/export.v4.json");
/// Without rules.
const FIRST: &str = include_str!("../golden/export.v1.json");
/// Without certificates.
const THIRD: &str = include_str!("../golden/export.v3.json");
/// When all instances were the operator's.
const SECOND: &str = include_str!("../golden/export.v2.json");

fn whole() -> Configuration {
    import::read(GOLDEN).unwrap().configuration
}

fn applied(mut configuration: Configuration, changes: Vec<Change>) -> Configuration {
    changes.into_iter().for_each(|change| configuration.apply(change));
    configuration
}

#[test]
fn an_export_is_read_and_written_to_the_byte() {
    let document = import::read(GOLDEN).unwrap();
    assert_eq!(document.configuration.entities().count(), 14, "one of each kind");
    assert!(document.has_credentials && document.has_key_generations);
    assert_eq!(export::write(&document.configuration, Secrets::Include).unwrap(), GOLDEN);
}

#[test]
fn an_export_of_an_earlier_version_is_lifted() {
    let mut earlier = whole();
    earlier.stacks.values_mut().for_each(|stack| hide_all(Arc::make_mut(stack)));
    assert_eq!(import::read(EIGHTH).unwrap().configuration, earlier);
    earlier.stacks.clear();
    assert_eq!(import::read(SEVENTH).unwrap().configuration, earlier);
    for store in earlier.trust_stores.values_mut() {
        std::sync::Arc::make_mut(store).next_revocation = 4;
    }
    assert_eq!(import::read(SIXTH).unwrap().configuration, earlier);
    earlier.classic_load_balancers.clear();
    assert_eq!(import::read(FIFTH).unwrap().configuration, earlier);
    earlier.trust_stores.clear();
    assert_eq!(import::read(FOURTH).unwrap().configuration, earlier);
    earlier.certificates.clear();
    earlier.authority = None;
    assert_eq!(import::read(THIRD).unwrap().configuration, earlier);
    assert_eq!(import::read(SECOND).unwrap().configuration, earlier);
    earlier.rules.clear();
    assert_eq!(import::read(FIRST).unwrap().configuration, earlier);
}

/// A stack as version 8 knew it.
fn hide_all(stack: &mut Stack) {
    let forget = |source: &mut StackSource| {
        source.description = None;
        source.parameters.retain(|name, _| !source.hidden.contains(name));
        source.hidden = source.parameters.keys().cloned().collect();
    };
    forget(&mut stack.source);
    stack.events.iter_mut().for_each(|event| event.token = None);
    for set in stack.change_sets.values_mut() {
        forget(&mut set.source);
        set.token = None;
        set.changes.iter_mut().for_each(|change| change.scope.clear());
    }
}

#[test]
fn what_a_stack_hides_stays_with_the_store_that_has_it() {
    let document = import::read(&export::write(&whole(), Secrets::Omit).unwrap()).unwrap();
    let password = |configuration: &Configuration| {
        let stack = configuration.stacks.values().next().unwrap();
        assert!(stack.source.hidden.contains("Password"));
        stack.source.parameters.get("Password").cloned()
    };
    let elsewhere = import::changes(&Configuration::default(), &document, Existing::Keep).unwrap();
    assert_eq!(password(&applied(Configuration::default(), elsewhere)), None);
    let again = import::changes(&whole(), &document, Existing::Replace).unwrap();
    assert_eq!(password(&applied(whole(), again)).as_deref(), Some("nor-is-this-one"));
}

#[test]
fn an_export_holds_secrets_only_if_asked() {
    let text = export::write(&whole(), Secrets::Omit).unwrap();
    for secret in [
        "not-a-secret-at-all",
        "nor-is-this-one",
        "c2l4dGVlbiBieXRlcyBvaw",
        "AKIA",
        "credential",
        "key_generation",
        "\"certificate",
        "\"authorit",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
    let document = import::read(&text).unwrap();
    assert!(!document.has_credentials && !document.has_key_generations);
    assert!(!document.has_certificates);
    assert_eq!(document.configuration.entities().count(), 10);
}

#[test]
fn an_import_replaces_what_was_there_only_if_told() {
    let document = import::read(GOLDEN).unwrap();
    let changes = import::changes(&Configuration::default(), &document, Existing::Keep).unwrap();
    assert_eq!(applied(Configuration::default(), changes), whole());

    let other = InstanceId::parse("i-other").unwrap();
    let mut current = whole();
    let mut instance = (*current.instances.first_key_value().unwrap().1).as_ref().clone();
    instance.id = other.clone();
    current.instances.clear();
    current.instances.insert(other.clone(), instance.into());
    assert_eq!(import::changes(&current, &document, Existing::Keep), Err(NotEmpty));
    let changes = import::changes(&current, &document, Existing::Replace).unwrap();
    assert_eq!(changes.len(), 2, "what is the same is left alone");
    assert!(changes.contains(&Change::Remove(EntityKey::Instance(other))));
    assert_eq!(applied(current, changes), whole());
}

#[test]
fn trust_stores_are_held_to_the_limits_of_the_api() {
    let refused = |change: &dyn Fn(&mut Configuration, TrustStore)| {
        let mut configuration = whole();
        let store = TrustStore::clone(configuration.trust_stores.values().next().unwrap());
        change(&mut configuration, store);
        import::read(&export::write(&configuration, Secrets::Include).unwrap()).unwrap_err().to_string()
    };
    let wrong = refused(&|configuration, store| {
        for number in 1..=20 {
            let mut other = store.clone();
            other.arn.key = TrustStoreKey::new(number);
            other.arn.name = TrustStoreName::parse(&format!("clients-{number}")).unwrap();
            configuration.trust_stores.insert(other.arn.key, other.into());
        }
    });
    assert_eq!(wrong, "trust_stores[20].arn: there are more than 20");
    let wrong = refused(&|configuration, mut store| {
        let list = store.revocations.values().next().unwrap().clone();
        store.revocations = (1..=31).map(|number| (number, list.clone())).collect();
        store.next_revocation = 32;
        configuration.trust_stores.insert(store.arn.key, store.into());
    });
    assert!(wrong.starts_with("trust_stores[0].revocations: ") && wrong.contains("30 revocation"), "{wrong}");
}

/// Such an export was written before there was a rule against them, and a restore must not fail for that.
#[test]
fn names_of_headers_that_would_be_refused_today_are_imported() {
    let mut configuration = whole();
    let key = *configuration.listeners.keys().next().unwrap();
    let listener = Arc::make_mut(configuration.listeners.get_mut(&key).unwrap());
    for attribute in [MTLS_SUBJECT_NAME, MTLS_ISSUER_NAME, MTLS_LEAF_NAME] {
        listener.attributes.restore(attribute, "Origin").unwrap();
    }
    let document = export::write(&configuration, Secrets::Include).unwrap();
    assert_eq!(import::read(&document).unwrap().configuration, configuration);
    let broken = document.replace("\"Origin\"", "\"Content-Length\"");
    let wrong = import::read(&broken).unwrap_err().to_string();
    assert!(wrong.contains("listeners[0].attributes: ") && wrong.contains("Content-Length"), "{wrong}");
}

#[test]
fn a_listener_needs_its_certificate_if_there_are_any() {
    let mut configuration = whole();
    let certificate = configuration.certificates.values().next().unwrap().arn.clone();
    let secure = Secure {
        policy: SslPolicy::by_default(),
        certificate,
        more: BTreeSet::new(),
        only: None,
        client_certificates: ClientCertificates::Ignored,
    };
    for listener in configuration.listeners.values_mut() {
        let listener = Arc::make_mut(listener);
        (listener.protocol, listener.secure) = (Protocol::Https, Some(secure.clone()));
    }
    let written = |secrets| export::write(&configuration, secrets).unwrap();
    assert_eq!(import::read(&written(Secrets::Include)).unwrap().configuration, configuration);
    assert!(import::read(&written(Secrets::Omit)).is_ok(), "it comes by another way");
    let mut without = configuration.clone();
    without.certificates.clear();
    let refused = import::read(&export::write(&without, Secrets::Include).unwrap()).unwrap_err();
    assert!(refused.to_string().starts_with("listeners[0].secure: there is no certificate"), "{refused}");
}

#[test]
fn whoever_names_a_trust_store_needs_it() {
    let store = whole().trust_stores.values().next().unwrap().arn.clone();
    let mut configuration = whole();
    let certificate = configuration.certificates.values().next().unwrap().arn.clone();
    let verified = ClientCertificates::Verified {
        trust_store: store.clone(),
        ignore_expiry: false,
        advertise_names: false,
    };
    let secure = Secure {
        policy: SslPolicy::by_default(),
        certificate,
        more: BTreeSet::new(),
        only: None,
        client_certificates: verified,
    };
    for listener in configuration.listeners.values_mut() {
        let listener = Arc::make_mut(listener);
        (listener.protocol, listener.secure) = (Protocol::Https, Some(secure.clone()));
    }
    let mut checking = whole();
    for group in checking.target_groups.values_mut() {
        let attributes = &mut Arc::make_mut(group).attributes;
        attributes.set(TARGET_TLS_TRUST_STORE, &store.to_string()).unwrap();
        attributes.set(TARGET_TLS_VERIFY, "true").unwrap();
    }
    for (mut configuration, place) in [
        (configuration, "listeners[0].secure.client_certificates.trust_store: there is no trust store"),
        (checking, "target_groups[0].attributes: there is no trust store"),
    ] {
        let text = export::write(&configuration, Secrets::Include).unwrap();
        assert_eq!(import::read(&text).unwrap().configuration, configuration);
        configuration.trust_stores.clear();
        let text = export::write(&configuration, Secrets::Include).unwrap();
        let refused = import::read(&text).unwrap_err().to_string();
        assert!(refused.starts_with(place), "{refused}");
    }
}

#[test]
fn an_import_without_secrets_leaves_those_of_the_store() {
    let document = import::read(&export::write(&whole(), Secrets::Omit).unwrap()).unwrap();
    let changes = import::changes(&whole(), &document, Existing::Replace).unwrap();
    assert_eq!(changes, []);
    let first_start = Configuration {
        credentials: whole().credentials,
        key_generations: whole().key_generations,
        authority: whole().authority,
        ..Configuration::default()
    };
    let changes = import::changes(&first_start, &document, Existing::Keep).unwrap();
    let mut expected = Configuration { certificates: first_start.certificates.clone(), ..whole() };
    for stack in expected.stacks.values_mut().map(Arc::make_mut) {
        let sets = stack.change_sets.values_mut().map(|set| &mut set.source);
        sets.chain([&mut stack.source]).for_each(|source| drop(source.parameters.remove("Password")));
    }
    assert_eq!(applied(first_start, changes), expected);
}

/// A change to the golden document that makes it wrong, and how the message begins.
#[test]
fn a_document_that_is_not_whole_is_refused_with_the_place() {
    let listener = section("listeners");
    let rule = section("rules");
    let target = section("targets");
    let certificate = section("certificates");
    let authority = section("authorities");
    let trust_store = section("trust_stores");
    let classic = section("classic_load_balancers");
    let stack = section("stacks");
    let table: &[(&str, &str, &str)] = &[
        ("elbow-configuration", "elbow", "format: 'elbow'"),
        (r#""version": 9"#, r#""version": 10"#, "version: 10"),
        (r#""port": 80,"#, r#""port": 0,"#, "listeners[0].port: 0"),
        (r#""port": 80,"#, r#""port": 65536,"#, "listeners[0].port: invalid value"),
        (r#""port": 80,"#, r#""port": 80, "prot": 1,"#, "listeners[0].prot: unknown field"),
        (
            r#""scheme": "internet-facing""#,
            r#""scheme": "x""#,
            "load_balancers[0].scheme: 'x' is not one of [",
        ),
        ("us-east-1b", "us_east", "load_balancers[0].zones[1].zone: "),
        ("4000", "4001", "load_balancers[0].attributes: "),
        ("idle_timeout", "busy_timeout", "load_balancers[0].attributes: there is no attribute"),
        (":loadbalancer/", ":loadbalancers/", "load_balancers[0].arn: "),
        ("loadbalancer/app/shop", "loadbalancer/app/shop2", "listeners[0].arn: there is no load balancer"),
        ("targetgroup/carts/73", "targetgroup/carts/74", "listeners[0].default_actions: there is no"),
        (
            "us-east-1:000000000000:targetgroup",
            "eu-west-1:000000000000:targetgroup",
            "listeners[0].default_actions: 'arn:",
        ),
        (r#""interval_s": 10"#, r#""interval_s": 5"#, "target_groups[0].health_check: "),
        (r#""target_type": "ip""#, r#""target_type": "instance""#, "targets[0].id: "),
        ("10.0.0.1", "10.0.0.256", "targets[0].id: "),
        (r#""zone": "all""#, r#""zone": """#, "targets[0].zone: "),
        ("AKIAIOSFODNN7EXAMPLE", "A", "credentials[0].id: "),
        ("not-a-secret-at-all", "short", "credentials[0].secret: "),
        (r#""secret": "not-a-secret-at-all","#, "", "credentials[0].secret: it must be here"),
        ("c2l4dGVlbiBieXRlcyBvaw==", "c2l4dGVlbg==", "key_generations[0].secret: "),
        (&listener, &format!("{listener},{listener}"), "listeners[1].arn: listeners[0] has the same"),
        (r#""priority": 1,"#, r#""priority": 0,"#, "rules[0].priority: "),
        ("/carts/*", "/ carts/*", "rules[0].conditions[1]: "),
        ("^/carts/(.*)$", "(", "rules[0].rewrite_url: "),
        (r#""weight": 999"#, r#""weight": 1000"#, "rules[0].actions.routing.target_groups.weight: "),
        (
            "f2f7dc8efc522ab2/0000000000000001",
            "0000000000000002/0000000000000001",
            "rules[0].arn: there is no",
        ),
        (&rule, &format!("{rule},{rule}"), "rules[1].arn: rules[0] has the same"),
        (&target, &format!("{target},{target}"), "targets[1].key: targets[0] has the same"),
        (
            &certificate,
            &format!("{certificate},{certificate}"),
            "certificates[1].key: certificates[0] has the same",
        ),
        (
            &authority,
            &format!("{authority},{authority}"),
            "authorities[1].certificate: authorities[0] has the",
        ),
        (
            &trust_store,
            &format!("{trust_store},{trust_store}"),
            "trust_stores[1].arn: trust_stores[0] has the same",
        ),
        (
            &classic,
            &format!("{classic},{classic}"),
            "classic_load_balancers[1].key: classic_load_balancers[0] has the same",
        ),
        (&stack, &format!("{stack},{stack}"), "stacks[1].arn: stacks[0] has the same"),
        (r#""status": "UPDATE_COMPLETE""#, r#""status": "DONE""#, "stacks[0].status: "),
        (r#""carts": {"#, r#""chairs": {"#, "classic_load_balancers[0].policies: there is no policy 'carts'"),
        ("HTTP:8081/healthz", "HTTP:8081", "classic_load_balancers[0].health_check.target: "),
        (
            "AppCookieStickinessPolicyType",
            "CakePolicyType",
            "classic_load_balancers[0].policies.carts.type: ",
        ),
        (
            r#""group": "0000000000000013""#,
            r#""group": "0000000000000011""#,
            "classic_load_balancers[0].listeners: a key",
        ),
        (
            r#""next_revocation": 7"#,
            r#""next_revocation": 3"#,
            "trust_stores[0].next_revocation: it must be behind 3",
        ),
        (r#""kind": "CRL""#, r#""kind": "CSV""#, "trust_stores[0].revocations.3.kind: "),
        (r#""source": "imported""#, r#""source": "found""#, "certificates[0].source: "),
        (r#""subnets""#, r#""sub""#, "sub: unknown field"),
    ];
    for (from, to, message) in table {
        assert!(GOLDEN.contains(from), "{from}");
        let wrong = import::read(&GOLDEN.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(wrong.starts_with(message), "{from} -> {to}: {wrong}");
        assert!(!wrong.contains("not-a-secret"), "{wrong}");
    }
}

#[test]
fn a_redirect_that_leads_back_to_its_listener_is_refused() {
    let document: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
    let back = serde_json::json!({
        "type": "redirect",
        "status": "HTTP_301",
        "protocol": "HTTP",
        "port": "#{port}",
        "host": "#{host}",
        "path": "/#{path}",
        "query": "again",
    });
    for (place, named) in [
        ("/listeners/0/default_actions/routing", "listeners[0].default_actions: "),
        ("/rules/0/actions/routing", "rules[0].actions: "),
    ] {
        let mut changed = document.clone();
        *changed.pointer_mut(place).unwrap() = back.clone();
        let wrong = import::read(&changed.to_string()).unwrap_err().to_string();
        assert!(wrong.starts_with(named) && wrong.contains("creates a loop"), "{wrong}");
    }
}

/// L4, R19.
#[test]
fn a_group_of_version_grpc_needs_clients_who_speak_http_2() {
    let mut document: serde_json::Value = serde_json::from_str(GOLDEN).unwrap();
    let mut set = |place: &str, value: serde_json::Value| {
        let (parent, name) = place.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[name] = value;
        import::read(&document.to_string()).map(|_| ()).map_err(|wrong| wrong.to_string())
    };
    let wrong = set("/target_groups/0/protocol_version", "GRPC".into()).unwrap_err();
    assert!(wrong.contains("target_groups[0].health_check.matcher: ") && wrong.contains("0-99"), "{wrong}");
    let wrong = set("/target_groups/0/health_check/matcher", "12".into()).unwrap_err();
    assert!(wrong.starts_with("listeners[0].default_actions: Listener protocol 'HTTP'"), "{wrong}");
    set("/listeners/0/attributes/elbow.http2.cleartext", "true".into()).unwrap();
    let wrong = set("/target_groups/0/target_type", "alb".into()).unwrap_err();
    assert!(wrong.starts_with("target_groups[0].protocol_version: "), "{wrong}");
}

/// The only thing in a section of the golden document.
fn section(name: &str) -> String {
    let (_, rest) = GOLDEN.split_once(&format!("\"{name}\": [")).unwrap();
    rest.split_once("\n  ]").unwrap().0.to_owned()
}

#[test]
fn no_cut_document_is_read() {
    for end in 0..GOLDEN.trim_end().len() {
        import::read(&GOLDEN[..end]).unwrap_err();
    }
    import::read(&format!("{GOLDEN}{{}}")).unwrap_err();
}
