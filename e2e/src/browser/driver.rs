//! The chromedriver process.

use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

/// A running chromedriver. When it is dropped it closes all its browsers and ends.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    // The pipe must stay open, or the driver's next line would end it.
    _output: BufReader<ChildStdout>,
    port: u16,
}

impl Driver {
    /// Starts it on a port of its own choice, which it then prints.
    pub(crate) fn start(program: &Path) -> Result<Self> {
        let mut child = Command::new(program)
            .args(["--port=0", "--log-level=SEVERE"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} did not start", program.display()))?;
        let mut output = BufReader::new(child.stdout.take().context("chromedriver has no output")?);
        let mut line = String::new();
        while output.read_line(&mut line)? > 0 {
            if let Some((_, port)) = line.trim_end().trim_end_matches('.').split_once("successfully on port ") {
                return Ok(Self { port: port.parse()?, child, _output: output });
            }
            line.clear();
        }
        child.wait()?;
        bail!("chromedriver ended before it was ready")
    }

    /// The address of its WebDriver interface.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks it to close its browsers: killed alone, it would leave them behind.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(b"GET /shutdown HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")?;
        stream.read(&mut [0; 1024]).map(drop)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.shut_down().is_err() {
            // It does not answer any more; nothing better can be done.
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
