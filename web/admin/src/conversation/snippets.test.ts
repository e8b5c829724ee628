import { expect, it } from "vitest";
import { offer, used } from "./snippets.ts";

it("remembers the last five, each once", () => {
  expect(used([], "a")).toEqual(["a"]);
  expect(used(["a", "b", "c", "d", "e"], "f")).toEqual(["f", "a", "b", "c", "d"]);
  expect(used(["a", "b", "c"], "c")).toEqual(["c", "a", "b"]);
});

it("puts those used lately first, unless they were put away", () => {
  const [a, b, c] = [{ id: "a" }, { id: "b" }, { id: "c", archived_at: 1 }];
  expect(offer([b, c], [a, b])).toEqual({ shown: [b, a], recent: 1 });
});
