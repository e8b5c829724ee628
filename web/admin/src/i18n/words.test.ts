/** What is said where: no page vanishes for words that come late, and no words stand there that nobody says. */
import { posix } from "node:path";
import { describe, expect, it } from "vitest";

type Words = { [key: string]: string | Words };

const code = import.meta.glob<string>(
  ["../**/*.{ts,tsx}", "!../**/*.test.*", "!../api/schema.ts"],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
);
const words = import.meta.glob<Words>("../words/ja/*.json", { import: "default", eager: true });

/** By their place below `src`. */
const sources = new Map(
  Object.entries(code).map(([path, text]) => [posix.join("i18n", path), text]),
);
const namesIn = (text: string) => [...text.matchAll(/"(\w+)"/g)].flatMap(([, name]) => name ?? []);

/** Per hook the namespaces it asks for; the first is the one whose keys stand without a prefix. */
const asked = (text: string): string[][] =>
  [...text.matchAll(/useTranslation\(([^)]*)\)/g)].map(([, list = ""]) => {
    const names = namesIn(list);
    return names.length > 0 ? names : ["common"];
  });

const IMPORT = /(?:^import (?!type\b)[^;]*?|^export [^;]*?from |\bimport\()"(\.[^"]+\.tsx?)"/gm;

/** A file and all it draws with, also what it loads later. */
function behind(file: string): Set<string> {
  const seen = new Set([file]);
  for (const one of seen)
    for (const [, to = ""] of (sources.get(one) ?? "").matchAll(IMPORT))
      seen.add(posix.join(posix.dirname(one), to));
  return seen;
}

describe("the words of a page", () => {
  const SHELL = "app/shell/route.ts";
  const said = (text: string) =>
    [...text.matchAll(/\bwords\(([^)]*)\)/g)].flatMap(([, list = ""]) => namesIn(list));
  const always = ["common", ...said(sources.get(SHELL) ?? "")];
  const routes = [...sources]
    .filter(([path]) => /(^|\/)routes?\.ts$/.test(path))
    .flatMap(([path, text]) =>
      text.split("createRoute(").flatMap((one) => {
        const page = /\bpage\(\(\) => import\("([^"]+)"\)/.exec(one)?.[1];
        return page ? [{ page: posix.join(posix.dirname(path), page), loads: said(one) }] : [];
      }),
    );

  it("are found", () => {
    expect(routes.length).toBeGreaterThan(40);
    expect(routes.every(({ page }) => sources.has(page))).toBe(true);
  });

  // Words that come later hide the page around them, and with it what is being typed or clicked.
  it.each(routes)("stand there before it is drawn: $page", ({ page, loads }) => {
    const needs = new Set([...behind(page)].flatMap((one) => asked(sources.get(one) ?? "").flat()));
    const late = [...needs].filter((name) => !always.includes(name) && !loads.includes(name));
    expect(late).toEqual([]);
  });
});

describe("every word", () => {
  // Handed over whole, or made of an id that the server or a list gives.
  const WHOLE = ["settings:audit.", "preset:p."];
  const PLURAL = /_(one|other)$/;

  function* keysOf(words: Words, before = ""): Generator<string> {
    for (const [key, value] of Object.entries(words))
      if (typeof value === "string") yield (before + key).replace(PLURAL, "");
      else yield* keysOf(value, `${before}${key}.`);
  }

  /** `a.${b}` stands for every key that begins so. */
  const TEMPLATE = /`([\w.:-]*(?:\$\{[^`]*?\}[\w.:-]*)+)`/g;
  const patternOf = (template: string) => {
    const parts = template.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/);
    if (!/[a-z]{2}/i.test(parts.join(""))) return [];
    return [new RegExp(`^${parts.map((part) => part.replaceAll(".", "\\.")).join("[\\w./-]+")}$`)];
  };
  const said = [...sources].map(([, text]) => {
    const first = new Set(asked(text).map(([name]) => name));
    const literal = new Set([...text.matchAll(/["`]([\w.:/-]+)["`]/g)].map(([, key]) => key));
    const patterns = [...text.matchAll(TEMPLATE)].flatMap(([, one = ""]) => patternOf(one));
    // Files without a hook of their own are handed theirs.
    const any = first.size === 0 || /TFunction|i18next/.test(text);
    return {
      hasOwn: (name: string) => any || first.has(name),
      says: (key: string) => literal.has(key) || patterns.some((one) => one.test(key)),
    };
  });

  it.each(Object.entries(words))("of %s is said somewhere", (path, file) => {
    const name = posix.basename(path, ".json");
    const unsaid = [...keysOf(file)].filter(
      (key) =>
        !WHOLE.some((start) => `${name}:${key}`.startsWith(start)) &&
        !said.some((one) => one.says(`${name}:${key}`) || (one.hasOwn(name) && one.says(key))),
    );
    expect(unsaid).toEqual([]);
  });
});
