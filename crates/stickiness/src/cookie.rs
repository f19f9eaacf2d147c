//! Cookies as bytes: finding the load balancer's own among the request's, and their names.
//!
//! This is not a cookie parser. It splits `Cookie` lines at `;`, compares names byte for byte (RFC 6265, 5.2 and 5.4)
//! and takes values as they are: quotes are not removed and percent signs are not decoded (S11).

pub(crate) mod set_cookie;

/// Most bytes of `Cookie` lines that are searched; lines beyond that are as if absent. It is ALB's limit for all
/// headers of a request, so a request that reaches this code has fewer.
pub const COOKIE_BYTES_MAX: usize = 65_536;

/// The cookies that the load balancer sets, in the order of [`Cookies`]' places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Name {
    Target,
    TargetCors,
    Group,
    GroupCors,
    Application0,
    Application1,
    Application2,
    Application3,
    Classic,
    ClassicCors,
}

impl Name {
    const ALL: [Self; 10] = [
        Self::Target,
        Self::TargetCors,
        Self::Group,
        Self::GroupCors,
        Self::Application0,
        Self::Application1,
        Self::Application2,
        Self::Application3,
        Self::Classic,
        Self::ClassicCors,
    ];

    /// The target's cookie and its CORS twin.
    pub(crate) const TARGET: (Self, Self) = (Self::Target, Self::TargetCors);
    /// The target group's cookie and its CORS twin.
    pub(crate) const GROUP: (Self, Self) = (Self::Group, Self::GroupCors);
    /// Classic's cookie and its CORS twin.
    pub(crate) const CLASSIC: (Self, Self) = (Self::Classic, Self::ClassicCors);
    /// The fragments of the application token, in order (S44).
    pub(crate) const APPLICATION: [Self; 4] =
        [Self::Application0, Self::Application1, Self::Application2, Self::Application3];

    /// The name on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Target => "AWSALB",
            Self::TargetCors => "AWSALBCORS",
            Self::Group => "AWSALBTG",
            Self::GroupCors => "AWSALBTGCORS",
            Self::Application0 => "AWSALBAPP-0",
            Self::Application1 => "AWSALBAPP-1",
            Self::Application2 => "AWSALBAPP-2",
            Self::Application3 => "AWSALBAPP-3",
            Self::Classic => "AWSELB",
            Self::ClassicCors => "AWSELBCORS",
        }
    }

    fn parse(name: &[u8]) -> Option<Self> {
        // Nearly every cookie of a request is the application's; this leaves them after one comparison.
        if !name.starts_with(b"AWS") {
            return None;
        }
        Self::ALL.into_iter().find(|known| known.as_str().as_bytes() == name)
    }
}

/// The value of a fragment that is not in use (S45).
pub(crate) const REMOVE: &[u8] = b"_remove_";

/// A request's cookies, with the load balancer's own found. Borrows the lines and copies nothing.
#[derive(Clone)]
pub struct Cookies<'a, L> {
    lines: L,
    values: [Option<&'a [u8]>; Name::ALL.len()],
}

impl<'a, L> Cookies<'a, L>
where
    L: Iterator<Item = &'a [u8]> + Clone,
{
    /// Reads the values of a request's `Cookie` lines, in their order on the wire. Any bytes may be given.
    // AWS: unknown which value wins when a name occurs twice. We take the first: RFC 6265, 5.4 has clients send the
    // more specific and the older cookie first, and most servers do the same.
    pub fn read(lines: L) -> Self {
        let mut values = [None; Name::ALL.len()];
        for (name, value) in pairs(lines.clone()) {
            if let Some(place) = Name::parse(name).and_then(|known| values.get_mut(known as usize)) {
                place.get_or_insert(value);
            }
        }
        Self { lines, values }
    }

    /// The value of one of the load balancer's cookies.
    pub(crate) fn value(&self, name: Name) -> Option<&'a [u8]> {
        self.values.get(name as usize).copied().flatten()
    }

    /// Whether the request carries a cookie of this name; for the application's cookie, whose value is its own (S40).
    pub(crate) fn carries(&self, name: &str) -> bool {
        pairs(self.lines.clone()).any(|(found, _)| found == name.as_bytes())
    }
}

/// The name and value of each cookie. What has no `=` has no name and is left out.
fn pairs<'a>(lines: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    let within_limit = lines.scan(COOKIE_BYTES_MAX, |rest, line| {
        *rest = rest.checked_sub(line.len())?;
        Some(line)
    });
    within_limit.flat_map(Pieces::new).filter_map(pair)
}

/// Splits `name=value` at the first `=` and trims spaces and tabs around both.
pub(crate) fn pair(piece: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = memchr::memchr(b'=', piece)?;
    let (name, value) = piece.split_at_checked(equals)?;
    Some((trim(name), trim(value.get(1..)?)))
}

/// Without the spaces and tabs at both ends.
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// The parts of a cookie line between semicolons.
pub(crate) struct Pieces<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(line: &'a [u8]) -> Self {
        Self { rest: Some(line) }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        match memchr::memchr(b';', rest).and_then(|end| rest.split_at_checked(end)) {
            Some((piece, tail)) => {
                self.rest = tail.get(1..);
                Some(piece)
            }
            None => self.rest.take(),
        }
    }
}

#[cfg(test)]
mod tests;
