//! From a Classic Load Balancer to an Application Load Balancer that does the same, as far as there is one.
//!
//! [`Api`] asks for the load balancer over its API, as any client does, so that the answer can also come from another
//! server. [`Description`] is what was answered, checked. [`Migration::of`] is the translation, a pure function: the template
//! (`template`, with the target groups of `groups` and the security policies of `security`) and what is different then
//! (`remarks`). Nothing here changes a load balancer.

mod answer;
mod ask;
mod description;
mod groups;
mod remarks;
mod security;
mod template;
#[cfg(test)]
mod testing;
mod yaml;

pub(crate) use self::ask::Api;
pub(crate) use self::description::Description;

/// What to create, and what to know about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Migration {
    /// The template for CloudFormation, in YAML.
    pub(crate) template: String,
    /// What is not carried over or works in another way, each with what to do, a sentence or more without line breaks.
    pub(crate) remarks: Vec<String>,
}

/// No Application Load Balancer can do what this Classic one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the load balancer has no listener of HTTP or HTTPS, and an Application Load Balancer has no others: keep the Classic Load Balancer, or \
     on AWS create a Network Load Balancer"
)]
pub(crate) struct NothingToMigrate;

impl Migration {
    /// Translates a load balancer.
    pub(crate) fn of(description: &Description) -> Result<Self, NothingToMigrate> {
        let groups = groups::groups(description);
        if groups.is_empty() {
            return Err(NothingToMigrate);
        }
        let template = template::write(description, &groups);
        Ok(Self { template, remarks: remarks::all(description, &groups) })
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{balancer, listener};
    use super::*;
    use elbow_model::Protocol;

    #[test]
    fn a_load_balancer_without_http_has_no_template() {
        let tcp = Description { listeners: vec![listener(5432, Protocol::Tcp)], ..balancer() };
        assert_eq!(Migration::of(&tcp), Err(NothingToMigrate));
        assert_eq!(Migration::of(&Description { listeners: vec![], ..balancer() }), Err(NothingToMigrate));
    }

    /// `UPDATE=1` writes the golden file anew.
    #[test]
    fn a_whole_load_balancer_becomes_the_golden_template() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/migrate/golden.yaml");
        let migration = Migration::of(&balancer()).unwrap();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &migration.template).unwrap();
        }
        assert_eq!(migration.template, std::fs::read_to_string(path).unwrap());
    }
}
