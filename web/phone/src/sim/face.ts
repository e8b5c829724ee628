/** A person or account as talks draw them. */
import type { Author } from "@enishi/line-ui";

/** LINE's picture hosts; what a simulator names there does not exist, and a page must not ask for it. */
const LINE_HOST = /^https:\/\/([^/]+\.)?(line-scdn\.net|line\.me)\//;

export function faceOf(who: { name: string; picture_url?: string | null | undefined }): Author {
  const url = who.picture_url;
  return { name: who.name, ...(url && !LINE_HOST.test(url) ? { pictureUrl: url } : {}) };
}
