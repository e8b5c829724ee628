/** A draft somebody opened and did not touch shows what colleagues have stored since, not what this browser remembered. */
import { useEffect } from "react";
import type { Draft } from "../ui/draft.ts";
import type { Plan } from "./plan.ts";

const isNewer = (theirs: Plan, mine: Plan) =>
  (theirs.revision ?? 0) > (mine.revision ?? 0) || (theirs.number ?? 0) > (mine.number ?? 0);

interface Meanwhile {
  /** What stands at the server; nothing where that is not known. */
  stored: Plan | undefined;
  /** One's own save is under way: what is newer is that. */
  saving: boolean;
}

export function useNewest(draft: Draft<Plan>, { stored, saving }: Meanwhile): void {
  const { value, touched, follow } = draft;
  const newer = stored && isNewer(stored, value) ? stored : undefined;
  useEffect(() => {
    if (newer && !touched && !saving) follow(newer);
  }, [newer, touched, saving, follow]);
}
