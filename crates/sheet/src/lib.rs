//! Tables as people hand them over: CSV in UTF-8 (with or without BOM) or Shift_JIS, columns by name, every fault with its
//! line.

mod cell;
mod fault;
mod table;

use encoding_rs::{SHIFT_JIS, UTF_8};

pub use cell::{date, number};
pub use fault::{Fault, What};
pub use table::{Column, Row, Table};

/// How a file was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// What Excel in Japan writes (CP932).
    ShiftJis,
}

/// The text of a file: UTF-8 where it is UTF-8, else Shift_JIS.
pub fn decode(bytes: &[u8]) -> (String, Encoding) {
    let (text, _, broken) = UTF_8.decode(bytes);
    if broken { (SHIFT_JIS.decode(bytes).0.into_owned(), Encoding::ShiftJis) } else { (text.into_owned(), Encoding::Utf8) }
}

/// One line of a CSV, with its end (RFC 4180). Cells that a spreadsheet would take for a formula get an apostrophe before
/// them (OWASP, "CSV Injection"), so that nothing a customer wrote is ever executed at the shop.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        let cell = match cell.starts_with(is_formula) {
            true => std::borrow::Cow::Owned(format!("'{cell}")),
            false => std::borrow::Cow::Borrowed(cell),
        };
        if cell.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
    out
}

/// What a cell said before [`line`] put its apostrophe: a file that came from here and was edited comes back as it was.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(is_formula) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet takes a cell that begins so for a formula.
fn is_formula(first: char) -> bool {
    matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r')
}

/// Text as bytes. What Shift_JIS does not know becomes 〓, as Japanese systems write it, never a broken file.
pub fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::ShiftJis => match SHIFT_JIS.encode(text) {
            (bytes, _, false) => bytes.into_owned(),
            _ => text.chars().flat_map(in_shift_jis).collect(),
        },
    }
}

fn in_shift_jis(c: char) -> Vec<u8> {
    let mut buffer = [0; 4];
    match SHIFT_JIS.encode(c.encode_utf8(&mut buffer)) {
        (bytes, _, false) => bytes.into_owned(),
        _ => SHIFT_JIS.encode("〓").0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guarded_cell_comes_back_as_it_was() {
        for cell in ["+81901234", "-5", "@mika", "=1+1", "'quoted'", "縁", ""] {
            let written = line([cell]);
            assert_eq!(unguarded(written.trim_end_matches("\r\n")), cell);
        }
    }

    #[test]
    fn formulas_are_words() {
        assert_eq!(line(["=1+1", "+81", "-5", "@x", "\tx", "\rx", "a=b"]), "'=1+1,'+81,'-5,'@x,'\tx,\"'\rx\",a=b\r\n");
        assert_eq!(line(["a,b", "c\"d", "e\nf", ""]), "\"a,b\",\"c\"\"d\",\"e\nf\",\r\n");
    }

    #[test]
    fn what_shift_jis_lacks_is_marked() {
        let bytes = encode("髙橋😀", Encoding::ShiftJis);
        assert_eq!(decode(&bytes), ("髙橋〓".to_owned(), Encoding::ShiftJis));
        assert_eq!(encode("あ", Encoding::Utf8), "あ".as_bytes());
    }
}
