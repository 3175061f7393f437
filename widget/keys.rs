// How texts are numbered: read by the portal's build and by whoever writes its language files.

use std::{collections::BTreeSet, fs, io, path::Path};

/// The keys the sources name as `t!("…")`, in order: a text's number is its key's place.
pub fn numbered(sources: &Path) -> io::Result<Vec<String>> {
    let mut keys = BTreeSet::new();
    collect(sources, &mut keys)?;
    Ok(keys.into_iter().collect())
}

fn collect(folder: &Path, keys: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, keys)?;
        } else if path.extension().is_some_and(|end| end == "rs") {
            for part in fs::read_to_string(&path)?.split("t!(\"").skip(1) {
                let key = part.split('"').next().unwrap_or_default();
                let is_sign =
                    |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._".contains(&b);
                if !key.is_empty() && key.bytes().all(is_sign) {
                    keys.insert(key.to_owned());
                }
            }
        }
    }
    Ok(())
}
