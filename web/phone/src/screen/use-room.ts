/** A room's data, kept current by the live events. */
import { useCallback, useEffect, useState } from "react";
import { type Fetched, useFetched } from "../fetched.ts";
import { PAGE, type Sim } from "../sim/client.ts";
import type { Heard, Live } from "../sim/live.ts";
import type { RichMenuView, Room, RoomKey, User } from "../sim/types.ts";

/** Whether an event says that this room looks different now. */
export function touches(heard: Heard, key: RoomKey): boolean {
  switch (heard.name) {
    case "open":
    case "reset":
    case "friendship":
      return true;
    case "room":
      return "group_id" in key
        ? heard.data.group_id === key.group_id
        : heard.data.channel_id === key.channel_id && !heard.data.group_id;
    case "loading":
      return "channel_id" in key && heard.data.channel_id === key.channel_id;
    default:
      return false;
  }
}

export interface RoomState extends Fetched<Room | undefined> {
  /** Fetches older items too; missing when there are none. */
  showOlder: (() => void) | undefined;
}

export function useRoom(sim: Sim, live: Live, user: User, key: RoomKey): RoomState {
  const [limit, setLimit] = useState(PAGE);
  const fetched = useFetched(
    useCallback(() => sim.room(user.n, key, limit), [sim, user.n, key, limit]),
  );
  const { data, reload } = fetched;
  useEffect(
    () =>
      live.listen((heard) => {
        if (touches(heard, key)) reload();
      }),
    [live, key, reload],
  );

  // What stands on the screen is read.
  const last = data?.messages.at(-1)?.seq;
  useEffect(() => {
    // The talk list shows the count again should this be lost.
    if (last !== undefined) sim.read(user.n, key).catch(() => undefined);
  }, [sim, user.n, key, last]);

  const full = (data?.messages.length ?? 0) >= limit;
  return { ...fetched, showOlder: full ? () => setLimit(limit + PAGE) : undefined };
}

const NO_MENU: RichMenuView = { rich_menu: null, image_url: null, source: null };

export function useRichMenu(sim: Sim, live: Live, user: User, key: RoomKey): Fetched<RichMenuView> {
  const fetched = useFetched(
    useCallback(
      () => ("channel_id" in key ? sim.richMenu(user.n, key.channel_id) : Promise.resolve(NO_MENU)),
      [sim, user.n, key],
    ),
  );
  const { reload } = fetched;
  useEffect(
    () =>
      live.listen((heard) => {
        const mine =
          heard.name === "richmenu" &&
          "channel_id" in key &&
          heard.data.channel_id === key.channel_id &&
          (heard.data.n === null || heard.data.n === user.n);
        if (
          mine ||
          heard.name === "open" ||
          heard.name === "reset" ||
          heard.name === "friendship"
        ) {
          reload();
        }
      }),
    [live, key, user.n, reload],
  );
  return fetched;
}

/** Names and pictures of a group's other members, looked up once each. */
export function useMembers(sim: Sim, ids: string[]): ReadonlyMap<string, User> {
  const [members, setMembers] = useState<ReadonlyMap<string, User>>(new Map());
  const missing = ids.filter((id) => !members.has(id)).join(" ");
  useEffect(() => {
    if (!missing) return;
    let current = true;
    void Promise.allSettled(
      missing.split(" ").map((id) => sim.user(id).then((user) => [id, user] as const)),
    ).then((answers) => {
      if (!current) return;
      const found = answers.flatMap((a) => (a.status === "fulfilled" ? [a.value] : []));
      setMembers((before) => new Map([...before, ...found]));
    });
    return () => {
      current = false;
    };
  }, [sim, missing]);
  return members;
}
