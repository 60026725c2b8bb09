//! `cargo run -p e2e`: the end-to-end suite, and the pictures of every page.

use std::process::ExitCode;

fn main() -> ExitCode {
    e2e::main()
}
