//! Reading a file: what it is, its letters, its separator, its rows.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::{Result, access::Email, error::Error};

pub const MOST_ROWS: usize = 50_000;
pub const MOST_COLUMNS: usize = 100;
/// Rows of one chunk: what a worker looks at in one step.
pub const CHUNK: usize = 500;
/// Values of each column that are shown beside it.
const EXAMPLES: usize = 3;
const LONGEST_EXAMPLE: usize = 60;

/// A file that can be read, with some of what is in it.
#[derive(Debug)]
pub struct File {
    pub encoding: &'static str,
    pub delimiter: char,
    pub header: Vec<String>,
    /// For each column.
    pub examples: Vec<Vec<String>>,
    pub total: usize,
    /// The row each begins with, and the text.
    pub chunks: Vec<(i64, String)>,
}

fn refused(detail: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::invalid("file", detail)
}

/// Reads a file, or says in plain words why not.
pub fn read(bytes: &[u8]) -> Result<File> {
    if bytes.is_empty() {
        return Err(refused("This file is empty."));
    }
    check_kind(bytes)?;
    let (text, encoding) = decode(bytes)?;
    if text.trim().is_empty() {
        return Err(refused("This file is empty."));
    }
    let (said, begin) = said_delimiter(&text);
    let delimiter = said.unwrap_or_else(|| sniff(&text));
    let mut rows = Rows::new(&text, delimiter);
    rows.at = begin;
    rows.row = i64::from(begin > 0);
    let (_, first) = rows
        .next()
        .ok_or_else(|| refused("This file is empty."))??;
    let header = header(first, delimiter)?;
    let mut file = File {
        encoding,
        delimiter: char::from(delimiter),
        examples: vec![Vec::new(); header.len()],
        header,
        total: 0,
        chunks: Vec::new(),
    };
    let mut begun: Option<(i64, usize, usize)> = None;
    while let Some(row) = rows.next() {
        let (number, line) = row?;
        let (first_row, from, count) = begun.unwrap_or((number, rows.at_of(line), 0));
        file.total += 1;
        if file.total > MOST_ROWS {
            return Err(refused(format!(
                "This file has more than {} rows. Please split it into several files.",
                thousands(MOST_ROWS)
            )));
        }
        if file.total <= 200 {
            note_examples(&mut file.examples, line, delimiter);
        }
        begun = Some((first_row, from, count + 1));
        if count + 1 == CHUNK {
            file.chunks
                .push((first_row, text[from..rows.at].to_owned()));
            begun = None;
        }
    }
    if let Some((first_row, from, _)) = begun {
        file.chunks.push((first_row, text[from..].to_owned()));
    }
    if file.total == 0 {
        return Err(refused(
            "This file has the names of the columns, but no rows below them.",
        ));
    }
    Ok(file)
}

pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What people send instead of CSV, told by its content: a name says little.
fn check_kind(bytes: &[u8]) -> Result<()> {
    let has = |needle: &[u8]| {
        let near = &bytes[..bytes.len().min(64 * 1024)];
        near.windows(needle.len()).any(|window| window == needle)
    };
    let starts = |with: &[u8]| bytes.starts_with(with);
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let wrong = match () {
        () if starts(b"PK\x03\x04") && has(b"opendocument.spreadsheet") => {
            "This is a LibreOffice file. Open it there, choose “Save As”, and save it as “Text CSV (.csv)”."
        }
        () if starts(b"PK\x03\x04") && has(b"xl/") => {
            "This is an Excel file. Save it as CSV: in Excel choose “Save As”, then “CSV UTF-8 (Comma delimited)”."
        }
        () if starts(b"\xd0\xcf\x11\xe0") => {
            "This is an old Excel file. Save it as CSV: in Excel choose “Save As”, then “CSV UTF-8 (Comma delimited)”."
        }
        () if starts(b"PK\x03\x04")
            || starts(b"\x1f\x8b")
            || starts(b"Rar!")
            || starts(b"7z\xbc\xaf") =>
        {
            "This is a packed file. Unpack it first, and send the CSV file that is in it."
        }
        () if starts(b"%PDF") => "This is a PDF. Please send the table itself, saved as CSV.",
        () if starts(b"\x89PNG") || starts(b"\xff\xd8\xff") || starts(b"GIF8") => {
            "This is a picture. Please send the table itself, saved as CSV."
        }
        () if text.to_ascii_uppercase().starts_with("BEGIN:VCARD") => {
            "This is an address book in vCard format. Export it as CSV instead."
        }
        () if text.starts_with('<') => {
            "This is a web page or an XML file. Please export the table as CSV."
        }
        () if text.starts_with('{') || text.starts_with("[{") => {
            "This is a JSON file. Please export the table as CSV."
        }
        () => return Ok(()),
    };
    Err(refused(wrong))
}

/// The text with line ends of one kind, and what its letters were written in.
fn decode(bytes: &[u8]) -> Result<(String, &'static str)> {
    let (text, encoding) = match Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding == UTF_16LE || encoding == UTF_16BE => {
            let (text, _, broken) = encoding.decode(bytes);
            if broken {
                return Err(refused("This file is cut off, or it is no text."));
            }
            (text.into_owned(), "UTF-16")
        }
        marked => {
            let bytes = marked.map_or(bytes, |(_, mark)| &bytes[mark..]);
            match std::str::from_utf8(bytes) {
                Ok(text) => (text.to_owned(), UTF_8.name()),
                // Accented letters were UTF-8 up to here: something is broken or cut off, and to read all as
                // Windows-1252 would garble every name.
                Err(error) if marked.is_some() || !bytes[..error.valid_up_to()].is_ascii() => {
                    let row = bytes[..error.valid_up_to()]
                        .iter()
                        .filter(|byte| **byte == b'\n')
                        .count();
                    return Err(refused(format!(
                        "The letters in line {} cannot be read: the file is cut off there or was put together from \
                         two kinds of text. Save it again as “CSV UTF-8”.",
                        row + 1
                    )));
                }
                Err(_) => {
                    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
                    (text.into_owned(), "Windows-1252")
                }
            }
        }
    };
    if text.contains('\0') {
        return Err(refused(
            "This is not a text file. Please export the table as CSV.",
        ));
    }
    if !text.contains('\r') {
        return Ok((text, encoding));
    }
    let text = text.replace("\r\n", "\n");
    let text = if text.contains('\r') {
        text.replace('\r', "\n")
    } else {
        text
    };
    Ok((text, encoding))
}

/// Spreadsheets write `sep=;` into a first line of their own.
fn said_delimiter(text: &str) -> (Option<u8>, usize) {
    let line = text.lines().next().unwrap_or("");
    match line
        .to_ascii_lowercase()
        .strip_prefix("sep=")
        .map(str::as_bytes)
    {
        Some([one @ (b',' | b';' | b'\t' | b'|')]) => {
            (Some(*one), (line.len() + 1).min(text.len()))
        }
        _ => (None, 0),
    }
}

/// The separator that cuts the first rows into equally many columns.
fn sniff(text: &str) -> u8 {
    let alike = |delimiter: u8| {
        let counts: Vec<usize> = Rows::new(text, delimiter)
            .take(20)
            .filter_map(|row| row.ok().map(|(_, line)| cells(line, delimiter)))
            .map(|row| row.first().map_or(0, Vec::len))
            .collect();
        let first = counts.first().copied().unwrap_or(0);
        let same = counts.iter().filter(|count| **count == first).count();
        (if first > 1 { same } else { 0 }, first)
    };
    // Of equals the one named last.
    [b'|', b'\t', b';', b',']
        .into_iter()
        .max_by_key(|delimiter| alike(*delimiter))
        .unwrap_or(b',')
}

fn header(line: &str, delimiter: u8) -> Result<Vec<String>> {
    let mut header: Vec<String> = cells(line, delimiter)
        .into_iter()
        .next()
        .unwrap_or_default();
    while header.last().is_some_and(|name| name.trim().is_empty()) {
        header.pop();
    }
    if header.len() > MOST_COLUMNS {
        return Err(refused(format!(
            "This file has {} columns; at most {MOST_COLUMNS} are read.",
            header.len()
        )));
    }
    let looks_like_data = |name: &String| Email::parse(name.trim()).is_ok();
    if header.iter().any(looks_like_data) {
        return Err(refused(
            "The first row holds a client. It has to hold the names of the columns, such as “First name” and “Email”: \
             please add such a row on top.",
        ));
    }
    if header.is_empty() {
        return Err(refused(
            "The first row is empty. It has to hold the names of the columns, such as “First name” and “Email”.",
        ));
    }
    for (at, name) in header.iter_mut().enumerate() {
        let plain: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
        *name = if plain.is_empty() {
            format!("Column {}", at + 1)
        } else {
            plain.chars().take(LONGEST_EXAMPLE).collect()
        };
    }
    Ok(header)
}

fn note_examples(examples: &mut [Vec<String>], line: &str, delimiter: u8) {
    let row = cells(line, delimiter)
        .into_iter()
        .next()
        .unwrap_or_default();
    for (kept, value) in examples.iter_mut().zip(row) {
        let value: String = value.trim().chars().take(LONGEST_EXAMPLE).collect();
        if !value.is_empty() && kept.len() < EXAMPLES && !kept.contains(&value) {
            kept.push(value);
        }
    }
}

/// The rows of a text with their numbers as a spreadsheet counts them; empty lines are counted and left out.
pub struct Rows<'a> {
    text: &'a str,
    delimiter: u8,
    at: usize,
    /// The row before the next one.
    row: i64,
}

impl<'a> Rows<'a> {
    pub const fn new(text: &'a str, delimiter: u8) -> Self {
        Self {
            text,
            delimiter,
            at: 0,
            row: 0,
        }
    }

    /// Of a chunk that begins with this row.
    pub const fn from(text: &'a str, delimiter: u8, first_row: i64) -> Self {
        Self {
            text,
            delimiter,
            at: 0,
            row: first_row - 1,
        }
    }

    /// Where a line of this text begins.
    fn at_of(&self, line: &str) -> usize {
        line.as_ptr() as usize - self.text.as_ptr() as usize
    }

    /// Where the row that begins at `begin` ends; nothing where a quotation mark stays open.
    fn end(&self, begin: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut at, mut fresh, mut quoted) = (begin, true, false);
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' if quoted && bytes.get(at + 1) == Some(&b'"') => at += 1,
                b'"' if quoted => quoted = false,
                b'"' if fresh => quoted = true,
                b'\n' if !quoted => return Some(at),
                _ => {}
            }
            fresh = !quoted && byte == self.delimiter;
            at += 1;
        }
        (!quoted).then_some(at)
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<(i64, &'a str)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.at >= self.text.len() {
                return None;
            }
            self.row += 1;
            let begin = self.at;
            let Some(end) = self.end(begin) else {
                self.at = self.text.len();
                return Some(Err(refused(format!(
                    "A quotation mark that is opened in row {} is never closed. The file may have been cut off there: \
                     please export it again.",
                    self.row
                ))));
            };
            self.at = end + 1;
            if end > begin {
                self.at = self.at.min(self.text.len());
                return Some(Ok((self.row, &self.text[begin..end])));
            }
        }
    }
}

/// The cells of every row.
pub fn cells(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
        .into_records()
        .filter_map(std::result::Result::ok)
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

/// The rows of a chunk: number and cells. Rows without any value are none.
pub fn rows(text: &str, delimiter: char, first_row: i64) -> Result<Vec<(i64, Vec<String>)>> {
    let delimiter = u8::try_from(delimiter).unwrap_or(b',');
    let numbers = Rows::from(text, delimiter, first_row)
        .map(|row| row.map(|(number, _)| number))
        .collect::<Result<Vec<i64>>>()?;
    let cells = cells(text, delimiter);
    if numbers.len() != cells.len() {
        return Err(Error::internal("rows were counted in two ways"));
    }
    Ok(numbers
        .into_iter()
        .zip(cells)
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bytes: &[u8]) -> String {
        match read(bytes) {
            Ok(_) => "read".into(),
            Err(Error::Refused(refusal)) => refusal.detail.into_owned(),
            Err(other) => panic!("{other}"),
        }
    }

    fn all(file: &File) -> Vec<(i64, Vec<String>)> {
        let chunks = file.chunks.iter();
        chunks
            .flat_map(|(first, text)| rows(text, file.delimiter, *first).unwrap())
            .collect()
    }

    #[test]
    fn l26_a_file_of_the_wrong_kind_is_told_by_its_content() {
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b" \r\n\r\n", "empty"),
            (
                b"PK\x03\x04....xl/workbook.xml",
                "This is an Excel file. Save it as CSV",
            ),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
            (
                b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
                "LibreOffice",
            ),
            (b"PK\x03\x04..other", "packed"),
            (b"%PDF-1.7", "PDF"),
            (b"\x89PNG\r\n", "picture"),
            (b"BEGIN:VCARD\n", "vCard"),
            (b"<!doctype html>", "web page"),
            (b"{\"a\": 1}", "JSON"),
            (b"Name,Email\nA\0da,b", "not a text file"),
            (b"Name,Email\r\n", "no rows"),
            (
                b"Ada,ada@new.test\nBob,bob@new.test\n",
                "The first row holds a client",
            ),
            (b",,\nAda,b,c", "first row is empty"),
            (b"Name,Note\nAda,\"half a", "row 2"),
            (b"Name,Note\nAda,x\n\nBob,\"y\n\nz,", "row 4"),
            ("Name\nZoë\n\u{fffd}".as_bytes(), "read"),
            (b"Name\nZo\xc3\xab\nKit \xc3", "line 3"),
        ] {
            let told = said(bytes);
            assert!(
                told.contains(word),
                "{}: {told}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn l26_letters_and_separators_are_found_out() {
        for (bytes, encoding, delimiter) in [
            ("Name,Ort\nZoë,Köln\n".as_bytes(), "UTF-8", ','),
            ("\u{feff}Name;Ort\r\nZoë;Köln\r\n".as_bytes(), "UTF-8", ';'),
            (b"Name;Ort\rZo\xeb;K\xf6ln", "Windows-1252", ';'),
            (b"Name\tOrt\nZo\xeb\tK\xf6ln", "Windows-1252", '\t'),
            (
                b"sep=;\r\nName;Ort\r\nZo\xeb;K\xf6ln\r\n",
                "Windows-1252",
                ';',
            ),
            (
                b"\xff\xfeN\0,\0O\0\n\0Z\0o\0\xeb\0,\0K\0\xf6\0l\0n\0",
                "UTF-16",
                ',',
            ),
            (
                "\"Name\";\"Ort, Land; alles\"\nZoë;Köln\n".as_bytes(),
                "UTF-8",
                ';',
            ),
        ] {
            let file = read(bytes).unwrap();
            assert_eq!((file.encoding, file.delimiter), (encoding, delimiter));
            let rows = all(&file);
            assert_eq!(rows[0].1, ["Zoë", "Köln"], "{encoding} {delimiter}");
        }
        let names = read(b"Email\nada@new.test").unwrap();
        assert_eq!(
            (names.delimiter, names.header),
            (',', vec!["Email".to_owned()])
        );
    }

    #[test]
    fn l26_rows_have_the_numbers_a_spreadsheet_shows() {
        let text =
            "Name,Note\nAda,\"two\nlines, \"\"both\"\"\"\n\n,\nBob,a \" in between\nCy,\"\"\n";
        let file = read(text.as_bytes()).unwrap();
        let rows = all(&file);
        let said: Vec<(i64, &str, &str)> = rows
            .iter()
            .map(|(row, cells)| (*row, cells[0].as_str(), cells[1].as_str()))
            .collect();
        assert_eq!(
            said,
            [
                (2, "Ada", "two\nlines, \"both\""),
                (5, "Bob", "a \" in between"),
                (6, "Cy", "")
            ]
        );
    }

    #[test]
    fn l26_a_long_file_is_cut_into_chunks_of_whole_rows() {
        let mut text = String::from("Name,Note\n");
        for n in 0..1200 {
            text.push_str(&format!("Client {n},\"a\nb\"\n"));
            if n % 7 == 0 {
                text.push('\n');
            }
        }
        let file = read(text.as_bytes()).unwrap();
        assert_eq!((file.total, file.chunks.len()), (1200, 3));
        let rows = all(&file);
        assert_eq!(rows.len(), 1200);
        assert_eq!(rows[0].0, 2);
        assert_eq!(rows[1199].1[0], "Client 1199");
        assert!(rows.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let mut many = String::from("Name\n");
        many.push_str(&"x\n".repeat(MOST_ROWS + 1));
        assert!(said(many.as_bytes()).contains("more than 50,000 rows"));
        let wide = vec!["a"; MOST_COLUMNS + 1].join(",");
        assert!(said(format!("{wide}\n{wide}").as_bytes()).contains("101 columns"));
    }

    #[test]
    fn a_column_without_a_name_gets_one_and_examples_are_different_values() {
        let file = read(b"Name,,Note,,\nAda,x,1\nBob,x,2\nCy,y,\nDee,z,3\n").unwrap();
        assert_eq!(file.header, ["Name", "Column 2", "Note"]);
        assert_eq!(file.examples[1], ["x", "y", "z"]);
        assert_eq!(file.examples[0].len(), 3);
    }
}
