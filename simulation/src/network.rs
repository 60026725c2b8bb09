//! The network: what becomes of everything that is sent, as the weather of the moment has it.

use crate::{
    bridge::Answer,
    chance::Chance,
    clock::SECOND,
    tally::{Count, Tally},
};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Everything arrives, at once.
    Perfect,
    /// Nearly everything arrives, soon.
    Good,
    /// It takes seconds.
    Slow,
    /// Half of it is lost, one way or another.
    Bad,
    /// The provider answers that it cannot answer.
    Overloaded,
}

/// The state of the network.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) weather: Weather,
    pub(crate) online: bool,
    pub(crate) provider_up: bool,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// It arrives after `there` milliseconds and its answer `back` milliseconds later.
    Answered { there: u64, back: u64 },
    /// It never arrives; the browser says so after a while.
    Lost { answer: Answer, after: u64 },
    /// It arrives and is carried out, and its answer does not come back.
    Cut { there: u64, answer: Answer, after: u64 },
}

/// The browser adapter's patience: ten seconds.
const PATIENCE: u64 = 10 * SECOND;

impl Network {
    /// A good one.
    pub(crate) const fn new() -> Self {
        Self { weather: Weather::Good, online: true, provider_up: true }
    }

    /// Loss, cuts, errors and slowness in percent.
    const fn odds(&self) -> (u64, u64, u64, u64) {
        match self.weather {
            Weather::Perfect => (0, 0, 0, 0),
            Weather::Good => (1, 1, 1, 3),
            Weather::Slow => (2, 2, 2, 70),
            Weather::Bad => (20, 20, 15, 30),
            Weather::Overloaded => (2, 5, 70, 30),
        }
    }

    /// A time on the way.
    pub(crate) fn delay(&self, chance: &mut Chance, tally: &mut Tally) -> u64 {
        if self.weather != Weather::Perfect && chance.percent(self.odds().3) {
            tally.add(Count::Slow);
            chance.between(SECOND, 12 * SECOND)
        } else {
            chance.between(5, 120)
        }
    }

    /// The fate of one request.
    pub(crate) fn fate(&self, chance: &mut Chance, tally: &mut Tally) -> Fate {
        if !self.online {
            return Fate::Lost { answer: Answer::Offline, after: chance.between(1, 50) };
        }
        if !self.provider_up {
            tally.add(Count::RequestLost);
            return lost(chance);
        }
        let (loss, cut, status, _) = self.odds();
        let there = self.delay(chance, tally);
        let back = self.delay(chance, tally);
        if chance.percent(loss) {
            tally.add(Count::RequestLost);
            return lost(chance);
        }
        if chance.percent(cut) {
            tally.add(Count::AnswerCut);
            let answer = if chance.percent(60) { Answer::TimedOut } else { Answer::Unreachable };
            return cut_off(there, answer, back);
        }
        if chance.percent(status) {
            let code = chance.pick(&[500, 502, 503, 504, 429, 429]);
            tally.add(if code == 429 { Count::Status429 } else { Count::Status5xx });
            let answer = if chance.percent(50) { Answer::Json(code, "{}".to_owned()) } else { Answer::Html(code) };
            // What is in between may answer so after the provider has done its work; one that is asked too often has done nothing.
            let done = code != 429 && chance.percent(30);
            return if done { Fate::Cut { there, answer, after: back } } else { Fate::Lost { answer, after: there + back } };
        }
        if there + back >= PATIENCE { cut_off(there, Answer::TimedOut, back) } else { Fate::Answered { there, back } }
    }

    /// When the answer of a hidden frame arrives at the provider, and how long it takes back. `None` if there will be none.
    pub(crate) fn frame(&self, chance: &mut Chance, tally: &mut Tally) -> Option<(u64, u64)> {
        let (loss, cut, status, _) = self.odds();
        if !self.online || !self.provider_up || chance.percent((loss + cut + status).min(60)) {
            tally.add(Count::FrameSilent);
            return None;
        }
        Some((self.delay(chance, tally), self.delay(chance, tally)))
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::new()
    }
}

fn lost(chance: &mut Chance) -> Fate {
    if chance.percent(50) {
        Fate::Lost { answer: Answer::Unreachable, after: chance.between(10, 3000) }
    } else {
        Fate::Lost { answer: Answer::TimedOut, after: PATIENCE }
    }
}

/// A request that was carried out and whose answer is missing: the adapter waits to the end of its patience, unless the connection broke.
fn cut_off(there: u64, answer: Answer, back: u64) -> Fate {
    let after = match answer {
        Answer::TimedOut => PATIENCE.saturating_sub(there).max(1),
        _ => back,
    };
    Fate::Cut { there, answer, after }
}
