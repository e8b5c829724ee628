/** Templates by name, however many there are: searched at the server, and the ones in use fetched by themselves. */
import type { OptionsFilter } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { templateQuery, templateSearchQuery } from "./api.ts";

/** What the server found is what fits. */
const asFound: OptionsFilter = ({ options }) => options;

/** What a field offers for what is typed in it, with the chosen one always among it. */
export function useTemplateOptions(chosen: string | null) {
  const [typed, setTyped] = useState("");
  const { data: own } = useQuery({ ...templateQuery(chosen ?? ""), enabled: Boolean(chosen) });
  // The chosen one's name stands in the field without having been typed.
  const [q] = useDebouncedValue(typed === own?.name ? "" : typed, 200);
  const { data } = useQuery({ ...templateSearchQuery(q), placeholderData: keepPreviousData });
  const offered = new Map([...(data?.items ?? []), ...(own ? [own] : [])].map((x) => [x.id, x]));
  return {
    none: q === "" && data?.items.length === 0,
    field: {
      data: [...offered.values()].map(({ id, name }) => ({ value: id, label: name })),
      onSearchChange: setTyped,
      filter: asFound,
    },
  };
}

/** Names by id; one that is not among the newest is asked for. */
export function useTemplateName(): (id: string) => string | undefined {
  const { data } = useQuery(templateSearchQuery(""));
  const [wanted, want] = useState<string[]>([]);
  const found = useQueries({ queries: wanted.map((id) => templateQuery(id)) });
  const missed = useRef(new Set<string>());
  useEffect(() => {
    const more = [...missed.current].filter((id) => !wanted.includes(id));
    missed.current.clear();
    if (more.length > 0) want([...wanted, ...more]);
  });
  return (id) => {
    const known = [...(data?.items ?? []), ...found.flatMap((one) => one.data ?? [])];
    const name = known.find((one) => one.id === id)?.name;
    if (name === undefined && data && id) missed.current.add(id);
    return name;
  };
}
