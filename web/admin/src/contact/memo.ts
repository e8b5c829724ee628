/** The memo as it is written: over what it was begun from, and never silently over a colleague's. */
import { useEffect, useState } from "react";
import type { Contact } from "../api/types.ts";
import { useDraft } from "../ui/draft.ts";

interface Memo {
  text: string;
  /** What it was begun from. */
  base: string;
}

export const memoOf = (memo: string): Memo => ({ text: memo, base: memo });

export function useMemoDraft({ id, memo }: Pick<Contact, "id" | "memo">) {
  const draft = useDraft<Memo>(`memo.${id}`, memoOf(memo));
  const { value, touched, set, forget, follow } = draft;
  // The server takes a memo at once and writes it in a moment.
  const [accepted, accept] = useState<string>();
  useEffect(() => {
    if (memo === accepted) accept(undefined);
    const settled = memo === value.text && (touched || memo !== value.base);
    const theirs = memo !== value.base && !touched;
    if (settled) forget(memoOf(memo));
    else if (theirs) follow(memoOf(memo));
    else if (memo === accepted) set((before) => ({ ...before, base: memo }));
  }, [memo, value, touched, accepted, set, forget, follow]);
  const open = touched && value.text !== memo && value.text !== accepted;
  return {
    draft,
    write: (text: string) => set((before) => ({ ...before, text })),
    accept,
    /** There is something that is not saved. */
    open,
    /** What a colleague has saved since this was begun. */
    newer: open && memo !== value.base && memo !== accepted ? memoOf(memo) : undefined,
  };
}
