//! `forward`: to one target group, or to several by weight, with or without group stickiness (L15, S20, S21, S28).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use elbow_model::{
    Forward, ForwardConflict, GroupStickiness, RuleArn, StickinessSetting, TargetGroup, Weight,
    WeightedTargetGroup, limits,
};

use super::{FORWARD, Site, invalid, lacks};
use crate::call::Call;
use crate::error::{Code, Error};
use crate::v2::any_rule::AnyRule;
use crate::wire::{Params, Xml};

/// A target group and its weight, as a caller names them.
type Weighted<'a> = (&'a Arc<TargetGroup>, Weight);

/// Reads an action of this type.
pub(super) fn read(call: &Call<'_>, member: &Params<'_>, site: &Site<'_>) -> Result<Forward, Error> {
    let config = member.structure("ForwardConfig");
    let (several, stickiness) = match &config {
        Some(config) => (target_groups(call, config)?, stickiness(config)?),
        None => (Vec::new(), GroupStickiness::Off { duration: None }),
    };
    let one = member.text("TargetGroupArn").map(|arn| find(call, arn)).transpose()?;
    let groups = match (one, several.as_slice()) {
        (None, []) => return Err(lacks(FORWARD, "'TargetGroupArn' or 'ForwardConfig'")),
        (Some(group), []) => vec![(group, Weight::ONE)],
        (Some(group), [(other, _)]) if group.arn == other.arn => several,
        (None, _) => several,
        (Some(_), _) => {
            return Err(Error::validation(
                "You can specify both TargetGroupArn and ForwardConfig only if they name the same target group",
            ));
        }
    };
    let weighted =
        |&(group, weight): &Weighted<'_>| WeightedTargetGroup { target_group: group.arn.key, weight };
    let forward = Forward::new(groups.iter().map(weighted).collect(), stickiness)?;
    check_groups(&forward, &groups)?;
    check_load_balancers(call, &groups, site)?;
    check_count(call, &forward, site)?;
    Ok(forward)
}

/// Writes an action of this type as AWS echoes it: one with a single group comes back in both forms.
pub(super) fn show(call: &Call<'_>, xml: &mut Xml, forward: &Forward) {
    let known = |group: &WeightedTargetGroup| {
        let arn = &call.configuration.target_groups.get(&group.target_group)?.arn;
        Some((arn, group.weight.get()))
    };
    let groups: Vec<_> = forward.target_groups().iter().filter_map(known).collect();
    if let [(arn, _)] = groups.as_slice() {
        xml.text("TargetGroupArn", arn);
    }
    xml.element("ForwardConfig", |xml| {
        xml.list("TargetGroups", &groups, |xml, (arn, weight)| {
            xml.text("TargetGroupArn", arn);
            xml.text("Weight", weight);
        });
        let (enabled, duration) = match forward.stickiness() {
            GroupStickiness::Off { duration } => (false, duration),
            GroupStickiness::On { duration } => (true, Some(duration)),
        };
        xml.element("TargetGroupStickinessConfig", |xml| {
            xml.text("Enabled", enabled);
            xml.optional("DurationSeconds", duration.as_ref().map(Duration::as_secs));
        });
    });
}

/// Whether the stickiness of a target group goes with the rules that it appears behind (S21, S28).
pub(in crate::v2) fn check_stickiness(call: &Call<'_>, group: &TargetGroup) -> Result<(), Error> {
    let setting = group.stickiness();
    if setting == StickinessSetting::Off {
        return Ok(());
    }
    for rule in AnyRule::all(call.configuration) {
        let conflict = rule.actions().forward().and_then(|it| it.conflict(group.arn.key, &setting));
        if let Some(conflict) = conflict {
            let message = behind(conflict, &rule.arn());
            return Err(Error::new(Code::InvalidConfigurationRequest, message));
        }
    }
    Ok(())
}

fn behind(conflict: ForwardConflict, rule: &RuleArn) -> String {
    match conflict {
        ForwardConflict::NotSticky => format!(
            "This target group appears behind a rule with group stickiness disabled ({rule}). You must enable group \
             stickiness before enabling target stickiness"
        ),
        ForwardConflict::ApplicationCookie => format!(
            "This target group appears behind a rule with weighted target groups ({rule}). Stickiness of type \
             'app_cookie' does not work with weighted target groups"
        ),
    }
}

fn check_groups(forward: &Forward, groups: &[Weighted<'_>]) -> Result<(), Error> {
    let mut conflicts =
        groups.iter().filter_map(|(group, _)| forward.conflict(group.arn.key, &group.stickiness()));
    match conflicts.next() {
        Some(ForwardConflict::NotSticky) => Err(invalid(
            "You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups",
        )),
        Some(ForwardConflict::ApplicationCookie) => {
            Err(invalid("Stickiness of type 'app_cookie' does not work with weighted target groups"))
        }
        None => Ok(()),
    }
}

fn target_groups<'a>(call: &Call<'a>, config: &Params<'_>) -> Result<Vec<Weighted<'a>>, Error> {
    let members = config.list("TargetGroups")?.unwrap_or_default();
    let alone = members.len() == 1;
    let read = |member: &Params<'_>| {
        let group = find(call, member.required("TargetGroupArn")?)?;
        let number = member.number("Weight", 0, u32::MAX)?;
        // Several groups must say how they share.
        let number = number.unwrap_or(if alone { 1 } else { u32::MAX });
        Ok((group, Weight::new(u16::try_from(number).unwrap_or(u16::MAX))?))
    };
    members.iter().map(read).collect()
}

fn stickiness(config: &Params<'_>) -> Result<GroupStickiness, Error> {
    let Some(config) = config.structure("TargetGroupStickinessConfig") else {
        return Ok(GroupStickiness::Off { duration: None });
    };
    let seconds = config.number("DurationSeconds", 0, u64::from(u32::MAX))?;
    let enabled = config.flag("Enabled")?.unwrap_or(false);
    Ok(GroupStickiness::new(enabled, seconds.map(Duration::from_secs))?)
}

fn find<'a>(call: &Call<'a>, arn: &str) -> Result<&'a Arc<TargetGroup>, Error> {
    call.seek_target_group(arn)?
        .ok_or_else(|| Error::new(Code::TargetGroupNotFound, format!("Target group '{arn}' not found")))
}

/// A target group belongs to one load balancer.
fn check_load_balancers(call: &Call<'_>, groups: &[Weighted<'_>], site: &Site<'_>) -> Result<(), Error> {
    let foreign = |group: &TargetGroup| {
        AnyRule::all(call.configuration)
            .any(|rule| rule.names(group.arn.key) && rule.load_balancer() != site.balancer)
    };
    match groups.iter().find(|(group, _)| foreign(group)) {
        Some((group, _)) => Err(Error::new(
            Code::TargetGroupAssociationLimit,
            format!(
                "The following target groups cannot be associated with more than one load balancer: {}",
                group.arn
            ),
        )),
        None => Ok(()),
    }
}

fn check_count(call: &Call<'_>, forward: &Forward, site: &Site<'_>) -> Result<(), Error> {
    let most = limits::TARGET_GROUPS_PER_LOAD_BALANCER;
    let others = AnyRule::of_load_balancer(call.configuration, site.balancer.key)
        .filter(|rule| !site.replaces.as_ref().is_some_and(|replaced| rule.is(replaced)));
    let mut groups: BTreeSet<_> = others.flat_map(|rule| rule.actions().target_groups()).collect();
    groups.extend(forward.target_groups().iter().map(|group| group.target_group));
    if groups.len() <= most {
        return Ok(());
    }
    Err(Error::new(
        Code::TooManyUniqueTargetGroupsPerLoadBalancer,
        format!(
            "You have reached the maximum number of unique target groups that you can associate with a load balancer \
             of type 'application': [{most}]"
        ),
    ))
}
