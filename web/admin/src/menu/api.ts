/** Rich menus: LINE keeps them, and is asked each time. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../api/client.ts";

/** LINE is asked only where a menu is named; what it said stays for a while. */
export const menusQuery = (channel: string) =>
  queryOptions({
    queryKey: ["rich_menu", "list", channel],
    queryFn: () => ask(api.GET("/channels/{id}/rich-menus", { params: { path: { id: channel } } })),
    staleTime: 5 * 60_000,
    retry: false,
  });
