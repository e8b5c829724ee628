import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it, vi } from "vitest";
import { useAct } from "./act.ts";

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
