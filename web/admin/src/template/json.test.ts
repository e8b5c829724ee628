import { expect, it } from "vitest";
import { parseObject } from "./json.ts";

it("reads objects only, and says where it stopped", () => {
  expect(parseObject('{"type":"bubble"}')).toEqual({ value: { type: "bubble" } });
  expect(parseObject("[1]")).toEqual({ line: 1 });
  expect(parseObject("null")).toEqual({ line: 1 });
  expect(parseObject('{\n  "a": 1,\n  "b": oops\n}')).toEqual({ line: 3 });
  expect(parseObject('{\n  "a": 1\n')).toEqual({ line: 3 });
  expect(parseObject('{"a": [1,\n2,\n{"b" 3}]}')).toEqual({ line: 3 });
  expect(parseObject('{"a": {"b": 1]}')).toEqual({ line: 1 });
});
