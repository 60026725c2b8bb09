//! The table itself.

use super::*;

#[test]
fn a_scenario_is_left_out_of_an_engine_for_a_reason_and_never_of_chromium() {
    for scenario in SCENARIOS {
        assert_eq!(scenario.setup.why_not_in(Engine::Chromium), None, "{}", scenario.name);
        for (engine, why) in scenario.setup.not_in {
            assert_eq!(scenario.setup.why_not_in(*engine), Some(*why), "{} has two reasons", scenario.name);
            assert!(!why.is_empty(), "{}", scenario.name);
        }
    }
}
