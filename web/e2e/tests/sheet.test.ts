/** The golden sheet draws without an error and without an accessibility problem. */
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeProblems, openPage, serveFiles, shoot, startBrowser } from "../src/index.ts";

const DIST = fileURLToPath(new URL("../../phone/dist/", import.meta.url));

let browser: Browser;
let site: Awaited<ReturnType<typeof serveFiles>>;

beforeAll(async () => {
  [browser, site] = await Promise.all([startBrowser(), serveFiles(DIST, "/phone/")]);
});

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

describe.each(["wide", "phone"] as const)("golden sheet, %s", (size) => {
  it("draws every specimen inside its room", async () => {
    const { page, context, problems } = await openPage(browser, { size });
    await page.goto(`${site.url}sheet.html`);
    await page.getByRole("heading", { name: "見本帳" }).waitFor();
    await page.waitForFunction(() => document.fonts.status === "loaded");
    await shoot(page, `sheet-${size}`, "whole");

    const outside = await page.evaluate(() =>
      [...document.querySelectorAll(".sheet-card")]
        .filter((card) => {
          const room = card.querySelector(".lu-room");
          return room !== null && room.scrollWidth > room.clientWidth + 1;
        })
        .map((card) => card.querySelector("h3")?.textContent),
    );
    expect(outside).toEqual([]);
    expect(await page.getByText("この種類のメッセージは表示できません").count()).toBe(1);
    expect(await page.getByText("メッセージの形が正しくない").count()).toBe(1);
    // The one picture that is broken on purpose, and the malformed message that React reports.
    expect(problems.filter((p) => !/ERR_NAME_NOT_RESOLVED|reading 'map'/.test(p))).toEqual([]);
    // The specimens choose colours to show properties, not to be read.
    expect((await axeProblems(page)).filter((p) => !p.startsWith("color-contrast"))).toEqual([]);
    await context.close();
  });
});
