import type { RichMenu } from "../api/types.ts";

export type Known =
  /** LINE was not asked, or did not answer. */
  { is: "unread" } | { is: "gone" } | { is: "there"; name: string; account: string };

interface List {
  account: string;
  /** What LINE told, if it did. */
  items: Pick<RichMenu, "rich_menu_id" | "name" | "chat_bar_text">[] | undefined;
}

/** What staff call it: a menu without a name goes by the words on its bar. */
export const nameOf = (menu: Pick<RichMenu, "name" | "chat_bar_text">): string =>
  menu.name.trim() || menu.chat_bar_text;

/** Where a menu is; it is gone only when every account has told its menus. */
export function lookUp(id: string, lists: readonly List[]): Known {
  for (const { account, items } of lists) {
    const menu = items?.find((one) => one.rich_menu_id === id);
    if (menu) return { is: "there", name: nameOf(menu), account };
  }
  return lists.every(({ items }) => items) ? { is: "gone" } : { is: "unread" };
}
