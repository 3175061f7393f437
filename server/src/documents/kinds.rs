//! What a file is by its content, whether its name says the same, and whether the studio takes it.

use std::borrow::Cow;

use portico_wire::documents::FileGroup;

use crate::{Result, error::Error};

/// Endings of names with the media types their content has. A name with one of these must not lie.
const ENDINGS: &[(&str, &[&str])] = &[
    ("pdf", &["application/pdf"]),
    ("jpg", &["image/jpeg"]),
    ("jpeg", &["image/jpeg"]),
    ("png", &["image/png"]),
    ("gif", &["image/gif"]),
    ("webp", &["image/webp"]),
    ("heic", &["image/heif", "image/heic"]),
    ("docx", OFFICE_ZIP),
    ("xlsx", OFFICE_ZIP),
    ("pptx", OFFICE_ZIP),
    ("odt", OFFICE_ZIP),
    ("ods", OFFICE_ZIP),
    ("odp", OFFICE_ZIP),
    ("zip", &["application/zip"]),
    ("txt", TEXT),
    ("csv", TEXT),
    ("md", TEXT),
    ("mp3", &["audio/mpeg"]),
    ("mp4", &["video/mp4", "video/quicktime"]),
    ("mov", &["video/quicktime", "video/mp4"]),
];
const TEXT: &[&str] = &["text/plain"];
/// All of these are zip files inside; which one it is stands further in than the first bytes may reach.
const OFFICE_ZIP: &[&str] = &[
    "application/zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
];

fn ending(name: &str) -> String {
    name.rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase())
        .unwrap_or_default()
}

/// The media type of a document: by its content, and of an office document, which is a zip file inside, by its name.
pub fn told(name: &str, kind: &'static str) -> Cow<'static, str> {
    if kind != "application/zip" {
        return kind.into();
    }
    let known = match ending(name).as_str() {
        "docx" => OFFICE_ZIP[1],
        "xlsx" => OFFICE_ZIP[2],
        "pptx" => OFFICE_ZIP[3],
        "odt" => OFFICE_ZIP[4],
        "ods" => OFFICE_ZIP[5],
        "odp" => OFFICE_ZIP[6],
        _ => kind,
    };
    known.into()
}

/// The group of a media type; none for what runs when somebody opens it.
pub fn group_of(kind: &str) -> Option<FileGroup> {
    const RUNS: &[&str] = &[
        "text/html",
        "application/vnd.microsoft.portable-executable",
        "application/x-executable",
        "application/x-mach-binary",
        "application/java-vm",
        "application/x-java-applet",
        "application/wasm",
        "application/x-sh",
        "text/x-shellscript",
        "application/x-msdownload",
        "application/vnd.android.package-archive",
        "application/vnd.android.dex",
        "application/vnd.android.dey",
        "application/x-deb",
        "application/vnd.debian.binary-package",
        "application/x-rpm",
        "application/x-nintendo-nes-rom",
        "application/x-google-chrome-extension",
    ];
    if RUNS.contains(&kind) {
        return None;
    }
    let (top, rest) = kind.split_once('/').unwrap_or((kind, ""));
    Some(match (top, rest) {
        ("application", "pdf") => FileGroup::Pdf,
        ("image", "svg+xml") => FileGroup::Other,
        ("image", _) => FileGroup::Picture,
        ("audio", _) => FileGroup::Audio,
        ("video", _) => FileGroup::Video,
        ("text", _) | ("application", "rtf") => FileGroup::Text,
        ("application", rest)
            if rest.contains("officedocument")
                || rest.contains("opendocument")
                || rest.starts_with("vnd.ms-")
                || ["msword", "x-ole-storage", "epub+zip"].contains(&rest) =>
        {
            FileGroup::Office
        }
        (
            "application",
            "zip" | "gzip" | "x-tar" | "x-7z-compressed" | "vnd.rar" | "x-bzip2" | "x-xz" | "zstd",
        ) => FileGroup::Archive,
        _ => FileGroup::Other,
    })
}

pub const fn label(group: FileGroup) -> &'static str {
    match group {
        FileGroup::Pdf => "PDF",
        FileGroup::Picture => "Pictures",
        FileGroup::Office => "Office documents",
        FileGroup::Text => "Plain text",
        FileGroup::Audio => "Audio",
        FileGroup::Video => "Video",
        FileGroup::Archive => "Zip and other archives",
        FileGroup::Other => "Anything else, but no programs and web pages",
    }
}

/// What a browser's file chooser offers for a group.
const fn accept(group: FileGroup) -> &'static [&'static str] {
    match group {
        FileGroup::Pdf => &[".pdf"],
        FileGroup::Picture => &["image/*"],
        FileGroup::Office => &[
            ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".odp",
        ],
        FileGroup::Text => &[".txt", ".csv", ".md", ".rtf"],
        FileGroup::Audio => &["audio/*"],
        FileGroup::Video => &["video/*"],
        FileGroup::Archive => &[".zip", ".7z", ".rar", ".tar", ".gz"],
        FileGroup::Other => &[],
    }
}

/// For a field's `accept`; empty where anything goes.
pub fn accepted(groups: &[FileGroup]) -> Vec<String> {
    if groups.contains(&FileGroup::Other) {
        return Vec::new();
    }
    groups
        .iter()
        .flat_map(|&group| accept(group))
        .map(|&one| one.to_owned())
        .collect()
}

fn allowed(groups: &[FileGroup]) -> String {
    let names: Vec<&str> = groups.iter().map(|&group| label(group)).collect();
    names.join(", ")
}

/// Whether a file is taken: its name tells the truth, and its kind is among the studio's.
pub fn check(name: &str, kind: &'static str, groups: &[FileGroup]) -> Result<()> {
    let Some(group) = group_of(&told(name, kind)) else {
        return Err(Error::invalid(
            "file",
            format!(
                "“{name}” is a program or a web page. Such files are not taken, because they could do harm."
            ),
        ));
    };
    let ending = ending(name);
    let known = ENDINGS.iter().find(|(known, _)| *known == ending);
    if known.is_some_and(|(_, kinds)| !kinds.contains(&kind)) {
        return Err(Error::invalid(
            "file",
            format!(
                "“{name}” ends in .{ending}, but what is in it is something else. Please save it anew from the program it comes from, and send that."
            ),
        ));
    }
    if !groups.contains(&group) {
        return Err(Error::invalid(
            "file",
            format!(
                "“{name}” is of a kind that is not taken here. Please send one of these: {}.",
                allowed(groups)
            ),
        ));
    }
    Ok(())
}

/// It can be looked at: a picture made smaller, or a PDF.
pub fn preview(kind: &str, bytes: i64) -> Option<portico_wire::documents::PreviewKind> {
    use portico_wire::documents::PreviewKind;
    let small = u64::try_from(bytes).is_ok_and(|bytes| bytes <= crate::files::MOST_PICTURE);
    match kind {
        "application/pdf" => Some(PreviewKind::Pdf),
        kind if crate::images::is_picture(kind) && small => Some(PreviewKind::Picture),
        _ => None,
    }
}

/// A kind in a word or two, for lists.
pub fn word(kind: &str) -> &'static str {
    match kind {
        "application/pdf" => "PDF",
        "image/jpeg" => "JPEG",
        "image/png" => "PNG",
        "text/plain" => "Text",
        "application/zip" => "Zip",
        kind if kind.contains("wordprocessing") || kind.ends_with(".text") => "Word",
        kind if kind.contains("spreadsheet") => "Sheet",
        kind if kind.contains("presentation") => "Slides",
        kind => match group_of(kind) {
            Some(FileGroup::Picture) => "Picture",
            Some(FileGroup::Office) => "Office",
            Some(FileGroup::Text) => "Text",
            Some(FileGroup::Audio) => "Audio",
            Some(FileGroup::Video) => "Video",
            Some(FileGroup::Archive) => "Archive",
            _ => "File",
        },
    }
}

/// A size for people.
pub fn size(bytes: i64) -> String {
    let tenths = |unit: i64| {
        let tenths = (bytes * 10 + unit / 2) / unit;
        match tenths % 10 {
            0 => (tenths / 10).to_string(),
            rest => format!("{}.{rest}", tenths / 10),
        }
    };
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", (bytes + 500) / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, kind: &'static str) -> String {
        match check(name, kind, FileGroup::ALL) {
            Ok(()) => String::new(),
            Err(Error::Refused(refusal)) => refusal.detail.into_owned(),
            Err(other) => other.to_string(),
        }
    }

    #[test]
    fn i2_a_name_that_lies_and_a_program_are_refused() {
        assert_eq!(said("certificate.pdf", "application/pdf"), "");
        assert_eq!(said("certificate.PDF", "application/pdf"), "");
        assert_eq!(said("plan.docx", "application/zip"), "");
        assert_eq!(said("plan.dwg", "application/octet-stream"), "");
        assert_eq!(said("no ending", "image/png"), "");
        assert!(said("certificate.pdf", "image/png").contains("ends in .pdf"));
        let program = "application/vnd.microsoft.portable-executable";
        assert!(said("certificate.pdf", program).contains("a program"));
        assert!(said("setup", program).contains("a program"));
        assert!(said("page.txt", "text/html").contains("a web page"));
    }

    #[test]
    fn i2_only_the_kinds_a_studio_takes_are_taken() {
        let few = [FileGroup::Pdf, FileGroup::Picture];
        assert!(check("a.png", "image/png", &few).is_ok());
        let refused = check("a.mp4", "video/mp4", &few).unwrap_err();
        assert!(matches!(refused, Error::Refused(it) if it.detail.contains("PDF, Pictures")));
        assert_eq!(accepted(&few), [".pdf", "image/*"]);
        assert!(accepted(FileGroup::ALL).is_empty());
    }

    #[test]
    fn a_size_is_said_for_people() {
        for (bytes, text) in [
            (1, "1 bytes"),
            (999, "999 bytes"),
            (1_499, "1 kB"),
            (999_400, "999 kB"),
            (1_000_000, "1 MB"),
            (2_350_000, "2.4 MB"),
            (20_000_000_000, "20 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
