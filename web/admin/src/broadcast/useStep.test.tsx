import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { act, cleanup, render, waitFor } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";
import type { Step } from "./steps.ts";
import { useStep } from "./useStep.ts";

const now = { id: null as string | null, most: 3 };
let step: ReturnType<typeof useStep>;
let store: () => Promise<void>;

function Page() {
  const [stored, setStored] = useState(false);
  step = useStep(now.id, (wanted) => Math.min(wanted, stored ? 3 : now.most));
  store = async () => {
    await Promise.resolve();
    setStored(true);
    await step.go(3);
  };
  return null;
}

/** The page at `address`, with a draft that is complete and stored up to the step `most`. */
async function page(address: string, id: string | null, most = 3) {
  Object.assign(now, { id, most });
  const root = createRootRoute();
  const shell = createRoute({ getParentRoute: () => root, id: "shell" });
  const compose = createRoute({
    getParentRoute: () => shell,
    path: "/broadcasts/new",
    validateSearch: (search): { draft?: string; step?: Step } => search,
    component: Page,
  });
  const list = createRoute({ getParentRoute: () => shell, path: "/broadcasts" });
  const history = createMemoryHistory({ initialEntries: ["/broadcasts", address] });
  const router = createRouter({
    routeTree: root.addChildren([shell.addChildren([compose, list])]),
    history,
  });
  // biome-ignore lint/suspicious/noExplicitAny: not the router of the app, whose type is registered
  render(<RouterProvider router={router as any} />);
  await waitFor(() => expect(router.state.location.search).toHaveProperty("step"));
  return {
    at: () => step.at,
    search: () => router.state.location.search as { draft?: string; step?: Step },
    path: () => router.state.location.pathname,
    go: (...to: Parameters<typeof step.go>) => act(async () => void (await step.go(...to))),
    back: () => act(async () => history.back()),
  };
}

it("goes one step back with the browser, then to where one came from", async () => {
  const { at, search, go, back, path } = await page("/broadcasts/new", null);
  expect(search()).toEqual({ step: "target" });
  await go(1);
  await go(2);
  await waitFor(() => expect(at()).toBe(2));
  await back();
  await waitFor(() => expect(at()).toBe(1));
  await back();
  await waitFor(() => expect(at()).toBe(0));
  await back();
  await waitFor(() => expect(path()).toBe("/broadcasts"));
});

it("names the draft once it is stored, also in the steps before", async () => {
  const { search, go, back } = await page("/broadcasts/new", null);
  await go(1);
  now.id = "b1";
  await go(2, { draft: "b1" });
  expect(search()).toEqual({ draft: "b1", step: "time" });
  await back();
  await waitFor(() => expect(search()).toEqual({ draft: "b1", step: "content" }));
});

it("opens a linked step only where what is before it is there", async () => {
  const whole = await page("/broadcasts/new?draft=b1&step=check", "b1");
  expect([whole.at(), whole.search().step]).toEqual([3, "check"]);
  cleanup();
  const half = await page("/broadcasts/new?draft=b1&step=check", "b1", 1);
  await waitFor(() => expect([half.at(), half.search().step]).toEqual([1, "content"]));
  now.most = 3;
  await half.go(3);
  await waitFor(() => expect(half.at()).toBe(3));
});

it("opens 確認 with what was stored a moment before", async () => {
  const { at, search } = await page("/broadcasts/new?draft=b1&step=time", "b1", 2);
  // As a browser runs it: nothing waits for what React has still to draw.
  await store();
  await waitFor(() => expect(at()).toBe(3));
  expect(search().step).toBe("check");
});
