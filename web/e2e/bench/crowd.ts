/** A shop with very many friends, known to LINE and brought in by files as a shop would. */
import type { Page } from "playwright-core";
import type { SimServer } from "../src/index.ts";

/** Rows of one file: the API takes up to 64 MB. */
const PIECE = 100_000;
/** Every tenth friend is a regular. */
const REGULAR = 10;

interface User {
  user_id: string;
  name: string;
}

/** Brings all of the simulator's friends in; answers how many a second. */
export async function bringIn(page: Page, sim: SimServer, channel: string): Promise<number> {
  const answer = await fetch(
    `${sim.url}/__sim/users.ndjson?channel_id=${sim.channelId}&state=friend`,
  );
  const lines = (await answer.text()).trim().split("\n");
  const begun = performance.now();
  for (let from = 0; from < lines.length; from += PIECE) {
    const rows = lines.slice(from, from + PIECE).map((line, nth) => {
      const { user_id, name } = JSON.parse(line) as User;
      const tags = nth % REGULAR === 0 ? ["常連"] : [];
      return JSON.stringify({
        line_user_id: user_id,
        display_name: name,
        friend_since: "2026-01-01",
        tags,
      });
    });
    await importRows(page, channel, rows);
  }
  return lines.length / ((performance.now() - begun) / 1000);
}

async function importRows(page: Page, channel: string, rows: string[]) {
  const { origin } = new URL(page.url());
  const query = new URLSearchParams({ channel, mode: "all-or-nothing", start: "nothing" });
  const answer = await page.context().request.post(`${origin}/api/v1/contacts/import?${query}`, {
    headers: { origin, "content-type": "application/x-ndjson" },
    data: rows.join("\n"),
    timeout: 300_000,
  });
  if (!answer.ok()) throw new Error(`import: ${answer.status()} ${await answer.text()}`);
}
