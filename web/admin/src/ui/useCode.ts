import { useQuery } from "@tanstack/react-query";
import { fetched } from "../app/code.ts";

/**
 * A heavy part of a page, in a file of its own: for `Loaded`, which says in its place when it cannot be had and tries
 * again; what is written beside it stays. `name` is its own.
 */
export const useCode = <T>(name: string, load: () => Promise<T>) =>
  useQuery({
    queryKey: ["code", name],
    queryFn: () => fetched(load),
    staleTime: "static",
    gcTime: Number.POSITIVE_INFINITY,
  });
