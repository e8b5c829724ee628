import { afterEach, expect, it, vi } from "vitest";
import { beginAnew, fetched } from "./code.ts";

const gone = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));

afterEach(() => {
  vi.unstubAllGlobals();
  sessionStorage.clear();
});

it("tells a newer server, which has the file no longer, from a network that is away", async () => {
  vi.stubGlobal("fetch", async () => ({ ok: true }));
  await expect(fetched(gone)).rejects.toMatchObject({ code: "newer", passing: false });
  vi.stubGlobal("fetch", gone);
  await expect(fetched(gone)).rejects.toMatchObject({ code: "offline", passing: true });
  await expect(fetched(async () => 1)).resolves.toBe(1);
});

it("begins anew once, not in circles", () => {
  const reload = vi.fn();
  vi.stubGlobal("location", { reload });
  beginAnew();
  beginAnew();
  expect(reload).toHaveBeenCalledTimes(1);
});
