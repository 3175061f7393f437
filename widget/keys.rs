// How texts are numbered: read by the portal's build and by whoever writes its language files.

use std::{collections::BTreeSet, fs, io, path::Path};

/// The keys that sources name as `t!("…")` and views as `{t:…}`, in order: a text's number is its key's place.
pub fn numbered(widget: &Path) -> io::Result<Vec<String>> {
    let mut keys = BTreeSet::new();
    collect(&widget.join("src"), "t!(\"", &mut keys)?;
    collect(&widget.join("views"), "{t:", &mut keys)?;
    Ok(keys.into_iter().collect())
}

fn collect(folder: &Path, before: &str, keys: &mut BTreeSet<String>) -> io::Result<()> {
    let is_sign = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(*c);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, before, keys)?;
            continue;
        }
        for part in fs::read_to_string(&path)?.split(before).skip(1) {
            let key: String = part.chars().take_while(is_sign).collect();
            if !key.is_empty() && part[key.len()..].starts_with(['"', '}', ' ']) {
                keys.insert(key);
            }
        }
    }
    Ok(())
}
