//! Compressed twins: `name.br` and `name.gz` beside each file that gains by it.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;

const COMPRESSIBLE: [&str; 9] = ["css", "html", "js", "json", "map", "svg", "txt", "wasm", "webmanifest"];

/// Writes a file, and beside it the compressed twins that are smaller than it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)?;
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    if !COMPRESSIBLE.contains(&extension.as_ref()) {
        return Ok(());
    }
    for (suffix, packed) in [("br", brotli(bytes)?), ("gz", gzip(bytes)?)] {
        if packed.len() < bytes.len() {
            let mut name = path.as_os_str().to_owned();
            name.push(".");
            name.push(suffix);
            fs::write(name, packed)?;
        }
    }
    Ok(())
}

/// As small as brotli makes it.
pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, size_hint: bytes.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &params)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    #[test]
    fn twins_hold_the_same_bytes() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let text = b"body { color: teal }\n".repeat(50);
        let file = folder.path().join("a/app.css");
        write(&file, &text)?;

        let mut plain = Vec::new();
        GzDecoder::new(fs::File::open(folder.path().join("a/app.css.gz"))?).read_to_end(&mut plain)?;
        assert_eq!(plain, text);

        let mut plain = Vec::new();
        let packed = fs::read(folder.path().join("a/app.css.br"))?;
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut plain)?;
        assert_eq!(plain, text);
        Ok(())
    }

    #[test]
    fn no_twin_where_nothing_is_gained() -> Result<()> {
        let folder = tempfile::tempdir()?;
        write(&folder.path().join("tiny.css"), b"a")?;
        write(&folder.path().join("photo.png"), &[0; 1000])?;
        assert_eq!(fs::read_dir(folder.path())?.count(), 2);
        Ok(())
    }
}
