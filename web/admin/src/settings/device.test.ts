import { expect, it } from "vitest";
import { deviceOf } from "./device.ts";

it("names browser and system", () => {
  const webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
  const cases: [string, string | undefined][] = [
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0 Safari/537.36`,
      "Chrome (Windows)",
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/140.0 Safari/537.36 Edg/140.0`,
      "Edge (Windows)",
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${webkit} Version/18.0 Safari/604.1`,
      "Safari (iPhone)",
    ],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${webkit} Safari Line/15.0`,
      "LINE (iPhone)",
    ],
    ["Mozilla/5.0 (Android 15; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0", "Firefox (Android)"],
    ["curl/8.5", undefined],
    ["", undefined],
  ];
  for (const [agent, name] of cases) expect(deviceOf(agent), agent).toBe(name);
});
