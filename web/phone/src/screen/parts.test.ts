import { describe, expect, it } from "vitest";
import { faceOf } from "../sim/face.ts";
import type { Room } from "../sim/types.ts";
import { fieldValue, paramsOf } from "./DatePicker.tsx";
import { base64, saidOf } from "./files.ts";
import { touches } from "./use-room.ts";
import { targetOf } from "./use-taps.ts";

describe("files", () => {
  it("are said by what they are", async () => {
    const said = async (type: string) =>
      Object.keys(await saidOf(new File(["x"], "f", { type })))[0];
    expect(await said("image/png")).toBe("image");
    expect(await said("image/heic")).toBe("file");
    expect(await said("video/mp4")).toBe("video");
    expect(await said("audio/mpeg")).toBe("audio");
    expect(await said("application/pdf")).toBe("file");
  });

  it("survive base64 whatever their length", () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, n) => n % 256);
    expect(Buffer.from(base64(bytes), "base64").equals(bytes)).toBe(true);
  });
});

it("dates go to the field and to the account in their own forms", () => {
  expect(fieldValue("2026-12-24t10:00")).toBe("2026-12-24T10:00");
  expect(paramsOf("datetime", "2026-12-24T10:00")).toEqual({ datetime: "2026-12-24T10:00" });
  expect(paramsOf("time", "10:00")).toEqual({ time: "10:00" });
});

describe("live events", () => {
  const account = { channel_id: "1" };
  const group = { group_id: "C1" };
  it.each([
    [{ name: "room", data: { channel_id: "1" } }, true, false],
    [{ name: "room", data: { channel_id: "2" } }, false, false],
    [{ name: "room", data: { channel_id: "1", group_id: "C1" } }, false, true],
    [{ name: "loading", data: { n: 0, channel_id: "1", until_ms: 9 } }, true, false],
    [{ name: "clock", data: { now_ms: 0, flowing: true, target_ms: null } }, false, false],
    [{ name: "open" }, true, true],
  ] as const)("%o", (heard, forAccount, forGroup) => {
    expect(touches(heard as never, account)).toBe(forAccount);
    expect(touches(heard as never, group)).toBe(forGroup);
  });
});

it("a tap is told by message and path", () => {
  const action = { type: "message", label: "はい", text: "はい" } as const;
  const message = { type: "template", template: { actions: [action] } };
  const room = { messages: [{ id: "5", message }] } as unknown as Room;
  const context = { source: "message", messageId: "5", origin: action } as const;
  expect(targetOf(room, context)).toEqual({ message_id: "5", path: "template.actions[0]" });
  expect(targetOf(room, { ...context, messageId: "6" })).toBeUndefined();
  expect(targetOf(room, { ...context, origin: { ...action } })).toBeUndefined();
});

it("never asks LINE's hosts for a face", () => {
  expect(faceOf({ name: "花子", picture_url: "https://profile.line-scdn.net/sim/0" })).toEqual({
    name: "花子",
  });
  expect(faceOf({ name: "花子", picture_url: "http://127.0.0.1/p.png" }).pictureUrl).toBe(
    "http://127.0.0.1/p.png",
  );
});
