//! What typst sees: our program, the paper as data, a logo. No file, no network, no clock.

use std::sync::LazyLock;

use typst::{
    Library, LibraryExt as _, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

use crate::{Document, Error};

const PROGRAM: &str = include_str!("paper.typ");

/// The same for every paper: fonts are read and names given once.
struct Fixed {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    paper: FileId,
    logo: FileId,
}

static FIXED: LazyLock<Result<Fixed, String>> = LazyLock::new(|| {
    let fonts: Vec<Font> = typst_assets::fonts()
        .flat_map(|data| Font::iter(Bytes::new(data)))
        .collect();
    Ok(Fixed {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        main: Source::new(name("/paper.typ")?, PROGRAM.into()),
        paper: name("/paper.json")?,
        logo: name("/logo")?,
    })
});

pub struct Paper {
    fixed: &'static Fixed,
    data: Bytes,
    logo: Option<Bytes>,
    photos: Vec<(FileId, Bytes)>,
}

fn name(name: &str) -> Result<FileId, String> {
    let path = VirtualPath::new(name).map_err(|error| format!("{name}: {error:?}"))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl Paper {
    pub fn new(document: &Document<'_>) -> Result<Self, Error> {
        let fixed = FIXED.as_ref().map_err(|said| Error(said.clone()))?;
        let data = serde_json::to_vec(document).map_err(|error| Error(error.to_string()))?;
        let people = document.people.as_ref().map_or(&[][..], |list| list.rows);
        let mut photos = Vec::new();
        for (at, one) in people.iter().enumerate() {
            if let Some(photo) = one.photo {
                let id = name(&format!("/photo/{at}")).map_err(Error)?;
                photos.push((id, Bytes::new(photo.to_vec())));
            }
        }
        Ok(Self {
            fixed,
            photos,
            data: Bytes::new(data),
            logo: document
                .letterhead
                .logo
                .map(|logo| Bytes::new(logo.to_vec())),
        })
    }
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &self.fixed.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &self.fixed.book
    }
    fn main(&self) -> FileId {
        self.fixed.main.id()
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main() {
            Ok(self.fixed.main.clone())
        } else {
            Err(FileError::NotSource)
        }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match &self.logo {
            _ if id == self.fixed.paper => Ok(self.data.clone()),
            Some(logo) if id == self.fixed.logo => Ok(logo.clone()),
            _ => {
                let photo = self.photos.iter().find(|(known, _)| *known == id);
                let photo = photo.map(|(_, photo)| photo.clone());
                photo.ok_or(FileError::AccessDenied)
            }
        }
    }
    fn font(&self, index: usize) -> Option<Font> {
        self.fixed.fonts.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
