//! Which scenarios belong together.

use super::{SCENARIOS, Scenario, ending, oidf, platform};
use crate::arguments::Group;

/// All scenarios, or those of a group.
pub(crate) fn all(group: Option<Group>) -> Vec<Scenario> {
    let of = |own: Group, scenarios: &[Scenario]| if group.is_none_or(|group| group == own) { scenarios.to_vec() } else { Vec::new() };
    [of(Group::App, SCENARIOS), of(Group::App, ending::SCENARIOS), of(Group::App, platform::SCENARIOS), of(Group::Oidf, &oidf::scenarios())]
        .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use xtask::engines::Engine;

    #[test]
    fn a_scenario_has_a_name_of_its_own() {
        let all = all(None);
        let names: BTreeSet<&str> = all.iter().map(|scenario| scenario.name).collect();
        assert_eq!(names.len(), all.len());
    }

    #[test]
    fn a_scenario_is_left_out_of_an_engine_for_a_reason_and_never_of_chromium() {
        for scenario in all(None) {
            assert_eq!(scenario.setup.why_not_in(Engine::Chromium), None, "{}", scenario.name);
            for (engine, why) in scenario.setup.not_in {
                assert_eq!(scenario.setup.why_not_in(*engine), Some(*why), "{} has two reasons", scenario.name);
                assert!(!why.is_empty(), "{}", scenario.name);
            }
        }
    }
}
