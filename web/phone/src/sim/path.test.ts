import { describe, expect, it } from "vitest";
import { pathOf } from "./path.ts";

const say = () => ({ type: "message", label: "はい", text: "はい" });

describe("the place of an action", () => {
  const actions = [say(), say()];
  const message = {
    type: "flex",
    contents: {
      type: "carousel",
      contents: [{ body: { contents: [{ type: "text" }, { type: "button", action: say() }] } }],
    },
    template: { actions },
    actions: [say()],
    quickReply: { items: [{ action: say() }] },
  };

  it.each([
    [message.template.actions[1], "template.actions[1]"],
    [message.actions[0], "actions[0]"],
    [message.quickReply.items[0]?.action, "quickReply.items[0].action"],
    [
      message.contents.contents[0]?.body.contents[1]?.action,
      "contents.contents[0].body.contents[1].action",
    ],
  ])("%#: is found by identity", (action, path) => {
    expect(pathOf(message, action as object)).toBe(path);
  });

  it("is nowhere for an equal object of another message", () => {
    expect(pathOf(message, say())).toBeUndefined();
    expect(pathOf(undefined, say())).toBeUndefined();
  });
});
