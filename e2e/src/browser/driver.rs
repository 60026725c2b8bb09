//! The process of a WebDriver: one for each browser, because two of the three drive no more than one at a time.

use anyhow::{Context, Result, bail, ensure};
use std::{
    cell::RefCell,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};
use xtask::ports;

/// How long it may take to be ready, and how long to close a browser that is in the middle of something.
const PATIENCE: Duration = Duration::from_secs(20);

/// The pause between two looks whether it is ready.
const PAUSE: Duration = Duration::from_millis(10);

/// How often another port is tried: between the choice of one and its use, somebody else may take it.
const TRIES: usize = 3;

/// A running driver. When it is dropped, its browser is closed, and both are gone.
#[derive(Debug)]
pub(super) struct Driver {
    child: Child,
    port: u16,
    session: RefCell<Option<String>>,
}

impl Driver {
    /// Starts one that is told its port by the argument `port`, and waits until it listens.
    pub(super) fn start(command: impl Fn() -> Command, port: impl Fn(u16) -> Vec<String>) -> Result<Self> {
        for _ in 0..TRIES {
            let free = free_port()?;
            let mut command = command();
            command.args(port(free)).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            in_a_group_of_its_own(&mut command);
            let program = command.get_program().to_string_lossy().into_owned();
            let child = command.spawn().with_context(|| format!("{program} did not start"))?;
            let mut driver = Self { child, port: free, session: RefCell::default() };
            if driver.listens().with_context(|| program)? {
                return Ok(driver);
            }
        }
        bail!("the driver ended {TRIES} times before it was ready")
    }

    /// Waits until it does; false if it ends instead.
    fn listens(&mut self) -> Result<bool> {
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            if self.child.try_wait()?.is_some() {
                return Ok(false);
            }
            if ports::listens(self.port)? {
                return Ok(true);
            }
            sleep(PAUSE);
        }
        bail!("it was not ready within {} s", PATIENCE.as_secs())
    }

    /// The address of its WebDriver interface.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Notes which session is open, to be closed in the end, or that none is.
    pub(super) fn note(&self, session: Option<String>) {
        self.session.replace(session);
    }

    /// Asks it to close its browser: killed alone, the browser would leave its profile behind.
    fn close_browser(&self, session: &str) -> Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.port)?;
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer)?;
        ensure!(answer.contains(" 200 "), "the driver answered {answer:?}");
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(session) = self.session.take()
            && let Err(error) = self.close_browser(&session)
        {
            eprintln!("a browser is killed, and its profile may be left over: {error:#}");
        }
        // Whether this works or not, nothing better can be done.
        let _ = kill_group(&mut self.child);
        let _ = self.child.wait();
    }
}

fn free_port() -> Result<u16> {
    let held = ports::listen(0)?;
    Ok(held.first().context("no listener")?.local_addr()?.port())
}

/// Browsers do not end with their driver: as a group, they do.
fn in_a_group_of_its_own(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

fn kill_group(child: &mut Child) -> std::io::Result<()> {
    #[cfg(unix)]
    rustix::process::kill_process_group(rustix::process::Pid::from_child(child), rustix::process::Signal::KILL)?;
    child.kill()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::wait::{until, yes};

    /// Listens as a driver does, with a process of its own as a browser.
    const FAKE: &str = "sleep 60 & echo $! > $0; exec node -e 'require(\"net\").createServer().listen(+process.argv[1], \"127.0.0.1\")' $1";

    #[tokio::test]
    async fn a_browser_ends_with_its_driver() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("pid");
        let command = || {
            let mut command = Command::new("sh");
            command.args(["-c", FAKE]).arg(&file);
            command
        };
        let driver = Driver::start(command, |port| vec![port.to_string()])?;
        // Somebody else may have listened there for a moment.
        let number = || std::fs::read_to_string(&file).ok().filter(|text| text.ends_with('\n'));
        let pid = until("the browser's number", async || Ok(number())).await?.trim().to_owned();
        let is_there = || Command::new("kill").args(["-0", &pid]).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        ensure!(is_there(), "the browser does not run, so this shows nothing");
        drop(driver);
        until("the browser to end", async || Ok(yes(!is_there()))).await
    }

    #[test]
    fn a_driver_that_ends_at_once_is_an_error() {
        let error = Driver::start(|| Command::new("true"), |_| Vec::new()).expect_err("it ended");
        assert!(format!("{error:#}").contains("ended 3 times"), "{error:#}");
    }
}
