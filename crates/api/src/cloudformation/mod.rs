//! CloudFormation: stacks of load balancers that templates describe ([decision 0013](../../../../docs/decisions/0013-cloudformation-is-one-change.md)).
//!
//! The way of an operation: `operations` or `change_sets` takes the call → `request` reads the template ([`template`]), its
//! parameters and tags → `deployment` goes through the resources in their order on a [`stage`], a copy of the configuration →
//! each is made, changed or deleted by the very actions of the API ([`resources`]) → all of that and the stack's own record, with
//! its events, is one decision, as that of any other action. So there is nothing in progress that a crash could leave.
//!
//! What must be asked of others first, as where instances are, stops the decision with a [`needs::Need`]; it is asked, and the
//! decision begins anew. `describe`, `listings` and `templates` only look.

pub(crate) mod change_sets;
mod deletion;
mod deployment;
pub(crate) mod describe;
mod evaluation;
mod fields;
mod find;
mod journal;
pub(crate) mod listings;
pub(crate) mod needs;
pub(crate) mod operations;
mod paging;
mod request;
mod resources;
mod stage;
mod template;
pub(crate) mod templates;
mod token;

/// The logical ids of a template's resources, each after those it needs.
///
/// # Errors
/// The template cannot be read, or names what is not there or a type that is not of load balancing.
pub fn order(template: &str) -> Result<Vec<String>, crate::Error> {
    request::parse(template).map(|template| template.order)
}
