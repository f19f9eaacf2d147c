//! What must be asked of others before a stack's operation can be decided: where instances are, what is in
//! files, and whether buckets can be written to.

use std::collections::BTreeMap;

use elbow_model::{InstanceId, Region};

use crate::Surroundings;
use crate::error::{Code, Error};
use crate::instances::Described;
use crate::objects::{self, Against, Draft, Fetched, Fetcher, ObjectName, Wanted};

/// Most questions of one operation: one for each resource of the largest template, and as many again.
pub(crate) const QUESTIONS: usize = 1_000;

/// Why an operation is not decided.
pub(crate) enum Pause {
    /// It is refused.
    Refused(Error),
    /// It needs to know this first.
    Needs(Need),
}

/// Something to ask for.
pub(crate) enum Need {
    /// Where these instances are.
    Instances(Vec<InstanceId>),
    /// These files.
    Files(Wanted),
    /// Whether this can be written.
    Written(Draft),
}

/// A refusal that can be repeated.
type Kept<T> = Result<T, (Code, String)>;

/// What was asked for one operation, and the answers. A refusal is an answer, too: it fails the resource that needed it.
#[derive(Default)]
pub(crate) struct Gathered {
    instances: BTreeMap<InstanceId, Kept<Option<Described>>>,
    files: Vec<(Vec<ObjectName>, Against, Kept<Vec<Fetched>>)>,
    written: Vec<(ObjectName, Kept<()>)>,
    questions: usize,
}

impl From<Error> for Pause {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl Gathered {
    /// Asks.
    ///
    /// # Errors
    /// There were too many questions.
    pub(crate) async fn ask(
        &mut self,
        need: Need,
        fetcher: &Fetcher,
        surroundings: &Surroundings,
        region: &Region,
    ) -> Result<(), Error> {
        self.questions += 1;
        if self.questions > QUESTIONS {
            let message =
                format!("One operation cannot ask for instances and files more than {QUESTIONS} times");
            return Err(Error::new(Code::LimitExceededException, message));
        }
        match need {
            Need::Files(wanted) => {
                let fetched = fetcher.fetch(&*surroundings.objects, region, &wanted).await;
                self.files.push((wanted.names, wanted.against, fetched.map_err(|error| kept(&error))));
            }
            Need::Written(draft) => {
                let name = draft.name.clone();
                let written = objects::write(&*surroundings.objects, region, draft).await;
                self.written.push((name, written.map_err(|error| kept(&error))));
            }
            Need::Instances(ids) => {
                let Some(reader) = &surroundings.instances else { return Ok(()) };
                let answer = reader.describe(region, &ids).await;
                let mut answer = answer.map_err(|unanswered| kept(&Error::unanswered(&unanswered)));
                for id in ids {
                    let described = match &mut answer {
                        Ok(found) => Ok(found.remove(&id)),
                        Err(refused) => Err(refused.clone()),
                    };
                    self.instances.insert(id, described);
                }
            }
        }
        Ok(())
    }

    /// What is known of an instance; `None`: nobody was asked.
    pub(super) fn instance(&self, id: &InstanceId) -> Option<Result<Option<&Described>, Error>> {
        let known = self.instances.get(id)?;
        Some(known.as_ref().map(Option::as_ref).map_err(again))
    }

    /// Files that were fetched and checked as is wanted; `None`: nobody was asked.
    pub(super) fn files(&self, wanted: &Wanted) -> Option<Result<&[Fetched], Error>> {
        let is_it =
            |names: &[ObjectName], against: &Against| names == wanted.names && *against == wanted.against;
        let (.., fetched) = self.files.iter().find(|(names, against, _)| is_it(names, against))?;
        Some(fetched.as_ref().map(Vec::as_slice).map_err(again))
    }

    /// Whether a file was written; `None`: nobody has tried.
    pub(super) fn written(&self, name: &ObjectName) -> Option<Result<(), Error>> {
        let (_, written) = self.written.iter().find(|(known, _)| known == name)?;
        Some(written.clone().map_err(|refusal| again(&refusal)))
    }
}

fn kept(error: &Error) -> (Code, String) {
    (error.code(), error.message().to_owned())
}

fn again((code, message): &(Code, String)) -> Error {
    Error::new(*code, message.clone())
}
