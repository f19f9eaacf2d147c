//! The describes of EC2 that tools make before they set up a load balancer, answered from the settings (zones, subnets)
//! and the instance directory. Nothing can be created here: Elbow has no network of its own.
//!
//! [`filters`] narrows every list down and [`paging`] cuts it, [`network`], [`subnets`] and [`instances`] know what there is. Ranges of addresses, ids of
//! zones and the like are there because clients read them; nothing depends on them.

mod filters;
pub(crate) mod instances;
pub(crate) mod network;
mod paging;
pub(crate) mod subnets;

use crate::error::{Code, Error};
use crate::wire::Params;

/// How a request names things: the parameter, what AWS calls an id in messages, and the refusals.
struct Ids {
    parameter: &'static str,
    noun: &'static str,
    unknown: Code,
    /// How an id begins, and the refusal of one that does not; without it such an id is one that nobody has.
    form: Option<(&'static str, Code)>,
}

/// The things that a request names by their ids, or all of them. An id that nobody has is an error.
fn named<T>(
    params: &Params<'_>,
    ids: &Ids,
    things: Vec<T>,
    id: impl Fn(&T) -> &str,
) -> Result<Vec<T>, Error> {
    let wanted = params.flat_texts(ids.parameter)?;
    if let Some((start, code)) = ids.form
        && let Some(wrong) = wanted.iter().find(|wanted| !wanted.starts_with(start))
    {
        return Err(Error::new(code, format!("Invalid id: \"{wrong}\" (expecting \"{start}...\")")));
    }
    let nobody_has = |wanted: &&&str| !things.iter().any(|thing| id(thing) == **wanted);
    let unknown: Vec<&str> = wanted.iter().filter(nobody_has).copied().collect();
    match unknown.as_slice() {
        [] => {}
        [one] => return Err(Error::new(ids.unknown, format!("The {} '{one}' does not exist", ids.noun))),
        several => {
            let message = format!("The {}s '{}' do not exist", ids.noun, several.join(", "));
            return Err(Error::new(ids.unknown, message));
        }
    }
    Ok(things.into_iter().filter(|thing| wanted.is_empty() || wanted.contains(&id(thing))).collect())
}
