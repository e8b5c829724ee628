/** Every action the server may write has a sentence in both languages, and every kind of thing a word. */
// @vitest-environment node
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import en from "../words/en/settings.json" with { type: "json" };
import ja from "../words/ja/settings.json" with { type: "json" };

interface Document {
  components: { schemas: { AuditAction: { enum: string[] } } };
}
const document = new URL("../../../../crates/server/openapi.json", import.meta.url);
const { components }: Document = JSON.parse(readFileSync(document, "utf8"));
const written = components.schemas.AuditAction.enum;

const said = (actions: Record<string, Record<string, string>>) =>
  Object.entries(actions).flatMap(([thing, verbs]) =>
    Object.entries(verbs).flatMap(([verb, words]) => (words ? [`${thing}.${verb}`] : [])),
  );

it.each([
  ["ja", ja.audit],
  ["en", en.audit],
])("says everything that is done (%s)", (_, audit) => {
  expect(said(audit.actions).sort()).toEqual([...written].sort());
  const things = [...new Set(written.map((action) => action.split(".")[0] ?? ""))];
  expect(Object.keys(audit.things).sort()).toEqual(things.sort());
});
