//! The workshop of hushkey: what builds, runs, packs and tests it.
//!
//! A library beside the `cargo xtask` command, so that the end-to-end suite
//! serves and packs the app with the very code that a person uses.
//!
//! From bottom to top: [`workspace`], [`process`], [`tools`], [`engines`] and [`servers`] find
//! things and start programs; [`wasm`], [`html`] and [`bundle`] make the app once for all
//! configurations, with the words of [`texts`] in the page; [`config`], [`headers`], [`hosts`] and [`dist`] make one deployable
//! folder of it; [`site`] and [`serve`] hand that folder out; [`run`], [`dev`],
//! [`doctor`], [`simulate`], [`bench`], [`validation`], [`fuzz`], [`mutants`], [`conformance`] and [`suite`] are the commands.

pub mod bench;
pub mod budget;
pub mod bundle;
pub mod compress;
pub mod config;
pub mod conformance;
pub mod dev;
pub mod digest;
pub mod dist;
pub mod doctor;
pub mod engines;
pub mod fuzz;
pub mod headers;
pub mod hosts;
pub mod html;
pub mod lint;
pub mod mutants;
pub mod ports;
pub mod process;
pub mod provider;
pub mod run;
pub mod serve;
pub mod servers;
pub mod shrink;
pub mod simulate;
pub mod site;
pub mod suite;
pub mod texts;
pub mod tools;
pub mod validation;
pub mod wasm;
pub mod worker;
pub mod workspace;
