import type { UtmRule } from "../api/types.ts";

const ID = "0192f3c4-…";

/** What a link of a broadcast of this name leads to; the server writes the real ones. */
export function exampleOf({ source, medium, campaign }: UtmRule, name: string): string {
  const named = campaign.replaceAll("{name}", name).replaceAll("{id}", ID).trim() || ID;
  return `https://shop.example/sale?utm_source=${source}&utm_medium=${medium}&utm_campaign=${named}`;
}
