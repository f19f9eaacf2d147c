//! Which bytes may stand where: RFC 9110 section 5, RFC 9112 section 3, RFC 3986 section 2.

/// A byte of a token (RFC 9110 section 5.6.2): method, field name, connection option.
pub(crate) const fn is_token_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(
            b,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// A byte that may stand in a field value: visible, space, tab, or above ASCII (RFC 9110 section 5.5).
pub(crate) const fn is_value_byte(b: u8) -> bool {
    b == b'\t' || (b >= b' ' && b != 0x7f)
}

/// A byte that a target may see in the request line as it is. All others are percent-encoded: blanks, controls,
/// bytes above ASCII, and the hash sign, because a fragment has no place there. Visible characters that RFC 3986
/// does not list, such as `|`, stay: browsers send them, no parser splits at them, and ALB passes them.
pub(crate) const fn is_target_byte(b: u8) -> bool {
    b.is_ascii_graphic() && b != b'#'
}

/// A byte of a registered name or IPv4 address (RFC 3986 section 3.2.2). One look into a table, because every byte of
/// every `Host` is asked for.
pub(crate) fn is_host_byte(b: u8) -> bool {
    HOST_BYTES.get(usize::from(b)).is_some_and(|is| *is)
}

static HOST_BYTES: [bool; 256] = host_bytes();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which would find a wrong index")]
const fn host_bytes() -> [bool; 256] {
    let mut table = [false; 256];
    let mut b = u8::MAX;
    while b > 0 {
        table[b as usize] = may_stand_in_host(b);
        b -= 1;
    }
    table
}

const fn may_stand_in_host(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(
            b,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'%'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
        )
}

pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&b| is_token_byte(b))
}

/// Optional white space: space and tab only, never the wider ASCII notion.
const fn is_ows(b: u8) -> bool {
    b == b' ' || b == b'\t'
}

pub(crate) fn trim_ows(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes {
        if !is_ows(*first) {
            break;
        }
        bytes = rest;
    }
    while let [rest @ .., last] = bytes {
        if !is_ows(*last) {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// Names that AWS calls valid: letters, digits and hyphens (R10). Narrower than a token.
pub(crate) fn is_plain_name(bytes: &[u8]) -> bool {
    bytes.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Whether a program that reads names as CGI does takes both for the same: without regard to case, and `_` for `-`
/// (RFC 3875 section 4.1.18).
pub(crate) fn is_same_name(one: &[u8], other: &[u8]) -> bool {
    let fold = |b: &u8| if *b == b'_' { b'-' } else { b.to_ascii_lowercase() };
    one.len() == other.len() && one.iter().map(fold).eq(other.iter().map(fold))
}

/// The members of a comma-separated list over several field lines, trimmed; empty members are left out
/// (RFC 9110 section 5.6.1).
pub(crate) fn list<'a>(values: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = &'a [u8]> {
    values.flat_map(|value| value.split(|&b| b == b',')).map(trim_ows).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_space_and_tab_are_trimmed() {
        assert_eq!(trim_ows(b" \t a b\t "), b"a b");
        assert_eq!(trim_ows(b"\x0bchunked"), b"\x0bchunked");
        assert_eq!(trim_ows(b"  "), b"");
    }

    #[test]
    fn names_are_the_same_if_cgi_takes_them_for_the_same() {
        assert!(is_same_name(b"X_Elbow-Stickiness", b"x-elbow_stickiness"));
        assert!(!is_same_name(b"X-Elbow", b"X-Elbow-Stickiness") && !is_same_name(b"X.Elbow", b"X-Elbow"));
    }

    #[test]
    fn a_list_runs_over_lines_and_skips_empty_members() {
        let values: [&[u8]; 2] = [b"close, ,TE", b",x"];
        let items: Vec<&[u8]> = list(values.into_iter()).collect();
        assert_eq!(items, [b"close".as_slice(), b"TE", b"x"]);
    }

    #[test]
    fn classes_agree_with_the_grammar() {
        let separators = b"()<>@,;:\\\"/[]?={} \t\x7f\x00\r\n\x80";
        assert!(separators.iter().all(|&b| !is_token_byte(b)));
        assert!([0u8, 1, b'\r', b'\n', 0x7f].iter().all(|&b| !is_value_byte(b)));
        assert!([b'\t', b' ', b'~', 0x80, 0xff].iter().all(|&b| is_value_byte(b)));
    }
}
