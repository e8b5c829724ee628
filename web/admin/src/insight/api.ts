/** Figures by the day, the calendar and the months. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../api/client.ts";

const of = (channel_id: string | undefined) => (channel_id ? { channel_id } : {});

export const dashboardQuery = (days: number, channel: string | undefined) =>
  queryOptions({
    queryKey: ["insight", "list", "dashboard", days, channel ?? "all"],
    queryFn: () =>
      ask(api.GET("/insight/dashboard", { params: { query: { days, ...of(channel) } } })),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    refetchInterval: 30_000,
  });

export const calendarQuery = (from: string, to: string, channel: string | undefined) =>
  queryOptions({
    queryKey: ["insight", "list", "calendar", from, to, channel ?? "all"],
    queryFn: () =>
      ask(api.GET("/insight/calendar", { params: { query: { from, to, ...of(channel) } } })),
    placeholderData: keepPreviousData,
  });

export const reportsQuery = queryOptions({
  queryKey: ["report", "list"],
  queryFn: () => ask(api.GET("/reports")),
});

const at = (month: string) => ({ params: { path: { month } } });

export const reportQuery = (month: string) =>
  queryOptions({
    queryKey: ["report", "one", month],
    queryFn: () => ask(api.GET("/reports/{month}", at(month))),
  });

export const comment = (month: string, text: string) =>
  ask(api.PUT("/reports/{month}/comment", { ...at(month), body: { comment: text } }));
