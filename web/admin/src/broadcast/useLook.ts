/** Whether what is shown is still what this person began to look at. */
import { useEffect, useState } from "react";
import { useSayThrown } from "../ui/act.ts";

/** When it is not, `reload` takes what stands there now, the button waits for it, and the page says so. */
export function useLook(seen: string | undefined, reload: () => Promise<void>) {
  const [first, setFirst] = useState(seen);
  const [taking, setTaking] = useState(false);
  const [changed, setChanged] = useState(false);
  const [failed, setFailed] = useState(false);
  const say = useSayThrown();
  const other = first !== undefined && seen !== undefined && seen !== first;
  const takeNew = async () => {
    setChanged(true);
    setTaking(true);
    setFailed(false);
    try {
      await reload();
      setFirst(undefined);
    } catch (thrown) {
      setFailed(true);
      say(thrown);
    } finally {
      setTaking(false);
    }
  };
  useEffect(() => {
    if (taking || failed) return;
    if (other) void takeNew();
    else if (first === undefined && seen !== undefined) setFirst(seen);
  });
  return {
    changed,
    /** What stands there now could not be fetched: nothing goes before it is tried again. */
    failed,
    waits: taking || (other && !failed),
    takeNew,
  };
}
export type LookOf = ReturnType<typeof useLook>;
