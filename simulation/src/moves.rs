//! What may happen next, and how often: people and faults alike. Every session has its own choice of moves (swarm testing): a session with
//! everything in it seldom gets deep into anything.

use crate::{chance::Chance, violation::Held, world::World};

/// A move of the person or of fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    OpenTab,
    CloseTab,
    DuplicateTab,
    ShowTab,
    Reload,
    GoAway,
    GoBack,
    Browse,
    SignIn,
    SignInAnew,
    SwitchOrganisation,
    SignOut,
    Renew,
    Retry,
    CallApi,
    FinishSignIn,
    ForgeFrame,
    ForgeTab,
    ForgeCallback,
    Alarm,
    Weather,
    Online,
    Provider,
    Sleep,
    JumpForward,
    JumpBack,
    EndSession,
    AnotherPerson,
    Revoke,
    RotateKey,
    SignBadly,
}

/// Every move, its weight, and in how many of a hundred sessions it can happen at all.
const MOVES: [(Move, u32, u64); 31] = [
    (Move::OpenTab, 6, 90),
    (Move::CloseTab, 2, 70),
    (Move::DuplicateTab, 2, 60),
    (Move::ShowTab, 6, 90),
    (Move::Reload, 7, 90),
    (Move::GoAway, 4, 70),
    (Move::GoBack, 9, 85),
    (Move::Browse, 8, 90),
    (Move::SignIn, 12, 97),
    (Move::SignInAnew, 2, 50),
    (Move::SwitchOrganisation, 2, 30),
    (Move::SignOut, 4, 80),
    (Move::Renew, 4, 80),
    (Move::Retry, 4, 80),
    (Move::CallApi, 8, 90),
    (Move::FinishSignIn, 6, 90),
    (Move::ForgeFrame, 4, 40),
    (Move::ForgeTab, 1, 30),
    (Move::ForgeCallback, 2, 40),
    (Move::Alarm, 3, 40),
    (Move::Weather, 4, 55),
    (Move::Online, 3, 45),
    (Move::Provider, 3, 45),
    (Move::Sleep, 3, 50),
    (Move::JumpForward, 2, 30),
    (Move::JumpBack, 2, 30),
    (Move::EndSession, 2, 45),
    (Move::AnotherPerson, 2, 40),
    (Move::Revoke, 2, 40),
    (Move::RotateKey, 2, 40),
    (Move::SignBadly, 1, 15),
];

/// The moves of one session.
#[derive(Debug)]
pub(crate) struct Choice([u32; MOVES.len()]);

impl Choice {
    /// Draws which moves a session has.
    pub(crate) fn draw(chance: &mut Chance) -> Self {
        Self(MOVES.map(|(_, weight, percent)| if chance.percent(percent) { weight } else { 0 }))
    }

    /// The next move.
    pub(crate) fn next(&self, chance: &mut Chance) -> Move {
        chance.weighted(&self.0).map_or(Move::Reload, |place| MOVES[place].0)
    }
}

impl World {
    /// Makes a move. One that has no meaning now does nothing.
    pub(crate) fn make(&mut self, what: Move) -> Held {
        match what {
            Move::OpenTab => self.open_tab(),
            Move::CloseTab => self.close_tab(),
            Move::DuplicateTab => self.duplicate_tab(),
            Move::ShowTab => self.show_tab(),
            Move::Reload => self.reload(),
            Move::GoAway => self.go_away(),
            Move::GoBack => self.go_back(),
            Move::Browse => self.browse(),
            Move::SignIn => self.sign_in(false),
            Move::SignInAnew => self.sign_in(true),
            Move::SwitchOrganisation => self.switch_organisation(),
            Move::SignOut => self.sign_out(),
            Move::Renew => self.renew(),
            Move::Retry => self.retry(),
            Move::CallApi => self.call_api(),
            Move::FinishSignIn => self.finish_sign_in(),
            Move::ForgeFrame => self.forge_frame(),
            Move::ForgeTab => self.forge_tab(),
            Move::ForgeCallback => self.forge_callback(),
            Move::Alarm => self.alarm(),
            Move::Sleep => self.sleep(),
            Move::Online => self.toggle_online(),
            Move::JumpForward => self.jump(true),
            Move::JumpBack => self.jump(false),
            Move::Weather | Move::Provider | Move::EndSession | Move::AnotherPerson | Move::Revoke | Move::RotateKey | Move::SignBadly => {
                self.fault(what);
                Ok(())
            }
        }
    }
}
