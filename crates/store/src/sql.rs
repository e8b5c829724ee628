//! One SQL text for both engines: what SQLite needs rewritten.
//!
//! The text is PostgreSQL's: `$n` placeholders, `= ANY($n)` and `<> ALL($n)` for lists, row locks. SQLite gets `?n`,
//! `IN (SELECT value FROM rarray(?n))` and no row locks, for it has one writer.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Space,
    /// `'…'`, `"…"` or a comment, kept as it is.
    Verbatim,
    Word,
    Placeholder,
    Symbol,
}

#[derive(Debug, Clone, Copy)]
struct Token<'s> {
    kind: Kind,
    text: &'s str,
}

impl Token<'_> {
    fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }
}

/// Rewrites a statement for SQLite.
pub(crate) fn for_sqlite(sql: &str) -> String {
    let tokens = tokens(sql);
    let mut out = String::with_capacity(sql.len() + 32);
    let mut at = 0;
    while at < tokens.len() {
        if let Some((text, next)) = list(&tokens, at) {
            if !out.ends_with(char::is_whitespace) {
                out.push(' ');
            }
            out.push_str(&text);
            at = next;
        } else if let Some(next) = row_lock(&tokens, at) {
            at = next;
        } else {
            push(&mut out, tokens[at]);
            at += 1;
        }
    }
    out
}

fn push(out: &mut String, token: Token<'_>) {
    match token.kind {
        // `$1` would be a name to SQLite, numbered by first appearance; `?1` is a number.
        Kind::Placeholder => {
            out.push('?');
            out.push_str(&token.text[1..]);
        }
        _ => out.push_str(token.text),
    }
}

/// `= ANY ( $n )` or `<> ALL ( $n )` beginning at `at`: the replacement and where to go on.
fn list(tokens: &[Token<'_>], at: usize) -> Option<(String, usize)> {
    let mut cursor = Cursor { tokens, at };
    let keyword = match cursor.take()?.text {
        "=" if cursor.accept("ANY") => "IN",
        "<>" | "!=" if cursor.accept("ALL") => "NOT IN",
        _ => return None,
    };
    if !cursor.accept("(") {
        return None;
    }
    let placeholder = cursor.take().filter(|token| token.kind == Kind::Placeholder)?;
    if !cursor.accept(")") {
        return None;
    }
    let number = &placeholder.text[1..];
    Some((format!("{keyword} (SELECT value FROM rarray(?{number}))"), cursor.at))
}

/// `FOR [NO KEY] UPDATE | [KEY] SHARE [OF t, …] [SKIP LOCKED | NOWAIT]` beginning at `at`: where to go on.
fn row_lock(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let mut cursor = Cursor { tokens, at };
    if !cursor.accept("FOR") {
        return None;
    }
    if cursor.accept("NO") && !cursor.accept("KEY") {
        return None;
    }
    cursor.accept("KEY");
    if !(cursor.accept("UPDATE") || cursor.accept("SHARE")) {
        return None;
    }
    if cursor.accept("OF") {
        cursor.take()?;
        while cursor.accept(",") {
            cursor.take()?;
        }
    }
    if cursor.accept("SKIP") {
        cursor.accept("LOCKED");
    } else {
        cursor.accept("NOWAIT");
    }
    Some(cursor.at)
}

/// Walks over the tokens that mean something.
struct Cursor<'t, 's> {
    tokens: &'t [Token<'s>],
    at: usize,
}

impl<'s> Cursor<'_, 's> {
    fn take(&mut self) -> Option<Token<'s>> {
        let skipped = self.tokens[self.at..].iter().position(|token| token.kind != Kind::Space)?;
        let token = self.tokens[self.at + skipped];
        self.at += skipped + 1;
        Some(token)
    }

    fn accept(&mut self, word: &str) -> bool {
        let before = self.at;
        if self.take().is_some_and(|token| token.is(word)) {
            return true;
        }
        self.at = before;
        false
    }
}

fn tokens(sql: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(sql.len() / 4);
    let mut rest = sql;
    while !rest.is_empty() {
        let (kind, len) = next(rest);
        let (text, tail) = rest.split_at(len);
        tokens.push(Token { kind, text });
        rest = tail;
    }
    tokens
}

/// Kind and length in bytes of the first token of a text that is not empty.
fn next(text: &str) -> (Kind, usize) {
    let bytes = text.as_bytes();
    let run = |from: usize, belongs: fn(u8) -> bool| {
        bytes[from..].iter().position(|&byte| !belongs(byte)).map_or(bytes.len(), |end| from + end)
    };
    match bytes {
        [quote @ (b'\'' | b'"'), tail @ ..] => {
            // A doubled quote reads as two literals side by side, which copies the same.
            let end = tail.iter().position(|byte| byte == quote);
            (Kind::Verbatim, end.map_or(bytes.len(), |end| end + 2))
        }
        [b'-', b'-', ..] => (Kind::Verbatim, run(0, |byte| byte != b'\n')),
        [b'/', b'*', ..] => (Kind::Verbatim, text.find("*/").map_or(bytes.len(), |end| end + 2)),
        [b'$', digit, ..] if digit.is_ascii_digit() => (Kind::Placeholder, run(1, |byte| byte.is_ascii_digit())),
        [b'<', b'>', ..] | [b'!', b'=', ..] | [b'<', b'=', ..] | [b'>', b'=', ..] => (Kind::Symbol, 2),
        [byte, ..] if byte.is_ascii_whitespace() => (Kind::Space, run(0, |byte| byte.is_ascii_whitespace())),
        [byte, ..] if is_word(*byte) => (Kind::Word, run(0, is_word)),
        _ => (Kind::Symbol, 1),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::for_sqlite;

    #[test]
    fn placeholders_become_numbered() {
        assert_eq!(for_sqlite("SELECT $2, $1, $12"), "SELECT ?2, ?1, ?12");
    }

    #[test]
    fn lists_become_row_sets() {
        assert_eq!(
            for_sqlite("a = ANY($3) AND b <> all ( $1 ) AND c=any($2)"),
            "a IN (SELECT value FROM rarray(?3)) AND b NOT IN (SELECT value FROM rarray(?1)) \
             AND c IN (SELECT value FROM rarray(?2))"
        );
    }

    #[test]
    fn row_locks_are_dropped_everywhere() {
        assert_eq!(for_sqlite("SELECT 1 FOR UPDATE SKIP LOCKED").trim_end(), "SELECT 1");
        assert_eq!(for_sqlite("SELECT 1 FOR SHARE").trim_end(), "SELECT 1");
        assert_eq!(
            for_sqlite("WITH d AS (SELECT id FROM t AS x FOR NO KEY UPDATE OF x) SELECT 1"),
            "WITH d AS (SELECT id FROM t AS x) SELECT 1"
        );
    }

    #[test]
    fn literals_and_comments_stay() {
        let text = "SELECT '$1 = ANY($2) it''s FOR UPDATE', \"a $1\" -- $3 FOR SHARE\n, /* $4 */ '日本 $1'";
        assert_eq!(for_sqlite(text), text);
    }

    #[test]
    fn an_open_literal_or_a_lone_dollar_is_no_trouble() {
        for text in ["'", "SELECT '$1", "$", "$a", "FOR", "= ANY(", "/*", "FOR UPDATE OF"] {
            assert!(!for_sqlite(text).is_empty());
        }
    }
}
