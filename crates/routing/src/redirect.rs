//! Where a redirect leads to (L16).

use elbow_model::{RedirectKeyword, RedirectParts, RedirectStatus};

/// A redirect, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    status: RedirectStatus,
    /// All of the address but the query.
    address: Box<[Piece]>,
    query: Box<[Piece]>,
}

/// A part of the address.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(Box<str>),
    Keyword(RedirectKeyword),
}

/// The request that is redirected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Original<'a> {
    /// `http` or `https`.
    pub protocol: &'static str,
    /// Without a port.
    pub host: &'a [u8],
    /// The port in decimal digits.
    pub port: &'a [u8],
    /// From the `/` on, not decoded.
    pub path: &'a [u8],
    /// Without the question mark, not decoded; empty if there is none.
    pub query: &'a [u8],
}

impl Redirect {
    pub(crate) fn compile(redirect: &elbow_model::Redirect) -> Self {
        let RedirectParts { protocol, host, port, path, query } = redirect.parts();
        let mut address = Vec::new();
        // The keyword is in lower case already.
        compile(&protocol.to_ascii_lowercase(), &mut address);
        // The port is always written, the usual ones too, as captures of ALB have it: `https://example.com:443/`.
        for text in ["://", host, ":", port, path] {
            compile(text, &mut address);
        }
        let mut query_pieces = Vec::new();
        compile(query, &mut query_pieces);
        Self { status: redirect.status(), address: address.into(), query: query_pieces.into() }
    }

    /// Its status.
    pub fn status(&self) -> RedirectStatus {
        self.status
    }

    /// Appends the address for `Location`. `encode` appends a part of the request so that it is valid there. An empty
    /// query leaves no question mark behind.
    pub fn write(&self, out: &mut Vec<u8>, original: &Original<'_>, encode: fn(&mut Vec<u8>, &[u8])) {
        write(&self.address, out, original, encode);
        let end = out.len();
        // AWS: unknown whether it refuses a query that is given with a `?`; it says that the `?` is added, so we add it.
        out.push(b'?');
        write(&self.query, out, original, encode);
        if out.len() == end + 1 {
            out.truncate(end);
        }
    }
}

fn compile(text: &str, pieces: &mut Vec<Piece>) {
    let mut rest = text;
    while !rest.is_empty() {
        let mut keywords = RedirectKeyword::ALL.into_iter();
        let found = keywords.find_map(|keyword| Some((rest.strip_prefix(keyword.as_str())?, keyword)));
        if let Some((after, keyword)) = found {
            pieces.push(Piece::Keyword(keyword));
            rest = after;
        } else {
            // A lone `#` is a character like any other.
            let end = rest.get(1..).and_then(|behind| behind.find("#{")).map_or(rest.len(), |at| at + 1);
            let (plain, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            pieces.push(Piece::Text(plain.into()));
            rest = after;
        }
    }
}

fn write(pieces: &[Piece], out: &mut Vec<u8>, original: &Original<'_>, encode: fn(&mut Vec<u8>, &[u8])) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
            Piece::Keyword(RedirectKeyword::Protocol) => out.extend_from_slice(original.protocol.as_bytes()),
            Piece::Keyword(RedirectKeyword::Host) => encode(out, original.host),
            Piece::Keyword(RedirectKeyword::Port) => encode(out, original.port),
            Piece::Keyword(RedirectKeyword::Path) => {
                encode(out, original.path.strip_prefix(b"/").unwrap_or(original.path));
            }
            Piece::Keyword(RedirectKeyword::Query) => encode(out, original.query),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGINAL: Original<'_> =
        Original { protocol: "http", host: b"example.com", port: b"80", path: b"/a/b c", query: b"x=1&y=2" };

    fn led_to(change: impl FnOnce(&mut RedirectParts), original: &Original<'_>) -> String {
        let mut parts = RedirectParts { protocol: "HTTPS".into(), ..RedirectParts::default() };
        change(&mut parts);
        let redirect = elbow_model::Redirect::new(RedirectStatus::Found, parts).unwrap();
        let mut out = Vec::new();
        let encode = |out: &mut Vec<u8>, part: &[u8]| {
            out.extend(part.iter().map(|&b| if b == b' ' { b'+' } else { b }));
        };
        Redirect::compile(&redirect).write(&mut out, original, encode);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn l16_what_is_not_named_stays_as_it_was() {
        assert_eq!(led_to(|_| (), &ORIGINAL), "https://example.com:80/a/b+c?x=1&y=2");
        assert_eq!(led_to(|it| it.port = "443".into(), &ORIGINAL), "https://example.com:443/a/b+c?x=1&y=2");
    }

    #[test]
    fn l16_keywords_stand_for_parts_of_the_request() {
        let all = |it: &mut RedirectParts| {
            it.protocol = "#{protocol}".into();
            it.host = "www.#{host}".into();
            it.path = "/#/#{port}/#{host}/#{path}/#".into();
            it.query = "#{query}&p=#{protocol}#{host}#{port}/#{path}".into();
        };
        assert_eq!(
            led_to(all, &ORIGINAL),
            "http://www.example.com:80/#/80/example.com/a/b+c/#?x=1&y=2&p=httpexample.com80/a/b+c"
        );
    }

    #[test]
    fn l16_no_query_leaves_no_question_mark() {
        let none = Original { path: b"/", query: b"", ..ORIGINAL };
        assert_eq!(led_to(|_| (), &none), "https://example.com:80/");
        assert_eq!(led_to(|it| it.query = "".into(), &ORIGINAL), "https://example.com:80/a/b+c");
        assert_eq!(led_to(|it| it.query = "a=b".into(), &none), "https://example.com:80/?a=b");
        assert_eq!(led_to(|it| it.query = "?a=b".into(), &none), "https://example.com:80/??a=b");
    }
}
