//! Which browsers get `SameSite=None; Secure` on `AWSALBAPP-n` (S46).

/// The first version that takes a cookie without `SameSite` for `Lax`.
const FIRST_VERSION: u32 = 80;

/// Whether this `User-Agent` is Chromium 80 or later: it has a product `…Chrome/N` or `…Chromium/N` with such a version.
/// Edge, Opera and headless Chrome do; Chrome on iOS calls itself `CriOS` and is not Chromium.
// AWS: unknown which test it makes on the User-Agent, and what it does on a plain-HTTP listener. There we leave the
// attribute out, because browsers refuse `SameSite=None` without `Secure` and AWSALBAPP-n has no twin to fall back on.
pub(super) fn needs_same_site(user_agent: &[u8]) -> bool {
    [b"Chrome/".as_slice(), b"Chromium/"].iter().any(|product| {
        let after =
            memchr::memmem::find(user_agent, product).and_then(|at| user_agent.get(at + product.len()..));
        after.is_some_and(|version| major(version) >= FIRST_VERSION)
    })
}

/// The number that `version` begins with; 0 if there is none.
fn major(version: &[u8]) -> u32 {
    let digits = version.iter().map_while(|byte| char::from(*byte).to_digit(10));
    digits.fold(0, |number: u32, digit| number.saturating_mul(10).saturating_add(digit))
}

#[cfg(test)]
mod tests {
    use super::needs_same_site;

    #[test]
    fn s46_only_chromium_from_80_on() {
        let table = [
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/79.0.3945.88 Safari/537.36", false),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/80.0.3987.87 Safari/537.36", true),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
                true,
            ),
            (
                "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 Ubuntu Chromium/80.0 Chrome/79.0 Safari/537.36",
                true,
            ),
            ("Mozilla/5.0 AppleWebKit/537.36 HeadlessChrome/131.0 Safari/537.36", true),
            ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 CriOS/131.0 Mobile/15E148 Safari/604.1", false),
            ("Mozilla/5.0 (Macintosh) Gecko/20100101 Firefox/132.0", false),
            ("curl/8.5.0", false),
            ("Chrome/", false),
            ("Chrome/99999999999999999999", true),
            ("", false),
        ];
        for (user_agent, needs) in table {
            assert_eq!(needs_same_site(user_agent.as_bytes()), needs, "{user_agent}");
        }
    }
}
