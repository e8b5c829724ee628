import { expect, it } from "vitest";
import { csvField, csvOf } from "./audit.ts";

it("neutralises formulas and quotes what needs it", () => {
  expect(csvField("=1+1")).toBe("'=1+1");
  expect(csvField("-5")).toBe("'-5");
  expect(csvField('a "b", c')).toBe('"a ""b"", c"');
  expect(csvField("常連")).toBe("常連");
  expect(
    csvOf([
      ["a", "b"],
      ["1", "2"],
    ]),
  ).toBe("\uFEFFa,b\r\n1,2\r\n");
});
