/** Choosing tags and friends. */
import { MultiSelect, type MultiSelectProps, Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { contactQuery, contactSearchQuery } from "./api.ts";
import { useTags } from "./definitions.ts";
import { useNameOf } from "./Face.tsx";

type TagsProps = Omit<MultiSelectProps, "data" | "value" | "onChange"> & {
  value: string[];
  onChange: (ids: string[]) => void;
};

/** Tags in their folders. */
export function TagsSelect({ value, onChange, ...rest }: TagsProps) {
  const { t } = useTranslation();
  return (
    <MultiSelect
      searchable
      clearable
      hidePickedOptions
      nothingFoundMessage={t("nothingFound")}
      {...rest}
      data={useTagOptions()}
      value={value}
      onChange={onChange}
    />
  );
}

export function TagSelect(props: Omit<SelectProps, "data">) {
  const { t } = useTranslation();
  return (
    <Select
      searchable
      nothingFoundMessage={t("nothingFound")}
      placeholder={t("choose")}
      {...props}
      data={useTagOptions()}
    />
  );
}

function useTagOptions() {
  const { t } = useTranslation();
  const { tags } = useTags();
  const folders = [...new Set(tags.map((tag) => tag.folder))].sort();
  return folders.map((folder) => ({
    group: folder || t("unfiled"),
    items: tags
      .filter((tag) => tag.folder === folder)
      .map(({ id, name }) => ({ value: id, label: name })),
  }));
}

/** What was found for the typed name, with the chosen ones always among them. */
function useFound(typed: string, chosen: string[], channel: string | undefined) {
  const nameOf = useNameOf();
  const [q] = useDebouncedValue(typed, 200);
  const { data } = useQuery(contactSearchQuery(q, channel));
  const known = useQueries({ queries: chosen.map((id) => contactQuery(id)) });
  const found = [...(data?.items ?? []), ...known.flatMap((one) => one.data ?? [])];
  return [...new Map(found.map((one) => [one.id, { value: one.id, label: nameOf(one) }])).values()];
}

interface FriendProps {
  label: string;
  description?: string;
  channel?: string | undefined;
}

/** One friend, searched at the server. */
export function FriendSelect(
  props: FriendProps & { value: string | null; onChange: (id: string | null) => void },
) {
  const { label, description, channel, value, onChange } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const data = useFound(typed, value ? [value] : [], channel);
  return (
    <Select
      label={label}
      description={description}
      placeholder={t("typeToSearch")}
      searchable
      clearable
      data={data}
      value={value}
      onChange={onChange}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      nothingFoundMessage={t("nothingFound")}
    />
  );
}

/** A few friends, at most 20: who gets a test. */
export function FriendsSelect(
  props: FriendProps & { value: string[]; onChange: (ids: string[]) => void },
) {
  const { label, description, channel, value, onChange } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const data = useFound(typed, value, channel);
  return (
    <MultiSelect
      label={label}
      description={description}
      placeholder={value.length === 0 ? t("typeToSearch") : ""}
      searchable
      maxValues={20}
      data={data}
      value={value}
      onChange={onChange}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      nothingFoundMessage={t("nothingFound")}
    />
  );
}
