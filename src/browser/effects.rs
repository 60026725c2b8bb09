//! What the machine wants, done. What is under way is kept for as long as the state holds its ticket.

use super::{
    console, crypto,
    discarded::Discarded,
    driver::{Shared, tell},
    examine::examine,
    fetch::{self, Manner},
    frame::{Frame, Sign},
    hint, navigation,
    popup::Popup,
    scroll,
    task::Task,
    transaction_store,
};
use crate::protocol::{
    error::Error,
    frame_message::FrameMessage,
    machine::State,
    revocation::process_revocation_response,
    secret::SensitiveUrl,
    transaction::Ticket,
    turn::{Effect, Event},
};
use std::{cell::RefCell, collections::BTreeMap, future::Future, rc::Rc};

/// Everything that is under way.
#[derive(Default)]
pub(crate) struct Pending(RefCell<BTreeMap<Ticket, Work>>);

/// Kept for the sake of its drop: a frame is removed, a request aborted.
enum Work {
    Frame { _frame: Frame },
    Popup { popup: Popup },
    Task { _task: Task },
}

impl Pending {
    fn keep(&self, ticket: Ticket, work: Work) {
        self.0.borrow_mut().insert(ticket, work);
    }

    /// A window that is open goes somewhere.
    fn send_popup(&self, ticket: Ticket, url: &SensitiveUrl) -> Result<(), Error> {
        match self.0.borrow().get(&ticket) {
            Some(Work::Popup { popup }) => popup.go(url),
            _ => Ok(()),
        }
    }

    /// Drops what nobody waits for any more.
    pub(crate) fn keep_what_is_held_by(&self, state: &State) {
        let given_up: Vec<_> = self.0.borrow_mut().extract_if(.., |ticket, _| !state.holds(*ticket)).collect();
        // Only now, when nothing is borrowed: removing a frame runs what its page has to say about that.
        drop(given_up);
    }
}

impl Shared {
    pub(crate) fn perform(self: &Rc<Self>, effect: Effect) {
        if let Err(error) = self.try_to_perform(effect) {
            console::report(&error);
        }
    }

    fn try_to_perform(self: &Rc<Self>, effect: Effect) -> Result<(), Error> {
        match effect {
            Effect::OpenFrame { ticket, url, first } => {
                let frame = Frame::open(&url, first, self.answer_to(ticket), self.signs_to(ticket))?;
                self.pending.keep(ticket, Work::Frame { _frame: frame });
            }
            Effect::AdoptFrame { ticket } => {
                if let Some(early) = self.early.take() {
                    let origin = self.config.frame_origins().into_iter().next().unwrap_or_default();
                    let frame =
                        Frame::adopt(early, &origin, self.config.silent_redirect_uri(), self.answer_to(ticket), self.signs_to(ticket));
                    self.pending.keep(ticket, Work::Frame { _frame: frame });
                }
            }
            Effect::OpenPopup { ticket, url, state } => match Popup::open(&url, &state, self.answer_to(ticket)) {
                Ok(popup) => self.pending.keep(ticket, Work::Popup { popup }),
                Err(_) => self.dispatch(Event::PopupBlocked { ticket }),
            },
            Effect::SendPopup { ticket, url } => self.pending.send_popup(ticket, &url)?,
            Effect::Examine { ticket, relay, question } => {
                self.begin(ticket, async move { Event::Examined { ticket, evidence: examine(relay, question).await } });
            }
            Effect::Send { ticket, request } => {
                let early = self.early_requests.borrow_mut().take(&request);
                self.recorder.sent(ticket, early.as_ref());
                let prover = request.key.as_ref().map(|key| self.keys.prover(key, request.access_token.clone()));
                self.begin(ticket, async move {
                    Event::Responded { ticket, outcome: fetch::ask_in(Manner::Now(early), request, prover, fetch::PATIENCE).await }
                });
            }
            // It is of no state any more, and goes on when the page does not.
            Effect::Revoke(request, _) => wasm_bindgen_futures::spawn_local(async move {
                if let Err(error) = process_revocation_response(&fetch::ask_in(Manner::Leaving, request, None, fetch::PATIENCE).await) {
                    console::report(&error);
                }
            }),
            Effect::Verify { ticket, checks } => {
                self.begin(ticket, async move { Event::Verified { ticket, verdict: crypto::verify(checks).await } });
            }
            Effect::Navigate { url, history } => navigation::leave(&url, history)?,
            Effect::Submit(request) => navigation::submit(&request)?,
            Effect::RewriteAddress { to } => navigation::rewrite(&to)?,
            Effect::Remember(record) => transaction_store::put(&record).map_err(Error::Platform)?,
            Effect::NoteRedirects(redirects) => transaction_store::note_redirects(self.config.client_id(), &redirects),
            // It ends by itself after a few seconds, and nobody waits for it.
            Effect::ForgetScroll => drop(scroll::take(self.config.client_id())),
            Effect::RestoreScroll => {
                if let Some(record) = scroll::take(self.config.client_id()) {
                    wasm_bindgen_futures::spawn_local(scroll::restore(record));
                }
            }
            Effect::Hint(news) => hint::note(self.config.client_id(), news),
            Effect::Tell(message) => self.tell_tabs(message),
            Effect::Report(error) => console::report(&error),
        }
        Ok(())
    }

    /// What can be seen of a frame goes to the attempt that opened it.
    fn signs_to(self: &Rc<Self>, ticket: Ticket) -> impl Fn(Sign) + use<> {
        let driver = Rc::downgrade(self);
        move |sign| {
            tell(&driver, |driver| {
                driver.dispatch(match sign {
                    Sign::Loaded => Event::FrameLoaded { ticket },
                    Sign::Forbidden => Event::FrameForbidden { ticket },
                });
            });
        }
    }

    /// What a frame or a window says goes to the attempt that opened it.
    fn answer_to(self: &Rc<Self>, ticket: Ticket) -> impl Fn(Result<FrameMessage, Discarded>) + use<> {
        let driver = Rc::downgrade(self);
        move |said| {
            tell(&driver, |driver| match said {
                Ok(message) => driver.dispatch(Event::FrameSpoke { ticket, message }),
                Err(why) => driver.count(why),
            });
        }
    }

    /// Begins something whose end is an event.
    fn begin(self: &Rc<Self>, ticket: Ticket, answer: impl Future<Output = Event> + 'static) {
        let driver = Rc::downgrade(self);
        let task = Task::spawn(async move {
            let event = answer.await;
            tell(&driver, |driver| driver.dispatch(event));
        });
        self.pending.keep(ticket, Work::Task { _task: task });
    }
}
