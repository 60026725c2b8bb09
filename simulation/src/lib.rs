//! Hushkey's protocol core in a simulated world: browsers with several tabs, a provider, a network and clocks, all of them unreliable, all
//! driven by one seed. After every step it is checked what must hold whatever happens, and at the end, when the faults have stopped, that
//! every tab shows what is true.
//!
//! | what | where |
//! |---|---|
//! | the core's events, effects and questions | `bridge`, and nowhere else; `words` is what it translates them to |
//! | the browser and its driver | `page`, `browser`, `dispatch` |
//! | what is between | `traffic`, `network` |
//! | the provider | `provider` |
//! | what people do, and what goes wrong | `moves`, `people`, `faults` |
//! | what must hold | `check`, `ending` |

mod bridge;
mod browser;
pub mod chance;
mod check;
mod clock;
mod counting;
mod dispatch;
mod ending;
mod faults;
mod habits;
mod jwt;
mod moves;
mod network;
mod page;
mod people;
mod provider;
mod queue;
pub mod session;
pub mod tally;
mod traffic;
pub mod violation;
mod words;
mod world;
