//! Where the files are that calls name by bucket and key: a directory, or a server that speaks the protocol of Amazon
//! S3. Bundles and revocations of trust stores are read here, once, when a call names them; what was read is kept in the
//! store, and the file is not needed any more. Access logs are written here.

mod directory;
mod server;

use std::path::Path;
use std::sync::Arc;

use elbow_api::objects::ObjectStore;

use self::directory::Directory;
use self::server::S3Server;
use crate::outgoing::{AwsKeys, EndpointUrl, trust};

/// Directory of the buckets below the data directory, unless told otherwise.
const DEFAULT: &str = "s3";
/// The setting.
const SETTING: &str = "--s3-endpoint-url";

/// What the setting `--s3-endpoint-url` leads to: `file:///DIR`, `http://HOST` or `https://HOST`; without it, a directory in
/// the data directory. `keys` sign what is asked of a server.
///
/// # Errors
/// A sentence for the user.
pub(crate) fn open(
    setting: Option<&str>,
    data_dir: &Path,
    keys: Option<AwsKeys>,
) -> Result<Arc<dyn ObjectStore>, String> {
    let Some(text) = setting else { return Ok(Arc::new(Directory::new(data_dir.join(DEFAULT)))) };
    if let Some(path) = text.strip_prefix("file://") {
        if !path.starts_with('/') {
            return Err(format!("{SETTING} must name a directory from the root on, such as file:///srv/s3"));
        }
        return Ok(Arc::new(Directory::new(path.into())));
    }
    let url: EndpointUrl = text.parse().map_err(|why| format!("{SETTING} {why}, or file:///srv/s3"))?;
    let tls = url.is_https().then(|| trust(SETTING)).transpose()?;
    Ok(Arc::new(S3Server::new(url, keys, tls)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_leads_nowhere_says_what_would() {
        let open = |setting| open(Some(setting), Path::new("."), None).map(drop);
        assert_eq!(open("file:///srv/s3"), Ok(()));
        assert_eq!(open("http://127.0.0.1:9000"), Ok(()));
        for setting in ["file://srv/s3", "file:", "s3://bucket", "/srv/s3", "http://"] {
            let error = open(setting).unwrap_err();
            assert!(error.contains("--s3-endpoint-url") && error.contains("file:///srv/s3"), "{error}");
        }
    }
}
