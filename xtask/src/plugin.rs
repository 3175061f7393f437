//! The WordPress plugin as the zip that WordPress takes. The same bytes for the same files, so that a release can be
//! compared.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::workspace;

/// What a person uploads under Plugins → Add New.
pub const ZIP: &str = "portico-wordpress.zip";

/// Writes it into the folder; its path.
pub fn pack(into: &Path) -> Result<PathBuf> {
    let folder = workspace::root().join("embed-snippet/wordpress/portico");
    let mut files = Vec::new();
    list(&folder, &mut files)?;
    // A folder's order is its file system's.
    files.sort();
    fs::create_dir_all(into)?;
    let path = into.join(ZIP);
    let mut zip =
        ZipWriter::new(File::create(&path).with_context(|| format!("writing {}", path.display()))?);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for file in files {
        let within = file.strip_prefix(&folder)?;
        let name: Vec<_> = within.iter().map(|part| part.to_string_lossy()).collect();
        // WordPress names the plugin after the folder.
        zip.start_file(format!("portico/{}", name.join("/")), options)?;
        zip.write_all(&fs::read(&file)?)?;
    }
    zip.finish()?;
    Ok(path)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::pack;
    use crate::workspace::{Scratch, root};

    #[test]
    fn the_zip_is_the_same_each_time_and_the_versions_agree() {
        let scratch = Scratch::new("plugin").unwrap();
        let packed = || fs::read(pack(scratch.path()).unwrap()).unwrap();
        assert_eq!(packed(), packed());
        assert!(String::from_utf8_lossy(&packed()).contains("portico/languages/portico.pot"));

        let folder = root().join("embed-snippet/wordpress/portico");
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let (code, readme, block) = (
            read("portico.php"),
            read("readme.txt"),
            read("block/block.json"),
        );
        let version = code
            .split_once("PORTICO_VERSION = '")
            .and_then(|(_, rest)| rest.split('\'').next())
            .unwrap();
        assert!(code.contains(&format!(" * Version:           {version}\n")));
        assert!(readme.contains(&format!("Stable tag: {version}\n")));
        assert!(block.contains(&format!("\"version\": \"{version}\"")));
    }

    #[test]
    fn the_template_for_translators_has_every_text() {
        let folder = root().join("embed-snippet/wordpress/portico");
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
        let template = read("languages/portico.pot");
        let mut found = 0;
        for name in ["portico.php", "block/block.js"] {
            for piece in read(name).split("', 'portico'") {
                let call = piece.rsplit_once("_( '");
                let Some((_, text)) = call.or_else(|| piece.rsplit_once("_e( '")) else {
                    continue;
                };
                // What follows the last call is code, not a text.
                if !text.contains('\'') {
                    found += 1;
                    let entry = format!("msgid \"{text}\"\n");
                    assert!(template.contains(&entry), "run make-pot.sh: {text}");
                }
            }
        }
        assert!(found > 30, "{found}");
    }
}
