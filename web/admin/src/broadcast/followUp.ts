/** Drafts made from another broadcast. None of them sends by itself. */
import type { Audience, Broadcast, BroadcastDraft, Lane } from "../api/types.ts";
import { queryClient } from "../app/query.ts";
import { create as createTemplate, templateQuery } from "../template/api.ts";
import { create } from "./api.ts";

interface Following {
  audience: Audience;
  lane: Lane;
  name: string;
  /** Words of its own instead of the same message. */
  written?: { text: string; folder: string };
}

/** Names the body that is sent: a template made for it is another one at every try. */
type KeyFor = (body: BroadcastDraft) => string;

/** A name as the server takes it. */
const named = (name: string) => [...name].slice(0, 100).join("");

export async function draftAfter(source: Broadcast, wish: Following, keyFor: KeyFor) {
  const { audience, lane, written } = wish;
  const name = named(wish.name);
  const template = written
    ? await createTemplate({
        name,
        folder: written.folder,
        messages: [{ type: "text", text: written.text }],
      })
    : { id: source.template_id };
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

/** The same again, at no set time. What was written for the old one alone is written anew, so that both can differ. */
export async function copyOf(source: Broadcast, name: string, folder: string, keyFor: KeyFor) {
  const old = await queryClient.fetchQuery(templateQuery(source.template_id));
  const own = old.folder === folder;
  const template = own
    ? await createTemplate({ name: named(name), folder, messages: old.messages })
    : old;
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
