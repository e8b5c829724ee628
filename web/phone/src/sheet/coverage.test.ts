/** The sheet shows every message type, action, flex component, property and keyword that LINE has. */
import { describe, expect, it } from "vitest";
import { layoutSpecimens } from "./flex-layout.ts";
import { partSpecimens } from "./flex-parts.ts";
import { messageSpecimens } from "./messages.ts";
import { templateSpecimens } from "./templates.ts";

const specimens = [...messageSpecimens, ...templateSpecimens, ...layoutSpecimens, ...partSpecimens];
const messages = specimens.flatMap((s) => s.items.map((item) => item.message));

/** Every `type` and every `type.property` with its values, wherever it stands. */
const seen = new Map<string, Set<unknown>>();

function walk(value: unknown, owner: string) {
  if (Array.isArray(value)) {
    for (const part of value) walk(part, owner);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const type = "type" in value ? String(value.type) : owner;
  for (const [key, part] of Object.entries(value)) {
    const name = `${type}.${key}`;
    seen.set(name, (seen.get(name) ?? new Set()).add(part));
    walk(part, `${type}.${key}`);
  }
}

walk(messages, "");

const has = (name: string) => expect([...seen.keys()]).toContain(name);

describe("the sheet shows", () => {
  it.each(
    "text textV2 sticker image video audio file location coupon imagemap template flex".split(" "),
  )("message %s", (type) => expect(messages.some((m) => m?.type === type)).toBe(true));

  it.each("buttons confirm carousel image_carousel".split(" "))("template %s", (type) =>
    expect([...(seen.get(`${type}.type`) ?? [])]).toContain(type),
  );

  it.each("postback message uri datetimepicker clipboard camera cameraRoll location".split(" "))(
    "action %s",
    (type) => has(`${type}.label`),
  );

  it.each(
    Object.entries({
      bubble: "size direction header hero body footer styles action",
      carousel: "contents",
      box: "layout contents flex spacing margin width maxWidth height maxHeight paddingAll paddingTop paddingBottom paddingStart paddingEnd position offsetTop offsetBottom offsetStart offsetEnd backgroundColor borderColor borderWidth cornerRadius justifyContent alignItems background",
      linearGradient: "angle startColor endColor centerColor centerPosition",
      button: "action height style color gravity adjustMode scaling",
      image: "url size aspectRatio aspectMode align gravity backgroundColor action animated",
      video: "url previewUrl altContent aspectRatio action",
      icon: "url size aspectRatio margin scaling position offsetTop",
      text: "text contents size align gravity color weight style decoration wrap lineSpacing maxLines adjustMode scaling flex margin action offsetEnd offsetBottom",
      span: "text size color weight style decoration",
      separator: "margin color",
      filler: "flex",
    }).flatMap(([type, properties]) => properties.split(" ").map((p) => `${type}.${p}`)),
  )("%s", has);

  it.each([
    ["bubble.size", "nano micro deca hecto kilo mega giga"],
    ["box.layout", "horizontal vertical baseline"],
    ["box.spacing", "none xs sm md lg xl xxl"],
    ["box.paddingAll", "none xs sm md lg xl xxl"],
    ["box.cornerRadius", "none xs sm md lg xl xxl"],
    ["box.borderWidth", "none light normal medium semi-bold bold"],
    ["box.justifyContent", "flex-start center flex-end space-between space-around space-evenly"],
    ["box.alignItems", "flex-start center flex-end"],
    ["box.position", "absolute"],
    ["text.size", "xxs xs sm md lg xl xxl 3xl 4xl 5xl"],
    ["text.align", "start center end"],
    ["text.gravity", "top center bottom"],
    ["text.decoration", "none underline line-through"],
    ["image.size", "xxs xs sm md lg xl xxl 3xl 4xl 5xl full"],
    ["image.aspectMode", "cover fit"],
    ["button.style", "primary secondary link"],
    ["button.gravity", "top center bottom"],
  ])("every value of %s", (name, values) => {
    const found = [...(seen.get(name) ?? [])];
    expect(values.split(" ").filter((value) => !found.includes(value))).toEqual([]);
  });
});
