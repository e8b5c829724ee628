import type { Action } from "../api/types.ts";

/** The order of the menu: what a shop needs most stands first. */
export const ACTIONS = [
  "message",
  "tag_add",
  "tag_remove",
  "attribute",
  "journey_start",
  "journey_stop",
  "mark",
  "notify",
  "rich_menu",
  "webhook",
] as const satisfies Action["action"][];

/** A new action; what must be chosen is still open. */
export function newAction(kind: Action["action"]): Action {
  switch (kind) {
    case "message":
      return { action: kind, template: "" };
    case "tag_add":
    case "tag_remove":
      return { action: kind, tag: "" };
    case "attribute":
      return { action: kind, key: "", value: null };
    case "journey_start":
    case "journey_stop":
      return { action: kind, journey: "" };
    case "rich_menu":
      return { action: kind, rich_menu_id: "" };
    case "mark":
      return { action: kind, mark: "" };
    case "notify":
      return { action: kind, text: "" };
    case "webhook":
      return { action: kind, url: "" };
  }
}

/** Whether what must be chosen is chosen. */
export function chosen(action: Action): boolean {
  switch (action.action) {
    case "message":
      return action.template !== "";
    case "tag_add":
    case "tag_remove":
      return action.tag !== "";
    case "attribute":
      return action.key !== "";
    case "journey_start":
    case "journey_stop":
      return action.journey !== "";
    case "webhook":
      return action.url !== "";
    case "notify":
      return action.text !== "";
    case "rich_menu":
      return action.rich_menu_id !== "";
    default:
      return true;
  }
}
