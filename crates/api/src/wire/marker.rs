//! Where the next page of a list begins: the last item of the page before, in a form that clients do not read at a glance,
//! because they must not. What a client sends back may be any text.

/// The marker after the item with this key.
pub(crate) fn write(key: &str) -> String {
    key.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The key in a marker; `None` if it is none.
pub(crate) fn read(marker: &str) -> Option<String> {
    if !marker.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let pairs = marker.as_bytes().chunks(2).map(|pair| {
        let digits = std::str::from_utf8(pair).ok().filter(|digits| digits.len() == 2)?;
        u8::from_str_radix(digits, 16).ok()
    });
    String::from_utf8(pairs.collect::<Option<Vec<u8>>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        for key in ["", "shop", "ä💥"] {
            assert_eq!(read(&write(key)).as_deref(), Some(key));
        }
        for text in ["x", "6", "FF", "ff", "+1", "ä"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
