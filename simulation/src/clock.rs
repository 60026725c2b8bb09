//! The clocks of a session: true time, the wall clock of the device, its monotonic clock and the provider's clock.

/// When every session begins, in milliseconds since 1970.
pub const START: u64 = 1_800_000_000_000;

/// One second, in the unit of all times here.
pub const SECOND: u64 = 1000;

/// One minute.
pub const MINUTE: u64 = 60 * SECOND;

/// What the device's clocks show, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    /// The wall clock, since 1970. It may jump.
    pub wall: u64,
    /// The monotonic clock, since the start. It may stand still while the machine sleeps.
    pub uptime: u64,
}

/// True time, and how far the device's clocks are off.
#[derive(Debug)]
pub struct Clock {
    /// True time: what nobody in the simulation can see, and everything happens in.
    pub now: u64,
    /// The wall clock is ahead by so much.
    pub wall_ahead: i64,
    /// So much of the time the monotonic clock has missed.
    pub missed: u64,
    /// The provider's clock is ahead by so much: less than the tolerance that the core allows.
    pub provider_ahead: i64,
}

impl Clock {
    /// Clocks that are right.
    #[must_use]
    pub const fn new() -> Self {
        Self { now: START, wall_ahead: 0, missed: 0, provider_ahead: 0 }
    }

    /// What the device shows.
    #[must_use]
    pub const fn device(&self) -> Clocks {
        Clocks { wall: self.now.saturating_add_signed(self.wall_ahead), uptime: self.now - START - self.missed }
    }

    /// What the provider believes the time to be.
    #[must_use]
    pub const fn provider(&self) -> u64 {
        self.now.saturating_add_signed(self.provider_ahead)
    }

    /// How far the device's wall clock and the provider's are apart.
    #[must_use]
    pub const fn apart(&self) -> u64 {
        self.wall_ahead.abs_diff(self.provider_ahead)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}
