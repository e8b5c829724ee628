/** Which of the four steps is open. It stands in the address: Back goes one step back, and a link may name one. */
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { STEPS } from "./steps.ts";

const route = getRouteApi("/shell/broadcasts/new");

interface Way {
  /** The draft's id, once it has one. */
  draft?: string | null;
  /** Instead of a further entry in the browser's history. */
  replace?: true;
}

/** `reach`: how far one may go; less than was wanted where something before it is missing. */
export function useStep(id: string | null, reach: (wanted: number) => number) {
  const { draft, step } = route.useSearch();
  const navigate = route.useNavigate();
  const opened = () => ({ step, at: reach(STEPS.indexOf(step ?? "target")) });
  const [shown, setShown] = useState(opened);
  if (shown.step !== step) setShown(opened());
  const { at } = shown;
  const go = (to: number, way: Way = {}) => {
    const known = way.draft ?? id ?? draft;
    const search = { ...(known ? { draft: known } : {}), step: STEPS[to] ?? "target" };
    return navigate({ search, replace: way.replace ?? false });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: an address is mended when somebody comes to it
  useEffect(() => {
    if (step !== STEPS[at] || (id && draft !== id)) void go(at, { replace: true });
  }, [step, draft]);
  return { at, go };
}
