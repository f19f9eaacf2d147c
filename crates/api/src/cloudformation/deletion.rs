//! Deletes what belongs to a stack no more, latest first.

use elbow_model::{StackResource, StackStatus};

use super::deployment::Stop;
use super::journal::{Journal, Subject};
use super::needs::Pause;
use super::resources::{self, properties_of};
use super::stage::Stage;
use crate::error::{Code, Error};

/// Deletes all resources of a stack but those that stay, latest first. The failure tells which and why.
///
/// # Errors
/// Something must be known first.
pub(super) fn delete_all(
    stage: &mut Stage<'_>,
    journal: &mut Journal,
    resources: &[StackResource],
    retained: &[&str],
) -> Result<Option<String>, Pause> {
    for resource in resources.iter().rev() {
        let stays = resource.is_retained || retained.contains(&resource.logical_id.as_str());
        match delete(stage, journal, resource, stays) {
            Ok(()) => {}
            Err(Stop::Failed(failure)) => return Ok(Some(failure)),
            Err(Stop::Needs(pause)) => return Err(pause),
        }
    }
    Ok(None)
}

/// Deletes one resource, or says that it stays.
pub(super) fn delete(
    stage: &mut Stage<'_>,
    journal: &mut Journal,
    resource: &StackResource,
    stays: bool,
) -> Result<(), Stop> {
    let subject = Subject::from(resource);
    if stays {
        journal.of_resource(&subject, StackStatus::DeleteSkipped, None);
        return Ok(());
    }
    journal.of_resource(&subject, StackStatus::DeleteInProgress, None);
    let deleted = match resources::find(&resource.kind) {
        Ok(kind) => kind.delete(stage, &resource.physical_id, &properties_of(resource)),
        Err(error) => Err(error.into()),
    };
    match deleted {
        Ok(()) => {
            journal.of_resource(&subject, StackStatus::DeleteComplete, None);
            Ok(())
        }
        Err(Pause::Refused(error)) => {
            journal.of_resource(&subject, StackStatus::DeleteFailed, Some(&reason(&error)));
            Err(Stop::Failed(format!(
                "The following resource(s) failed to delete: [{}]. ",
                subject.logical_id
            )))
        }
        Err(needs) => Err(Stop::Needs(needs)),
    }
}

/// Why an action refused a resource, with its code.
pub(super) fn reason(error: &Error) -> String {
    match error.code() {
        Code::ValidationError => error.message().to_owned(),
        code => format!("{} (Error Code: {})", error.message(), code.as_str()),
    }
}
