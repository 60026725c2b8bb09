//! `cargo test -p e2e`: the same as `cargo run -p e2e`.

use std::process::ExitCode;

fn main() -> ExitCode {
    e2e::main()
}
