//! The agents of a page. Two that could take each other's answers do not both start.

use crate::protocol::{config::Config, error::Error};
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

thread_local! {
    /// What the agents of this page sign in with, for as long as they are there.
    static AGENTS: RefCell<Vec<Weak<Agent>>> = const { RefCell::new(Vec::new()) };
}

/// One agent, and the configuration that it was allowed to start with last.
#[derive(Debug, Default)]
pub(super) struct Agent(RefCell<Option<Rc<Config>>>);

impl Agent {
    /// One more in this page.
    pub(super) fn new() -> Rc<Self> {
        let agent = Rc::new(Self::default());
        AGENTS.with_borrow_mut(|agents| {
            agents.retain(|other| other.strong_count() > 0);
            agents.push(Rc::downgrade(&agent));
        });
        agent
    }

    /// Whether this one may start with a configuration: not if another has the same way back from elsewhere. What it had before does not count.
    pub(super) fn takes(&self, config: &Rc<Config>) -> Result<(), Error> {
        self.0.replace(None);
        AGENTS.with_borrow(|agents| {
            let mut others = agents.iter().filter_map(Weak::upgrade).filter_map(|other| other.0.borrow().clone());
            others.try_for_each(|other| config.check_beside(&other)).map_err(|refusal| Error::Configuration(refusal.0))
        })?;
        self.0.replace(Some(Rc::clone(config)));
        Ok(())
    }
}
