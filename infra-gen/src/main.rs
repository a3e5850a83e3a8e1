//! The command line `infra-gen`.

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match infra_gen::cli::run(std::env::args_os()) {
        Ok(output) => {
            // Who closed the pipe has read enough.
            let _ = std::io::stdout().lock().write_all(output.text.as_bytes());
            let _ = std::io::stderr().lock().write_all(output.notes.as_bytes());
            output.code
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr().lock(), "{error}");
            ExitCode::from(2)
        }
    }
}
