//! The page: what `index.html` asks for, and the page that is deployed.
//!
//! `index.html` is a Trunk page, so that `trunk serve` takes it as it is. The
//! deployable page is made of the same source here instead, because only the
//! program that writes a page's last byte can know the hashes that its
//! Content-Security-Policy needs.

use std::cell::RefCell;

use anyhow::{Context, Result, anyhow, bail};
use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, element, rewrite_str, text};

use crate::digest;

/// The start script, with a placeholder for each address, each digest, and the words.
pub const START: &str = include_str!("start.js");

/// What one `<link data-trunk>` of the source asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A style sheet, named by its content.
    Style,
    /// The icon, named by its content.
    Icon,
    /// A file copied as it is.
    File,
    /// The texts of a language, named by their content: a file with `hreflang`.
    Texts,
    /// A folder copied as it is.
    Folder,
    /// The app itself.
    App,
}

/// One `<link data-trunk>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What is asked for.
    pub asked: Asked,
    /// The file or folder, relative to the page.
    pub href: String,
    /// The folder of the deployed site to copy into, without slashes around it.
    pub into: String,
}

impl Link {
    /// The name of the file or folder, without those that it is in.
    pub fn name(&self) -> &str {
        self.href.rsplit('/').next().unwrap_or_default()
    }
}

/// A file of the deployed site that the page refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its absolute path, `/app-….css`.
    pub url: String,
    /// The value of its `integrity` attribute.
    pub integrity: String,
}

/// What runs in the page.
#[derive(Clone, Debug)]
pub struct App {
    /// The app itself.
    pub start: Module,
    /// What its page `/doctor` loads when it is wanted.
    pub doctor: Module,
    /// What to say if the app cannot be started: a JSON object, by language.
    pub sentences: String,
    /// The script that starts it: [`START`], or what a minifier made of that.
    pub starter: String,
}

/// The two files of a program.
#[derive(Clone, Debug)]
pub struct Module {
    /// The JavaScript module that wasm-bindgen made.
    pub script: Placed,
    /// The WebAssembly module.
    pub wasm: Placed,
}

/// The Trunk links of a page, in order.
pub fn links(page: &str) -> Result<Vec<Link>> {
    let links = RefCell::new(Vec::new());
    rewrite(
        page,
        RewriteStrSettings::new().append_element_content_handler(element!("[data-trunk]", |element| {
            links.borrow_mut().push(link(element)?);
            Ok(())
        })),
    )?;
    Ok(links.into_inner())
}

/// Puts the small scripts that `<link data-trunk rel="inline">` names into the page. `read` gives the text of one.
pub fn inline(page: &str, read: impl Fn(&str) -> Result<String>) -> Result<String> {
    rewrite(
        page,
        RewriteStrSettings::new().append_element_content_handler(element!("link[data-trunk][rel=inline]", |element| {
            let text = read(&element.get_attribute("href").unwrap_or_default())?;
            if text.contains("</script") || text.contains("<!--") {
                return Err(anyhow!("An inlined script has </script or <!-- in it, where it would end.").into());
            }
            element.replace(&format!("<script>{}</script>", text.trim()), ContentType::Html);
            Ok(())
        })),
    )
}

/// Renders the page: `placed` says where the file of a [`Link`] was put.
///
/// Every address is absolute, because the page is served under deep links, too.
pub fn render(page: &str, app: &App, placed: impl Fn(&Link) -> Result<Placed>) -> Result<String> {
    let started = RefCell::new(0);
    let rendered = rewrite(
        page,
        RewriteStrSettings::new().append_element_content_handler(element!("[data-trunk]", |element| {
            let link = link(element)?;
            match link.asked {
                Asked::File | Asked::Folder | Asked::Texts => element.remove(),
                Asked::App => {
                    *started.borrow_mut() += 1;
                    element.replace(&start(app), ContentType::Html);
                }
                Asked::Style | Asked::Icon => {
                    let placed = placed(&link)?;
                    element.remove_attribute("data-trunk");
                    element.set_attribute("href", &placed.url)?;
                    if link.asked == Asked::Style {
                        element.set_attribute("rel", "stylesheet")?;
                        element.set_attribute("integrity", &placed.integrity)?;
                    }
                }
            }
            Ok(())
        })),
    )?;
    match started.into_inner() {
        1 => Ok(rendered),
        n => bail!("index.html must have one <link data-trunk rel=\"rust\">, not {n}."),
    }
}

/// Writes where a file really is into the page's small script, which knows it by its plain name, `"/de.txt"`.
pub fn point(page: &str, name: &str, placed: &Placed) -> Result<String> {
    let plain = format!("\"/{name}\"");
    match page.matches(&plain).count() {
        1 => Ok(page.replace(&plain, &format!("\"{}\"", placed.url))),
        n => bail!("The scripts of index.html name {plain} {n} times, and should once."),
    }
}

/// Puts a configuration into the page's `<script id="hushkey">`.
pub fn configure(page: &str, config: &str) -> Result<String> {
    // `</script>` or `<!--` inside of a string would end or swallow the block.
    let safe = config.trim().replace('<', "\\u003c");
    let blocks = RefCell::new(0);
    let page = rewrite(
        page,
        RewriteStrSettings::new().append_element_content_handler(element!("script#hushkey", |element| {
            *blocks.borrow_mut() += 1;
            element.set_inner_content(&safe, ContentType::Html);
            Ok(())
        })),
    )?;
    match blocks.into_inner() {
        1 => Ok(page),
        n => bail!("index.html must have one <script id=\"hushkey\">, not {n}."),
    }
}

/// Puts something at the end of the page's body.
pub fn append(page: &str, html: &str) -> Result<String> {
    rewrite(
        page,
        RewriteStrSettings::new().append_element_content_handler(element!("body", |element| {
            element.append(&format!("  {html}\n  "), ContentType::Html);
            Ok(())
        })),
    )
}

/// The Content-Security-Policy sources of the inline scripts that run in a page.
/// A page that has what no such policy lets through is refused.
pub fn script_sources(page: &str) -> Result<Vec<String>> {
    let scripts: RefCell<Vec<String>> = RefCell::default();
    let runs = RefCell::new(false);
    rewrite(
        page,
        RewriteStrSettings::new()
            .append_element_content_handler(element!("*", |element| Ok(refuse_inline(element)?)))
            .append_element_content_handler(element!("script", |element| {
                let inline = !element.has_attribute("src") && executes(element);
                if inline {
                    scripts.borrow_mut().push(String::new());
                }
                runs.replace(inline);
                Ok(())
            }))
            .append_element_content_handler(text!("script", |chunk| {
                if *runs.borrow()
                    && let Some(script) = scripts.borrow_mut().last_mut()
                {
                    script.push_str(chunk.as_str());
                }
                Ok(())
            })),
    )?;
    let scripts = scripts.into_inner();
    Ok(scripts.iter().map(|text| digest::script_source(text)).collect())
}

fn start(App { start: app, doctor, sentences, starter }: &App) -> String {
    let filled = |text: &str, name: &str, module: &Module| {
        let places = [
            ("script", &module.script.url),
            ("script_integrity", &module.script.integrity),
            ("wasm", &module.wasm.url),
            ("wasm_integrity", &module.wasm.integrity),
        ];
        places.into_iter().fold(text.to_owned(), |text, (place, value)| text.replace(&format!("{{{{{name}{place}}}}}"), value))
    };
    let script = filled(&filled(starter, "", app), "doctor_", doctor).replace("\"{{sentences}}\"", sentences);
    // Browsers ignore the integrity of the second preload, and say so; the fetch that takes it over checks it. An import checks nothing, and not every
    // browser knows `modulepreload`: it comes only after the element whose integrity was checked has loaded, and then gets the very same module.
    format!(
        "<link rel=\"modulepreload\" href=\"{url}\" integrity=\"{integrity}\">\n    \
         <link rel=\"preload\" as=\"fetch\" type=\"application/wasm\" crossorigin href=\"{}\">\n    \
         <script type=\"module\" src=\"{url}\" integrity=\"{integrity}\"></script>\n    \
         <script>{script}</script>",
        app.wasm.url,
        url = app.script.url,
        integrity = app.script.integrity,
    )
}

fn link(element: &Element<'_, '_>) -> Result<Link> {
    let rel = element.get_attribute("rel").unwrap_or_default();
    let asked = match (element.tag_name().as_str(), rel.as_str()) {
        ("link", "css") => Asked::Style,
        ("link", "icon") => Asked::Icon,
        ("link", "copy-file") if element.has_attribute("hreflang") => Asked::Texts,
        ("link", "copy-file") => Asked::File,
        ("link", "copy-dir") => Asked::Folder,
        ("link", "rust") => Asked::App,
        (tag, rel) => bail!(
            "index.html has a Trunk element that is not known here: <{tag} rel=\"{rel}\">. \
             Teach it to xtask/src/html.rs."
        ),
    };
    let href = element.get_attribute("href").unwrap_or_default();
    if href.is_empty() && asked != Asked::App {
        bail!("index.html has a <link data-trunk rel=\"{rel}\"> without href.");
    }
    let into = element.get_attribute("data-target-path").unwrap_or_default();
    Ok(Link { asked, href, into: into.trim_matches('/').to_owned() })
}

fn executes(element: &Element<'_, '_>) -> bool {
    let kind = element.get_attribute("type").unwrap_or_default();
    matches!(
        kind.trim().to_ascii_lowercase().as_str(),
        "" | "module" | "importmap" | "speculationrules" | "text/javascript" | "application/javascript"
    )
}

fn refuse_inline(element: &Element<'_, '_>) -> Result<()> {
    let handler = |name: &str| name.starts_with("on");
    if let Some(name) = element.attributes().iter().map(|a| a.name()).find(|name| handler(name)) {
        bail!("The page has an inline handler, {name}=…, which its policy does not let run.");
    }
    if element.has_attribute("style") || element.tag_name() == "style" {
        bail!("The page has inline styles, which its policy does not let through; use app.css.");
    }
    Ok(())
}

fn rewrite(page: &str, settings: RewriteStrSettings<'_, '_>) -> Result<String> {
    rewrite_str(page, settings).map_err(|error| anyhow!(error.to_string())).context("The page could not be rendered.")
}

#[cfg(test)]
mod tests;
