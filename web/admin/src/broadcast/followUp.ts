/** Drafts made from another broadcast. None of them sends by itself. */
import type { Audience, Broadcast, BroadcastDraft, Lane } from "../api/types.ts";
import { queryClient } from "../app/query.ts";
import { create as createTemplate, templateQuery, versionQuery } from "../template/api.ts";
import { create } from "./api.ts";

interface Following {
  audience: Audience;
  lane: Lane;
  name: string;
  /** Where a list of templates shows words that were written for one broadcast. */
  folder: string;
  /** Words of its own instead of the same message. */
  text?: string;
}

/** Names the body that is sent: a template made for it is another one at every try. */
type KeyFor = (body: BroadcastDraft) => string;

/** A name as the server takes it. */
const named = (name: string) => [...name].slice(0, 100).join("");

/** What was written for the old one alone is written anew, as it went, so that both can differ. */
async function sameWords(source: Broadcast, name: string, folder: string): Promise<{ id: string }> {
  const { template_id, template_version_id, state } = source;
  const newest = await queryClient.fetchQuery(templateQuery(template_id));
  if (newest.made_for !== "broadcast") return newest;
  const { messages } =
    state === "draft"
      ? newest
      : await queryClient.fetchQuery(versionQuery(template_id, template_version_id));
  return createTemplate({ name, folder, messages, made_for: "broadcast" });
}

export async function draftAfter(source: Broadcast, wish: Following, keyFor: KeyFor) {
  const { audience, lane, folder, text } = wish;
  const name = named(wish.name);
  const template =
    text === undefined
      ? await sameWords(source, name, folder)
      : await createTemplate({
          name,
          folder,
          messages: [{ type: "text", text }],
          made_for: "broadcast",
        });
  const body: BroadcastDraft = {
    channel_id: source.channel_id,
    template_id: template.id,
    audience,
    lane,
    name,
    link_mode: source.link_mode,
    method: "ledger",
  };
  return create(keyFor(body), body);
}

/** The same again, at no set time. */
export async function copyOf(source: Broadcast, name: string, folder: string, keyFor: KeyFor) {
  const template = await sameWords(source, named(name), folder);
  const { channel_id, audience, lane, link_mode, method, first_percent, per_10min } = source;
  const body: BroadcastDraft = {
    channel_id,
    template_id: template.id,
    audience,
    lane,
    name: named(name),
    link_mode,
    method,
    first_percent,
    per_10min,
  };
  return create(keyFor(body), body);
}
