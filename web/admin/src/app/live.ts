/** The live feed: the server says which things changed, the pages ask for them again. */
import { type Kind, queryClient, stale } from "./query.ts";

interface Change {
  kind: string;
  id: string;
}

/** Besides the thing itself, what else a change touches. */
const ALSO: Partial<Record<string, Kind[]>> = {
  broadcast: ["insight", "report"],
  bulk: ["contact", "tag"],
  channel: ["me", "start", "status"],
  contact: ["status"],
  delivery: ["status"],
  message: ["conversation"],
  conversation: ["message"],
  rule: ["start"],
  user: ["me"],
  workspace: ["me", "policy"],
};

/** Kinds that move with every customer: their lists are asked for at most this often. */
const PATIENCE_MS = 1_500;

/** Gathers changes and applies each thing once per `patience`. */
export function gather(apply: (kind: Kind, id: string) => void, patience = PATIENCE_MS) {
  const waiting = new Map<string, Change>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const changes = [...waiting.values()];
    waiting.clear();
    for (const change of changes) {
      apply(change.kind as Kind, change.id);
      for (const kind of ALSO[change.kind] ?? []) apply(kind, change.id);
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

/** Connects; EventSource itself reconnects and resumes by its last id. */
export function connectLive(onState: (state: LiveState) => void): () => void {
  const gathered = gather((kind, id) => void stale(kind, id));
  const source = new EventSource("/api/v1/live");
  let lost = false;
  const found = () => {
    if (lost) void queryClient.invalidateQueries();
    lost = false;
    onState("live");
  };
  source.addEventListener("open", found);
  source.addEventListener("error", () => {
    lost = true;
    onState("lost");
  });
  source.addEventListener("changes", (event) => {
    const { changes } = JSON.parse(event.data) as { changes: Change[] };
    gathered.take(changes);
  });
  source.addEventListener("resync", () => void queryClient.invalidateQueries());
  return () => {
    gathered.stop();
    source.close();
  };
}
