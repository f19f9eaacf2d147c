//! `redirect` (L16).

use elbow_model::{Redirect, RedirectParts, RedirectStatus};

use super::{REDIRECT, invalid, lacks};
use crate::error::Error;
use crate::wire::{Params, Xml};

/// The protocols of AWS's pattern.
const PROTOCOLS: &[&str] = &["HTTP", "HTTPS", "#{protocol}"];
const PART_CHARS: usize = 128;

/// Reads an action of this type. Parts that are not given stay those of the request.
pub(super) fn read(member: &Params<'_>) -> Result<Redirect, Error> {
    let config = member.structure("RedirectConfig").ok_or_else(|| lacks(REDIRECT, "'RedirectConfig'"))?;
    let words = RedirectStatus::ALL.map(RedirectStatus::as_str);
    let word = |text: &str| RedirectStatus::ALL.into_iter().find(|status| status.as_str() == text);
    let status = config.required_word("StatusCode", &words, word)?;
    let same = RedirectParts::default();
    let part = |name, least| {
        let Some(text) = config.text(name) else { return Ok(None) };
        config.check_length(name, text, least, PART_CHARS)?;
        Ok::<_, Error>(Some(text.into()))
    };
    let parts = RedirectParts {
        protocol: protocol(&config)?.map_or(same.protocol, Into::into),
        port: config.text("Port").map_or(same.port, Into::into),
        host: part("Host", 1)?.unwrap_or(same.host),
        path: part("Path", 1)?.unwrap_or(same.path),
        query: part("Query", 0)?.unwrap_or(same.query),
    };
    Redirect::new(status, parts).map_err(|it| invalid(it.message()))
}

/// Writes an action of this type. AWS shows every part, given or not.
pub(super) fn show(xml: &mut Xml, redirect: &Redirect) {
    let parts = redirect.parts();
    xml.element("RedirectConfig", |xml| {
        xml.text("Protocol", &parts.protocol);
        xml.text("Port", &parts.port);
        xml.text("Host", &parts.host);
        xml.text("Path", &parts.path);
        xml.text("Query", &parts.query);
        xml.text("StatusCode", redirect.status().as_str());
    });
}

fn protocol<'a>(config: &Params<'a>) -> Result<Option<&'a str>, Error> {
    match config.text("Protocol") {
        Some(text) if !PROTOCOLS.contains(&text) => Err(config.unfit(
            "Protocol",
            text,
            "Member must satisfy regular expression pattern: ^(HTTPS?|#\\{protocol\\})$",
        )),
        text => Ok(text),
    }
}
