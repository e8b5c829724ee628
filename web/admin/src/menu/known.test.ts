import { describe, expect, it } from "vitest";
import { lookUp } from "./known.ts";

const menu = (rich_menu_id: string, name: string) => ({
  rich_menu_id,
  name,
  chat_bar_text: "バー",
});

describe("where a rich menu is", () => {
  it("is found at whichever account has it, by its name or by its bar", () => {
    const lists = [
      { account: "a", items: [menu("m1", "夏")] },
      { account: "b", items: [menu("m2", " ")] },
    ];
    expect(lookUp("m1", lists)).toEqual({ is: "there", name: "夏", account: "a" });
    expect(lookUp("m2", lists)).toEqual({ is: "there", name: "バー", account: "b" });
    expect(lookUp("m3", lists)).toEqual({ is: "gone" });
  });

  it("is not called gone as long as an account has not told its menus", () => {
    const lists = [
      { account: "a", items: [menu("m1", "夏")] },
      { account: "b", items: undefined },
    ];
    expect(lookUp("m1", lists).is).toBe("there");
    expect(lookUp("m3", lists).is).toBe("unread");
  });
});
