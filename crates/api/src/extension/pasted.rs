//! A request as people copy it: of `curl -v` with its `> `, of a browser as it was sent, or as a table with names and values
//! on lines of their own, or as a command of curl; with the pseudo headers of HTTP/2, line ends of any kind, with or without
//! a body.
//!
//! **Threat.** It is anybody's text. What comes of it is read by the rules for requests of clients, and is never sent.

mod curl;

/// What `curl -v` puts before each line that it sends.
const SENT_BY_CURL: &str = "> ";

/// A head, line by line.
#[derive(Debug, Default)]
pub struct Pasted {
    method: Option<String>,
    target: Option<String>,
    authority: Option<String>,
    version: Option<String>,
    /// Whether pseudo headers of HTTP/2 have come.
    pseudo: bool,
    /// Names and values, as lines.
    fields: Vec<String>,
}

/// Reads what was pasted.
///
/// # Errors
/// What of a command is not understood, for whoever pasted it.
pub fn read(text: &str) -> Result<Pasted, String> {
    let text = text.trim_start();
    if curl::is_command(text) {
        return curl::read(text);
    }
    let mut read = Pasted::default();
    // curl tells what else it does on lines of their own, before and between.
    let is_of_curl = text.lines().any(|line| line.starts_with(SENT_BY_CURL));
    let lines = text.lines().filter_map(|line| match is_of_curl {
        true => line.strip_prefix('>').map(str::trim),
        false => Some(line.trim_end()),
    });
    let mut lines = lines.take_while(|line| !line.is_empty()).peekable();
    let is_table = lines.peek().is_some_and(|line| is_name_alone(line));
    while let Some(line) = lines.next() {
        if is_table {
            // A value that is missing is told by the reader of heads.
            let name = line.strip_suffix(':').unwrap_or(line);
            read.take(&format!("{name}: {}", lines.next().unwrap_or_default()));
        } else {
            read.take(line);
        }
    }
    Ok(read)
}

impl Pasted {
    fn take(&mut self, line: &str) {
        if let Some((name, value)) = line.strip_prefix(':').and_then(|line| line.split_once(':')) {
            self.pseudo = true;
            let value = Some(value.trim().to_owned());
            match name {
                "method" => self.method = value,
                "path" => self.target = value,
                "authority" => self.authority = value,
                _ => {}
            }
        } else if self.method.is_none() && self.fields.is_empty() && is_request_line(line) {
            let mut words = line.splitn(3, ' ').map(str::to_owned);
            (self.method, self.target, self.version) = (words.next(), words.next(), words.next());
        } else {
            self.fields.push(line.to_owned());
        }
    }

    /// The head that it would be over HTTP/1.1, for `host` unless it names one, and whether it comes over HTTP/2.
    pub fn into_head(self, host: &str) -> (Vec<u8>, Option<bool>) {
        let http2 = match &self.version {
            Some(version) => Some(version.starts_with("HTTP/2")),
            None => self.pseudo.then_some(true),
        };
        // Versions above 1.1 are written as what they stand for to a target.
        let version = self.version.as_deref().filter(|it| it.starts_with("HTTP/1.")).unwrap_or("HTTP/1.1");
        let method = self.method.as_deref().unwrap_or("GET");
        let mut head = format!("{method} {} {version}\r\n", self.target.as_deref().unwrap_or("/"));
        if !self.fields.iter().any(|line| is_field(line, "host")) {
            head.push_str(&format!("Host: {}\r\n", self.authority.as_deref().unwrap_or(host)));
        }
        for line in self.fields {
            head.push_str(&line);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        (head.into_bytes(), http2)
    }
}

/// Whether a line begins a request; what is a field instead has a colon in its first word.
fn is_request_line(line: &str) -> bool {
    line.split_once(' ').is_some_and(|(method, _)| !method.contains(':') && !method.is_empty())
}

/// Whether a line has the name of a header and nothing else, with the colon of a pseudo header before it or one behind.
fn is_name_alone(line: &str) -> bool {
    let name = line.strip_prefix(':').unwrap_or(line);
    let name = name.strip_suffix(':').unwrap_or(name);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn is_field(line: &str, name: &str) -> bool {
    line.split_once(':').is_some_and(|(given, _)| given.trim().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str, host: &str) -> (String, Option<bool>) {
        let (head, http2) = read(text).unwrap().into_head(host);
        (String::from_utf8(head).unwrap(), http2)
    }

    #[test]
    fn what_people_copy_is_the_head_that_it_was() {
        let expected = "GET /cart?a=1 HTTP/1.1\r\nHost: shop.test\r\nCookie: AWSALB=x\r\n\r\n";
        let (one, two) = (Some(false), Some(true));
        for (text, http2) in [
            (expected, one),
            ("GET /cart?a=1 HTTP/1.1\nHost: shop.test\nCookie: AWSALB=x\n", one),
            ("\n  GET /cart?a=1 HTTP/2\nHost: shop.test\nCookie: AWSALB=x\n\nbody: here", two),
            ("> GET /cart?a=1 HTTP/1.1\n> Host: shop.test\n> Cookie: AWSALB=x\n>\n< HTTP/1.1 200 OK", one),
            (
                "*   Trying 127.0.0.1:80...\n* Connected\n> GET /cart?a=1 HTTP/1.1\n> Host: shop.test\n* more\n> Cookie: AWSALB=x\n> \n< HTTP/1.1 200 OK",
                one,
            ),
            (":method: GET\n:authority: shop.test\n:scheme: https\n:path: /cart?a=1\nCookie: AWSALB=x", two),
            (":authority\nshop.test\n:method\nGET\n:path\n/cart?a=1\n:scheme\nhttps\nCookie\nAWSALB=x", two),
            (":authority:\nshop.test\n:method:\nGET\n:path:\n/cart?a=1\nCookie:\nAWSALB=x\n", two),
        ] {
            assert_eq!(head(text, "own.test"), (expected.to_owned(), http2), "{text}");
        }
        let alone = "GET / HTTP/1.1\r\nHost: own.test\r\nCookie: AWSALB=x\r\n\r\n";
        for text in ["Cookie: AWSALB=x", "Cookie\nAWSALB=x", "Host\nown.test\nCookie\nAWSALB=x"] {
            assert_eq!(head(text, "own.test"), (alone.to_owned(), None), "{text}");
        }
        assert_eq!(head("", "a").0, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(head("POST /a HTTP/1.0\nhost: b", "a").0, "POST /a HTTP/1.0\r\nhost: b\r\n\r\n");
    }
}
