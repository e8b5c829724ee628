/** Runs what was tapped: asks the simulator and does on the phone what it answers. */
import type { Action, ActionContext, OnAction } from "@enishi/line-ui";
import { useState } from "react";
import type { Sim } from "../sim/client.ts";
import { pathOf } from "../sim/path.ts";
import type { Do, Params, Room, RoomKey, TapTarget, User } from "../sim/types.ts";

/** What a tap may do to the phone. */
export interface Effects {
  open: (url: string) => void;
  fill: (text: string) => void;
  keyboard: () => void;
  voice: () => void;
  chooseFile: () => void;
  choosePlace: () => void;
  openMenu: (open: boolean) => void;
  reloadMenu: () => void;
  copy: (text: string) => void;
  fail: (error: Error) => void;
}

/** After these the quick replies stay, so that the customer can think again. Source: LINE, "Quick replies". */
const KEEP_QUICK_REPLIES = new Set<Action["type"]>([
  "camera",
  "cameraRoll",
  "location",
  "datetimepicker",
]);

interface Asked {
  asked: Extract<Do, { type: "picker" }>;
  target: TapTarget;
}

export interface Taps {
  onAction: OnAction;
  onArea: (area: number) => void;
  /** A date the phone has to ask for. */
  asked: Asked | undefined;
  answer: (params: Params | undefined) => void;
  /** Messages whose quick replies are used up. */
  used: ReadonlySet<string>;
}

/** Where in the room an action stands. */
export function targetOf(room: Room | undefined, context: ActionContext): TapTarget | undefined {
  const item = room?.messages.find((one) => one.id === context.messageId);
  const path = item?.message && pathOf(item.message, context.origin);
  return item && path !== undefined ? { message_id: item.id, path } : undefined;
}

function perform(what: Do, target: TapTarget, effects: Effects, ask: (asked: Asked) => void) {
  switch (what.type) {
    case "none":
    case "say":
      return;
    case "open":
      return effects.open(what.url);
    case "picker":
      return ask({ asked: what, target });
    case "fill":
      return effects.fill(what.text);
    case "keyboard":
      return effects.keyboard();
    case "voice":
      return effects.voice();
    case "camera":
    case "camera_roll":
      return effects.chooseFile();
    case "location":
      return effects.choosePlace();
    case "rich_menu":
      return effects.openMenu(what.open);
    case "switch":
      return effects.reloadMenu();
    case "copy":
      return effects.copy(what.text);
  }
}

export function useTaps(
  sim: Sim,
  user: User,
  key: RoomKey,
  room: Room | undefined,
  effects: Effects,
): Taps {
  const [asked, setAsked] = useState<Asked>();
  const [used, setUsed] = useState<ReadonlySet<string>>(new Set());

  const tap = async (target: TapTarget, params?: Params) => {
    try {
      const answer = await sim.tap(user.n, key, target, params);
      for (const what of [answer.do, ...(answer.also ?? [])]) {
        perform(what, target, effects, setAsked);
      }
    } catch (error) {
      effects.fail(error as Error);
    }
  };

  const onAction = (action: Action, context: ActionContext) => {
    if (context.source === "link" && action.type === "uri") return effects.open(action.uri);
    const target = targetOf(room, context);
    if (!target) return;
    const { messageId } = context;
    if (context.source === "quickReply" && messageId && !KEEP_QUICK_REPLIES.has(action.type)) {
      setUsed(new Set([...used, messageId]));
    }
    void tap(target);
  };

  return {
    onAction,
    onArea: (area) => void tap({ rich_menu: { area } }),
    asked,
    answer: (params) => {
      setAsked(undefined);
      if (asked && params) void tap(asked.target, params);
    },
    used,
  };
}
