//! Script and module made small: optimised, and with a letter or two in the place of the long names by which they know each other.
//!
//! What the module takes from the script, and gives to it, has names with hashes in them: 250 that stand in both, and that no compression helps.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process::output;
use crate::tools::{self, NpmTools};
use crate::workspace::Workspace;

/// What a browser that can run the app understands, and rustc makes use of.
/// wasm-opt refuses what is not listed here, so that nothing slips in.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory", "--enable-bulk-memory-opt", "--enable-multivalue", "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int", "--enable-reference-types", "--enable-sign-ext",
];

/// `-Oz` leaves fewer bytes, and more of them once they are compressed. The same goes for putting one function into another. Nothing lies in the first
/// kilobyte of the memory but the last of the stack.
const LEVEL: [&str; 6] =
    ["--low-memory-unused", "-Os", "--always-inline-max-function-size", "0", "--one-caller-inline-max-function-size", "0"];

/// Functions that are alike, such as those of one generic one, have names that begin alike. Side by side they compress better, by half a percent.
const ORDER: &str = "--reorder-functions-by-name";

/// What wasm-opt calls the one module that there are imports from.
const MODULE: &str = "a";

/// Makes both small.
pub fn shrink(workspace: &Workspace, script: &Path, module: &Path) -> Result<()> {
    let tools = tools::npm_tools(workspace)?;
    let names = optimise(&tools, module)?;
    let renamed = rename(&fs::read_to_string(script)?, &Names::read(&names)?)?;
    fs::write(script, renamed)?;
    let small = minify(&tools, script, &["--module"])?;
    Ok(fs::write(script, small)?)
}

/// A small script for the page itself, minified.
pub fn inline_script(workspace: &Workspace, script: &Path) -> Result<String> {
    minify(&tools::npm_tools(workspace)?, script, &[])
}

/// Says the new names.
fn optimise(tools: &NpmTools, module: &Path) -> Result<String> {
    let smaller = module.with_extension("opt");
    let names = output(
        Command::new("node")
            .arg(tools.wasm_opt())
            .arg(module)
            .args(LEVEL)
            .arg("--minify-imports-and-exports-and-modules")
            .args(FEATURES)
            .args([ORDER, "--strip-debug", "--strip-producers", "--strip-target-features", "-o"])
            .arg(&smaller),
        "optimising the WebAssembly module with wasm-opt",
    )?;
    fs::rename(smaller, module)?;
    Ok(names)
}

fn minify(tools: &NpmTools, script: &Path, kind: &[&str]) -> Result<String> {
    output(
        Command::new("node").arg(tools.terser()).arg(script).args(kind).args(["--compress", "passes=2", "--mangle"]),
        "minifying a script with terser",
    )
}

/// Old names and new ones.
#[derive(Debug, Default)]
struct Names {
    module: String,
    imports: Vec<(String, String)>,
    exports: Vec<(String, String)>,
}

impl Names {
    /// Reads what wasm-opt printed: `{"imports": [[module, old, new], …], "exports": [[old, new], …]}`.
    fn read(printed: &str) -> Result<Self> {
        let printed: Value = serde_json::from_str(printed).context("wasm-opt did not print the new names")?;
        let mut names = Self::default();
        for import in rows(&printed["imports"])? {
            let [module, old, new] = <[String; 3]>::try_from(import).map_err(|_| anyhow::anyhow!("an import without its three names"))?;
            ensure!(names.module.is_empty() || names.module == module, "there are imports from {module} and from {}", names.module);
            names.module = module;
            names.imports.push((old, new));
        }
        for export in rows(&printed["exports"])? {
            let [old, new] = <[String; 2]>::try_from(export).map_err(|_| anyhow::anyhow!("an export without its two names"))?;
            names.exports.push((old, new));
        }
        // A name may be the beginning of another one.
        names.exports.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
        Ok(names)
    }
}

fn rows(list: &Value) -> Result<Vec<Vec<String>>> {
    serde_json::from_value(list.clone()).context("wasm-opt printed other names than expected")
}

/// Gives the script the names that the module has now. One that is not where wasm-bindgen writes it would keep the app from starting.
fn rename(script: &str, names: &Names) -> Result<String> {
    let mut script = script.to_owned();
    let mut once = |old: &str, new: &str| {
        let found = script.matches(old).count();
        ensure!(found == 1, "the script of wasm-bindgen has {found} times {old:?}, which xtask/src/shrink.rs expects once");
        script = script.replace(old, new);
        Ok(())
    };
    once(&format!("\"{}\":", names.module), &format!("\"{MODULE}\":"))?;
    for (old, new) in &names.imports {
        once(&format!(" {old}: "), &format!(" {new}: "))?;
    }
    for (old, new) in &names.exports {
        script = script.replace(&format!("wasm.{old}"), &format!("wasm.{new}"));
    }
    for used in script.split("wasm.").skip(1) {
        let name: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$')).collect();
        ensure!(names.exports.iter().any(|(_, new)| *new == name), "the script uses {name}, which the module does not export");
    }
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str =
        r#"{ "imports": [["./m.js", "__wbg_a_1", "$"], ["./m.js", "__wbg_a_12", "$a"]], "exports": [["run", "b"], ["run_all", "c"]] }"#;
    const SCRIPT: &str = "{ __wbg_a_1: function() { wasm.run(wasm.run_all); }, __wbg_a_12: f, \"./m.js\": i }";

    #[test]
    fn both_sides_get_the_new_names() -> Result<()> {
        assert_eq!(rename(SCRIPT, &Names::read(PRINTED)?)?, "{ $: function() { wasm.b(wasm.c); }, $a: f, \"a\": i }");
        Ok(())
    }

    #[test]
    fn a_script_that_is_written_otherwise_is_noticed() -> Result<()> {
        let names = Names::read(PRINTED)?;
        for (this, that) in [("__wbg_a_1:", "other:"), ("./m.js", "./n.js"), ("wasm.run(", "wasm.walk("), ("__wbg_a_12:", "__wbg_a_1:")] {
            assert!(rename(&SCRIPT.replace(this, that), &names).is_err(), "{that}");
        }
        Ok(())
    }

    #[test]
    fn names_of_another_form_are_noticed() {
        for printed in
            ["", "{}", r#"{ "imports": [["m", "a"]], "exports": [] }"#, r#"{ "imports": [["m","a","b"],["n","c","d"]], "exports": [] }"#]
        {
            assert!(Names::read(printed).is_err(), "{printed}");
        }
    }
}
