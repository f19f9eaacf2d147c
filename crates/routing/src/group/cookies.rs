//! What a group wants of cookies, its own and its targets', beyond how long they live.

use elbow_model::Attributes;
use elbow_model::attribute::target_group as key;
use elbow_stickiness::{CookieForm, SameSite};

/// Which cookies of targets are left as they are when the others are hardened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hardening {
    except: Box<[Box<[u8]>]>,
}

impl Hardening {
    /// Whether a cookie of this name, compared byte for byte, is left as it is.
    pub fn leaves_alone(&self, name: &[u8]) -> bool {
        self.except.iter().any(|known| **known == *name)
    }

    /// `None`: no cookie of a target is touched.
    pub(super) fn read(attributes: &Attributes) -> Option<Self> {
        let names = attributes.text(key::HARDEN_EXCEPT).split(' ').filter(|name| !name.is_empty());
        attributes
            .flag(key::HARDEN)
            .then(|| Self { except: names.map(|name| name.as_bytes().into()).collect() })
    }
}

/// The attributes of the load balancer's own cookies.
pub(super) fn form(attributes: &Attributes) -> CookieForm {
    CookieForm {
        http_only: attributes.flag(key::COOKIE_HTTP_ONLY),
        secure: attributes.flag(key::COOKIE_SECURE),
        same_site: match attributes.text(key::COOKIE_SAME_SITE) {
            "strict" => Some(SameSite::Strict),
            "lax" => Some(SameSite::Lax),
            "none" => Some(SameSite::None),
            _ => None,
        },
        partitioned: attributes.flag(key::COOKIE_PARTITIONED),
    }
}
