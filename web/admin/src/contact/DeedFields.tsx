/** What exactly is done: which tag, which field and value, which mark, which シナリオ. */
import { Autocomplete, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Attribute, BulkDeed } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { useMarks } from "../conversation/marks.ts";
import { journeysQuery } from "../journey/api.ts";
import { attributesQuery } from "./definitions.ts";
import { TagSelect } from "./pickers.tsx";

export type DeedKind = BulkDeed["deed"];
interface FieldsProps {
  set: (deed: BulkDeed | undefined) => void;
}

export function DeedFields({ kind, set }: FieldsProps & { kind: DeedKind }) {
  switch (kind) {
    case "tag_add":
    case "tag_remove":
      return <TagField kind={kind} set={set} />;
    case "attribute":
      return <AttributeFields set={set} />;
    case "mark":
      return <MarkFields set={set} />;
    default:
      return <JourneyField kind={kind} set={set} />;
  }
}

function TagField({ kind, set }: FieldsProps & { kind: "tag_add" | "tag_remove" }) {
  const { t } = useTranslation("contact");
  const [tag, setTag] = useState<string | null>(null);
  return (
    <TagSelect
      label={t("tag")}
      value={tag}
      data-autofocus
      onChange={(id) => {
        setTag(id);
        set(id ? { deed: kind, tag: id } : undefined);
      }}
    />
  );
}

const INPUTS = { text: "text", number: "text", date: "date", datetime: "text" } as const;

function AttributeFields({ set }: FieldsProps) {
  const { t } = useTranslation(["contact", "common"]);
  const { data } = useQuery(attributesQuery);
  const [field, setField] = useState<Attribute>();
  const [value, setValue] = useState("");
  const tell = (next: Attribute | undefined, typed: string) => {
    setField(next);
    setValue(typed);
    set(next && { deed: "attribute", attribute: next.id, value: typed.trim() || null });
  };
  const options =
    field?.type === "yesno"
      ? [
          { value: "1", label: t("common:yes") },
          { value: "0", label: t("common:no") },
        ]
      : (field?.options ?? []);
  const chosen = field && (field.type === "choice" || field.type === "yesno");
  return (
    <Stack gap="sm">
      <Select
        label={t("attributes")}
        placeholder={t("common:choose")}
        searchable
        data-autofocus
        data={(data?.items ?? []).map(({ id, label }) => ({ value: id, label }))}
        value={field?.id ?? null}
        onChange={(id) =>
          tell(
            data?.items.find((one) => one.id === id),
            "",
          )
        }
      />
      {chosen && (
        <Select
          label={t("bulk.value")}
          description={t("bulk.valueEmpty")}
          clearable
          data={options}
          value={value || null}
          onChange={(next) => tell(field, next ?? "")}
        />
      )}
      {field && !chosen && (
        <TextInput
          label={t("bulk.value")}
          description={t("bulk.valueEmpty")}
          type={INPUTS[field.type as keyof typeof INPUTS]}
          value={value}
          onChange={(event) => tell(field, event.currentTarget.value)}
        />
      )}
    </Stack>
  );
}

function MarkFields({ set }: FieldsProps) {
  const { t } = useTranslation(["contact", "common"]);
  const { channel, channels } = useAccounts();
  const known = useMarks();
  const [account, setAccount] = useState(channel?.id ?? channels[0]?.id ?? null);
  const [mark, setMark] = useState("");
  const tell = (id: string | null, name: string) => {
    setAccount(id);
    setMark(name);
    set(id ? { deed: "mark", channel: id, mark: name.trim() } : undefined);
  };
  return (
    <Stack gap="sm">
      {channels.length > 1 && (
        <Select
          label={t("common:channel")}
          data={channels.map(({ id, name }) => ({ value: id, label: name }))}
          value={account}
          allowDeselect={false}
          onChange={(id) => tell(id, mark)}
        />
      )}
      <Autocomplete
        label={t("mark")}
        description={t("bulk.markAbout")}
        data-autofocus
        maxLength={20}
        data={known.map((one) => one.value)}
        value={mark}
        onChange={(name) => tell(account, name)}
      />
    </Stack>
  );
}

function JourneyField({ kind, set }: FieldsProps & { kind: "journey_start" | "journey_stop" }) {
  const { t } = useTranslation(["contact", "common"]);
  const { data } = useQuery(journeysQuery);
  const [journey, setJourney] = useState<string | null>(null);
  const able = (data?.items ?? []).filter(
    (one) => kind === "journey_stop" || one.state === "published",
  );
  return (
    <Select
      label={t("tab.walks")}
      description={kind === "journey_start" ? t("bulk.published") : undefined}
      placeholder={t("common:choose")}
      searchable
      data-autofocus
      data={able.map(({ id, name }) => ({ value: id, label: name }))}
      value={journey}
      onChange={(id) => {
        setJourney(id);
        set(id ? { deed: kind, journey: id } : undefined);
      }}
    />
  );
}
