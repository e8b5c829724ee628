import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { Problem } from "../api/problem.ts";
import type { Broadcast, BroadcastDraft, Bubble, Template } from "../api/types.ts";
import { queryClient } from "../app/query.ts";
import type { TemplateDraft } from "../template/api.ts";
import { useDraft } from "../ui/draft.ts";
import { planOf } from "./plan.ts";
import { useStore } from "./useStore.ts";

const ZONE = "Asia/Tokyo";
const said = (text: string) => [{ type: "text", text }] as unknown as Bubble[];

/** What stands at the server, and what it refuses. */
const server = vi.hoisted(() => ({ broadcast: {} as Broadcast, template: {} as Template }));
const refuse = (theirs: number, mine?: number | null) => {
  if (mine != null && mine !== theirs) throw new Problem({ code: "edited_meanwhile", status: 412 });
};
const colleague = {
  words: (text: string) => {
    const { template } = server;
    server.template = { ...template, messages: said(text), number: template.number + 1 };
  },
};

vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }));
vi.mock("../session/api.ts", () => ({ useZone: () => "Asia/Tokyo" }));
vi.mock("./api.ts", () => ({
  broadcastQuery: (id: string) => ({
    queryKey: ["broadcast", "one", id],
    queryFn: async () => server.broadcast,
  }),
  create: vi.fn(),
  update: async (_: string, body: BroadcastDraft) => {
    refuse(server.broadcast.revision, body.revision);
    const { audience } = body as Pick<Broadcast, "audience">;
    const { revision } = server.broadcast;
    server.broadcast = { ...server.broadcast, audience, revision: revision + 1 };
    return server.broadcast;
  },
}));
vi.mock("../template/api.ts", () => ({
  templateQuery: (id: string) => ({
    queryKey: ["template", "one", id],
    queryFn: async () => server.template,
  }),
  create: vi.fn(),
  update: async (_: string, { base, messages }: TemplateDraft) => {
    refuse(server.template.number, base);
    const { number } = server.template;
    server.template = { ...server.template, messages, number: number + 1 };
    return server.template;
  },
}));

const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
);

beforeEach(() => {
  localStorage.clear();
  queryClient.clear();
  server.template = {
    id: "t1",
    made_for: "broadcast",
    number: 1,
    messages: said("初め"),
  } as Template;
  server.broadcast = {
    id: "b1",
    state: "draft",
    revision: 1,
    channel_id: "c1",
    template_id: "t1",
    name: "春",
    audience: { to: "all" },
    send_at: 0,
    not_after: 86_400_000,
  } as Broadcast;
});

/** The composer's draft of the one broadcast, opened now. */
function opened() {
  const after = vi.fn();
  const start = planOf(server.broadcast, ZONE, Date.now(), server.template);
  const { result } = renderHook(
    () => {
      const draft = useDraft("broadcast.b1", start);
      return { draft, store: useStore(draft, after) };
    },
    { wrapper },
  );
  const write = (text: string) =>
    act(() => result.current.draft.set((before) => ({ ...before, messages: said(text) })));
  const save = (step = 2) =>
    act(async () => result.current.store.save(result.current.draft.value, step));
  return { result, after, write, save };
}

it("does not write over a typo that a colleague has mended in the words", async () => {
  const { result, after, write, save } = opened();
  colleague.words("直した");
  write("続けた");
  await save();
  await waitFor(() => expect(result.current.store.conflict).toBeDefined());
  expect(server.template.messages).toEqual(said("直した"));
  // Not even half of it is stored.
  expect(server.broadcast.revision).toBe(1);
  expect(after).not.toHaveBeenCalled();
});

it("opens a colleague's words as words that can be written on", async () => {
  const { result, write, save } = opened();
  colleague.words("直した");
  write("続けた");
  await save();
  await waitFor(() => expect(result.current.store.conflict).toBeDefined());
  act(() => void result.current.store.settle("theirs"));
  expect(result.current.draft.value).toMatchObject({
    source: "write",
    messages: said("直した"),
    number: 2,
  });
  expect(result.current.store.conflict).toBeUndefined();
});

it("stores one's own over theirs and goes on where one wanted to", async () => {
  const { result, after, write, save } = opened();
  colleague.words("直した");
  write("続けた");
  await save(2);
  await waitFor(() => expect(result.current.store.conflict).toBeDefined());
  let mine: ReturnType<typeof result.current.store.settle>;
  act(() => {
    mine = result.current.store.settle("mine");
  });
  expect(mine).toMatchObject({ step: 2 });
  await act(async () => mine && result.current.store.save(mine.plan, mine.step));
  await waitFor(() => expect(after).toHaveBeenCalled());
  expect(server.template.messages).toEqual(said("続けた"));
  expect(after.mock.calls[0]?.[1]).toEqual({ step: 2, all: true });
});

it("keeps what is typed while it is saved, and says that it is not stored", async () => {
  const { result, after, write, save } = opened();
  write("途中");
  const saving = save(3);
  write("途中、続き");
  await saving;
  await waitFor(() => expect(after).toHaveBeenCalled());
  expect(after.mock.calls[0]?.[1]).toEqual({ step: 3, all: false });
  expect(result.current.draft).toMatchObject({
    touched: true,
    value: { messages: said("途中、続き"), number: 2 },
  });
  expect(server.template.messages).toEqual(said("途中"));
});
