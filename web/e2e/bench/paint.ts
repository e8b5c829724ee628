/** From what a clerk does to the frame in which the answer stands on the screen, as the browser itself sees it. */
import type { Page } from "playwright-core";

declare global {
  interface Window {
    painted?: Promise<number>;
  }
}

/** What ends a measurement: an expression that is true once the page shows the answer. */
export type Sign = string;

/**
 * Milliseconds from the event (its own time stamp) until the first frame with the answer was handed over:
 * the sign is looked at in every frame, and a message posted there is taken up after its painting.
 */
export async function untilPainted(
  page: Page,
  event: "click" | "keydown",
  act: () => Promise<void>,
  sign: Sign,
): Promise<number> {
  // As a text: the page's own rules allow no code made from texts, the debugger's way in does.
  await page.evaluate(`(${watch})(${JSON.stringify(event)}, () => (${sign}))`);
  await act();
  return page.evaluate(() => window.painted ?? Number.NaN);
}

/** Runs in the page. */
function watch(kind: string, isShown: () => boolean) {
  window.painted = new Promise((done) => {
    let begun: number | undefined;
    addEventListener(kind, ({ timeStamp }) => (begun = timeStamp), { capture: true });
    const look = () => {
      const from = begun;
      if (from === undefined || !isShown()) return void requestAnimationFrame(look);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now() - from);
      port2.postMessage(null);
    };
    requestAnimationFrame(look);
  });
}

/** The value below which the given share of them lies. */
export function quantile(times: number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
