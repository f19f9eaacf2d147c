//! The describes of EC2 that tools make before they set up a load balancer, answered from the settings (zones, subnets)
//! and the instance directory. Nothing can be created here: Elbow has no network of its own.
//!
//! [`filters`] narrows every list down, [`network`] and [`instances`] know what there is. Ranges of addresses, ids of
//! zones and the like are there because clients read them; nothing depends on them.

mod filters;
pub(crate) mod instances;
pub(crate) mod network;

use crate::error::{Code, Error};
use crate::wire::Params;

/// The things that a request names by their ids, or all of them. An id that nobody has is an error.
fn named<T>(
    params: &Params<'_>,
    parameter: &str,
    things: Vec<T>,
    id: impl Fn(&T) -> &str,
    (code, noun): (Code, &str),
) -> Result<Vec<T>, Error> {
    let ids = params.flat_texts(parameter)?;
    if let Some(unknown) = ids.iter().find(|wanted| !things.iter().any(|thing| id(thing) == **wanted)) {
        return Err(Error::new(code, format!("The {noun} '{unknown}' does not exist")));
    }
    Ok(things.into_iter().filter(|thing| ids.is_empty() || ids.contains(&id(thing))).collect())
}
