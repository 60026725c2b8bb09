//! The configuration block of the page.

use crate::{
    browser::{navigation, platform},
    protocol::{
        config::Config,
        error::{ConfigError, Finding},
    },
};

/// Where the block is.
const BLOCK: &str = r#"script[type="application/json"]#hushkey"#;

/// Reads the configuration from `<script type="application/json" id="hushkey">` in `index.html`, for the origin that the page comes from and, unless
/// it says otherwise, in the languages of the browser.
///
/// # Errors
/// The block, if it is not there, or the first field in it that is missing, unknown or has a value that cannot be used.
pub fn read_configuration() -> Result<Config, ConfigError> {
    let block = gloo::utils::document().query_selector(BLOCK).ok().flatten().and_then(|element| element.text_content());
    let missing = || Finding::missing("<script type=\"application/json\" id=\"hushkey\"> in index.html");
    let config = Config::from_json(&block.ok_or_else(missing)?, &navigation::origin())?;
    Ok(config.with_languages(platform::languages()))
}
