//! What the load balancer's own cookies say of themselves behind `Path=/`.
//!
//! ALB says as little as it can (S8), which audits find fault with (S60). Whoever wants more asks for it; the order is
//! always ALB's (S9), with what ALB lacks behind it.

use crate::Context;

/// Attributes beyond ALB's of `AWSALB`, `AWSALBTG` and their CORS twins and of `AWSALBAPP-0` to `-3`. The default is
/// exactly ALB's form. Classic's cookies have no such settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CookieForm {
    /// `HttpOnly`: scripts do not see them.
    pub http_only: bool,
    /// `Secure` on all of them, over HTTP too, for load balancers behind something that ends TLS.
    pub secure: bool,
    /// `SameSite` of those that have none of ALB's: all but the twins.
    pub same_site: Option<SameSite>,
    /// `Partitioned`, on those that are `Secure`: browsers refuse it without (CHIPS).
    pub partitioned: bool,
}

/// When a browser sends a cookie with requests that another site causes (RFC 6265bis section 4.1.2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// Never.
    Strict,
    /// When the user goes to the site.
    Lax,
    /// Always; browsers want `Secure` with it.
    None,
}

impl SameSite {
    const fn attribute(self) -> &'static [u8] {
        match self {
            Self::Strict => b"; SameSite=Strict",
            Self::Lax => b"; SameSite=Lax",
            Self::None => b"; SameSite=None",
        }
    }
}

impl CookieForm {
    /// Ends the line of a cookie that ALB gives this `SameSite`.
    // On a plain-HTTP listener AWS leaves out `Secure` and keeps `SameSite=None`, which browsers refuse (S2, S61); the
    // plain cookie is the one that works there.
    pub(super) fn end_line(self, context: &Context<'_>, same_site: Option<SameSite>, out: &mut Vec<u8>) {
        let same_site = same_site.or(self.same_site);
        let secure = self.secure || context.secure && same_site == Some(SameSite::None);
        if let Some(same_site) = same_site {
            out.extend_from_slice(same_site.attribute());
        }
        if secure {
            out.extend_from_slice(b"; Secure");
        }
        if self.http_only {
            out.extend_from_slice(b"; HttpOnly");
        }
        if self.partitioned && secure {
            out.extend_from_slice(b"; Partitioned");
        }
        out.extend_from_slice(b"\r\n");
    }
}
