//! `fixed-response` (L18).

use elbow_model::{ContentType, FixedResponse};

use super::{FIXED_RESPONSE, invalid, lacks};
use crate::error::Error;
use crate::wire::{Params, Xml};

const BODY_CHARS: usize = 1024;

/// Reads an action of this type.
pub(super) fn read(member: &Params<'_>) -> Result<FixedResponse, Error> {
    let config = member
        .structure("FixedResponseConfig")
        .ok_or_else(|| lacks(FIXED_RESPONSE, "'FixedResponseConfig'"))?;
    let body = config.text("MessageBody").unwrap_or_default();
    config.check_length("MessageBody", body, 0, BODY_CHARS)?;
    Ok(FixedResponse::new(status(&config)?, content_type(&config)?, body)?)
}

/// Writes an action of this type.
pub(super) fn show(xml: &mut Xml, response: &FixedResponse) {
    xml.element("FixedResponseConfig", |xml| {
        let body = Some(response.body()).filter(|body| !body.is_empty());
        xml.optional("MessageBody", body);
        xml.text("StatusCode", response.status());
        xml.optional("ContentType", response.content_type().map(ContentType::as_str));
    });
}

fn status(config: &Params<'_>) -> Result<u16, Error> {
    let text = config.required("StatusCode")?;
    let digits = text.len() == 3 && text.starts_with(['2', '4', '5']);
    text.parse().ok().filter(|_| digits && text.bytes().all(|b| b.is_ascii_digit())).ok_or_else(|| {
        let rule = "Member must satisfy regular expression pattern: ^(2|4|5)\\d\\d$";
        config.unfit("StatusCode", text, rule)
    })
}

fn content_type(config: &Params<'_>) -> Result<Option<ContentType>, Error> {
    let Some(text) = config.text("ContentType").filter(|text| !text.is_empty()) else { return Ok(None) };
    let known = ContentType::ALL.into_iter().find(|known| known.as_str() == text);
    known.map(Some).ok_or_else(|| {
        invalid(
            "The ContentType must be one of:'text/html', 'application/json', 'application/javascript', 'text/css', \
             'text/plain'",
        )
    })
}
