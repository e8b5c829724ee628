/** Whether what is shown is still what this person began to look at. */
import { useEffect, useState } from "react";

/** When it is not, `reload` takes what stands there now, the button waits for it, and the page says so. */
export function useLook(seen: string | undefined, reload: () => Promise<void>) {
  const [first, setFirst] = useState(seen);
  const [taking, setTaking] = useState(false);
  const [changed, setChanged] = useState(false);
  const other = first !== undefined && seen !== undefined && seen !== first;
  const takeNew = async () => {
    setChanged(true);
    setTaking(true);
    await reload();
    setFirst(undefined);
    setTaking(false);
  };
  useEffect(() => {
    if (taking) return;
    if (other) void takeNew();
    else if (first === undefined && seen !== undefined) setFirst(seen);
  });
  return { changed, waits: other || taking, takeNew };
}
export type LookOf = ReturnType<typeof useLook>;
