//! The clocks of a session: true time, the wall clock of the device, its monotonic clock and the provider's clock.

/// When every session begins, in milliseconds since 1970.
pub(crate) const START: u64 = 1_800_000_000_000;

/// One second, in the unit of all times here.
pub(crate) const SECOND: u64 = 1000;

/// One minute.
pub(crate) const MINUTE: u64 = 60 * SECOND;

/// What the device's clocks show, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    /// The wall clock, since 1970. It may jump.
    pub(crate) wall: u64,
    /// The monotonic clock, since the start. It never goes back, and may stand still while the machine sleeps.
    pub(crate) uptime: u64,
}

/// True time, and how far the device's clocks are off.
#[derive(Debug)]
pub(crate) struct Clock {
    /// True time: what nobody in the simulation can see, and everything happens in.
    pub(crate) now: u64,
    /// The wall clock is ahead by so much.
    pub(crate) wall_ahead: i64,
    /// So much of the time the monotonic clock has missed.
    pub(crate) missed: u64,
    /// The provider's clock is ahead by so much: less than the tolerance that the core allows.
    pub(crate) provider_ahead: i64,
}

impl Clock {
    /// Clocks that are right.
    pub(crate) const fn new() -> Self {
        Self { now: START, wall_ahead: 0, missed: 0, provider_ahead: 0 }
    }

    /// What the device shows.
    pub(crate) const fn device(&self) -> Clocks {
        Clocks { wall: self.now.saturating_add_signed(self.wall_ahead), uptime: self.now - START - self.missed }
    }

    /// What the provider believes the time to be.
    pub(crate) const fn provider(&self) -> u64 {
        self.now.saturating_add_signed(self.provider_ahead)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}
