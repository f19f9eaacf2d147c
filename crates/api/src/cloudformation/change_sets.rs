//! Change sets: a template is tried without effect, what it would do is remembered, and it is carried out when the caller says so.

use elbow_model::key::StackKey;
use elbow_model::limits::CHANGE_SETS_PER_STACK;
use elbow_model::{ChangeSet, PlannedAction, PlannedChange, Stack, StackName, StackStatus};

use super::deployment::{Deployed, Deployment};
use super::describe::show_parameters;
use super::find::put;
use super::needs::{Gathered, Pause};
use super::operations::{self, OnFailure};
use super::paging::{Page, in_order};
use super::request::{self, Wanted};
use super::stage::Stage;
use super::token::Token;
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::v2::iso8601;
use crate::wire::{Params, Xml};

/// What a change set is for.
const TYPES: &[&str] = &["CREATE", "UPDATE", "IMPORT"];
/// aws-cli knows a change set without changes by these words.
const NOTHING: &str =
    "The submitted information didn't contain changes. Submit different information to create a change set.";

/// So begins the reason where the properties of a resource are wrong, which AWS finds before anything is carried out, too.
const INVALID: &str = "The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation].";

/// `CreateChangeSet`
pub(crate) fn create(call: &Call<'_>, params: &Params<'_>, gathered: &Gathered) -> Result<Decision, Pause> {
    let name = StackName::parse(params.required("ChangeSetName")?).map_err(Error::from)?;
    let mut stack = stack_for(call, params)?;
    let is_new = stack.status == StackStatus::ReviewInProgress;
    // Whoever deploys what is there already leaves one without changes, each time; aws-cli names them by the second.
    stack.change_sets.retain(|_, set| set.failure.is_none());
    let token = Token::read(params, "ClientToken")?;
    if let Some(made) = stack.change_sets.get(&name) {
        if token.as_ref().is_some_and(|token| token.is(made.token.as_ref())) {
            return Ok((Vec::new(), ids(&stack, &name, made)));
        }
        return Err(
            Error::new(Code::AlreadyExistsException, format!("ChangeSet {name} already exists")).into()
        );
    }
    if stack.change_sets.len() >= CHANGE_SETS_PER_STACK {
        let message = format!("A stack cannot have more than {CHANGE_SETS_PER_STACK} change sets");
        return Err(Error::new(Code::LimitExceededException, message).into());
    }
    let wanted = request::read(params, Some(&stack).filter(|_| !is_new))?;
    let before = request::parse(&stack.source.template).ok();
    let deployment = Deployment {
        arn: &stack.arn,
        old: &stack.resources,
        before: before.as_ref(),
        wanted: &wanted,
        keeps_failures: false,
        now: call.now,
    };
    // The stage is forgotten: this only tells what would be.
    let deployed = deployment.carry_out(&mut Stage::new(call, gathered))?;
    let failure = match &deployed.invalid {
        Some(invalid) => Some(format!("{INVALID} {invalid}")),
        None => deployed.is_nothing(&stack, &wanted).then(|| NOTHING.to_owned()),
    };
    let set = ChangeSet {
        key: StackKey::new(call.random()),
        created: call.now,
        description: params.text("Description").filter(|text| !text.is_empty()).map(str::to_owned),
        changes: planned(deployed, &wanted, &stack),
        source: wanted.source,
        failure,
        token: token.as_ref().map(Token::to_string),
    };
    let xml = ids(&stack, &name, &set);
    stack.change_sets.insert(name, set);
    Ok((vec![put(stack)], xml))
}

/// `DescribeChangeSet`
pub(crate) fn describe(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let (stack, name, set) = find(call, params)?;
    let mut xml = Xml::new();
    show(&mut xml, stack, name, set);
    show_parameters(&mut xml, &set.source);
    xml.list("Tags", set.source.tags.iter(), |xml, (key, value)| {
        xml.text("Key", key);
        xml.text("Value", value);
    });
    xml.element("NotificationARNs", |_| {});
    xml.element("Capabilities", |_| {});
    let page = Page::cut(params, set.changes.iter().enumerate(), |(number, _)| in_order(*number))?;
    page.show(&mut xml, "Changes", |xml, (_, change)| {
        xml.text("Type", "Resource");
        xml.element("ResourceChange", |xml| show_change(xml, change));
    });
    Ok(xml)
}

/// `ListChangeSets`
pub(crate) fn list(call: &Call<'_>, params: &Params<'_>) -> Result<Xml, Error> {
    let stack = call.stack_of(params)?;
    let mut xml = Xml::new();
    let page = Page::cut(params, &stack.change_sets, |(name, _)| name.to_string())?;
    page.show(&mut xml, "Summaries", |xml, (name, set)| show(xml, stack, name, set));
    Ok(xml)
}

/// `ExecuteChangeSet`
pub(crate) fn execute(call: &Call<'_>, params: &Params<'_>, gathered: &Gathered) -> Result<Decision, Pause> {
    let token = Token::read(params, "ClientRequestToken")?;
    let (stack, name, set) = match (find(call, params), &token) {
        (Ok(found), _) => found,
        // It is gone once it was carried out.
        (Err(error), Some(token)) if error.code() == Code::ChangeSetNotFound => {
            return if was_executed(call, params, token)? {
                Ok((Vec::new(), Xml::new()))
            } else {
                Err(error.into())
            };
        }
        (Err(error), _) => return Err(error.into()),
    };
    if let Some(failure) = &set.failure {
        let message =
            format!("ChangeSet [{name}] cannot be executed in its current status of [FAILED]: {failure}");
        return Err(Error::new(Code::InvalidChangeSetStatus, message).into());
    }
    let source = set.source.clone();
    let wanted = Wanted { template: request::parse(&source.template)?, source };
    let on_failure = operations::on_failure(params, "OnStackFailure")?;
    let changes = if stack.status == StackStatus::ReviewInProgress {
        operations::make(call, gathered, stack.clone(), wanted, on_failure, token.as_ref())?
    } else {
        operations::check_updatable(stack)?;
        let keeps = on_failure == OnFailure::DoNothing;
        operations::check_way_back(stack, keeps)?;
        let changes = operations::change(call, gathered, stack, wanted, keeps, token.as_ref())?;
        changes.ok_or_else(|| Error::new(Code::InvalidChangeSetStatus, NOTHING))?
    };
    Ok((changes, Xml::new()))
}

/// Whether a call with this token has carried out a change set before, of the stack that it names or of any.
fn was_executed(call: &Call<'_>, params: &Params<'_>, token: &Token) -> Result<bool, Error> {
    let begins = [StackStatus::CreateInProgress, StackStatus::UpdateInProgress];
    match params.text("StackName") {
        Some(name) => token.repeats(call.stack(name)?, &begins),
        None => Ok(call.stacks().any(|stack| token.repeats(stack, &begins).unwrap_or(false))),
    }
}

/// `DeleteChangeSet`: one that is not there is no error. A stack that was only there for its change sets stays.
pub(crate) fn delete(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let (stack, name, _) = match find(call, params) {
        Ok(found) => found,
        Err(error) if error.code() == Code::ChangeSetNotFound => return Ok((Vec::new(), Xml::new())),
        Err(error) => return Err(error),
    };
    let name = name.clone();
    let mut stack = stack.clone();
    stack.change_sets.remove(&name);
    Ok((vec![put(stack)], Xml::new()))
}

/// The stack that a change set is for: one that is there, or a new one.
fn stack_for(call: &Call<'_>, params: &Params<'_>) -> Result<Stack, Error> {
    let text = params.required("StackName")?;
    let existing = call.seek_stack(text);
    let kind =
        params.word("ChangeSetType", TYPES, |text| TYPES.iter().copied().find(|known| *known == text))?;
    match (kind.unwrap_or("UPDATE"), existing) {
        ("CREATE", None) => operations::new(call, StackName::parse(text)?),
        ("CREATE", Some(stack)) if stack.status == StackStatus::ReviewInProgress => Ok(Call::copy(stack)),
        ("CREATE", Some(_)) => Err(Error::validation(format!(
            "Stack [{text}] already exists and cannot be created again with a changeSet"
        ))),
        ("UPDATE", Some(stack)) => {
            operations::check_updatable(stack)?;
            Ok(Call::copy(stack))
        }
        ("UPDATE", None) => Err(Error::validation(format!("Stack [{text}] does not exist"))),
        (other, _) => Err(Error::validation(format!("A change set of type {other} is not in Elbow"))),
    }
}

/// What a deployment did; and what it did not come to, if it would fail: the caller learns that when it does.
fn planned(deployed: Deployed, wanted: &Wanted, stack: &Stack) -> Vec<PlannedChange> {
    let mut planned = deployed.planned;
    if deployed.failure.is_none() {
        return planned;
    }
    for id in &wanted.template.order {
        let Some(declared) = wanted.template.resources.get(id) else { continue };
        let old = stack.resources.iter().rev().find(|it| it.logical_id == *id);
        if !planned.iter().any(|it| it.logical_id == *id) {
            planned.push(PlannedChange {
                action: if old.is_some() { PlannedAction::Modify } else { PlannedAction::Add },
                logical_id: id.clone(),
                physical_id: old.map(|it| it.physical_id.clone()),
                kind: declared.kind.clone(),
                scope: [].into(),
            });
        }
    }
    planned
}

/// The change set that a call names, by name and stack or by ARN.
fn find<'a>(
    call: &Call<'a>,
    params: &Params<'_>,
) -> Result<(&'a Stack, &'a StackName, &'a ChangeSet), Error> {
    let text = params.required("ChangeSetName")?;
    let stack = params.text("StackName").map(|name| call.stack(name)).transpose()?;
    let stacks = call.stacks().filter(|it| stack.is_none_or(|stack| stack.arn == it.arn));
    let mut sets =
        stacks.flat_map(|stack| stack.change_sets.iter().map(move |(name, set)| (&**stack, name, set)));
    let found =
        sets.find(|(of, name, set)| (stack.is_some() && name.as_str() == text) || arn(of, name, set) == text);
    found.ok_or_else(|| Error::new(Code::ChangeSetNotFound, format!("ChangeSet [{text}] does not exist")))
}

/// `arn:aws:cloudformation:REGION:ACCOUNT:changeSet/NAME/KEY`
fn arn(stack: &Stack, name: &StackName, set: &ChangeSet) -> String {
    let (region, account) = (stack.arn.scope.region.as_str(), stack.arn.scope.account.as_str());
    format!("arn:aws:cloudformation:{region}:{account}:changeSet/{name}/{}", set.key)
}

fn ids(stack: &Stack, name: &StackName, set: &ChangeSet) -> Xml {
    let mut xml = Xml::new();
    xml.text("Id", arn(stack, name, set));
    xml.text("StackId", &stack.arn);
    xml
}

fn show(xml: &mut Xml, stack: &Stack, name: &StackName, set: &ChangeSet) {
    xml.text("ChangeSetName", name);
    xml.text("ChangeSetId", arn(stack, name, set));
    xml.text("StackId", &stack.arn);
    xml.text("StackName", &stack.arn.name);
    xml.optional("Description", set.description.as_ref());
    xml.text("CreationTime", iso8601(set.created));
    let (status, execution) =
        if set.failure.is_some() { ("FAILED", "UNAVAILABLE") } else { ("CREATE_COMPLETE", "AVAILABLE") };
    xml.text("Status", status);
    xml.text("ExecutionStatus", execution);
    xml.optional("StatusReason", set.failure.as_ref());
}

fn show_change(xml: &mut Xml, change: &PlannedChange) {
    let (action, replacement) = match change.action {
        PlannedAction::Add => ("Add", None),
        PlannedAction::Modify => ("Modify", Some("False")),
        PlannedAction::Replace => ("Modify", Some("True")),
        PlannedAction::Remove => ("Remove", None),
    };
    xml.text("Action", action);
    xml.text("LogicalResourceId", &change.logical_id);
    xml.optional("PhysicalResourceId", change.physical_id.as_ref());
    xml.text("ResourceType", &change.kind);
    xml.optional("Replacement", replacement);
    xml.texts("Scope", change.scope.iter().map(|part| part.as_str()));
    xml.element("Details", |_| {});
}
