//! Running other programs, with errors that a person can act on.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

/// Says one calm line of progress.
pub fn say(text: &str) {
    println!("  {text}");
}

/// Runs a command and returns what it printed on standard output; its whole
/// output is in the error if it fails.
pub fn output(command: &mut Command, doing: &str) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(command, &error))
        .with_context(|| format!("Failed while {doing}."))?;
    if !output.status.success() {
        bail!(
            "Failed while {doing}: {} ended with {}.\n\n{}{}",
            shown(command),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command that may take a while: a line when it starts, a line with the
/// time when it ended, its output only if it fails.
pub fn quietly(command: &mut Command, doing: &str) -> Result<()> {
    say(&format!("{doing} …"));
    let started = Instant::now();
    if io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    output(command, &format!("{}{}", doing[..1].to_lowercase(), &doing[1..]))?;
    if started.elapsed().as_secs() >= 2 {
        say(&format!("  done in {} s", started.elapsed().as_secs()));
    }
    Ok(())
}

/// Runs a command with everything that it prints, in order, in the file `log`.
pub fn logged(command: &mut Command, log: &File) -> Result<ExitStatus> {
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log.try_clone()?).status().map_err(|error| not_started(command, &error))
}

/// The last `lines` lines of a log.
pub fn tail(log: &Path, lines: usize) -> Result<String> {
    let mut bytes = Vec::new();
    File::open(log)?.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.lines().collect();
    Ok(all[all.len().saturating_sub(lines)..].join("\n"))
}

/// The command as somebody would type it.
pub fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    format!("`{}`", words.join(" "))
}

fn not_started(command: &Command, error: &io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy().into_owned();
    if error.kind() == io::ErrorKind::NotFound {
        anyhow!("The program `{program}` was not found; install it or put it on the PATH.")
    } else {
        anyhow!("The program `{program}` did not start: {error}")
    }
}
