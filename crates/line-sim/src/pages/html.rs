//! The frame of the simulator's own pages.

/// Text made safe for HTML and attribute values.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

const STYLE: &str = "
:root { color-scheme: light; --green: #06c755; --line: #e5e5e5; --soft: #777; }
* { box-sizing: border-box; }
body { margin: 0; background: #f5f6f7; color: #111; font: 15px/1.6 -apple-system, 'Hiragino Sans', 'Noto Sans JP', sans-serif; }
main { max-width: 420px; margin: 24px auto; background: #fff; border-radius: 16px; padding: 24px; box-shadow: 0 1px 4px #0002; }
h1 { font-size: 18px; margin: 0 0 4px; }
p { margin: 8px 0; }
.soft { color: var(--soft); font-size: 13px; }
.note { background: #fff8e1; border-radius: 8px; padding: 8px 12px; font-size: 12px; color: #6b5900; margin-top: 16px; }
ul { list-style: none; margin: 12px 0; padding: 0; border-top: 1px solid var(--line); }
li { border-bottom: 1px solid var(--line); }
li a, label.row { display: flex; align-items: center; gap: 12px; padding: 10px 4px; color: inherit; text-decoration: none; cursor: pointer; }
li a:hover { background: #f7fdf9; }
.face { width: 36px; height: 36px; border-radius: 50%; background: var(--green); color: #fff; display: grid; place-items: center; font-weight: 600; flex: none; }
button { width: 100%; padding: 12px; border: 0; border-radius: 8px; background: var(--green); color: #fff; font: inherit; font-weight: 600; cursor: pointer; margin-top: 8px; }
button.plain { background: #fff; color: #111; border: 1px solid var(--line); }
input[type=search] { width: 100%; padding: 10px 12px; border: 1px solid var(--line); border-radius: 8px; font: inherit; }
input[type=checkbox] { width: 18px; height: 18px; accent-color: var(--green); }
";

/// A whole page; `body` is HTML already.
pub fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"ja\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>{body}\
         <p class=\"note\">これはシミュレーターの画面です。LINEのサービスではありません。</p></main></body></html>",
        title = escape(title),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn markup_in_names_stays_text() {
        assert_eq!(super::escape("<b a=\"'\">&"), "&lt;b a=&quot;&#39;&quot;&gt;&amp;");
    }
}
