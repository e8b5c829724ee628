/** Which phones are on the table, kept in the address so that it can be shared: `#users=0,3&lang=en`. */
import type { Locale } from "@enishi/line-ui";

export interface Place {
  users: number[];
  locale: Locale;
}

export function readHash(hash: string): Place {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const users = (given.get("users") ?? "")
    .split(",")
    .filter((text) => /^\d{1,9}$/.test(text))
    .map(Number);
  return {
    users: users.length > 0 ? users : [0],
    locale: given.get("lang") === "en" ? "en" : "ja",
  };
}

export function writeHash({ users, locale }: Place): string {
  return `#users=${users.join(",")}${locale === "en" ? "&lang=en" : ""}`;
}
