//! What counts as one of our cookies, and what does not.

use super::*;
use proptest::prelude::*;

fn target(lines: &[&str]) -> Option<String> {
    let cookies = Cookies::read(lines.iter().map(|line| line.as_bytes()));
    cookies.value(Name::Target).map(|value| String::from_utf8_lossy(value).into_owned())
}

#[test]
fn the_value_is_taken_as_it_stands() {
    let table: &[(&[&str], Option<&str>)] = &[
        (&[], None),
        (&[""], None),
        (&["AWSALB=x"], Some("x")),
        (&["a=b; AWSALB=x; c=d"], Some("x")),
        (&["a=b;AWSALB=x;c=d"], Some("x")),
        (&["a=b", "AWSALB=x"], Some("x")),
        (&[" \tAWSALB \t= x \t"], Some("x")),
        (&["AWSALB=x=="], Some("x==")),
        (&["AWSALB="], Some("")),
        (&["AWSALB=\"x\""], Some("\"x\"")),
        (&["AWSALB=%2B"], Some("%2B")),
        (&["AWSALB"], None),
        (&["awsalb=x"], None),
        (&["AWSALB2=x; XAWSALB=y; $AWSALB=z"], None),
        (&["a=AWSALB=x"], None),
        (&["a=b, AWSALB=x"], None),
        (&[";;; ;AWSALB=x;;"], Some("x")),
    ];
    for (lines, value) in table {
        assert_eq!(target(lines).as_deref(), *value, "{lines:?}");
    }
}

#[test]
fn of_two_cookies_with_one_name_the_first_is_read() {
    assert_eq!(target(&["AWSALB=first; AWSALB=second"]).as_deref(), Some("first"));
    assert_eq!(target(&["a=b; AWSALB=first", "AWSALB=second"]).as_deref(), Some("first"));
}

#[test]
fn lines_beyond_the_limit_are_as_if_absent() {
    let long = format!("a={}", "x".repeat(COOKIE_BYTES_MAX - 10));
    assert_eq!(target(&[&long, "AWSALB=x"]).as_deref(), Some("x"));
    assert_eq!(target(&[&long, "a=b; AWSALB=x"]), None);
    assert_eq!(target(&[&long, "a=b; AWSALB=x", "AWSALB=y"]), None);
}

#[test]
fn each_name_has_its_place() {
    let line: String = Name::ALL.iter().map(|name| format!("{0}={0};", name.as_str())).collect();
    let cookies = Cookies::read(std::iter::once(line.as_bytes()));
    for name in Name::ALL {
        assert_eq!(cookies.value(name), Some(name.as_str().as_bytes()));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..8)) {
        let cookies = Cookies::read(lines.iter().map(Vec::as_slice));
        for name in Name::ALL {
            prop_assert!(cookies.value(name).is_none_or(|value| !value.contains(&b';')));
        }
        let _ = cookies.carries("a");
    }

    #[test]
    fn our_cookie_is_found_among_any_others(
        others in prop::collection::vec("[a-z]{1,8}=[!-:<-~]{0,20}", 0..20),
        place in any::<prop::sample::Index>(),
        value in "[A-Za-z0-9+/=]{0,130}",
    ) {
        let mut parts = others;
        parts.insert(place.index(parts.len() + 1), format!("AWSALB={value}"));
        prop_assert_eq!(target(&[&parts.join("; ")]), Some(value));
    }
}
