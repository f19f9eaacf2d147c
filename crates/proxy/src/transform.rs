//! The transforms of a rule: another Host, another path and query for the target (L21, L22).
//!
//! They come after the rule was found and change nothing for rules, logs or X-Forwarded lines. What they make is
//! checked and encoded like a client's: no rewrite can put a line end, a blank or a second header into the request.

use elbow_http1::request::{self, TargetForm};
use elbow_routing::{ListenerRoutes, Rewritten, Transforms};

use crate::exchange::Exchange;
use crate::failure::Failure;

// AWS: these words of `request_transform_status` are not documented where we could look. One says that it worked, the
// others which part did not.
const SUCCESS: &str = "TransformSuccess";
const REPLACE_ERROR: &str = "TransformReplaceError";
const INVALID_HOST: &str = "TransformInvalidHost";
const INVALID_PATH: &str = "TransformInvalidPath";

/// Rewrites into the exchange what the rule rewrites. A rewrite that matches and does not give a host or a path is
/// answered with 500 (L22).
pub(crate) fn apply(
    x: &mut Exchange,
    listener: &ListenerRoutes,
    transforms: &Transforms,
) -> Result<(), Failure> {
    let result = rewrite_host(x, listener, transforms).and_then(|()| rewrite_url(x, transforms));
    if let Err(status) = result {
        x.notes.transform_status = Some(status);
        return Err(Failure::Answer(500));
    }
    if !x.rewritten_host.is_empty() || !x.rewritten_url.is_empty() {
        x.notes.transform_status = Some(SUCCESS);
    }
    Ok(())
}

/// The expression sees what host conditions see: the host without a port.
fn rewrite_host(
    x: &mut Exchange,
    listener: &ListenerRoutes,
    transforms: &Transforms,
) -> Result<(), &'static str> {
    let Some(rewrite) = &transforms.host else { return Ok(()) };
    let named = x.head.host_and_port(x.request.filled());
    let host = named.map_or(listener.dns_name.as_bytes(), |(host, _)| host);
    match rewrite.apply(host, &mut x.rewritten_host) {
        Rewritten::No => Ok(()),
        Rewritten::Failed => Err(REPLACE_ERROR),
        Rewritten::Yes if request::is_host(&x.rewritten_host) => Ok(()),
        Rewritten::Yes => Err(INVALID_HOST),
    }
}

/// The expression sees path and query as the client sent them.
fn rewrite_url(x: &mut Exchange, transforms: &Transforms) -> Result<(), &'static str> {
    let Some(rewrite) = &transforms.url else { return Ok(()) };
    if x.head.target_form() == TargetForm::Asterisk {
        // OPTIONS of the server: there is no path.
        return Ok(());
    }
    let head = x.request.filled();
    let absolute;
    let url = match (x.head.target_form(), x.head.query(head)) {
        (TargetForm::Origin, _) => x.head.target(head),
        (_, None) => x.head.path(head),
        (_, Some(query)) => {
            absolute = [x.head.path(head), b"?", query].concat();
            &absolute
        }
    };
    match rewrite.apply(url, &mut x.rewritten_url) {
        Rewritten::No => Ok(()),
        Rewritten::Failed => Err(REPLACE_ERROR),
        Rewritten::Yes if x.rewritten_url.starts_with(b"/") => Ok(()),
        Rewritten::Yes => Err(INVALID_PATH),
    }
}
