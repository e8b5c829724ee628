import { expect, it } from "vitest";
import { readHash, writeHash } from "./hash.ts";

it.each([
  ["", { users: [0], locale: "ja" }],
  ["#users=3", { users: [3], locale: "ja" }],
  ["#users=0,12,5&lang=en", { users: [0, 12, 5], locale: "en" }],
  ["#users=x,-1,<script>&lang=fr", { users: [0], locale: "ja" }],
] as const)("%s is read and written back", (hash, place) => {
  const read = readHash(hash);
  expect(read).toEqual(place);
  expect(readHash(writeHash(read))).toEqual(place);
});
