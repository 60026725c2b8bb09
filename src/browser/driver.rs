//! The driver: what happens in the browser goes into the machine, one event after the other, and what the machine wants is done.
//!
//! It decides nothing. No borrow is held while anything outside runs, so whatever is called may dispatch again: it joins the queue.

use super::{
    captured::{self, Captured},
    changes::Changes,
    channel::{Channel, Ear},
    console,
    discarded::Discarded,
    dpop::Keys,
    early::{self, EarlyFrame, EarlyRequests},
    effects::Pending,
    hint,
    moment::{moment, now},
    monitor::Monitor,
    navigation, platform,
    recorder::Recorder,
    scroll::Memory,
    timer, transaction_store,
    wake::{self, Awakening, FirstTouch, Wake},
};
use crate::protocol::{
    api::TokenAnswer,
    callback,
    config::Config,
    error::Error,
    machine::{Reaction, State, Step},
    monitoring::{Watch, Word},
    tab_message::TabMessage,
    time::{Moment, UnixTime},
    turn::{Event, Opened},
    view::View,
};
use gloo::timers::callback::Timeout;
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{BTreeMap, VecDeque},
    fmt,
    future::Future,
    rc::{Rc, Weak},
};

/// A running sign-in. When the last clone is dropped, its listeners, timer, channel, frame and requests are gone.
#[derive(Clone)]
pub struct Driver {
    pub(crate) shared: Rc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) config: Rc<Config>,
    pub(super) state: RefCell<State>,
    queue: RefCell<VecDeque<Event>>,
    /// Whether somebody further down the stack is emptying the queue, or will go on with it once there is a key.
    pub(super) running: Cell<bool>,
    pub(crate) pending: Pending,
    pub(crate) keys: Keys,
    timer: RefCell<Option<Timeout>>,
    ears: OnceCell<Ears>,
    /// Until the person has begun to use the page.
    first_touch: RefCell<Option<FirstTouch>>,
    monitor: RefCell<Option<(Watch, Monitor)>>,
    /// Until the state goes on with it, or does not.
    pub(crate) early: RefCell<Option<EarlyFrame>>,
    /// Those that the state has not asked for. It asks while it is told that the page was opened, or not at all.
    pub(crate) early_requests: RefCell<EarlyRequests>,
    seen: RefCell<View>,
    on_view: OnceCell<Box<dyn Fn(View)>>,
    changes: Rc<Changes>,
    pub(super) discarded: RefCell<BTreeMap<Discarded, u32>>,
    pub(crate) recorder: Recorder,
    _captured: Option<Rc<Captured>>,
}

/// What the driver hears with, for as long as it lives.
struct Ears {
    channel: Option<Channel>,
    _provider: Option<Ear>,
    _wake: Wake,
    _memory: Memory,
}

impl Driver {
    /// Starts: what the page was loaded with is dispatched before this returns. `on_view` is called whenever a page should look different
    /// from then on.
    ///
    /// # Errors
    /// `Platform`, naming what this browser or this page lacks.
    pub fn start(config: Rc<Config>, on_view: impl Fn(View) + 'static) -> Result<Self, Error> {
        platform::check()?;
        let address = navigation::address();
        // Taken out before anything else can fail: whatever comes of it, it is not used twice.
        let remembered = callback::state_in(&address).and_then(|state| transaction_store::take(config.client_id(), &state));
        transaction_store::sweep(&config, now().wall);
        let (early, early_frame, early_requests) =
            early::take().map_or_else(Default::default, |(early, frame, requests)| (Some(early), Some(frame), requests));
        let opened = Opened {
            address,
            remembered,
            hint: hint::read(config.client_id()),
            redirects: transaction_store::redirects(config.client_id()),
            framed: navigation::is_framed(),
            returned: navigation::is_return(),
            visible: wake::is_visible(),
            early,
        };
        let state = State::new();
        let shared = Rc::new(Shared {
            seen: RefCell::new(state.view()),
            state: RefCell::new(state),
            queue: RefCell::default(),
            running: Cell::new(false),
            pending: Pending::default(),
            keys: Keys::default(),
            timer: RefCell::default(),
            ears: OnceCell::new(),
            first_touch: RefCell::default(),
            monitor: RefCell::default(),
            early: RefCell::new(early_frame),
            early_requests: RefCell::new(early_requests),
            on_view: OnceCell::new(),
            changes: Rc::default(),
            discarded: RefCell::default(),
            recorder: Recorder::default(),
            _captured: captured::capture(),
            config,
        });
        shared.ears.get_or_init(|| Ears {
            channel: shared.listen_to_tabs(),
            _provider: shared.listen_to_provider(),
            _wake: shared.listen_to_wakes(),
            _memory: shared.keep_scroll(),
        });
        shared.first_touch.replace(Some(shared.listen_to_first_touch()));
        shared.dispatch(Event::Opened(opened));
        drop(shared.early_requests.take());
        if let Some(early) = shared.early.take() {
            early.discard();
        }
        shared.on_view.get_or_init(|| Box::new(on_view));
        Ok(Self { shared })
    }

    /// Something happened. It is taken after everything that happened before.
    pub fn dispatch(&self, event: Event) {
        self.shared.dispatch(event);
    }

    /// What the app may see.
    #[must_use]
    pub fn view(&self) -> View {
        self.shared.state.borrow().view()
    }

    /// The configuration it was started with.
    #[must_use]
    pub fn config(&self) -> &Rc<Config> {
        &self.shared.config
    }

    /// What a call to an API at this address is to do.
    #[must_use]
    pub fn token_for(&self, address: &str) -> TokenAnswer {
        self.shared.state.borrow().token_for(address, now(), &self.shared.config)
    }

    /// When the access token expires.
    #[must_use]
    pub fn token_expires_at(&self) -> Option<UnixTime> {
        self.shared.state.borrow().token_expires_at()
    }

    /// A number that is another with every new token.
    #[must_use]
    pub fn token_generation(&self) -> Option<u64> {
        self.shared.state.borrow().token_generation()
    }

    /// Whether a new token is being asked for.
    #[must_use]
    pub fn is_renewing(&self) -> bool {
        self.shared.state.borrow().is_renewing()
    }

    /// Whether a window is open that the person may be signing in in.
    #[must_use]
    pub fn has_popup(&self) -> bool {
        self.shared.state.borrow().has_popup()
    }

    /// The scopes that were granted.
    #[must_use]
    pub fn granted_scopes(&self) -> Vec<String> {
        self.shared.state.borrow().granted_scopes().to_vec()
    }

    /// How often something that came in was not used, by reason.
    #[must_use]
    pub fn discarded(&self) -> BTreeMap<Discarded, u32> {
        self.shared.discarded.borrow().clone()
    }

    /// Waits for the next change of the state after this call, also for one that no page shows.
    pub fn changed(&self) -> impl Future<Output = ()> + use<> {
        self.shared.changes.next()
    }
}

impl PartialEq for Driver {
    /// Whether they are the same, not only alike.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.shared, &other.shared)
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("discarded", &self.shared.discarded).finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn dispatch(self: &Rc<Self>, event: Event) {
        self.queue.borrow_mut().push_back(event);
        if self.running.replace(true) {
            return;
        }
        self.go_on();
    }

    pub(super) fn next_event(&self) -> Option<Event> {
        self.queue.borrow_mut().pop_front()
    }

    pub(super) fn take_turn(self: &Rc<Self>, event: Event) {
        let at = match moment() {
            Ok(at) => Moment { dpop: self.keys.spare(), ..at },
            // It was there at the start. Without it nothing new may be begun.
            Err(error) => return console::report(&error),
        };
        let Step { state, effects, reaction } = self.recorder.step(self.state.take(), event, &at, &self.config);
        self.state.replace(state);
        for effect in effects {
            self.perform(effect);
        }
        // Last: to take a frame out of the page keeps a browser busy for longer than to send what comes next.
        self.pending.keep_what_is_held_by(&self.state.borrow());
        if self.config.dpop.is_some() {
            self.keys.keep_what_is_held_by(&self.state.borrow());
        }
        match reaction {
            Reaction::Taken => self.changes.happened(),
            Reaction::Ignored(why) => self.count(Discarded::Event(why)),
        }
    }

    /// Asks the state anew when time matters next. A timer that comes early, as long waits and changed clocks make it, only asks again.
    pub(super) fn set_timer(self: &Rc<Self>) {
        let deadline = self.state.borrow().deadline();
        let timer = deadline.map(|deadline| {
            let driver = Rc::downgrade(self);
            timer::after(deadline.from_now(now()), move || {
                tell(&driver, |driver| if deadline.has_come(now()) { driver.dispatch(Event::Ticked) } else { driver.set_timer() });
            })
        });
        self.timer.replace(timer);
    }

    /// Has the session watched that the state wants watched, and no other.
    pub(super) fn set_monitor(self: &Rc<Self>) {
        let wanted = self.state.borrow().watch(&self.config);
        if self.monitor.borrow().as_ref().map(|(watch, _)| watch) == wanted.as_ref() {
            return;
        }
        let monitor = wanted.and_then(|watch| {
            let driver = Rc::downgrade(self);
            let begun = Monitor::begin(&watch, move |word| {
                tell(&driver, |driver| match word {
                    Ok(Word::Unchanged) => {}
                    Ok(word) => driver.dispatch(Event::SessionWatched(word)),
                    Err(why) => driver.count(why),
                });
            });
            match begun {
                Ok(monitor) => Some((watch, monitor)),
                Err(error) => {
                    console::report(&error);
                    None
                }
            }
        });
        // Taken out first: what is dropped may have something to say.
        let ended = self.monitor.replace(monitor);
        drop(ended);
    }

    pub(super) fn tell_view(&self) {
        let view = self.state.borrow().view();
        if self.seen.replace(view.clone()) != view
            && let Some(on_view) = self.on_view.get()
        {
            on_view(view);
        }
    }

    pub(crate) fn tell_tabs(&self, message: TabMessage) {
        if let Some(Ears { channel: Some(channel), .. }) = self.ears.get() {
            channel.tell(&message);
        }
    }

    pub(crate) fn count(&self, why: Discarded) {
        *self.discarded.borrow_mut().entry(why).or_default() += 1;
        self.recorder.discarded(why);
    }

    fn listen_to_wakes(self: &Rc<Self>) -> Wake {
        let driver = Rc::downgrade(self);
        Wake::listen(move |awakening| {
            tell(&driver, |driver| {
                driver.dispatch(match awakening {
                    Awakening::Woke { visible } => Event::Woke { visible },
                    Awakening::Returned => Event::PageReturned { hint: hint::read(driver.config.client_id()) },
                });
            });
        })
    }

    fn listen_to_first_touch(self: &Rc<Self>) -> FirstTouch {
        let driver = Rc::downgrade(self);
        FirstTouch::listen(move || {
            tell(&driver, |driver| {
                // Once is enough. It is dropped later, since it is what is running now.
                let done = driver.first_touch.take();
                wasm_bindgen_futures::spawn_local(async move { drop(done) });
                driver.dispatch(Event::PersonActed);
            });
        })
    }

    fn keep_scroll(self: &Rc<Self>) -> Memory {
        let driver = Rc::downgrade(self);
        Memory::keep(self.config.client_id(), move || {
            driver.upgrade().is_some_and(|driver| driver.state.borrow().shows_what_has_to_be_restored())
        })
    }
}

/// Runs something with the driver, if it still exists.
pub(crate) fn tell(driver: &Weak<Shared>, what: impl FnOnce(&Rc<Shared>)) {
    if let Some(driver) = driver.upgrade() {
        what(&driver);
    }
}
