import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { type Fetch, Sim } from "../sim/client.ts";
import type { Clock } from "../sim/types.ts";
import { ClockBar } from "./ClockBar.tsx";
import { DAY } from "./time.ts";

/** 22 November 2026 14:05 in Tokyo. */
const NOW = Date.UTC(2026, 10, 22, 5, 5);

function bar(clock: Partial<Clock>, answer: { status: number; body: unknown }) {
  const asked: unknown[] = [];
  const fetch: Fetch = async (_, init) => {
    asked.push(JSON.parse(String(init?.body)));
    return new Response(JSON.stringify(answer.body), { status: answer.status });
  };
  const onClock = vi.fn();
  const onFailure = vi.fn();
  render(
    <ClockBar
      sim={new Sim(fetch)}
      report={{ clock: { now_ms: NOW, flowing: false, target_ms: null, ...clock }, heard: 0 }}
      locale="ja"
      onClock={onClock}
      onFailure={onFailure}
    />,
  );
  return { asked, onClock, onFailure };
}

describe("the clock bar", () => {
  it("shows the simulator's time and moves it on", async () => {
    const then = { now_ms: NOW + DAY, flowing: false, target_ms: null };
    const { asked, onClock } = bar({}, { status: 200, body: then });
    expect(screen.getByText("2026年11月22日(日)")).toBeInTheDocument();
    expect(screen.getByText("14:05")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "+1日" }));
    expect(asked).toEqual([{ advance_ms: DAY }]);
    expect(onClock).toHaveBeenCalledExactlyOnceWith(then);
  });

  it("shows the way of an advance, whoever began it, and lets nobody begin another", () => {
    bar({ target_ms: NOW + DAY }, { status: 200, body: {} });
    expect(screen.getByRole("status")).toHaveTextContent(
      "2026年11月23日(月) 14:05 まで進めています",
    );
    expect(screen.getByRole("progressbar")).toHaveAttribute("value", "0");
    expect(screen.getByRole("button", { name: "+1時間" })).toBeDisabled();
  });

  it("offers no way back to now", () => {
    bar({ now_ms: Date.now() + DAY }, { status: 200, body: {} });
    expect(screen.getByRole("button", { name: "いまへ" })).toBeDisabled();
  });

  it("says why it could not", async () => {
    const { onFailure } = bar({}, { status: 409, body: { error: "another advance runs" } });
    await userEvent.click(screen.getByRole("button", { name: "+1時間" }));
    expect(onFailure).toHaveBeenCalledExactlyOnceWith("another advance runs");
  });
});
