//! A client that keeps cookies, over a plain socket.

use std::collections::BTreeMap;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A browser's cookie jar for one port. A clone goes its own way from here on.
#[derive(Clone)]
pub struct Browser {
    port: u16,
    jar: BTreeMap<String, String>,
}

/// What came back.
pub struct Response {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Browser {
    /// A browser without cookies.
    pub fn new(port: u16) -> Self {
        Self { port, jar: BTreeMap::new() }
    }

    /// Asks for a path on a connection of its own, and keeps the cookies of the answer.
    pub async fn get(&mut self, path: &str) -> Response {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let cookies: Vec<_> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies =
            if cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", cookies.join("; ")) };
        let request = format!("GET {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n{cookies}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        self.keep(head);
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Response { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn keep(&mut self, head: &str) {
        let cookies = head.lines().filter_map(|line| line.split_once(": "));
        for (_, cookie) in cookies.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.jar.insert(name.to_owned(), value.to_owned());
        }
    }
}
