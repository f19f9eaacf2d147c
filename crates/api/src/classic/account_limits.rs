//! Quotas, as far as Elbow has them.

use elbow_model::limits;

use crate::call::Call;
use crate::error::Error;
use crate::v2::paging::Page;
use crate::wire::{Params, Xml};

/// AWS's names and Elbow's figures.
const LIMITS: &[(&str, usize)] = &[
    ("classic-load-balancers", limits::CLASSIC_LOAD_BALANCERS),
    ("classic-listeners", limits::CLASSIC_LISTENERS),
    ("classic-registered-instances", limits::CLASSIC_INSTANCES),
];

/// `DescribeAccountLimits`
pub(crate) fn describe(_: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let page = Page::cut(params, LIMITS.to_vec(), |(name, _)| (*name).to_owned())?;
    Ok(page.show("Limits", |xml, (name, most)| {
        xml.text("Name", name);
        xml.text("Max", most);
    }))
}
