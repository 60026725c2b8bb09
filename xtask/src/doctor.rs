//! `cargo xtask doctor`: checks a configuration against the provider and the host that it is for.
//!
//! What to ask and what the answers mean is `hushkey::protocol::doctor`; here it is asked, and printed.

mod ask;
mod print;
mod site;

use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail};
use hushkey::protocol::config::Config;
use hushkey::protocol::doctor::{self, Doctor, Eyes, Line, Surroundings, Verdict};
use hushkey::protocol::hint::Frames;
use hushkey::protocol::time::{Entropy, UnixTime};
use rand::TryRngCore;
use rand::rngs::OsRng;

use crate::config;

/// Checks the configuration in a file, for an app that is served at `origin`; fails if something is wrong.
pub async fn command(file: &Path, origin: Option<&str>) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("The configuration {} cannot be read.", file.display()))?;
    let config = config::accepted(&text, origin).with_context(|| format!("The configuration {} was refused.", file.display()))?;
    println!("  {}, at {}\n", config.issuer(), origin.unwrap_or("an origin that was not named"));
    let origin_known = origin.is_some();
    let lines = tokio::task::spawn_blocking(move || examine(config, origin_known)).await??;
    let coloured = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    print!("{}", print::list(&lines, coloured));
    let wrong = lines.iter().filter(|line| line.verdict == Verdict::Wrong).count();
    if wrong > 0 {
        bail!("{} wrong. What each line asks for is in docs/doctor.md.", if wrong == 1 { "One thing is" } else { "Some things are" });
    }
    Ok(())
}

/// Asks until there is nothing more to ask.
pub fn examine(config: Config, origin_known: bool) -> Result<Vec<Line>> {
    let mut seed = [0; 32];
    OsRng.try_fill_bytes(&mut seed).map_err(|error| anyhow!("This machine gives no random bytes: {error}"))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("The clock of this machine is before 1970.")?;
    let surroundings = Surroundings {
        eyes: Eyes::Program,
        now: UnixTime::from_millis(u64::try_from(now.as_millis())?),
        origin_known,
        same_site: site::same(&config.app_origin(), &config.frame_origins().concat()),
        frames: Frames::Untried,
        isolated: false,
    };
    let mut examination = Doctor::new(config, surroundings, &Entropy::new(seed));
    let agent = ask::agent();
    loop {
        let questions = examination.questions();
        if questions.is_empty() {
            return Ok(examination.signs().iter().map(|sign| doctor::tell(sign, doctor::WORDS)).collect());
        }
        let answers: Vec<_> = thread::scope(|scope| {
            let asking: Vec<_> = questions.iter().map(|question| scope.spawn(|| ask::ask(&agent, question))).collect();
            questions.iter().zip(asking).map(|(question, asking)| (question.ask, asking.join())).collect()
        });
        for (ask, answer) in answers {
            examination.hear(ask, answer.unwrap_or_else(|_| ask::failed()));
        }
    }
}

#[cfg(test)]
mod tests;
