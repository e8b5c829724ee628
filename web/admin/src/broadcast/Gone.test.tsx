import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { Problem } from "../api/problem.ts";
import type { Broadcast } from "../api/types.ts";
import { queryClient } from "../app/query.ts";
import { useIntent } from "../ui/draft.ts";
import { useFate } from "./Gone.tsx";

const server = vi.hoisted(() => ({ state: "draft" as Broadcast["state"] | "none" }));
vi.mock("./api.ts", () => ({
  broadcastQuery: (id: string) => ({
    queryKey: ["broadcast", "one", id],
    queryFn: async () => {
      if (server.state === "none") throw new Problem({ code: "not_found", status: 404 });
      return { state: server.state };
    },
  }),
}));
vi.mock("./useStore.ts", () => ({ storeDraft: vi.fn() }));

const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
);

beforeEach(() => {
  localStorage.clear();
  queryClient.clear();
  server.state = "draft";
});

const opened = async () => {
  const { result } = renderHook(() => useFate("b1"), { wrapper });
  await waitFor(() => expect(queryClient.isFetching()).toBe(0));
  const becomes = (state: typeof server.state) =>
    act(async () => {
      server.state = state;
      await queryClient.invalidateQueries();
    });
  return { result, becomes };
};

it("says that a colleague has sent or deleted what somebody has open", async () => {
  const one = await opened();
  expect(one.result.current).toBe("draft");
  await one.becomes("sending");
  await waitFor(() => expect(one.result.current).toBe("sent"));
  await one.becomes("none");
  await waitFor(() => expect(one.result.current).toBe("deleted"));
});

it("says nothing of what one sends oneself, or of what had gone before", async () => {
  const own = await opened();
  renderHook(() => useIntent("send.b1")).result.current.keyFor("seen");
  await own.becomes("sending");
  await waitFor(() => expect(own.result.current).toBe("opened"));
  const other = await opened();
  expect(other.result.current).toBe("opened");
});
