//! Files of a server that speaks the protocol of Amazon S3: one signed `GET` or `PUT` each, with the bucket in the path, on
//! a connection of its own. Redirects are not followed.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use elbow_api::objects::{ObjectName, ObjectStore, ReadObject, Unread, Unwritten, WriteObject};
use elbow_api::sigv4;
use elbow_model::Region;
use http::{Method, Request, Response, StatusCode, header};
use rustls::ClientConfig;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::clock::now;
use crate::outgoing::{AwsKeys, EndpointUrl, Failed, TOKEN_HEADER, exchange};

/// Longest time that one file takes, from looking up the name to the last byte; waiting for room takes as long at most.
const FILE_TIMEOUT: Duration = Duration::from_secs(30);
/// Most files at once; others wait.
const FILES_AT_ONCE: usize = 4;
/// Most that is read of an answer to a file, which says nothing that we need, in bytes.
const ANSWER_BYTES: usize = 64 * 1024;

/// A server and who asks there.
pub(super) struct S3Server {
    url: EndpointUrl,
    /// Nobody in particular, if there are none: what everybody may read.
    keys: Option<AwsKeys>,
    /// What a connection over TLS needs; none for plain HTTP.
    tls: Option<Arc<ClientConfig>>,
    room: Semaphore,
}

impl S3Server {
    /// Nothing is sent yet.
    pub(super) fn new(url: EndpointUrl, keys: Option<AwsKeys>, tls: Option<Arc<ClientConfig>>) -> Self {
        Self { url, keys, tls, room: Semaphore::new(FILES_AT_ONCE) }
    }

    async fn get(&self, region: &Region, object: &ObjectName, most: usize) -> Result<Vec<u8>, Unread> {
        let unavailable = |why: &str| {
            Unread::Unavailable(format!(
                "{} does not give {object}: {why}; see to it and try again",
                self.url
            ))
        };
        let request = self.request(Method::GET, region, object, Bytes::new());
        let request = request.map_err(|why| unavailable(&why))?;
        let response = self.send(request, most).await.map_err(|failed| match failed {
            Failed::TooLarge => Unread::TooLarge(format!("{object} has more than {most} bytes")),
            Failed::Broken(why) => unavailable(&why),
        })?;
        match response.status() {
            StatusCode::OK => Ok(response.into_body().into()),
            StatusCode::NOT_FOUND => Err(Unread::Absent(format!("{object} is not at {}", self.url))),
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Err(Unread::Absent(format!(
                "{} does not let us read {object}; the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must hold \
                 keys that may",
                self.url
            ))),
            status => Err(unavailable(&format!("it answered with status {}", status.as_u16()))),
        }
    }

    async fn put(&self, region: &Region, object: &ObjectName, content: Bytes) -> Result<(), Unwritten> {
        let unwritten = |why: &str| Unwritten(format!("{} does not take {object}: {why}", self.url));
        let request = self.request(Method::PUT, region, object, content).map_err(|why| unwritten(&why))?;
        let response = self.send(request, ANSWER_BYTES).await.map_err(|failed| match failed {
            Failed::TooLarge => unwritten("its answer is too long"),
            Failed::Broken(why) => unwritten(&why),
        })?;
        match response.status() {
            StatusCode::OK => Ok(()),
            StatusCode::NOT_FOUND => Err(unwritten("it has no such bucket; create the bucket first")),
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => Err(unwritten(
                "the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must hold keys that may write there",
            )),
            status => Err(unwritten(&format!("it answered with status {}", status.as_u16()))),
        }
    }

    /// Sends a request when there is room for it.
    async fn send(&self, request: Request<Bytes>, most: usize) -> Result<Response<Bytes>, Failed> {
        let late = |_| Failed::Broken(format!("it did not answer within {} s", FILE_TIMEOUT.as_secs()));
        let _permit = timeout(FILE_TIMEOUT, self.room.acquire()).await.map_err(late)?;
        timeout(FILE_TIMEOUT, exchange(&self.url, self.tls.as_ref(), request, most)).await.map_err(late)?
    }

    fn request(
        &self,
        method: Method,
        region: &Region,
        object: &ObjectName,
        content: Bytes,
    ) -> Result<Request<Bytes>, String> {
        let mut target = format!("{}/{}/", self.url.path().trim_end_matches('/'), object.bucket());
        encode(object.key(), &mut target);
        if let Some(version) = object.version() {
            target.push_str("?versionId=");
            encode(version, &mut target);
        }
        let mut request =
            Request::builder().method(method).uri(target).header(header::HOST, self.url.authority());
        let token = self.keys.as_ref().and_then(|keys| keys.session_token.as_ref());
        if let Some(token) = token {
            request = request.header(TOKEN_HEADER, token.clone());
        }
        let mut parts = request.body(()).map_err(|error| error.to_string())?.into_parts().0;
        if let Some(keys) = &self.keys {
            sigv4::sign_object_request(&mut parts, &content, &keys.credential, region, now());
        }
        Ok(Request::from_parts(parts, content))
    }
}

impl ObjectStore for S3Server {
    fn read<'a>(&'a self, region: &'a Region, object: &'a ObjectName, most: usize) -> ReadObject<'a> {
        Box::pin(self.get(region, object, most))
    }

    fn write<'a>(&'a self, region: &'a Region, object: &'a ObjectName, content: Bytes) -> WriteObject<'a> {
        Box::pin(self.put(region, object, content))
    }
}

/// Percent-encodes all but the unreserved characters and slashes, as Amazon S3 has it for what is signed.
fn encode(text: &str, target: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            target.push(char::from(byte));
        } else {
            let _ = write!(target, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread::JoinHandle;

    use elbow_model::{AccessKeyId, Credential, Secret, Timestamp};

    use super::*;

    /// A server for one request: it gives `answer`, and hands over the request when it is joined.
    fn server(answer: String) -> (EndpointUrl, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/base/", listener.local_addr().unwrap()).parse().unwrap();
        let serve = move || {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut read, mut chunk) = (Vec::new(), [0; 4096]);
            while !is_whole(&read) {
                let count = stream.read(&mut chunk).unwrap();
                assert!(count > 0, "the request broke off");
                read.extend_from_slice(&chunk[..count]);
            }
            // Who does not want the rest hangs up.
            let _ = stream.write_all(answer.as_bytes());
            String::from_utf8(read).unwrap()
        };
        (url, std::thread::spawn(serve))
    }

    /// Whether the head is there, and the five bytes that [`put`] sends.
    fn is_whole(request: &[u8]) -> bool {
        let end: &[u8] = if request.starts_with(b"PUT") { b"\r\n\r\nlines" } else { b"\r\n\r\n" };
        request.ends_with(end)
    }

    fn response(status: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }

    fn get(url: EndpointUrl, keys: Option<AwsKeys>) -> Result<Vec<u8>, Unread> {
        let server = S3Server::new(url, keys, None);
        let object = ObjectName::parse("trust", "a b/ü.pem", Some("v+1")).unwrap();
        let region = Region::parse("eu-west-1").unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(server.read(&region, &object, 8))
    }

    #[test]
    fn a_file_is_asked_for_by_its_path_and_signed_if_there_are_keys() {
        let keys = AwsKeys {
            credential: Credential {
                id: AccessKeyId::parse("AKIDEXAMPLE").unwrap(),
                secret: Secret::parse("a-secret-that-nobody-knows").unwrap(),
                created: Timestamp::default(),
            },
            session_token: None,
        };
        for keys in [None, Some(keys)] {
            let signed = keys.is_some();
            let (url, served) = server(response("200 OK", "content"));
            assert_eq!(get(url, keys).unwrap(), b"content");
            let request = served.join().unwrap();
            let line = "GET /base/trust/a%20b/%C3%BC.pem?versionId=v%2B1 HTTP/1.1\r\n";
            assert!(request.starts_with(line), "{request}");
            assert_eq!(request.contains("/eu-west-1/s3/aws4_request, "), signed, "{request}");
            assert_eq!(request.contains("x-amz-content-sha256: e3b0c442"), signed, "{request}");
        }
    }

    fn put(url: EndpointUrl) -> Result<(), Unwritten> {
        let server = S3Server::new(url, None, None);
        let object = ObjectName::parse("logs", "a b/log", None).unwrap();
        let region = Region::parse("eu-west-1").unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(server.write(&region, &object, Bytes::from_static(b"lines")))
    }

    #[test]
    fn a_file_is_put_at_its_path_and_whoever_does_not_take_it_is_named() {
        let (url, served) = server(response("200 OK", ""));
        assert_eq!(put(url), Ok(()));
        let request = served.join().unwrap();
        assert!(request.starts_with("PUT /base/logs/a%20b/log HTTP/1.1\r\n"), "{request}");
        assert!(request.to_ascii_lowercase().contains("content-length: 5\r\n"), "{request}");
        for (answer, why) in [
            (response("404 Not Found", ""), "create the bucket"),
            (response("403 Forbidden", "no"), "AWS_ACCESS_KEY_ID"),
            (response("301 Moved Permanently", ""), "status 301"),
            (response("503 Slow Down", ""), "status 503"),
            (String::new(), "broke"),
        ] {
            let (url, served) = server(answer);
            let Unwritten(text) = put(url.clone()).unwrap_err();
            served.join().unwrap();
            assert!(text.contains(why) && text.contains(&url.to_string()), "{text}");
        }
    }

    #[test]
    fn what_is_no_file_says_whose_fault_it_is() {
        let kind = |answer| {
            let (url, served) = server(answer);
            let unread = get(url, None).unwrap_err();
            served.join().unwrap();
            match unread {
                Unread::Absent(_) => "absent",
                Unread::TooLarge(_) => "large",
                Unread::Unavailable(_) => "unavailable",
            }
        };
        for (answer, expected) in [
            (response("404 Not Found", ""), "absent"),
            (response("403 Forbidden", "no"), "absent"),
            (response("200 OK", "123456789"), "large"),
            (response("301 Moved Permanently", ""), "unavailable"),
            (response("503 Slow Down", ""), "unavailable"),
            ("SSH-2.0\r\n".to_owned(), "unavailable"),
            (String::new(), "unavailable"),
        ] {
            assert_eq!(kind(answer.clone()), expected, "{answer}");
        }
    }
}
