import { expect, it } from "vitest";
import { base64url, bytesOf } from "./passkey.ts";

it("carries every byte there and back, without padding", () => {
  const all = Uint8Array.from({ length: 256 }, (_, n) => n);
  for (const length of [0, 1, 2, 3, 32, 256]) {
    const bytes = all.slice(0, length);
    const text = base64url(bytes.buffer);
    expect(text).toMatch(/^[A-Za-z0-9_-]*$/);
    expect(bytesOf(text)).toEqual(bytes);
  }
  expect(base64url(Uint8Array.of(251, 255).buffer)).toBe("-_8");
});
