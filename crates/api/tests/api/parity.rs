//! `docs/parity.md` says what the table of actions says. `UPDATE=1 cargo test -p elbow-api` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use elbow_api::{ACTIONS, Group, Version};

const INTRODUCTION: &str = "# Actions of AWS that Elbow has

This page is written from the table of actions in `crates/api/src/actions.rs`; a test fails when it is stale, and
`UPDATE=1 cargo test -p elbow-api` writes it anew. An action that is not here yet answers `InvalidAction` and names this
page. How to add one: [adding-an-action.md](adding-an-action.md).

## What differs on purpose

- **Load balancers as targets.** At AWS a target group of type `alb` has the protocol TCP and belongs to a Network Load
  Balancer. Here it has the protocol HTTP and belongs to any load balancer, so that layers can be built out of Application
  Load Balancers alone. Its targets are load balancers of the same Elbow; requests are sent to the address and port of
  the listener on the target's port. That listener must have its socket for itself: give such load balancers ports or
  addresses (`--address-pool`) of their own. A change that would make requests go round is refused.
";

#[test]
fn the_parity_page_is_what_the_table_of_actions_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/parity.md");
    let expected = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/parity.md is stale: run UPDATE=1 cargo test -p elbow-api");
}

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (version, title) in
        [(Version::V2, "Application Load Balancers (ELBv2)"), (Version::Classic, "Classic Load Balancers")]
    {
        let of_version = || ACTIONS.iter().filter(move |action| action.version == version);
        let here = of_version().filter(|action| action.is_here()).count();
        let all = of_version().count();
        write!(page, "\n## {title}, `{}`: {here} of {all}\n\n", version.as_str()).unwrap();
        page.push_str("| action | needed for | here |\n| --- | --- | --- |\n");
        for action in of_version() {
            let here = if action.is_here() { "yes" } else { "not yet" };
            writeln!(page, "| {} | {} | {here} |", action.name, need(action.group)).unwrap();
        }
    }
    page
}

fn need(group: Group) -> &'static str {
    match group {
        Group::Workflow => "sticky sessions with aws-cli",
        Group::Tools => "Terraform and other tools",
        Group::Rest => "the rest",
    }
}
