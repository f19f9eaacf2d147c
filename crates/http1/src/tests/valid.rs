//! A second opinion: is this exactly one strictly valid request head (RFC 9112)? Written apart from the crate's own
//! reading, as plainly as possible.

use crate::Framing;

/// The parts of a strictly valid head.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Valid {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) host: String,
    pub(super) framing: Framing,
    pub(super) fields: Vec<(String, Vec<u8>)>,
}

/// Says what is wrong, if anything.
pub(super) fn request(head: &[u8]) -> Result<Valid, String> {
    let body = head.strip_suffix(b"\r\n\r\n").ok_or("no empty line at the end")?;
    let mut lines = split_crlf(body).into_iter();
    let (method, target) = request_line(lines.next().ok_or("no request line")?)?;
    let fields: Vec<(String, Vec<u8>)> = lines.map(field).collect::<Result<_, _>>()?;
    let values = |name: &str| -> Vec<Vec<u8>> {
        fields.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.clone()).collect()
    };
    let [host] = values("host").try_into().map_err(|_| "not exactly one Host")?;
    let host = String::from_utf8(host).map_err(|_| "host is not ASCII")?;
    let host_is_valid = !host.is_empty()
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:[]".contains(&b));
    if !host_is_valid {
        return Err(format!("invalid host {host:?}"));
    }
    let framing = match (values("content-length").as_slice(), values("transfer-encoding").as_slice()) {
        ([], []) => Framing::None,
        ([length], []) => {
            let text = std::str::from_utf8(length).map_err(|_| "length is not ASCII")?;
            if !text.bytes().all(|b| b.is_ascii_digit()) {
                return Err(format!("length {text:?}"));
            }
            Framing::Length(text.parse().map_err(|e| format!("length {text:?}: {e}"))?)
        }
        ([], [coding]) if coding == b"chunked" => Framing::Chunked,
        other => return Err(format!("framing headers {other:?}")),
    };
    for (name, _) in &fields {
        let letters: String =
            name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let framing_name =
            ["content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str());
        if !framing_name && ["contentlength", "transferencoding"].contains(&letters.as_str()) {
            return Err(format!("{name:?} resembles a framing header"));
        }
        if ["te", "keep-alive", "proxy-connection", "expect", "http2-settings"]
            .contains(&name.to_ascii_lowercase().as_str())
        {
            return Err(format!("{name:?} concerns one hop"));
        }
    }
    Ok(Valid { method, target, host, framing, fields })
}

fn request_line(line: &[u8]) -> Result<(String, String), String> {
    let text = std::str::from_utf8(line).map_err(|_| "request line is not ASCII")?;
    let parts: Vec<&str> = text.split(' ').collect();
    let [method, target, version] = parts.as_slice() else {
        return Err(format!("request line {text:?}"));
    };
    let valid = is_token(method.as_bytes())
        && (target.starts_with('/') || *target == "*")
        && target.bytes().all(|b| b.is_ascii_graphic() && b != b'#')
        && *version == "HTTP/1.1";
    if valid {
        Ok(((*method).to_owned(), (*target).to_owned()))
    } else {
        Err(format!("request line {text:?}"))
    }
}

fn field(line: &[u8]) -> Result<(String, Vec<u8>), String> {
    let shown = || format!("field {:?}", String::from_utf8_lossy(line));
    let colon = line.iter().position(|&b| b == b':').ok_or_else(shown)?;
    let (name, value) = line.split_at(colon);
    let value = &value[1..];
    let clean = value.iter().all(|&b| b == b'\t' || (0x20..0x7f).contains(&b) || b >= 0x80);
    if !is_token(name) || !clean {
        return Err(shown());
    }
    let start = value.iter().position(|b| !b" \t".contains(b)).unwrap_or(value.len());
    let end = value.iter().rposition(|b| !b" \t".contains(b)).map_or(start, |last| last + 1);
    Ok((String::from_utf8_lossy(name).into_owned(), value[start..end].to_vec()))
}

fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b))
}

/// Splits at CRLF only, so that a bare CR or LF stays in a line and is found there.
fn split_crlf(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    while let Some(at) = bytes.windows(2).position(|pair| pair == b"\r\n") {
        lines.push(&bytes[..at]);
        bytes = &bytes[at + 2..];
    }
    lines.push(bytes);
    lines
}
