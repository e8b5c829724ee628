import { describe, expect, it } from "vitest";
import type { FlexBox, FlexComponent } from "../flex-types.ts";
import {
  angle,
  border,
  color,
  extent,
  imageWidth,
  length,
  letters,
  offset,
  ratio,
  space,
} from "./measure.ts";
import { shrunk } from "./shrink.ts";
import {
  boxStyle,
  buttonStyle,
  gradient,
  gravity,
  itemStyle,
  lettering,
  lettersHeight,
  paragraph,
  share,
  spaceBefore,
} from "./style.ts";

const box = (more: Partial<FlexBox> = {}): FlexBox => ({
  type: "box",
  layout: "vertical",
  contents: [],
  ...more,
});
const text = (more: object = {}): FlexComponent => ({ type: "text", text: "x", ...more });

describe("measures", () => {
  it("grow with their keywords", () => {
    const spaces = ["none", "xs", "sm", "md", "lg", "xl", "xxl"].map((word) => space(word) ?? -1);
    expect(spaces).toEqual([...spaces].sort((a, b) => a - b));
    expect(new Set(spaces).size).toBe(spaces.length);
    const sizes = ["xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl"].map(letters);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    const borders = ["none", "light", "normal", "medium", "semi-bold", "bold"].map(border);
    expect(borders).toEqual([0, 0.5, 1, 2, 3, 4]);
  });

  it.each([
    [length("23.5px"), "23.5px"],
    [length("10%"), "10%"],
    [length("md"), "8px"],
    [length("1em"), undefined],
    [length("10px;color:red"), undefined],
    [offset("-10px"), "-10px"],
    [offset("-5.5%"), "-5.5%"],
    [offset("xl"), "16px"],
    [extent("md"), undefined],
    [extent("40px"), "40px"],
    [imageWidth(undefined), "100px"],
    [imageWidth("full"), "100%"],
    [imageWidth("constructor"), "100px"],
    [letters("25px"), 25],
    [letters("wide"), 16],
    [ratio("20:13"), 20 / 13],
    [ratio("0:3"), 1],
    [ratio("a:b"), 1],
    [color("#FF0000"), "#FF0000"],
    [color("#FF000080"), "#FF000080"],
    [color("red"), undefined],
    [color("url(x)"), undefined],
    [angle("23.5deg"), "23.5deg"],
    [angle("360deg"), "0deg"],
  ])("%o is %o", (got, expected) => expect(got).toEqual(expected));
});

describe("share of the box", () => {
  it.each([
    ["a text, horizontal", text(), "horizontal", "1 0 0"],
    ["flex 3, horizontal", text({ flex: 3 }), "horizontal", "3 0 0"],
    ["flex 0, horizontal", text({ flex: 0 }), "horizontal", "0 0 auto"],
    ["a text, baseline", text(), "baseline", "1 0 0"],
    ["an icon, baseline", { type: "icon", url: "x" }, "baseline", "0 0 auto"],
    ["a separator", { type: "separator" }, "horizontal", "0 0 auto"],
    ["a text, vertical", text(), "vertical", "0 0 auto"],
    ["flex 2, vertical", text({ flex: 2 }), "vertical", "2 0 auto"],
    ["a filler, vertical", { type: "filler" }, "vertical", "1 0 auto"],
    ["given width, horizontal", box({ width: "40px", flex: 2 }), "horizontal", "0 0 auto"],
    ["given width, vertical", box({ width: "40px", flex: 2 }), "vertical", "2 0 auto"],
    ["given height, vertical", box({ height: "40px", flex: 2 }), "vertical", "0 0 auto"],
    ["a negative flex", text({ flex: -1 }), "horizontal", "0 0 auto"],
  ] as [string, FlexComponent, FlexBox["layout"], string][])(
    "%s",
    (_, component, layout, expected) => expect(share(component, layout)).toBe(expected),
  );
});

describe("space before a component", () => {
  const parent = { layout: "horizontal", spacing: "md" } as const;
  it("is the box's spacing, but not before the first", () => {
    expect(spaceBefore(text(), parent, false)).toBe(8);
    expect(spaceBefore(text(), parent, true)).toBe(0);
  });
  it("is the component's margin where it has one, even before the first", () => {
    expect(spaceBefore(text({ margin: "xl" }), parent, true)).toBe(16);
    expect(spaceBefore(text({ margin: "none" }), parent, false)).toBe(0);
  });
  it("ignores spacing for fillers", () => {
    expect(spaceBefore({ type: "filler" }, parent, false)).toBe(0);
  });
  it("lies across or down with the box", () => {
    expect(itemStyle(text(), parent, false)).toEqual({ flex: "1 0 0", marginInlineStart: 8 });
    expect(itemStyle(text(), { ...parent, layout: "vertical" }, false)).toEqual({
      flex: "0 0 auto",
      marginTop: 8,
    });
  });
});

describe("position", () => {
  const parent = { layout: "vertical", spacing: "md" } as const;
  it("absolute takes no part in the sharing", () => {
    expect(
      itemStyle(box({ position: "absolute", offsetEnd: "sm", offsetTop: "50%" }), parent, false),
    ).toEqual({
      position: "absolute",
      insetInlineEnd: "4px",
      top: "50%",
    });
  });
  it("relative keeps its place and is shifted", () => {
    expect(itemStyle(box({ offsetStart: "20px" }), parent, true)).toEqual({
      flex: "0 0 auto",
      position: "relative",
      insetInlineStart: "20px",
    });
  });
});

describe("box", () => {
  it("lets one side's padding win over paddingAll", () => {
    const style = boxStyle(box({ paddingAll: "xl", paddingTop: "4px", paddingStart: "10%" }));
    expect(style.paddingTop).toBe("4px");
    expect(style.paddingInlineStart).toBe("10%");
    expect(style.paddingBottom).toBe("16px");
  });
  it("aligns a baseline box by its baseline", () => {
    expect(boxStyle(box({ layout: "baseline", alignItems: "center" })).alignItems).toBe("baseline");
    expect(boxStyle(box({ layout: "horizontal", alignItems: "center" })).alignItems).toBe("center");
  });
  it("draws a border only with a width", () => {
    expect(boxStyle(box({ borderColor: "#FF0000" })).border).toBeUndefined();
    expect(boxStyle(box({ borderWidth: "bold" })).border).toBe("4px solid #000000");
  });
  it("builds gradients from checked parts", () => {
    const base = {
      type: "linearGradient",
      angle: "90deg",
      startColor: "#000000",
      endColor: "#FFFFFF",
    } as const;
    expect(gradient(base)).toBe("linear-gradient(90deg, #000000, #FFFFFF)");
    expect(gradient({ ...base, centerColor: "#FF0000" })).toBe(
      "linear-gradient(90deg, #000000, #FF0000 50%, #FFFFFF)",
    );
    expect(gradient({ ...base, centerColor: "#FF0000", centerPosition: "10%" })).toContain("10%");
    expect(gradient({ ...base, startColor: "red" })).toBeUndefined();
  });
});

describe("letters", () => {
  it("scale only where the component asks for it", () => {
    expect(lettersHeight({ size: "md" }, 1.5)).toBe(16);
    expect(lettersHeight({ size: "md", scaling: true }, 1.5)).toBe(24);
  });
  it("limit lines only when they wrap", () => {
    const base = { type: "text", text: "x", maxLines: 2 } as const;
    expect(paragraph(base, 16).WebkitLineClamp).toBeUndefined();
    expect(paragraph({ ...base, wrap: true }, 16).WebkitLineClamp).toBe(2);
    expect(paragraph({ ...base, wrap: true, maxLines: 0 }, 16).WebkitLineClamp).toBeUndefined();
  });
  it("put line spacing between the lines only", () => {
    const style = paragraph({ type: "text", text: "x", wrap: true, lineSpacing: "10px" }, 16);
    expect(style.lineHeight).toBe("calc(1.4em + 10px)");
    expect(style.marginBlock).toBe(-5);
  });
  it("take style words one by one", () => {
    expect(lettering({ weight: "bold", style: "italic", decoration: "underline" })).toEqual({
      fontWeight: 700,
      fontStyle: "italic",
      textDecoration: "underline",
    });
    expect(lettering({ decoration: "none" })).toEqual({ textDecoration: "none" });
    expect(lettering({ weight: "heavy", decoration: "blink" })).toEqual({});
  });
  it("shrink in proportion, but not away", () => {
    expect(shrunk(16, 100, 80)).toBe(16);
    expect(shrunk(16, 100, 200)).toBe(8);
    expect(shrunk(16, 100, 400)).toBe(8);
    expect(shrunk(20, 150, 200)).toBe(15);
    expect(shrunk(16, 0, 200)).toBe(16);
  });
});

it("ignores gravity in baseline boxes", () => {
  expect(gravity("bottom", { layout: "baseline", spacing: undefined })).toEqual({});
  expect(gravity("bottom", { layout: "vertical", spacing: undefined })).toEqual({
    justifyContent: "flex-end",
  });
});

it("gives a button's colour to ground or letters, by style", () => {
  const action = { type: "message", label: "x", text: "x" } as const;
  const button = { type: "button", action, color: "#123456" } as const;
  expect(buttonStyle({ ...button, style: "primary" }).backgroundColor).toBe("#123456");
  expect(buttonStyle({ ...button, style: "secondary", height: "sm" })).toMatchObject({
    backgroundColor: "#123456",
    height: 40,
  });
  expect(buttonStyle(button)).toEqual({ height: 52, color: "#123456" });
});
