/** Screenshots for people, and the accessibility check. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

const SHOTS = fileURLToPath(new URL("../shots/", import.meta.url));

/** Writes `shots/{name}.png` (not in git) and returns its path. */
export async function shoot(page: Page, name: string, whole?: "whole"): Promise<string> {
  const path = `${SHOTS}${name}.png`;
  mkdirSync(dirname(path), { recursive: true });
  await page.evaluate(drawn);
  await page.screenshot({ path, fullPage: whole === "whole", animations: "disabled" });
  return path;
}

/** What axe finds wrong (WCAG A and AA), one readable line each. */
export async function axeProblems(page: Page, exclude: string[] = []): Promise<string[]> {
  await page.evaluate(drawn);
  await page.evaluate(settled);
  let check = new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]);
  for (const selector of exclude) check = check.exclude(selector);
  const { violations } = await check.analyze();
  return violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${node.target.join(" ")} – ${violation.help}`),
  );
}

/** An empty page has no faults: what is still being fetched is waited for, five seconds at most. */
async function drawn(): Promise<void> {
  const isWaiting = () =>
    document.querySelector("h1, h2, form, [role=table], p") === null ||
    document.querySelector('[role="status"]:is([aria-label="読み込み中"], [aria-label="Loading"])');
  for (let looks = 0; looks < 100 && isWaiting(); looks++) {
    await new Promise((next) => setTimeout(next, 50));
  }
}

/**
 * A colour that is still changing is judged when it has changed. A dialog begins to open a frame or two after it was
 * asked for, so two calm looks in a row are waited for. What turns for ever is not waited for.
 */
async function settled(): Promise<void> {
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  for (let looks = 0, calm = 0; calm < 2 && looks < 20; looks++) {
    await frame();
    await frame();
    const ending = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    calm = ending.length > 0 ? 0 : calm + 1;
    await Promise.allSettled(ending.map((one) => one.finished));
  }
}
