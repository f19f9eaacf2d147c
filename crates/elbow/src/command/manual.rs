//! `elbow completions` and `elbow man`: both are made of the command line's own description.

use std::io::Write;

use clap::CommandFactory;

use super::write;
use crate::cli::Cli;
use crate::failure::Failure;

/// Writes the completion script of a shell.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "elbow", &mut script);
    write(&script)
}

/// Writes one page: the program, then each command.
pub(crate) fn man() -> Result<(), Failure> {
    let mut page = Vec::new();
    let mut program = Cli::command();
    program.build();
    clap_mangen::Man::new(program.clone()).render(&mut page)?;
    for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
        section(command, &mut page)?;
    }
    write(&page)
}

fn section(command: &clap::Command, page: &mut Vec<u8>) -> Result<(), Failure> {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    writeln!(page, ".SH \"{}\"", name.to_uppercase())?;
    let man = clap_mangen::Man::new(command.clone());
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    for nested in command.get_subcommands().filter(|nested| nested.get_name() != "help") {
        section(nested, page)?;
    }
    Ok(())
}
