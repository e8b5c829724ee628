/** The pages staff go to most are fetched while nothing else is to be done, so that the first click finds them here. */
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

const OFTEN = ["/contacts", "/talk"] as const;
/** After the page itself has come to rest. */
const REST_MS = 2_000;

export function useAhead(): void {
  const router = useRouter();
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const to of OFTEN) void router.preloadRoute({ to }).catch(() => undefined);
      // Whose page will be opened is not known yet; what it is drawn with is.
      void router.loadRouteChunk(router.routesByPath["/contacts/$id"])?.catch(() => undefined);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [router]);
}
