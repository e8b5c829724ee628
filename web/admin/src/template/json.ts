/** Reads an object from JSON, or says in which line reading stopped (1 is the first). */
export function parseObject(text: string): { value: object } | { line: number } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { value };
    return { line: 1 };
  } catch {
    return { line: text.slice(0, stopsAt(text)).split("\n").length };
  }
}

/** One token of JSON after white space. */
const TOKEN = /\s*([{}[\]:,]|"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true\b|false\b|null\b)/y;

/** Where the text stops being JSON; browsers word their own errors differently, so they are no help. */
function stopsAt(text: string): number {
  const closers: string[] = [];
  let expect: Expected = "value";
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    const at = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
    if (token === undefined) return at;
    const next = step(token, expect, closers);
    if (!next) return at;
    expect = next;
  }
}

type Expected = "value" | "key" | "colon" | "after";

/** What may come after this token; `undefined` when it may not stand here. */
function step(token: string, expected: Expected, closers: string[]): Expected | undefined {
  const close = () => (closers.pop() === token ? "after" : undefined);
  switch (expected) {
    case "colon":
      return token === ":" ? "value" : undefined;
    case "key":
      if (token === "}") return close();
      return token.startsWith('"') ? "colon" : undefined;
    case "after":
      if (token === ",") return closers.at(-1) === "}" ? "key" : "value";
      return token === "}" || token === "]" ? close() : undefined;
    case "value":
      if (token === "{") {
        closers.push("}");
        return "key";
      }
      if (token === "[") {
        closers.push("]");
        return "value";
      }
      if (token === "]") return close();
      return /^[}:,]$/.test(token) ? undefined : "after";
  }
}
