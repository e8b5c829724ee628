/** Choosing tags and friends. */
import {
  type ComboboxRenderPillInput,
  Group,
  MultiSelect,
  type MultiSelectProps,
  Pill,
  Select,
  type SelectProps,
  Text,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContactRow } from "../api/types.ts";
import { dateOnly } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { Chip } from "../ui/Chip.tsx";
import { contactQuery, contactSearchQuery, staffQuery } from "./api.ts";
import { useTags } from "./definitions.ts";
import { Face, useNameOf } from "./Face.tsx";

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

type Found = Pick<ContactRow, "id" | "display_name" | "picture_url" | "staff" | "friendships">;

/**
 * What was found for the typed name, staff first – all of them as long as nothing is typed –, with the chosen ones always
 * among them. Names repeat: each stands there with its picture and since when it is known.
 */
function useFound(typed: string, chosen: string[], channel: string | undefined) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const [q] = useDebouncedValue(typed, 200);
  const { data } = useQuery({
    ...contactSearchQuery(q, channel),
    placeholderData: keepPreviousData,
  });
  const { data: staff } = useQuery({ ...staffQuery(channel), enabled: q === "" });
  const known = useQueries({ queries: chosen.map((id) => contactQuery(id)) });
  const found: Found[] = [
    ...(q === "" ? (staff?.items ?? []) : []),
    ...(data?.items ?? []),
    ...known.flatMap((one) => one.data ?? []),
  ];
  const people = new Map(found.map((one) => [one.id, one]));
  const group = (name: string, fits: (one: Found) => boolean) => {
    const items = [...people.values()].filter(fits);
    return { group: name, items: items.map((one) => ({ value: one.id, label: nameOf(one) })) };
  };
  const staffed = group(t("staff"), (one) => one.staff);
  const friends = group(t("pickFriends"), (one) => !one.staff);
  return {
    // A shop that has marked nobody sees its friends, and no heading.
    data:
      staffed.items.length === 0
        ? friends.items
        : [staffed, friends].filter(({ items }) => items.length > 0),
    renderOption: ({ option }: { option: { value: string } }) => {
      const person = people.get(option.value);
      return person && <Known person={person} channel={channel} />;
    },
    renderPill: ({ option, value, onRemove }: ComboboxRenderPillInput<string>) => {
      const person = value && people.get(value);
      return (
        <Pill withRemoveButton onRemove={() => onRemove?.()}>
          <Group gap={4} wrap="nowrap" component="span" display="inline-flex">
            {person && <Face person={person} size={16} />}
            {option?.label ?? value}
          </Group>
        </Pill>
      );
    },
  };
}

/** One person of several with the same name. */
function Known({ person, channel }: { person: Found; channel: string | undefined }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const zone = useZone();
  const since = person.friendships
    .filter((one) => !channel || one.channel_id === channel)
    .flatMap((one) => one.friend_since ?? []);
  return (
    <Group gap="sm" wrap="nowrap" miw={0}>
      <Face person={person} size={30} />
      <div style={{ minWidth: 0 }}>
        <Group gap={6} wrap="nowrap">
          <Text span fz="sm" truncate>
            {nameOf(person)}
          </Text>
          {person.staff && <Chip tone="blue">{t("staff")}</Chip>}
        </Group>
        {since.length > 0 && (
          <Text fz="xs" c="dimmed">
            {t("friendSince", { day: dateOnly(Math.min(...since), zone) })}
          </Text>
        )}
      </div>
    </Group>
  );
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
  const { data, renderOption } = useFound(typed, value ? [value] : [], channel);
  return (
    <Select
      label={label}
      description={description}
      placeholder={t("typeToSearch")}
      searchable
      clearable
      data={data}
      renderOption={renderOption}
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
  const found = useFound(typed, value, channel);
  return (
    <MultiSelect
      label={label}
      description={description}
      placeholder={value.length === 0 ? t("typeToSearch") : ""}
      searchable
      maxValues={20}
      {...found}
      value={value}
      onChange={onChange}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      nothingFoundMessage={t("nothingFound")}
    />
  );
}
