/** Names of rich menus by LINE's id, whichever account has them. */
import { useQueries } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useAccounts } from "../app/choice.ts";
import { menusQuery } from "./api.ts";
import { type Known, lookUp } from "./known.ts";

/** LINE is asked as soon as a name is wanted, not before. */
export function useMenuName(): (id: string) => Known {
  const { channels } = useAccounts();
  const [wanted, want] = useState(false);
  const missed = useRef(false);
  const lists = useQueries({
    queries: channels.map(({ id }) => ({ ...menusQuery(id), enabled: wanted })),
  });
  useEffect(() => {
    if (missed.current && !wanted) want(true);
  });
  return (id) => {
    missed.current = true;
    return lookUp(
      id,
      lists.map((list, n) => ({ account: channels[n]?.id ?? "", items: list.data?.items })),
    );
  };
}
