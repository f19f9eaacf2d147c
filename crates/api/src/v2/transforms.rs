//! Transforms of rules: reading and showing (L21).

use elbow_model::{Invalid, Rewrite, Transforms};

use crate::error::Error;
use crate::wire::{Params, Xml};

/// The types of transform that AWS has, each with the structure of its settings.
pub static TRANSFORM_TYPES: &[(&str, &str)] = &[(HOST, "HostHeaderRewriteConfig"), (URL, "UrlRewriteConfig")];

const HOST: &str = "host-header-rewrite";
const URL: &str = "url-rewrite";

/// Reads the list `Transforms`; `None` if it is not given or empty.
pub(super) fn read(params: &Params<'_>) -> Result<Option<Transforms>, Error> {
    let members = params.list("Transforms")?.unwrap_or_default();
    let mut transforms = Transforms::default();
    for member in &members {
        let words = TRANSFORM_TYPES.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        let word = |text: &str| words.iter().copied().find(|known| *known == text);
        let kind = member.required_word("Type", &words, word)?;
        check_foreign(member, kind)?;
        let slot = if kind == HOST { &mut transforms.host } else { &mut transforms.url };
        if slot.is_some() {
            return Err(Error::validation(format!("A rule can only have one '{kind}' transform")));
        }
        *slot = Some(rewrite(member, kind)?);
    }
    Ok(if members.is_empty() { None } else { Some(transforms) })
}

/// Writes the list `Transforms`.
pub(super) fn show(xml: &mut Xml, transforms: &Transforms) {
    let both = [&transforms.host, &transforms.url].into_iter().zip(TRANSFORM_TYPES);
    let set = both.filter_map(|(rewrite, names)| Some((rewrite.as_ref()?, names)));
    xml.list("Transforms", set, |xml, (rewrite, (kind, config))| {
        xml.text("Type", kind);
        xml.element(config, |xml| {
            xml.list("Rewrites", [rewrite], |xml, rewrite| {
                xml.text("Regex", rewrite.regex().text());
                xml.text("Replace", rewrite.replace());
            });
        });
    });
}

fn rewrite(member: &Params<'_>, kind: &str) -> Result<Rewrite, Error> {
    let config = config_of(kind);
    let rewrites = member.structure(config).map(|config| config.list("Rewrites")).transpose()?.flatten();
    let rewrites = rewrites.unwrap_or_default();
    // AWS: unknown whether a transform may have several rewrites, we take the one that its documentation speaks of.
    let [rewrite] = rewrites.as_slice() else {
        return Err(Error::validation(format!(
            "A transform of type '{kind}' must have exactly one rewrite in '{config}'"
        )));
    };
    let parse: fn(&str, &str) -> Result<Rewrite, Invalid> =
        if kind == HOST { Rewrite::of_host } else { Rewrite::of_url };
    Ok(parse(rewrite.required("Regex")?, rewrite.required("Replace")?)?)
}

fn check_foreign(member: &Params<'_>, kind: &str) -> Result<(), Error> {
    match TRANSFORM_TYPES.iter().find(|(other, config)| *other != kind && member.has(config)) {
        Some((_, config)) => {
            Err(Error::validation(format!("The '{config}' field is not compatible with '{kind}'")))
        }
        None => Ok(()),
    }
}

fn config_of(kind: &str) -> &'static str {
    TRANSFORM_TYPES.iter().find(|(name, _)| *name == kind).map_or("", |(_, config)| config)
}
