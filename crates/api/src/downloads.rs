//! The files of trust stores at addresses of this server, for whoever was given one.
//!
//! `GetTrustStoreCaCertificatesBundle` and `GetTrustStoreRevocationContent` answer with a `Location`, at AWS one of Amazon
//! S3. Here it is one of the API server itself. It can be fetched without a signature in its header, so it carries a
//! seal that only this process can make, over what is fetched and until when: ten minutes. A restart makes a new key.
//!
//! **Threat.** Paths and queries come from whoever can reach the port. Seals are compared in constant time, and nothing is
//! looked up before one is found good.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use bytes::Bytes;
use elbow_model::key::TrustStoreKey;
use elbow_model::{Configuration, Timestamp};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};

use crate::origin::Origin;
use crate::surroundings::Random;

/// How long an address is good.
const LIFETIME: Duration = Duration::from_secs(600);
/// What the paths of all addresses begin with.
const ROOT: &str = "/trust-stores/";
const BUNDLE: &str = "ca-certificates";
const REVOCATIONS: &str = "revocations";
/// Parts of the key, each a number that nobody can guess.
const KEY_PARTS: usize = 4;

/// A file of a trust store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Download {
    /// Its certificates.
    Bundle(TrustStoreKey),
    /// One of its files of revocations.
    Revocation(TrustStoreKey, u64),
}

impl Download {
    fn path(self) -> String {
        match self {
            Self::Bundle(store) => format!("{ROOT}{store}/{BUNDLE}"),
            Self::Revocation(store, id) => format!("{ROOT}{store}/{REVOCATIONS}/{id}"),
        }
    }

    fn parse(path: &str) -> Option<Self> {
        let (store, file) = path.strip_prefix(ROOT)?.split_once('/')?;
        let store = TrustStoreKey::parse(store)?;
        if file == BUNDLE {
            return Some(Self::Bundle(store));
        }
        let id = file.strip_prefix(REVOCATIONS)?.strip_prefix('/')?;
        let it = Self::Revocation(store, id.parse().ok()?);
        (it.path() == path).then_some(it)
    }

    fn find(self, configuration: &Configuration) -> Option<Arc<[u8]>> {
        match self {
            Self::Bundle(store) => Some(Arc::clone(&configuration.trust_stores.get(&store)?.bundle)),
            Self::Revocation(store, id) => {
                let revocation = configuration.trust_stores.get(&store)?.revocations.get(&id)?;
                Some(Arc::clone(&revocation.content))
            }
        }
    }
}

/// Makes addresses and answers what is fetched there.
pub(crate) struct Downloads {
    key: hmac::Key,
}

impl Downloads {
    /// With a key of its own.
    pub(crate) fn new(random: &Random) -> Self {
        let key: Vec<u8> = (0..KEY_PARTS).flat_map(|_| random().to_be_bytes()).collect();
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &key) }
    }

    /// The address of a file at `origin`.
    pub(crate) fn location(&self, origin: &Origin, download: Download, now: Timestamp) -> String {
        let expires = ((now + LIFETIME).as_millis() / 1000).to_string();
        let path = download.path();
        let seal = hmac::sign(&self.key, sealed(&path, &expires).as_bytes());
        let seal = base64_simd::URL_SAFE_NO_PAD.encode_to_string(seal);
        origin.address(&format!("{path}?expires={expires}&signature={seal}"))
    }

    /// Answers a request for a file; `None` for any other request.
    pub(crate) fn answer(
        &self,
        request: &Request<Bytes>,
        configuration: &Configuration,
        now: Timestamp,
    ) -> Option<Response<Bytes>> {
        if request.method() != Method::GET || !request.uri().path().starts_with(ROOT) {
            return None;
        }
        Some(match self.admitted(request.uri(), now).map(|it| it.find(configuration)) {
            None => plain(
                StatusCode::FORBIDDEN,
                "this address is not good, or not any more; the API gives out another one\n",
            ),
            Some(None) => plain(StatusCode::NOT_FOUND, "there is no such file any more\n"),
            Some(Some(content)) => {
                let mut response = Response::new(Bytes::from_owner(content));
                let kind = HeaderValue::from_static("application/x-pem-file");
                response.headers_mut().insert(header::CONTENT_TYPE, kind);
                response
            }
        })
    }

    /// What an address leads to if we have made it and it is still good.
    fn admitted(&self, uri: &http::Uri, now: Timestamp) -> Option<Download> {
        let query = uri.query()?.strip_prefix("expires=")?;
        let (expires, seal) = query.split_once("&signature=")?;
        let seal = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(seal).ok()?;
        hmac::verify(&self.key, sealed(uri.path(), expires).as_bytes(), &seal).ok()?;
        if Timestamp::from_secs(expires.parse().ok()?) < now {
            return None;
        }
        Download::parse(uri.path())
    }
}

fn sealed(path: &str, expires: &str) -> String {
    format!("{path}\n{expires}")
}

fn plain(status: StatusCode, text: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
    const STORE: TrustStoreKey = TrustStoreKey::new(7);

    fn downloads(seed: u64) -> Downloads {
        let random: Random = Arc::new(move || seed);
        Downloads::new(&random)
    }

    fn origin() -> Origin {
        let request = Request::get("http://api.test/").body(()).unwrap();
        Origin::of(&request.into_parts().0).unwrap()
    }

    fn admitted(downloads: &Downloads, address: &str, now: Timestamp) -> Option<Download> {
        downloads.admitted(&address.strip_prefix("http://api.test").unwrap().parse().unwrap(), now)
    }

    #[test]
    fn an_address_leads_to_its_file_until_it_expires() {
        let ours = downloads(1);
        for it in [Download::Bundle(STORE), Download::Revocation(STORE, 3)] {
            let address = ours.location(&origin(), it, NOW);
            assert_eq!(admitted(&ours, &address, NOW), Some(it));
            assert_eq!(admitted(&ours, &address, NOW + LIFETIME), Some(it));
            assert_eq!(admitted(&ours, &address, NOW + LIFETIME + Duration::from_secs(1)), None);
            assert_eq!(admitted(&downloads(2), &address, NOW), None, "of another process");
        }
    }

    #[test]
    fn an_address_that_somebody_has_changed_leads_nowhere() {
        let ours = downloads(1);
        let address = ours.location(&origin(), Download::Revocation(STORE, 3), NOW);
        for (from, to) in [("revocations/3", "revocations/4"), ("expires=18", "expires=19"), ("=", "=+")] {
            let changed = address.replacen(from, to, 1);
            assert_ne!(changed, address);
            assert_eq!(admitted(&ours, &changed, NOW), None, "{changed}");
        }
        for address in
            ["http://api.test/trust-stores/", "http://api.test/trust-stores/x?expires=1&signature="]
        {
            assert_eq!(admitted(&ours, address, NOW), None);
        }
    }
}
