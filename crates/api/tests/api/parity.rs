//! `docs/parity.md` says what the tables say. `UPDATE=1 cargo test -p elbow-api` writes it anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use elbow_api::parity::codes::{
    ACM_CODES, CLASSIC_CODES, CLOUDFORMATION_CODES, COMMON_CODES, EC2_CODES, IAM_CODES, UNANSWERED, V2_CODES,
};
use elbow_api::parity::decisions::DECISIONS;
use elbow_api::parity::{ABSENT_ATTRIBUTES, ACTION_TYPES, CONDITION_FIELDS, TRANSFORM_TYPES, WITHOUT_EFFECT};
use elbow_api::sigv4::Service;
use elbow_api::{ACTIONS, Action, Code, Group, Version};
use elbow_model::attribute::{self, Attribute};

const INTRODUCTION: &str = "# What of AWS is here

This page is written from tables in the code (`crates/api/src/actions.rs` and `parity`, `crates/model/src/attribute`);
a test fails when it is stale, and `UPDATE=1 cargo test -p elbow-api` writes it anew. What is not here yet is refused
with a message that names this page. How to add an action: [adding-an-action.md](adding-an-action.md).
";

const DIFFERENCES: &str = "
## What differs on purpose

- **Load balancers as targets.** At AWS a target group of type `alb` has the protocol TCP and belongs to a Network Load
  Balancer. Here it has the protocol HTTP and belongs to any load balancer, so that layers can be built out of Application
  Load Balancers alone. Its targets are load balancers of the same Elbow; requests are sent to the address and port of
  the listener on the target's port. That listener must have its socket for itself: give such load balancers ports or
  addresses (`--address-pool`) of their own.
- **Other services.** STS and EC2 are told apart by the service that a request is signed for, so that all endpoints of a
  tool may point here. Subnets are those of `--zone`, one `subnet-ZONE` for each zone without any, and those that calls
  have named; instances are those of the instance directory and those that an EC2 endpoint has told of; security groups
  are not enforced.
- **Certificates.** A certificate that is requested from Certificate Manager is issued at once by a local authority, which asks for
  no proof; it is valid for 395 days and not renewed. Its private key cannot be exported. Requests for validation by mail or HTTP
  are refused. Private keys of 1024 bits are not imported: load balancers would not take them.
- **Security policies.** All are listed with what AWS's name. TLS 1.0 and 1.1 are never negotiated, nor are ciphers without
  forward secrecy or with CBC: a policy that names them agrees to what else it names.
- **CloudFormation.** An operation of a stack is one change: it is over when it is answered, and nobody ever sees a stack in
  progress. What has the name of a resource that a template would make fails it. A stack that was deleted is forgotten. Resources
  are those of load balancing ([guide](guide/templates.md)); `Fn::ImportValue`, transforms and nested stacks are refused.
- **Reserved capacity.** There is none: a reservation is refused with the code of AWS's quota, and one of 0 is granted.
";

const ATTRIBUTES: [(&str, &[Attribute]); 3] = [
    ("load balancer", attribute::load_balancer::TABLE),
    ("target group", attribute::target_group::TABLE),
    ("listener", attribute::listener::TABLE),
];

#[test]
fn the_parity_page_is_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/parity.md");
    let expected = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/parity.md is stale: run UPDATE=1 cargo test -p elbow-api");
}

#[test]
fn the_readme_counts_as_the_table_of_actions_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let of_v2 = || ACTIONS.iter().filter(|action| action.version == Version::V2);
    let here = of_v2().filter(|action| action.is_here()).count();
    let expected = format!("[{here} of {} actions](docs/parity.md)", of_v2().count());
    let readme = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(readme.contains(&expected), "README.md does not say {expected}");
}

#[test]
fn the_tables_know_only_what_there_is() {
    let keys: Vec<&str> = ATTRIBUTES.iter().flat_map(|(_, table)| *table).map(|it| it.key).collect();
    for (start, _) in WITHOUT_EFFECT {
        assert!(keys.iter().any(|key| key.starts_with(start)), "no attribute begins with {start}");
    }
    for absent in ABSENT_ATTRIBUTES {
        assert!(!keys.contains(&absent.key), "{} is here", absent.key);
    }
    let tables =
        [V2_CODES, CLASSIC_CODES, COMMON_CODES, EC2_CODES, ACM_CODES, IAM_CODES, CLOUDFORMATION_CODES];
    let known: BTreeSet<&str> = tables.concat().into_iter().collect();
    for code in Code::ALL {
        assert!(known.contains(code.as_str()), "{} is no code of AWS", code.as_str());
    }
    let answered: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let unanswered: BTreeSet<&str> = UNANSWERED.iter().map(|(code, _)| *code).collect();
    assert_eq!(unanswered, &known - &answered, "each code that is not answered has a reason");
}

#[test]
fn every_decision_about_what_aws_does_is_listed() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut marked = BTreeSet::new();
    for folder in std::fs::read_dir(&crates).unwrap() {
        collect_marked(&folder.unwrap().path().join("src"), &mut marked);
    }
    let name = |path: &PathBuf| path.strip_prefix(&crates).unwrap().to_str().unwrap().to_owned();
    let marked: BTreeSet<String> = marked.iter().map(name).collect();
    let listed: BTreeSet<String> = DECISIONS.iter().map(|it| it.file.to_owned()).collect();
    assert_eq!(marked, listed, "files with a mark AWS: unknown, and those in parity/decisions.rs");
}

/// The Rust files below a folder that have the mark; the list of them says its words and has none.
fn collect_marked(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect_marked(&path, found);
        } else if !path.ends_with("parity/decisions.rs")
            && std::fs::read_to_string(&path).unwrap_or_default().contains("AWS: unknown")
        {
            found.insert(path);
        }
    }
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    actions(&mut page);
    rules(&mut page);
    attributes(&mut page);
    codes(&mut page);
    other_services(&mut page);
    page.push_str(DIFFERENCES);
    decisions(&mut page);
    page
}

fn decisions(page: &mut String) {
    page.push_str(
        "\n## Where AWS's behaviour is not known\n\nNeither documented nor seen; this is what Elbow does, and the file below \
         `crates/` that decides it.\n\n| what | where |\n| --- | --- |\n",
    );
    for decision in DECISIONS {
        writeln!(page, "| {} | `{}` |", decision.what, decision.file).unwrap();
    }
}

fn actions(page: &mut String) {
    for (version, title) in [
        (Version::V2, "Application Load Balancers (ELBv2)"),
        (Version::Classic, "Classic Load Balancers"),
        (Version::Acm, "Certificate Manager"),
        (Version::Iam, "Server certificates of IAM"),
        (Version::CloudFormation, "CloudFormation"),
    ] {
        let of_version = || ACTIONS.iter().filter(move |action| action.version == version);
        let here = of_version().filter(|action| action.is_here()).count();
        let all = of_version().count();
        write!(page, "\n## {title}, `{}`: {here} of {all}\n\n", version.as_str()).unwrap();
        page.push_str("| action | needed for | here |\n| --- | --- | --- |\n");
        for action in of_version() {
            let here = state(action.is_here());
            writeln!(page, "| {} | {} | {here} |", action.name, need(action.group)).unwrap();
        }
    }
}

fn in_passing(action: &&Action) -> bool {
    matches!(action.version.service(), Service::Sts | Service::Ec2)
}

fn other_services(page: &mut String) {
    page.push_str("\n## What tools ask other services in passing\n\n| service | version | action |\n| --- | --- | --- |\n");
    for action in ACTIONS.iter().filter(in_passing) {
        let (service, version) = (action.version.service().as_str(), action.version.as_str());
        writeln!(page, "| {service} | {version} | {} |", action.name).unwrap();
    }
}

fn rules(page: &mut String) {
    page.push_str("\n## Rules\n\n| part | type | here |\n| --- | --- | --- |\n");
    for kind in ACTION_TYPES {
        writeln!(page, "| action | `{}` | {} |", kind.name, state(kind.is_here)).unwrap();
    }
    for field in CONDITION_FIELDS {
        let regexes = if field.takes_regexes { ", with `RegexValues`" } else { "" };
        writeln!(page, "| condition | `{}` | yes{regexes} |", field.name).unwrap();
    }
    for (name, _) in TRANSFORM_TYPES {
        writeln!(page, "| transform | `{name}` | yes |").unwrap();
    }
}

fn attributes(page: &mut String) {
    page.push_str("\n## Attributes\n\nEvery attribute that is here is checked, kept and shown.\n\n");
    page.push_str("| of | attribute | default | takes effect |\n| --- | --- | --- | --- |\n");
    for (noun, table) in ATTRIBUTES {
        for Attribute { key, default, .. } in table {
            let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
            let without = WITHOUT_EFFECT.iter().find(|(start, _)| key.starts_with(start));
            let effect = without.map_or("yes", |(_, why)| why);
            writeln!(page, "| {noun} | `{key}` | {default} | {effect} |").unwrap();
        }
    }
    for absent in ABSENT_ATTRIBUTES {
        writeln!(page, "| {} | `{}` | | refused: {} |", absent.of, absent.key, absent.why).unwrap();
    }
}

fn codes(page: &mut String) {
    page.push_str("\n## Error codes\n\n");
    page.push_str("| code | of | answered |\n| --- | --- | --- |\n");
    for (noun, codes) in [
        ("ELBv2", V2_CODES),
        ("Classic", CLASSIC_CODES),
        ("every API", COMMON_CODES),
        ("EC2", EC2_CODES),
        ("Certificate Manager", ACM_CODES),
        ("IAM", IAM_CODES),
        ("CloudFormation", CLOUDFORMATION_CODES),
    ] {
        for code in codes {
            let why = UNANSWERED.iter().find(|(unanswered, _)| unanswered == code);
            let answered = why.map_or("yes".to_owned(), |(_, why)| format!("no: {why}"));
            writeln!(page, "| {code} | {noun} | {answered} |").unwrap();
        }
    }
}

fn state(here: bool) -> &'static str {
    if here { "yes" } else { "not yet" }
}

fn need(group: Group) -> &'static str {
    match group {
        Group::Workflow => "sticky sessions with aws-cli",
        Group::Tools => "Terraform and other tools",
        Group::Rest => "the rest",
    }
}
