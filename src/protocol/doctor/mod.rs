//! The doctor: checks a configuration against the provider and the host that it is for. It says what to ask, and what the answers mean; a shell asks.
//!
//! There are two shells: `cargo xtask doctor`, which sees everything but is no browser, and a page of the app, which is asked by a browser and sees
//! only what that lets a script see. What one of them cannot see is [`Verdict::Unknown`] there, with the reason.
//!
//! Nothing that is asked can disturb a session: no cookie goes along, no code that anybody was given, and no token.

mod answer;
mod authorize;
mod clock;
mod endpoints;
mod extensions;
mod features;
mod headers;
mod host;
mod metadata;
mod questions;
mod relay;
mod site;
mod words;

pub use answer::{Answer, HEADERS, Reply};
pub use questions::{Ask, Question};
pub use words::{Line, WORDS, tell};

use super::{
    checks::{Checks, Subject},
    config::{Config, Provider},
    discovery::{self, Metadata},
    error::{Error, capped},
    hint::Frames,
    json::Object,
    secret::SensitiveUrl,
    time::{Entropy, Generator, UnixTime},
    transaction::Transaction,
};

/// How it stands with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is as it should be.
    Right,
    /// It could not be told; the finding says why.
    Unknown,
    /// It works, or may work, and is worth a look.
    Look,
    /// It is wrong, and something does not work or is not safe because of it.
    Wrong,
}

/// What was found about one thing, as data. It never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// How it stands.
    pub verdict: Verdict,
    /// Its name, by which its words are found.
    pub name: &'static str,
    /// What is filled in.
    pub values: Vec<String>,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eyes {
    /// A program: it reads every answer, whoever it is for, and follows nothing.
    Program,
    /// A page of the app in a browser.
    Page,
}

/// What the shell knows beside the answers.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Who asks.
    pub eyes: Eyes,
    /// The time here.
    pub now: UnixTime,
    /// Whether it is known where the app is served. If not, whatever depends on that is left out.
    pub origin_known: bool,
    /// Whether app and provider are one site, where somebody with the public suffix list has looked.
    pub same_site: Option<bool>,
    /// What frames have proved to be good for in this browser.
    pub frames: Frames,
    /// Whether the page is cross-origin isolated.
    pub isolated: bool,
}

/// One examination.
pub struct Doctor {
    config: Config,
    surroundings: Surroundings,
    generator: Generator,
    asked: Vec<Asked>,
}

/// A question that was given out.
struct Asked {
    ask: Ask,
    url: SensitiveUrl,
    /// What the answer to an authorization request is held against.
    transaction: Option<Transaction>,
    answer: Option<Answer>,
}

impl std::fmt::Debug for Doctor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Doctor").field("surroundings", &self.surroundings).finish_non_exhaustive()
    }
}

impl Doctor {
    /// Begins an examination.
    #[must_use]
    pub fn new(config: Config, surroundings: Surroundings, entropy: &Entropy) -> Self {
        Self { config, surroundings, generator: entropy.generator(), asked: Vec::new() }
    }

    /// What is to be asked now. Empty when nothing more is to be asked; before that, all that was given out must have been answered.
    pub fn questions(&mut self) -> Vec<Question> {
        questions::next(self)
    }

    /// Takes an answer.
    pub fn hear(&mut self, ask: Ask, answer: Answer) {
        if let Some(asked) = self.asked.iter_mut().find(|asked| asked.ask == ask) {
            asked.answer = Some(answer);
        }
    }

    /// What was found.
    #[must_use]
    pub fn signs(&self) -> Vec<Sign> {
        let mut report = Report::default();
        metadata::judge(self, &mut report);
        features::judge(self, &mut report);
        extensions::judge(self, &mut report);
        endpoints::judge(self, &mut report);
        authorize::judge(self, &mut report);
        site::judge(self, &mut report);
        clock::judge(self, &mut report);
        if self.knows_origin() {
            host::judge(self, &mut report);
            relay::judge(self, &mut report);
        } else {
            report.unknown("host-nowhere", &[]);
        }
        report.0
    }

    /// Whether a page asks. In a browser nobody else does, and what is for a program alone need not be there.
    fn is_page(&self) -> bool {
        cfg!(target_family = "wasm") || self.surroundings.eyes == Eyes::Page
    }

    fn knows_origin(&self) -> bool {
        cfg!(target_family = "wasm") || self.surroundings.origin_known
    }

    /// Whether it has to be judged if a page could read what was read. A page knows: it could.
    fn judges_cors(&self) -> bool {
        !self.is_page() && self.knows_origin()
    }

    /// What to do about something that is not told here.
    fn command(&self) -> &'static str {
        if self.is_page() { "@command" } else { "@by-hand" }
    }

    fn asked(&self, ask: Ask) -> Option<&Asked> {
        self.asked.iter().find(|asked| asked.ask == ask)
    }

    fn answer(&self, ask: Ask) -> Option<&Answer> {
        self.asked(ask)?.answer.as_ref()
    }

    fn reply(&self, ask: Ask) -> Option<&Reply> {
        match self.answer(ask)? {
            Answer::Replied(reply) => Some(reply),
            _ => None,
        }
    }

    /// What is known of the provider, as the app would know it.
    fn metadata(&self) -> Option<Metadata> {
        match &self.config.provider {
            Provider::Known(metadata) => Some((**metadata).clone()),
            Provider::Discovered { .. } => discovered(self, self.reply(Ask::Discovery)?).ok(),
        }
    }

    /// What the provider's own document says.
    fn document(&self) -> Option<Object> {
        let reply = self.reply(Ask::Discovery).filter(|reply| reply.status == 200)?;
        Object::parse(reply.body.expose()).ok()
    }
}

/// Nothing that is worth reading is longer.
const LONGEST: usize = 400;

/// Signs in the making.
#[derive(Default)]
struct Report(Vec<Sign>);

impl Report {
    fn add(&mut self, verdict: Verdict, name: &'static str, values: &[&str]) {
        // What others wrote is among it: on a terminal it must not be more than text.
        let plain = |value: &&str| capped(&value.replace(char::is_control, " "), LONGEST);
        self.0.push(Sign { verdict, name, values: values.iter().map(plain).collect() });
    }

    fn right(&mut self, name: &'static str, values: &[&str]) {
        self.add(Verdict::Right, name, values);
    }

    fn look(&mut self, name: &'static str, values: &[&str]) {
        self.add(Verdict::Look, name, values);
    }

    fn wrong(&mut self, name: &'static str, values: &[&str]) {
        self.add(Verdict::Wrong, name, values);
    }

    fn unknown(&mut self, name: &'static str, values: &[&str]) {
        self.add(Verdict::Unknown, name, values);
    }
}

/// Reads what the provider says of itself, as the app would.
fn discovered(doctor: &Doctor, reply: &Reply) -> Result<Metadata, Error> {
    discovery::process_discovery_response(&reply.to_response(), &doctor.config, Checks::default().of(Subject::Metadata))?
        .pushing(doctor.config.pushed.is_some())
        .map_err(Error::Discovery)
}
