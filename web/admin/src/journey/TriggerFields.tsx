/** What starts a scenario, ends a wait, or is a goal. */
import { Select, Stack, Switch, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { JourneyTrigger } from "../api/types.ts";
import { TagSelect } from "../contact/pickers.tsx";

const KINDS = ["follow", "tag", "event", "message", "postback", "click", "hand"] as const;
type Kind = (typeof KINDS)[number];

function newTrigger(kind: Kind): JourneyTrigger {
  switch (kind) {
    case "tag":
      return { on: kind, tag: "" };
    case "event":
      return { on: kind, name: "" };
    case "message":
      return { on: kind, words: [] };
    case "postback":
      return { on: kind, mode: "exact", data: "" };
    default:
      return { on: kind };
  }
}

interface TriggerFieldsProps {
  label: string;
  trigger: JourneyTrigger;
  /** By hand makes sense only as a start. */
  use: "start" | "event";
  error?: string | undefined;
  onChange: (trigger: JourneyTrigger) => void;
}

export function TriggerFields({ label, trigger, use, error, onChange }: TriggerFieldsProps) {
  const { t } = useTranslation("journey");
  const kinds = KINDS.filter((kind) => use === "start" || kind !== "hand");
  return (
    <Stack gap="sm">
      <Select
        label={label}
        error={error}
        allowDeselect={false}
        data={kinds.map((kind) => ({ value: kind, label: t(`trigger.${kind}`) }))}
        value={trigger.on}
        onChange={(kind) => kind && kind !== trigger.on && onChange(newTrigger(kind as Kind))}
      />
      {trigger.on === "follow" && use === "start" && (
        <Switch
          label={t("alsoUnblock")}
          checked={trigger.unblock ?? false}
          onChange={(event) => onChange({ ...trigger, unblock: event.currentTarget.checked })}
        />
      )}
      {trigger.on === "tag" && (
        <TagSelect
          aria-label={t("trigger.tag")}
          value={trigger.tag || null}
          onChange={(tag) => onChange({ ...trigger, tag: tag ?? "" })}
        />
      )}
      {trigger.on === "event" && (
        <TextInput
          label={t("eventName")}
          placeholder="order_placed"
          value={trigger.name}
          onChange={(event) => onChange({ ...trigger, name: event.currentTarget.value })}
        />
      )}
      {trigger.on === "message" && (
        <TagsInput
          label={t("words")}
          description={t("wordsHint")}
          value={trigger.words ?? []}
          onChange={(words) => onChange({ ...trigger, words })}
        />
      )}
      {trigger.on === "postback" && (
        <TextInput
          label={t("data")}
          value={trigger.data}
          onChange={(event) => onChange({ ...trigger, data: event.currentTarget.value })}
        />
      )}
    </Stack>
  );
}
