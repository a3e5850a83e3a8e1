//! `honeytriage`: triage on the command line.

use std::process::ExitCode;

use honeytriage::hosts::cli;

fn main() -> ExitCode {
    let arguments = match cli::arguments() {
        Ok(arguments) => arguments,
        Err(code) => return ExitCode::from(code),
    };
    match cli::run(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("honeytriage: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
