/** Coupons: LINE keeps them, and is asked each time. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask, once } from "../api/client.ts";
import type { NewCoupon } from "../api/types.ts";

/** LINE is asked only by who looks at coupons; what it said stays for a while. */
export const couponsQuery = (channel: string) =>
  queryOptions({
    queryKey: ["coupon", "list", channel],
    queryFn: () => ask(api.GET("/channels/{id}/coupons", { params: { path: { id: channel } } })),
    staleTime: 5 * 60_000,
    retry: false,
  });

export const createCoupon = (channel: string, key: string, body: NewCoupon) =>
  ask(
    api.POST("/channels/{id}/coupons", { params: { path: { id: channel } }, ...once(key), body }),
  );
