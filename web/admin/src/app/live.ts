/** The live feed: the server says which things changed, the pages ask for them again. */
import { meQuery } from "../session/api.ts";
import { type Kind, queryClient, stale } from "./query.ts";

interface Change {
  kind: string;
  id: string;
}

/** Two views of one thing, under one id. */
const TWIN: Partial<Record<string, Kind>> = { message: "conversation", conversation: "message" };

/** Besides the thing itself, what else a change touches, whatever its id. */
const ALSO: Partial<Record<string, Kind[]>> = {
  broadcast: ["insight", "report"],
  bulk: ["contact", "tag"],
  channel: ["me", "start", "status"],
  contact: ["status"],
  delivery: ["status"],
  rule: ["start"],
  segment: ["broadcast"],
  template: ["broadcast"],
  user: ["me"],
  workspace: ["me", "policy"],
};

/** Kinds that move with every customer: their lists are asked for at most this often. */
const PATIENCE_MS = 1_500;

/** Gathers changes and applies each thing once per `patience`. */
export function gather(apply: (kind: Kind, id?: string) => void, patience = PATIENCE_MS) {
  const waiting = new Map<string, Change>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const changes = [...waiting.values()];
    waiting.clear();
    for (const change of changes) {
      apply(change.kind as Kind, change.id);
      const twin = TWIN[change.kind];
      if (twin) apply(twin, change.id);
      for (const kind of ALSO[change.kind] ?? []) apply(kind);
    }
  };
  return {
    take(changes: Change[]) {
      for (const change of changes) waiting.set(`${change.kind} ${change.id}`, change);
      timer ??= setTimeout(flush, patience);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

export type LiveState = "live" | "lost";

/** How long a feed that was refused is left alone, longer each time. */
const AGAIN_MS = [1_000, 2_000, 5_000, 10_000];

/**
 * Connects. EventSource itself comes back after a broken line, by its last id; but a refusal (the session ended, a proxy
 * has no server behind it) it takes for the end, and must be asked anew.
 */
export function connectLive(onState: (state: LiveState) => void): () => void {
  const gathered = gather((kind, id) => void stale(kind, id));
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let refused = 0;
  let lost = false;
  const opened = () => {
    refused = 0;
    if (lost) void queryClient.invalidateQueries();
    lost = false;
    onState("live");
  };
  const failed = () => {
    lost = true;
    onState("lost");
    if (source.readyState !== EventSource.CLOSED) return;
    // Says so at once if it is the session that ended.
    void queryClient.fetchQuery({ ...meQuery, staleTime: 0, retry: false }).catch(() => undefined);
    clearTimeout(timer);
    timer = setTimeout(connect, AGAIN_MS[Math.min(refused, AGAIN_MS.length - 1)]);
    refused += 1;
  };
  function connect() {
    source = new EventSource("/api/v1/live");
    source.addEventListener("open", opened);
    source.addEventListener("error", failed);
    source.addEventListener("changes", (event) => {
      const { changes } = JSON.parse(event.data) as { changes: Change[] };
      gathered.take(changes);
    });
    source.addEventListener("resync", () => void queryClient.invalidateQueries());
  }
  connect();
  return () => {
    clearTimeout(timer);
    gathered.stop();
    source.close();
  };
}
