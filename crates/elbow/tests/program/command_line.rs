//! The command line of the real program.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::world::{Program, command, run};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn wrong_use_is_one_line_and_status_two() {
    let table: &[(&[&str], &str)] = &[
        (&["serve", "--workers", "0"], "--workers"),
        (&["serve", "--api-address", "here"], "--api-address"),
        (&["serve", "--wrokers", "1"], "--wrokers"),
        (&["serve", "--zone", "a=net-1"], "subnet"),
        (
            &["serve", "--ec2-endpoint-url", "http://me:pass@host"],
            "--ec2-endpoint-url must be without a user",
        ),
        (&["serve", "--ec2-endpoint-url", "ftp://host"], "--ec2-endpoint-url must have the scheme http"),
        (&["serve", "--config", "no-such-file.toml"], "no-such-file.toml"),
        (&["instance", "put", "x-1", "--address", "127.0.0.1", "--zone", "a"], "x-1"),
        (&["nonsense"], "nonsense"),
        (&["man", "credentials", "nonsense"], "elbow credentials nonsense"),
        (&["demo", "--sessions", "http://:pass@host:1"], "http://…@host:1"),
        (&["serve", "--data-dir", "/proc/elbow", "--api-address", "127.0.0.1:0"], "--data-dir"),
        (&["serve", "--data-dir", "/dev/null", "--api-address", "127.0.0.1:0"], "--data-dir"),
        (&["credentials", "create", "--data-dir", "/dev/null/elbow"], "--data-dir"),
    ];
    for (arguments, word) in table {
        let output = run(arguments);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        assert_eq!(error.lines().count(), 1, "{arguments:?}: {error}");
        assert!(error.starts_with("elbow: ") && error.contains(word), "{arguments:?}: {error}");
        assert!(!error.contains(":pass@"), "a password is not repeated: {error}");
    }
    let incomplete = text(&run(&["instance", "put", "i-1"]).stderr);
    let said = "were not provided: --address <IP>; --zone <ZONE> (see `elbow instance put --help`)\n";
    assert!(incomplete.ends_with(said), "{incomplete}");
}

#[test]
fn a_log_filter_that_is_none_is_refused_and_a_file_gets_no_colours() {
    let data = tempfile::tempdir().unwrap();
    let dir = data.path().to_str().unwrap();
    let serve = ["serve", "--api-address", "127.0.0.1:0", "--data-dir", dir];
    let refused = command(&serve).env("ELBOW_LOG", "elbow=loud").output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        text(&refused.stderr).starts_with("elbow: ELBOW_LOG is not a filter"),
        "{}",
        text(&refused.stderr)
    );

    let log = tempfile::NamedTempFile::new().unwrap();
    let mut server = command(&serve);
    server.env("ELBOW_LOG", "info").stdout(Stdio::piped()).stderr(log.reopen().unwrap());
    let mut server = server.spawn().unwrap();
    // Kept to the end: a server whose output nobody reads ends.
    let mut output = BufReader::new(server.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    assert!(Command::new("kill").arg(server.id().to_string()).status().unwrap().success());
    assert!(server.wait().unwrap().success());
    let log = std::fs::read_to_string(log.path()).unwrap();
    assert!(log.contains("INFO stopping") && !log.contains('\u{1b}'), "{log}");
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    let mut man = command(&["man"]);
    let mut man = man.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(man.stdout.take());
    assert_eq!(text(&man.wait_with_output().unwrap().stderr), "");
}

#[test]
fn an_import_that_is_refused_says_why_and_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    let dir = data.path().to_str().unwrap();
    let document = data.path().join("elbow.json");
    let import = || run(&["import", document.to_str().unwrap(), "--data-dir", dir]);
    std::fs::write(&document, "{}").unwrap();
    let foreign = text(&import().stderr);
    assert!(foreign.contains("elbow.json is not what `elbow export` writes"), "{foreign}");
    assert!(
        run(&["instance", "put", "i-1", "--address", "127.0.0.9", "--zone", "us-east-1a", "--data-dir", dir])
            .status
            .success()
    );
    std::fs::write(&document, run(&["export", "--data-dir", dir]).stdout).unwrap();
    let full = text(&import().stderr);
    assert!(full.contains("--replace") && full.contains("--data-dir"), "{full}");
}

#[test]
fn help_version_completions_and_man_pages_come_from_one_table() {
    let version = run(&["--version"]);
    assert_eq!(text(&version.stdout).trim(), concat!("elbow ", env!("CARGO_PKG_VERSION")));
    let help = text(&run(&["serve", "--help"]).stdout);
    let man = text(&run(&["man", "serve"]).stdout).replace("\\-", "-");
    let bash = text(&run(&["completions", "bash"]).stdout);
    for flag in ["--data-dir", "--address-pool", "--listener-port-offset", "--region", "--zone", "--workers"]
    {
        assert!(help.contains(flag) && man.contains(flag) && bash.contains(flag), "{flag}");
    }
    assert!(!help.contains("secret-access-key"), "a secret is never a flag");
}

#[test]
fn each_command_has_a_man_page_of_its_own_and_all_of_them_can_be_installed() {
    let data = tempfile::tempdir().unwrap();
    let pages = data.path().join("share/man/man1");
    let written = run(&["man", "--directory", pages.to_str().unwrap()]);
    assert!(written.status.success() && written.stdout.is_empty(), "{}", text(&written.stderr));
    let mut names: Vec<_> = std::fs::read_dir(&pages)
        .unwrap()
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(!names.iter().any(|name| name.contains("help") || name.contains("demo-target")), "{names:?}");
    for name in names {
        let words = name.strip_suffix(".1").unwrap().split('-').skip(1);
        let printed = run(&["man"].into_iter().chain(words).collect::<Vec<_>>()).stdout;
        assert_eq!(text(&printed), std::fs::read_to_string(pages.join(&name)).unwrap(), "{name}");
        assert_eq!(text(&printed).matches("\n.SH NAME").count(), 1, "{name}");
    }
    let program = text(&run(&["man"]).stdout).replace("\\-", "-");
    for page in ["elbow-serve(1)", "elbow-credentials(1)", "elbow-man(1)"] {
        assert!(program.contains(page), "{page} is listed: {program}");
    }
}

#[test]
fn pairs_keys_and_instances_are_managed_beside_a_running_server() {
    let data = tempfile::tempdir().unwrap();
    let dir = data.path().to_str().unwrap();
    let nothing = run(&["keys", "list", "--data-dir", dir]);
    assert_eq!(nothing.status.code(), Some(1));
    assert!(text(&nothing.stderr).contains("elbow serve"), "the error says what to do");

    let _program = Program::start(data.path());
    let ok = |arguments: &[&str]| {
        let output = run(&[arguments, &["--data-dir", dir]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    assert_eq!(ok(&["keys", "list"]).lines().count(), 1);
    ok(&["keys", "rotate"]);
    let keys = ok(&["keys", "list"]);
    assert_eq!(keys.lines().count(), 2);
    assert_eq!(keys.matches("issuing").count(), 1);

    let made = ok(&["credentials", "create"]);
    let id = made.lines().next().unwrap().split_whitespace().last().unwrap();
    assert!(ok(&["credentials", "list"]).contains(id));
    assert_eq!(ok(&["credentials", "show", id]), made);
    assert!(ok(&["credentials", "env"]).contains("export AWS_SECRET_ACCESS_KEY="));
    ok(&["credentials", "revoke", id]);
    assert!(!ok(&["credentials", "list"]).contains(id));

    ok(&["instance", "put", "i-1", "--address", "127.0.0.9", "--zone", "us-east-1a"]);
    assert_eq!(ok(&["instance", "list"]), "i-1\t127.0.0.9\tus-east-1a\toperator\n");
    ok(&["instance", "remove", "i-1"]);
    assert_eq!(ok(&["instance", "list"]), "");
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let _first = Program::start(data.path());
    let second = run(&["serve", "--api-address", "127.0.0.1:0", "--data-dir", data.path().to_str().unwrap()]);
    assert_eq!(second.status.code(), Some(1));
    assert!(text(&second.stderr).contains("another server"), "{}", text(&second.stderr));
}
