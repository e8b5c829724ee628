/** The client is generated from the server's document; a change over there must not go unnoticed here. */
// @vitest-environment node
import { existsSync, readFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import { expect, it } from "vitest";

const document = new URL("../../../../crates/server/openapi.json", import.meta.url);
const committed = new URL("./schema.ts", import.meta.url);

it("schema.ts is current (npm run schema -w admin)", async () => {
  expect(existsSync(document)).toBe(true);
  const made = astToString(await openapiTS(document));
  // The command puts a note on top that the library does not.
  const body = readFileSync(committed, "utf8").replace(/^\/\*\*[\s\S]*?\*\/\s*/, "");
  expect(body.trim() === made.trim(), "run: npm run schema -w admin").toBe(true);
});
