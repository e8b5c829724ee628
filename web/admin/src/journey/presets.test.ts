import { expect, it } from "vitest";
import en from "../words/en/preset.json";
import ja from "../words/ja/preset.json";
import { waysOf } from "./graph.ts";
import { fillIn, PRESET_KEYS, PRESETS } from "./presets.ts";

const GIVEN = { templates: ["t1", "t2", "t3", "t4"], tag: "tag", date: "birthday", note: "n" };

it("offers what a shop needs, each with its own words in both languages", () => {
  expect(PRESETS.length).toBeGreaterThanOrEqual(10);
  for (const { key, messages, needs } of PRESETS) {
    for (const words of [ja.p[key], en.p[key]] as Record<string, string>[]) {
      const texts = Object.keys(words).filter((one) => /^m\d$/.test(one));
      expect(texts, key).toHaveLength(messages);
      const asks = texts.some((one) => words[one]?.includes("[[url]]"));
      expect(asks, key).toBe(needs.includes("url"));
    }
  }
  expect(Object.keys(ja.p)).toEqual([...PRESET_KEYS]);
});

it.each(PRESETS)("$key leads everywhere and says each template once", ({ graph }) => {
  const { nodes } = graph(GIVEN);
  const ids = new Set(nodes.map((node) => node.id));
  const ways = waysOf(nodes);
  for (const { to } of ways) expect(to === "end" || ids.has(to)).toBe(true);
  for (const id of ids) expect(ways.some((way) => way.to === id)).toBe(true);
  const said = nodes.flatMap((node) => (node.do === "message" ? [node.template] : []));
  expect(said).toEqual(GIVEN.templates.slice(0, said.length));
});

it("writes variables as templates have them", () => {
  expect(fillIn("[[name]]さん [[url]]", "https://shop.example/")).toBe(
    "{{name}}さん https://shop.example/",
  );
});
