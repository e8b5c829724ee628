//! Every SQL statement of the sources prepares on both stores and names `workspace_id` or a table of the closed list.
//! Statements are found by reading the sources, so that none can be left off a list.

use std::path::{Path, PathBuf};

use engine::schema::{GLOBAL_TABLES, MIGRATIONS};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the sources are here") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs")
            && !path.ends_with("testing.rs")
            && !path.ends_with("tests.rs")
        {
            found.push(path);
        }
    }
}

/// String literals of a source text, unescaped; raw strings too. Comments and test modules are left out.
fn literals(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let (from, next) = rest[at..].split_at(1);
        match from {
            "/" if next.starts_with('/') => rest = next.find('\n').map_or("", |end| &next[end..]),
            "/" => rest = next,
            // A character literal, not a lifetime.
            "'" => rest = next.strip_prefix("\"'").unwrap_or(next),
            _ if rest[..at].ends_with('#') => {
                let end = next.find("\"#").unwrap_or(next.len());
                found.push(next[..end].to_owned());
                rest = next.get(end + 2..).unwrap_or_default();
            }
            _ => {
                let (text, after) = quoted(next);
                found.push(text);
                rest = after;
            }
        }
    }
    found
}

fn quoted(text: &str) -> (String, &str) {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (out, &text[at + 1..]),
            '\\' => match chars.next() {
                Some((_, '\n')) => {
                    let skip = text[at + 2..].len() - text[at + 2..].trim_start().len();
                    for _ in 0..text[at + 2..at + 2 + skip].chars().count() {
                        chars.next();
                    }
                }
                Some((_, 'n')) => out.push('\n'),
                Some((_, other)) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    (out, "")
}

/// Claims by shard, and the status of the whole installation, go across workspaces on purpose (ARCHITECTURE.md, invariant 4).
fn goes_across(path: &str, sql: &str) -> bool {
    sql.contains("shard = ANY(") || path.ends_with("runtime/status.rs")
}

/// A whole statement, not a piece of one and not a text with holes.
fn is_statement(text: &str) -> bool {
    let begins = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH "].iter().any(|word| text.starts_with(word));
    let holes = text.replace("'{}'", "").replace("{\"", "").contains('{');
    // A text that ends in a blank is the beginning of a statement put together elsewhere.
    begins
        && !holes
        && !text.ends_with(' ')
        && (text.contains(" FROM ") || text.contains(" SET ") || text.contains(" VALUES ") || text.contains("\n"))
}

fn statements() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "../server/src"] {
        sources(&root.join(folder), &mut files);
    }
    files.sort();
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("a source");
    files
        .iter()
        .flat_map(|path| literals(&read(path)).into_iter().map(|text| (path.display().to_string(), text)))
        .filter(|(_, text)| is_statement(text))
        .collect()
}

#[test]
fn every_statement_names_its_workspace_or_a_global_table() {
    let stray: Vec<_> = statements()
        .into_iter()
        .filter(|(path, sql)| {
            !goes_across(path, sql) && !sql.contains("workspace_id") && !GLOBAL_TABLES.iter().any(|table| sql.contains(table))
        })
        .collect();
    assert!(stray.is_empty(), "{stray:#?}");
}

/// Tables that grow with the shop.
const LARGE: &[&str] = &[
    "contacts",
    "identities",
    "friendships",
    "contact_tags",
    "contact_attributes",
    "search_postings",
    "events",
    "enrollments",
    "deliveries",
    "broadcast_recipients",
    "broadcast_exceptions",
    "requests",
    "contact_sends",
    "conversations",
    "messages",
    "link_clicks",
    "link_visits",
    "forwards",
    "bulk_changes",
    "consents",
    "merges",
    "journey_steps",
    "figures",
    "click_days",
    "idempotency",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_walks_a_large_table_on_sqlite() {
    let all = statements().into_iter().map(|(_, sql)| sql).collect();
    let mut walks = Vec::new();
    for (sql, lines) in store::testing::plans(MIGRATIONS, all).await.expect("plans") {
        if lines.iter().any(|line| walks_large(&sql, line)) {
            walks.push(format!("{sql}\n  {}", lines.join("\n  ")));
        }
    }
    assert!(walks.is_empty(), "{}", walks.join("\n\n"));
}

/// Whether a line of a plan goes through all rows of a workspace. Counting along an index that holds all that is asked is
/// as cheap as counting gets.
fn walks_large(sql: &str, line: &str) -> bool {
    let mut words = line.split(' ');
    let (Some(how @ ("SCAN" | "SEARCH")), Some(name)) = (words.next(), words.next()) else { return false };
    // The plan says the alias where there is one.
    let large = LARGE
        .iter()
        .any(|table| *table == name || sql.contains(&format!("{table} {name} ")) || sql.contains(&format!("{table} {name}\n")));
    large && !line.contains("COVERING INDEX") && (how == "SCAN" || line.ends_with("(workspace_id=?)"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_prepares_on_both_stores() {
    let all = statements();
    assert!(all.len() > 150, "the sources hold more statements than {}", all.len());
    let refused = store::testing::prepares(MIGRATIONS, all.into_iter().map(|(_, sql)| sql)).await;
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn both_stores_have_the_same_tables_and_columns() {
    let mut seen = Vec::new();
    for database in store::testing::databases(MIGRATIONS) {
        let store = database.open(MIGRATIONS);
        seen.push(store::testing::schema(&store).await.expect("a schema"));
        store.close().await;
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]));
    for (table, columns) in &seen[0] {
        let global = GLOBAL_TABLES.contains(&table.as_str());
        assert!(global || columns[0] == "workspace_id", "{table} begins with {}", columns[0]);
    }
}
