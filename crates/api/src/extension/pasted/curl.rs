//! A request as a command of curl, which every browser copies.

use super::Pasted;

/// Options with a value that say nothing about the request's head.
const WITH_VALUE: &[&str] = &[
    "--cacert",
    "--cert",
    "--ciphers",
    "--connect-timeout",
    "--connect-to",
    "--cookie-jar",
    "--interface",
    "--key",
    "--max-time",
    "--output",
    "--proxy",
    "--resolve",
    "--retry",
    "--user",
    "--write-out",
    "-E",
    "-c",
    "-m",
    "-o",
    "-u",
    "-w",
    "-x",
];
/// Options with the body, which make it a POST.
const WITH_BODY: &[&str] = &[
    "--data",
    "--data-ascii",
    "--data-binary",
    "--data-raw",
    "--data-urlencode",
    "--form",
    "--json",
    "-F",
    "-d",
];

/// How bash begins a word with escapes of C in it, which Chrome uses where a value has a `!`.
const ANSI_C: &str = " $'";

/// Whether a text is such a command.
pub(super) fn is_command(text: &str) -> bool {
    let first = text.split_ascii_whitespace().next();
    matches!(first, Some("curl" | "curl.exe"))
}

/// Reads the command.
///
/// # Errors
/// What of it is not understood.
pub(super) fn read(text: &str) -> Result<Pasted, String> {
    if text.contains(ANSI_C) {
        return Err("The command of curl has quotes of the form $'…', which are not read here; copy the request's headers".to_owned());
    }
    let words =
        shlex::split(text.trim_end()).ok_or("The command of curl ends within quotes; copy all of it")?;
    let mut words = words.into_iter().skip(1);
    let mut read = Pasted::default();
    let (mut method, mut has_body) = (None, false);
    while let Some(word) = words.next() {
        let (option, attached) = split(&word);
        let mut value = || {
            let value = attached.map(str::to_owned).or_else(|| words.next());
            value.ok_or_else(|| format!("The option {option} of curl has no value; copy all of the command"))
        };
        match option {
            "-X" | "--request" => method = Some(value()?),
            "-H" | "--header" => read.fields.push(value()?),
            "-b" | "--cookie" => read.fields.push(format!("Cookie: {}", cookies(value()?)?)),
            "-A" | "--user-agent" => read.fields.push(format!("User-Agent: {}", value()?)),
            "-e" | "--referer" => read.fields.push(format!("Referer: {}", value()?)),
            "-I" | "--head" => method = Some("HEAD".to_owned()),
            "--http2" | "--http2-prior-knowledge" => read.version = Some("HTTP/2".to_owned()),
            "--http1.1" => read.version = Some("HTTP/1.1".to_owned()),
            "--url" => take_url(&mut read, &value()?),
            body if WITH_BODY.contains(&body) => {
                value()?;
                has_body = true;
            }
            other if WITH_VALUE.contains(&other) => drop(value()?),
            // Of a line that goes on in the next.
            "" => {}
            // All others are taken for switches, as nearly all of them are.
            switch if switch.starts_with('-') => {}
            url => take_url(&mut read, url),
        }
    }
    read.method = method.or_else(|| has_body.then(|| "POST".to_owned()));
    // An empty one is none.
    read.fields.retain(|line| !line.is_empty());
    let words = [&read.method, &read.target, &read.authority];
    if words.into_iter().flatten().chain(&read.fields).any(|part| part.contains(['\r', '\n'])) {
        return Err("A part of the command of curl has several lines; copy it again".to_owned());
    }
    Ok(read)
}

/// An option and the value that is attached to it, as in `-XPOST` and `--url=…`.
fn split(word: &str) -> (&str, Option<&str>) {
    if word.starts_with("--") {
        return word.split_once('=').map_or((word, None), |(option, value)| (option, Some(value)));
    }
    let takes_value = ["-X", "-H", "-b", "-A", "-e"].iter().any(|option| word.starts_with(option));
    match word.split_at_checked(2) {
        Some((option, value)) if takes_value && !value.is_empty() => (option, Some(value)),
        _ => (word, None),
    }
}

/// Cookies of the command itself. A file with them is where curl runs.
fn cookies(value: String) -> Result<String, String> {
    if value.contains('=') {
        return Ok(value);
    }
    Err(format!(
        "The cookies are in the file '{value}': paste what curl -v shows, or give the cookies themselves"
    ))
}

/// The path, the query and the authority of an address. curl takes one without a scheme, too.
fn take_url(read: &mut Pasted, url: &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    read.authority = Some(host.to_owned()).filter(|host| !host.is_empty());
    let slash = if target.starts_with('/') { "" } else { "/" };
    read.target = Some(format!("{slash}{target}"));
}

#[cfg(test)]
mod tests {
    use super::super as pasted;

    fn head(text: &str) -> String {
        let (head, _) = pasted::read(text).unwrap().into_head("own.test");
        String::from_utf8(head).unwrap().replace("\r\n", "|")
    }

    #[test]
    fn a_command_is_the_request_that_it_makes() {
        for (command, expected) in [
            (
                "curl 'http://shop.test:8080/cart?a=1' \\\n  -H 'accept: */*' \\\n  -b 'AWSALB=x; sid=1' --compressed",
                "GET /cart?a=1 HTTP/1.1|Host: shop.test:8080|accept: */*|Cookie: AWSALB=x; sid=1||",
            ),
            (
                "curl --url=https://u:p@shop.test --data-raw '{\"a\": 1}' -HX-Mine:1",
                "POST / HTTP/1.1|Host: shop.test|X-Mine:1||",
            ),
            ("curl -XPUT -d a shop.test?q#part -s -o /dev/null", "PUT /?q HTTP/1.1|Host: shop.test||"),
            (
                "curl -I -A me -e http://a/ /p -H 'Host: b'",
                "HEAD /p HTTP/1.1|User-Agent: me|Referer: http://a/|Host: b||",
            ),
            ("curl", "GET / HTTP/1.1|Host: own.test||"),
        ] {
            assert_eq!(head(command), expected, "{command}");
        }
        assert_eq!(pasted::read("curl --http2 a").unwrap().into_head("").1, Some(true));
    }

    #[test]
    fn what_is_missing_in_a_command_is_said() {
        for (command, message) in [
            ("curl 'http://a", "ends within quotes"),
            ("curl a -b $'AWSALB=\\u0021'", "copy the request's headers"),
            ("curl a -H", "-H of curl has no value"),
            ("curl a -b jar.txt", "in the file 'jar.txt'"),
            ("curl a -H 'A: b\nC: d'", "several lines"),
        ] {
            let refused = pasted::read(command).unwrap_err();
            assert!(refused.contains(message), "{command}: {refused}");
        }
    }
}
