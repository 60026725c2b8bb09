//! The chromedriver process.

use anyhow::{Context, Result, bail, ensure};
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    thread::sleep,
    time::Duration,
};

/// How long it may take to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pause between two looks whether it has.
const PAUSE: Duration = Duration::from_millis(50);

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
    fn shut_down(&mut self) -> Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        // It wants HTTP/1.1, and hangs up on anything older.
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        ensure!(BufReader::new(stream).read_line(&mut answer)? > 0, "chromedriver hung up");
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            sleep(PAUSE);
        }
        bail!("chromedriver does not end")
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            eprintln!("chromedriver is killed, and a browser may be left over: {error:#}");
            // Whether this works or not, nothing better can be done.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
