//! Creating, updating and deleting stacks. An operation that fails is taken back, or leaves what it did if the caller wants that.

use elbow_model::key::StackKey;
use elbow_model::limits::STACKS;
use elbow_model::{Change, EntityKey, Stack, StackArn, StackName, StackSource, StackStatus};

use super::deletion;
use super::deployment::{Deployed, Deployment};
use super::find::put;
use super::journal::Journal;
use super::needs::{Gathered, Pause};
use super::request::{self, Wanted};
use super::stage::Stage;
use super::token::Token;
use crate::call::{Call, Decision};
use crate::error::{Code, Error};
use crate::wire::{Params, Xml};

/// What becomes of what was made before a creation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnFailure {
    /// It is taken back.
    Rollback,
    /// It stays.
    DoNothing,
    /// It is taken back, and the stack with it.
    Delete,
}

/// The parameter that has the token of a call.
const REQUEST_TOKEN: &str = "ClientRequestToken";
const ON_FAILURE: &[&str] = &["DO_NOTHING", "ROLLBACK", "DELETE"];

/// `CreateStack`
pub(crate) fn create(call: &Call<'_>, params: &Params<'_>, gathered: &Gathered) -> Result<Decision, Pause> {
    let name = StackName::parse(params.required("StackName")?).map_err(Error::from)?;
    let token = Token::read(params, REQUEST_TOKEN)?;
    if let Some(stack) = call.seek_stack(name.as_str()) {
        if repeats(token.as_ref(), stack, StackStatus::CreateInProgress)? {
            return Ok((Vec::new(), id(stack)));
        }
        return Err(Error::new(Code::AlreadyExistsException, format!("Stack [{name}] already exists")).into());
    }
    let mut stack = new(call, name)?;
    stack.is_protected = params.flag("EnableTerminationProtection")?.unwrap_or(false);
    let wanted = request::read(params, None)?;
    let xml = id(&stack);
    let on_failure = on_failure(params, "OnFailure")?;
    Ok((make(call, gathered, stack, wanted, on_failure, token.as_ref())?, xml))
}

/// `UpdateStack`
pub(crate) fn update(call: &Call<'_>, params: &Params<'_>, gathered: &Gathered) -> Result<Decision, Pause> {
    let stack = call.stack_of(params)?;
    let token = Token::read(params, REQUEST_TOKEN)?;
    if repeats(token.as_ref(), stack, StackStatus::UpdateInProgress)? {
        return Ok((Vec::new(), id(stack)));
    }
    check_updatable(stack)?;
    let keeps = params.flag("DisableRollback")?.unwrap_or(false);
    check_way_back(stack, keeps)?;
    let wanted = request::read(params, Some(stack))?;
    let changes = change(call, gathered, stack, wanted, keeps, token.as_ref())?;
    // boto3's users and Terraform know this by its words.
    let changes = changes.ok_or_else(|| Error::validation("No updates are to be performed."))?;
    Ok((changes, id(stack)))
}

/// `DeleteStack`: one that is not there is no error.
pub(crate) fn delete(call: &Call<'_>, params: &Params<'_>, gathered: &Gathered) -> Result<Decision, Pause> {
    let Some(stack) = call.seek_stack(params.required("StackName")?) else {
        return Ok((Vec::new(), Xml::new()));
    };
    let token = Token::read(params, REQUEST_TOKEN)?;
    if repeats(token.as_ref(), stack, StackStatus::DeleteInProgress)? {
        return Ok((Vec::new(), Xml::new()));
    }
    if stack.is_protected {
        let name = &stack.arn.name;
        return Err(Error::validation(format!(
            "Stack [{name}] cannot be deleted while TerminationProtection is enabled"
        ))
        .into());
    }
    let retained = params.texts("RetainResources")?.unwrap_or_default();
    if !retained.is_empty() && stack.status != StackStatus::DeleteFailed {
        return Err(Error::validation(format!(
            "Invalid operation on stack [{}]. When you delete a stack, specify which resources to retain only when the stack is \
             in the DELETE_FAILED state.",
            stack.arn
        ))
        .into());
    }
    let mut stage = Stage::new(call, gathered);
    let mut journal = Journal::default();
    journal.of_stack(StackStatus::DeleteInProgress, Some("User Initiated"));
    let failure = deletion::delete_all(&mut stage, &mut journal, &stack.resources, &retained)?;
    let Some(failure) = failure else {
        let mut changes = stage.into_changes();
        changes.push(Change::Remove(EntityKey::Stack(stack.arn.key)));
        return Ok((changes, Xml::new()));
    };
    let mut stack = Call::copy(stack);
    finish(call, &mut stack, journal, (StackStatus::DeleteFailed, Some(failure)), token.as_ref());
    Ok((vec![put(stack)], Xml::new()))
}

/// `UpdateTerminationProtection`
pub(crate) fn protect(call: &Call<'_>, params: &Params<'_>) -> Result<Decision, Error> {
    let mut stack = Call::copy(call.stack_of(params)?);
    let flag = params.flag("EnableTerminationProtection")?;
    stack.is_protected = flag.ok_or_else(|| params.null("EnableTerminationProtection"))?;
    let xml = id(&stack);
    Ok((vec![put(stack)], xml))
}

/// A stack of which nothing is there yet.
pub(super) fn new(call: &Call<'_>, name: StackName) -> Result<Stack, Error> {
    if call.stacks().count() >= STACKS {
        let message = format!("There cannot be more than {STACKS} stacks");
        return Err(Error::new(Code::LimitExceededException, message));
    }
    Ok(Stack {
        arn: StackArn { scope: call.scope.clone(), name, key: StackKey::new(call.random()) },
        created: call.now,
        updated: None,
        status: StackStatus::ReviewInProgress,
        reason: None,
        source: StackSource::default(),
        outputs: [].into(),
        resources: Vec::new(),
        events: Vec::new(),
        event_count: 0,
        change_sets: [].into(),
        keeps_failures: false,
        is_protected: false,
    })
}

/// Creates what a new stack is made of.
pub(super) fn make(
    call: &Call<'_>,
    gathered: &Gathered,
    mut stack: Stack,
    wanted: Wanted,
    on_failure: OnFailure,
    token: Option<&Token>,
) -> Result<Vec<Change>, Pause> {
    let keeps_failures = on_failure == OnFailure::DoNothing;
    let mut stage = Stage::new(call, gathered);
    let deployment = Deployment {
        arn: &stack.arn,
        old: &[],
        before: None,
        wanted: &wanted,
        keeps_failures,
        now: call.now,
    };
    let deployed = deployment.carry_out(&mut stage)?;
    let Deployed { resources, outputs, journal: steps, failure, .. } = deployed;
    let mut journal = Journal::default();
    journal.of_stack(StackStatus::CreateInProgress, Some("User Initiated"));
    journal.append(steps);
    stack.source = wanted.source;
    stack.keeps_failures = keeps_failures;
    match failure {
        None => {
            stack.resources = resources;
            stack.outputs = outputs;
            finish(call, &mut stack, journal, (StackStatus::CreateComplete, None), token);
        }
        Some(failure) if keeps_failures => {
            stack.resources = resources;
            finish(call, &mut stack, journal, (StackStatus::CreateFailed, Some(failure)), token);
        }
        Some(failure) => {
            stage = Stage::new(call, gathered);
            if on_failure == OnFailure::Delete {
                let known = call.configuration.stacks.contains_key(&stack.arn.key);
                return Ok(known
                    .then_some(Change::Remove(EntityKey::Stack(stack.arn.key)))
                    .into_iter()
                    .collect());
            }
            let reason = format!("{failure}Rollback requested by user.");
            let made = journal.subjects_with(StackStatus::CreateComplete);
            journal.of_stack(StackStatus::RollbackInProgress, Some(&reason));
            made.iter().for_each(|it| journal.of_resource(it, StackStatus::DeleteComplete, None));
            finish(call, &mut stack, journal, (StackStatus::RollbackComplete, Some(reason)), token);
        }
    }
    let mut changes = stage.into_changes();
    changes.push(put(stack));
    Ok(changes)
}

/// Updates a stack; `None`: there is nothing to change.
pub(super) fn change(
    call: &Call<'_>,
    gathered: &Gathered,
    stack: &Stack,
    wanted: Wanted,
    keeps_failures: bool,
    token: Option<&Token>,
) -> Result<Option<Vec<Change>>, Pause> {
    let mut stage = Stage::new(call, gathered);
    let before = request::parse(&stack.source.template).ok();
    let deployment = Deployment {
        arn: &stack.arn,
        old: &stack.resources,
        before: before.as_ref(),
        wanted: &wanted,
        keeps_failures,
        now: call.now,
    };
    let deployed = deployment.carry_out(&mut stage)?;
    if deployed.is_nothing(stack, &wanted) {
        return Ok(None);
    }
    let mut stack = stack.clone();
    stack.updated = Some(call.now);
    stack.keeps_failures = keeps_failures;
    let Deployed { resources, outputs, journal: steps, failure, .. } = deployed;
    let mut journal = Journal::default();
    journal.of_stack(StackStatus::UpdateInProgress, Some("User Initiated"));
    journal.append(steps);
    match failure {
        None => {
            (stack.source, stack.resources, stack.outputs) = (wanted.source, resources, outputs);
            finish(call, &mut stack, journal, (StackStatus::UpdateComplete, None), token);
        }
        Some(failure) if keeps_failures => {
            (stack.source, stack.resources) = (wanted.source, resources);
            finish(call, &mut stack, journal, (StackStatus::UpdateFailed, Some(failure)), token);
        }
        Some(failure) => {
            stage = Stage::new(call, gathered);
            let touched = journal.subjects_with(StackStatus::UpdateComplete);
            journal.of_stack(StackStatus::UpdateRollbackInProgress, Some(&failure));
            touched.iter().for_each(|it| journal.of_resource(it, StackStatus::UpdateComplete, None));
            let made = journal.subjects_with(StackStatus::CreateComplete);
            made.iter().for_each(|it| journal.of_resource(it, StackStatus::DeleteComplete, None));
            finish(call, &mut stack, journal, (StackStatus::UpdateRollbackComplete, Some(failure)), token);
        }
    }
    let mut changes = stage.into_changes();
    changes.push(put(stack));
    Ok(Some(changes))
}

/// Refuses to update a stack that never was whole, or is half deleted.
pub(super) fn check_updatable(stack: &Stack) -> Result<(), Error> {
    use StackStatus::{DeleteFailed, ReviewInProgress, RollbackComplete};
    if !matches!(stack.status, DeleteFailed | ReviewInProgress | RollbackComplete) {
        return Ok(());
    }
    let (arn, status) = (&stack.arn, stack.status.as_str());
    Err(Error::validation(format!("Stack:{arn} is in {status} state and can not be updated.")))
}

/// Refuses an update that is to be taken back if it fails of a stack that is half of what it should be: there is no whole to
/// go back to, and `UPDATE_ROLLBACK_COMPLETE` would say that there is.
pub(super) fn check_way_back(stack: &Stack, keeps_failures: bool) -> Result<(), Error> {
    let is_half = matches!(stack.status, StackStatus::CreateFailed | StackStatus::UpdateFailed);
    if keeps_failures || !is_half {
        return Ok(());
    }
    // AWS's words, but for its action RollbackStack.
    Err(Error::validation(format!(
        "This stack is currently in a non-terminal [{}] state. To update the stack from this state, please use the \
         disable-rollback parameter with update-stack API. To go back to the last known good state, do so with the template \
         and the parameters of then",
        stack.status.as_str()
    )))
}

/// What a caller wants if a creation fails: by `DisableRollback`, or by a parameter that says more.
pub(super) fn on_failure(params: &Params<'_>, name: &str) -> Result<OnFailure, Error> {
    let word = params.word(name, ON_FAILURE, |word| match word {
        "DO_NOTHING" => Some(OnFailure::DoNothing),
        "ROLLBACK" => Some(OnFailure::Rollback),
        "DELETE" => Some(OnFailure::Delete),
        _ => None,
    })?;
    match (word, params.flag("DisableRollback")?) {
        (Some(_), Some(true)) => {
            Err(Error::validation(format!("You cannot specify both {name} and DisableRollback")))
        }
        (Some(word), _) => Ok(word),
        (None, Some(true)) => Ok(OnFailure::DoNothing),
        (None, _) => Ok(OnFailure::Rollback),
    }
}

/// How an operation ended.
fn finish(
    call: &Call<'_>,
    stack: &mut Stack,
    mut journal: Journal,
    (status, reason): (StackStatus, Option<String>),
    token: Option<&Token>,
) {
    journal.of_stack(status, reason.as_deref());
    journal.write(stack, call.now, token);
    stack.status = status;
    stack.reason = reason;
    stack.change_sets.clear();
}

/// Whether this call began the operation that a stack began like this.
fn repeats(token: Option<&Token>, stack: &Stack, begun: StackStatus) -> Result<bool, Error> {
    token.map_or(Ok(false), |token| token.repeats(stack, &[begun]))
}

fn id(stack: &Stack) -> Xml {
    let mut xml = Xml::new();
    xml.text("StackId", &stack.arn);
    xml
}
