import { describe, expect, it } from "vitest";
import { type Fetch, Sim, SimError } from "./client.ts";

/** Answers every call with the given JSON and keeps what was asked. */
function fake(answer: unknown, status = 200) {
  const asked: { url: string; body: unknown }[] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push({ url, body: init?.body ? JSON.parse(String(init.body)) : undefined });
    return new Response(JSON.stringify(answer), { status });
  };
  return { sim: new Sim(fetch), asked };
}

describe("the simulator's API", () => {
  it("is asked for rooms of accounts and of groups", async () => {
    const { sim, asked } = fake({ rooms: [] });
    expect(await sim.room(3, { channel_id: "1" }, 60)).toBeUndefined();
    await sim.room(3, { group_id: "C9" }, 60);
    expect(asked.map(({ url }) => url)).toEqual([
      "/__sim/rooms/3?channel_id=1&limit=60",
      "/__sim/rooms/C9?limit=60",
    ]);
  });

  it("is told what was said, quoted and tapped", async () => {
    const { sim, asked } = fake({ do: { type: "none" } });
    await sim.say(3, { channel_id: "1" }, { text: "やあ" }, "77");
    await sim.tap(3, { channel_id: "1" }, { rich_menu: { area: 2 } }, { date: "2026-12-24" });
    expect(asked.map(({ body }) => body)).toEqual([
      { user: 3, channel_id: "1", text: "やあ", quoted_message_id: "77" },
      { user: 3, channel_id: "1", rich_menu: { area: 2 }, params: { date: "2026-12-24" } },
    ]);
  });

  it("searches with escaped words", async () => {
    const { sim, asked } = fake({ users: [] });
    await sim.users("a&b=田中", "40");
    expect(new URL(asked[0]?.url ?? "", "http://x").searchParams.get("q")).toBe("a&b=田中");
    expect(asked[0]?.url).toContain("cursor=40");
  });

  it("says why it refused", async () => {
    const { sim } = fake({ error: "no such user" }, 404);
    await expect(sim.phone(9)).rejects.toMatchObject({
      constructor: SimError,
      status: 404,
      message: "no such user",
    });
  });
});
