//! Actions of rules. Here is `forward` to one target group; the other types are recognised and refused.

use elbow_model::{Action, Actions, Forward, LoadBalancerArn};

use super::find::no_target_group;
use super::target_groups::users;
use crate::call::Call;
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

const TYPES: &[&str] =
    &["forward", "authenticate-oidc", "authenticate-cognito", "redirect", "fixed-response", "jwt-validation"];
const FORWARD: &str = "forward";
/// Target groups of one action (S55).
const MOST_GROUPS: usize = 5;
const MOST_ORDER: u32 = 50_000;
const MOST_WEIGHT: u16 = 999;
const MOST_STICKINESS_SECONDS: u32 = 604_800;

/// Reads the list `name`, for a listener of `balancer`.
pub(super) fn read(
    call: &Call<'_>,
    params: &Params<'_>,
    name: &str,
    balancer: &LoadBalancerArn,
) -> Result<Actions, Error> {
    let members = params.required_list(name)?;
    let mut routing = None;
    for member in &members {
        member.required("Type")?;
        let word = |text: &str| TYPES.iter().copied().find(|known| *known == text);
        member.number("Order", 1, MOST_ORDER)?;
        match member.word("Type", TYPES, word)? {
            Some(FORWARD) if routing.is_some() => {
                return Err(Error::new(
                    Code::TooManyActions,
                    "You can specify only one action of type 'forward' for a rule",
                ));
            }
            Some(FORWARD) => routing = Some(forward(call, member, balancer)?),
            Some(other) => {
                let what = format_args!("An action of type '{other}'");
                return Err(Error::not_here_yet(Code::InvalidLoadBalancerAction, what));
            }
            None => {}
        }
    }
    routing
        .map(|forward| Actions::only(Action::Forward(forward)))
        .ok_or_else(|| Error::validation("A rule must have an action of type 'forward'"))
}

/// Writes an action as AWS echoes it: an action with one group comes back in both forms.
pub(super) fn show(call: &Call<'_>, xml: &mut Xml, actions: &Actions) {
    let group = actions.target_groups().find_map(|key| call.configuration.target_groups.get(&key));
    let arn = group.map(|group| group.arn.to_string());
    xml.text("Type", FORWARD);
    xml.optional("TargetGroupArn", arn.as_ref());
    xml.element("ForwardConfig", |xml| {
        xml.list("TargetGroups", arn.as_ref(), |xml, arn| {
            xml.text("TargetGroupArn", arn);
            xml.text("Weight", 1);
        });
        xml.element("TargetGroupStickinessConfig", |xml| xml.text("Enabled", false));
    });
}

fn forward(call: &Call<'_>, member: &Params<'_>, balancer: &LoadBalancerArn) -> Result<Forward, Error> {
    let config = member.structure("ForwardConfig");
    let grouped = config.as_ref().map(forward_config).transpose()?.flatten();
    let arn = match (member.text("TargetGroupArn"), grouped) {
        (Some(one), Some(other)) if one != other => {
            return Err(Error::validation(
                "You can specify both TargetGroupArn and ForwardConfig only if they name the same target group",
            ));
        }
        (Some(arn), _) | (None, Some(arn)) => arn,
        (None, None) => {
            return Err(Error::validation("You must specify a target group for an action of type 'forward'"));
        }
    };
    let group = call.seek_target_group(arn)?.ok_or_else(no_target_group)?;
    if users(call, group.arn.key).iter().any(|user| user != balancer) {
        return Err(Error::new(
            Code::TargetGroupAssociationLimit,
            format!(
                "The following target groups cannot be associated with more than one load balancer: {arn}"
            ),
        ));
    }
    Ok(Forward::to(group.arn.key))
}

/// The group of a `ForwardConfig`, if it names one.
fn forward_config<'a>(config: &Params<'a>) -> Result<Option<&'a str>, Error> {
    if let Some(stickiness) = config.structure("TargetGroupStickinessConfig") {
        stickiness.number("DurationSeconds", 1, MOST_STICKINESS_SECONDS)?;
        if stickiness.flag("Enabled")? == Some(true) {
            let what = "Stickiness of target groups in a forward action";
            return Err(Error::not_here_yet(Code::InvalidLoadBalancerAction, what));
        }
    }
    let groups = config.list("TargetGroups")?.unwrap_or_default();
    for group in &groups {
        group.number("Weight", 0, MOST_WEIGHT)?;
    }
    match groups.as_slice() {
        [] => Ok(None),
        [group] => group.required("TargetGroupArn").map(Some),
        more if more.len() > MOST_GROUPS => Err(Error::validation(format!(
            "You can specify at most {MOST_GROUPS} target groups for an action of type 'forward'"
        ))),
        _ => Err(Error::not_here_yet(
            Code::InvalidLoadBalancerAction,
            "A forward action with several target groups",
        )),
    }
}
