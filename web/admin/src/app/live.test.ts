import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { gather } from "./live.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("asks once for what changed many times, and for what hangs on it", () => {
  const asked: string[] = [];
  const gathered = gather((kind, id) => asked.push(`${kind} ${id}`));
  gathered.take([{ kind: "message", id: "c1" }]);
  gathered.take([
    { kind: "message", id: "c1" },
    { kind: "tag", id: "t1" },
  ]);
  expect(asked).toEqual([]);
  vi.runAllTimers();
  expect(asked).toEqual(["message c1", "conversation c1", "tag t1"]);
});

it("reaches what hangs on it under another id", () => {
  const asked: string[] = [];
  const gathered = gather((kind, id) => asked.push(`${kind} ${id}`));
  gathered.take([{ kind: "workspace", id: "w1" }]);
  vi.runAllTimers();
  expect(asked).toEqual(["workspace w1", "me undefined", "policy undefined"]);
});

it("lets every broadcast look again at words and people that changed", () => {
  const asked: string[] = [];
  const gathered = gather((kind, id) => asked.push(`${kind} ${id ?? "all"}`));
  gathered.take([{ kind: "template", id: "t1" }]);
  vi.runAllTimers();
  expect(asked).toEqual(["template t1", "broadcast all"]);
});

it("goes on after a pause, and not after it was stopped", () => {
  const asked: string[] = [];
  const gathered = gather((kind) => asked.push(kind));
  gathered.take([{ kind: "tag", id: "1" }]);
  vi.runAllTimers();
  gathered.take([{ kind: "tag", id: "1" }]);
  gathered.stop();
  vi.runAllTimers();
  expect(asked).toEqual(["tag"]);
});
