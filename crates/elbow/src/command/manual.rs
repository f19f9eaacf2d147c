//! `elbow completions` and `elbow man`: both are made of the command line's own description.

use clap::CommandFactory;
use clap_mangen::Man;

use super::write;
use crate::cli::{self, Cli};
use crate::failure::Failure;

/// Writes the completion script of a shell.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "elbow", &mut script);
    write(&script)
}

/// Writes the page of the program, that of a command, or a file for each page.
pub(crate) fn man(man: &cli::Man) -> Result<(), Failure> {
    let program = Cli::command().disable_help_subcommand(true);
    if let Some(dir) = &man.directory {
        std::fs::create_dir_all(dir).and_then(|()| clap_mangen::generate_to(program, dir)).map_err(
            |error| Failure::failed(format!("cannot write man pages to {}: {error}", dir.display())),
        )?;
        return Ok(());
    }
    let mut page = Vec::new();
    Man::new(find(program, &man.command)?).render(&mut page)?;
    write(&page)
}

/// The command that these words name.
fn find(mut program: clap::Command, words: &[String]) -> Result<clap::Command, Failure> {
    program.build();
    words.iter().try_fold(program, |command, word| match command.find_subcommand(word) {
        Some(found) if !found.is_hide_set() => Ok(found.clone()),
        _ => Err(Failure::wrong_use(format!("there is no command `elbow {}`", words.join(" ")))),
    })
}
