//! Hushkey's protocol core in a simulated world: browsers with several tabs, a provider, a network and clocks, all of them unreliable, all
//! driven by one seed. After every step it is checked what must hold whatever happens, and at the end, when the faults have stopped, that
//! every tab shows what is true.
//!
//! | what | where |
//! |---|---|
//! | the core's own words | [`bridge`], and nowhere else |
//! | the browser and its driver | [`page`], [`browser`], [`dispatch`] |
//! | what is between | [`traffic`], [`network`] |
//! | the provider | [`provider`] |
//! | what people do, and what goes wrong | [`moves`], [`people`], [`faults`] |
//! | what must hold | [`check`], [`ending`], and what is let pass in [`known`] |

pub mod bridge;
pub mod browser;
pub mod chance;
pub mod check;
pub mod clock;
mod counting;
pub mod dispatch;
pub mod ending;
pub mod faults;
pub mod habits;
pub mod jwt;
pub mod known;
pub mod moves;
pub mod network;
pub mod page;
pub mod people;
pub mod provider;
pub mod queue;
pub mod session;
pub mod tally;
pub mod traffic;
pub mod violation;
pub mod world;
