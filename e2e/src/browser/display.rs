//! A display that nobody looks at, for a browser that has no mode without windows.

use anyhow::{Context, Result, ensure};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A running Xvfb. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Display {
    child: Child,
    number: String,
}

impl Display {
    /// Opens a display; the server chooses its number, and says it when it is ready.
    pub(super) fn open(server: &Path) -> Result<Self> {
        let mut child = Command::new(server)
            .args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} did not start", server.display()))?;
        let mut number = String::new();
        let output = child.stdout.take();
        // From here on it is ended whatever happens.
        let mut display = Self { child, number: String::new() };
        BufReader::new(output.context("the display has no output")?).read_line(&mut number)?;
        ensure!(number.trim().parse::<u32>().is_ok(), "the display ended before it was ready");
        display.number = format!(":{}", number.trim());
        Ok(display)
    }

    /// Its name, for programs.
    pub(super) fn name(&self) -> &str {
        &self.number
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Whether this works or not, nothing better can be done.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
