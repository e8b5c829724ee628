/** Whether somebody can see this page: right from the first look, also in a tab that was opened behind others. */
import { useSyncExternalStore } from "react";

function subscribe(tell: () => void): () => void {
  document.addEventListener("visibilitychange", tell);
  return () => document.removeEventListener("visibilitychange", tell);
}

export function useSeen(): boolean {
  return useSyncExternalStore(subscribe, () => document.visibilityState === "visible");
}
