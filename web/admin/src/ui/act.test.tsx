import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it, vi } from "vitest";
import { api, ask } from "../api/client.ts";
import { useAct } from "./act.ts";

const said = vi.hoisted(() => ({ messages: [] as string[] }));
vi.mock("@mantine/notifications", () => ({
  notifications: { show: ({ message }: { message: string }) => said.messages.push(message) },
}));
vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }));

let listed: () => void = () => undefined;
vi.mock("../app/query.ts", () => ({
  stale: () => new Promise<void>((resolve) => (listed = resolve)),
}));

const client = new QueryClient();
const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={client}>{children}</QueryClientProvider>
);

it("knows afterwards what was typed while the lists were asked anew", async () => {
  const seen: string[] = [];
  const page = renderHook(
    ({ typed }) =>
      useAct(async () => "saved", { stale: ["broadcast"], after: () => seen.push(typed) }),
    { initialProps: { typed: "初め" }, wrapper },
  );
  act(() => page.result.current.mutate());
  await waitFor(() => expect(page.result.current.isPending).toBe(true));
  await act(async () => undefined);
  page.rerender({ typed: "続き" });
  await act(async () => listed());
  expect(seen).toEqual(["続き"]);
});

it("says that it was done before where the server only repeats its answer", async () => {
  const headers = new Headers({ "content-type": "application/json" });
  vi.stubGlobal("fetch", async () => new Response('{"sent":1}', { headers }));
  const page = renderHook(
    () => useAct(() => ask(api.GET("/settings/broadcasts")), { done: "送りました" }),
    {
      wrapper,
    },
  );
  await act(() => page.result.current.mutateAsync());
  headers.set("idempotency-replayed", "true");
  await act(() => page.result.current.mutateAsync());
  expect(said.messages).toEqual(["送りました", "replayed"]);
  vi.unstubAllGlobals();
});
